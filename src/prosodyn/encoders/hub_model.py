"""Where the files of a model of transformers lie, and what identifies them; nothing is fetched."""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from prosodyn.config import HubEncoder
from prosodyn.encoders.folder import encoder_folder, missing_encoder
from prosodyn.errors import BundleError, MissingExtraError
from prosodyn.files import reaching

CONFIG, SHOWN = "config.json", "preprocessor_config.json"
"""Files of a model: what it is, and what it wants to be shown."""

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
"""Files of a model: its weights, or else the list of the files that they are divided into."""

ADAPTER = "adapter_config.json"
"""A file that would have the library put more weights over those of the model, unasked."""


_described: dict[str, Path] = {}
"""Folders beside the descriptions that this process has read, by the hash of the model.

A bundle tells that hash, and not where on this machine the model lies: who trained it finds the model so.
"""


def remember_places(encoders: Iterable[HubEncoder]) -> None:
    """Let this process find the same models where no description says where they lie."""
    for encoder in encoders:
        if encoder.folder:
            _described[encoder.sha256] = Path(encoder.folder, encoder.model).absolute()


def find_model(encoder: HubEncoder) -> Path:
    """Return the folder of a model: beside its description, in the folder of encoders, or in the hub's cache.

    Raises:
        BundleError: it is nowhere
        MissingExtraError: it is in no folder, and what reads the hub's cache is not installed
    """
    usual = encoder_folder() / encoder.model
    beside = Path(encoder.folder, encoder.model) if encoder.folder else _described.get(encoder.sha256, usual)
    for folder in (beside, usual):
        if folder.is_dir():
            return folder
    cached = _cached_snapshot(encoder)
    if cached is None:
        is_hub_name = encoder.model.count("/") == 1 and not encoder.model.startswith((".", "/", "~"))
        remedy = f", or fetch it into the hub's cache: hf download {encoder.model}" if is_hub_name else ""
        raise missing_encoder(usual, encoder.name, "the folder of its files", remedy)
    return cached


def model_digest(folder: Path) -> str:
    """Identify a model by its files: what it is, what it is shown, and its weights.

    It is the SHA-256 of what `sha256sum` prints of them in the order of their names, so that
    `sha256sum config.json model.safetensors preprocessor_config.json | sha256sum` finds it, too.

    Raises:
        BundleError: one is missing, or cannot be read
    """
    lines = []
    for path in model_files(folder):
        with reaching(path, BundleError):
            state = path.stat()
            lines.append(f"{_file_digest(path, state.st_size, state.st_mtime_ns)}  {path.name}\n")
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def model_files(folder: Path) -> tuple[Path, ...]:
    """Return the files that make a model, in the order of their names.

    Raises:
        BundleError: one is missing, its weights may hold code, or something would be put over them
    """
    if (folder / ADAPTER).exists():
        raise BundleError(f"{folder}: holds an adapter, {ADAPTER}; merge it into the model, or take it away")
    weights = [WEIGHTS]
    if not (folder / WEIGHTS).exists() and (folder / INDEX).exists():
        weights = [INDEX, *_parts(folder / INDEX)]
    for name in (CONFIG, SHOWN):
        if not (folder / name).exists():
            raise BundleError(f"{folder}: holds no {name}, which is part of a model; copy all of its files")
    if not all((folder / name).exists() for name in weights):
        pickled = sorted(path.name for path in folder.glob("*.bin"))
        found = f"{pickled[0]}, which may hold code and is never opened" if pickled else "none"
        raise BundleError(
            f"{folder}: expected its weights as {WEIGHTS}, found {found}; "
            "take a version of the model that has them, or convert it (docs/encoders.md)"
        )
    return tuple(folder / name for name in sorted([CONFIG, SHOWN, *weights]))


def read_table(path: Path) -> dict[str, Any]:
    """Read a JSON file of a model.

    Raises:
        BundleError: it cannot be read, or holds no table
    """
    with reaching(path, BundleError):
        content = path.read_bytes()
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise BundleError(f"{path}: is not JSON: {fault}; copy the model again") from fault
    if not isinstance(values, dict):
        raise BundleError(f"{path}: holds no table; copy the model again")
    return values


def _parts(index: Path) -> list[str]:
    named = read_table(index).get("weight_map")
    names = sorted(set(named.values())) if isinstance(named, dict) else []
    if not names or any(not isinstance(name, str) or Path(name).name != name for name in names):
        raise BundleError(f"{index}: names no files beside it; copy the model again")
    return names


def _cached_snapshot(encoder: HubEncoder) -> Path | None:
    """Return the folder of a model in the hub's cache; None where it is not there."""
    try:
        import huggingface_hub
        from huggingface_hub import errors
    except ImportError as fault:
        raise MissingExtraError("transformers", "encoders", f"the encoder '{encoder.name}'") from fault
    try:
        found = huggingface_hub.try_to_load_from_cache(encoder.model, CONFIG)
    except errors.HFValidationError:  # a folder's name, which is none on the hub
        return None
    return Path(found).parent if isinstance(found, str) else None


@cache
def _file_digest(path: Path, size: int, changed: int) -> str:
    del size, changed  # they are here so that a file that changes is read again
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
