"""A bundle on disk: `card.json`, `weights.safetensors`, `README.md` and, mostly, `graph.onnx`."""

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.bundle.card import Card, Precision, card_from_json, card_to_json
from prosodyn.bundle.readme import render_readme
from prosodyn.errors import BundleError, MissingExtraError, OutputError

CARD, WEIGHTS, GRAPH, README = "card.json", "weights.safetensors", "graph.onnx", "README.md"
"""Names of the files of a bundle."""

LARGE = 1024
"""Numbers; an array of fewer stays in single precision, because it takes no room."""

Weights = Mapping[str, NDArray[Any]]
"""Name to array, as a network's state names them: floating point, and counters."""


def write_bundle(directory: Path | str, card: Card, weights: Weights, graph: bytes | None = None) -> Card:
    """Write a bundle so that others see it whole or not at all.

    A bundle that lies there is replaced, and stays where the new one cannot be written.

    Nothing is rounded here. Where the card says half precision, every large array whose numbers are halves
    already (`export.rounded_to_half` makes them so) takes half the room, and the others stay as they are.

    Args:
        directory: of the bundle; it and the folders above it are made
        card: its hashes are set here
        weights: all arrays of the network's state
        graph: the exported network

    Returns:
        the card as written

    Raises:
        BundleError: weights that are not finite, a card that JSON cannot hold
        OutputError: a folder that holds something else, or cannot be written
        MissingExtraError: safetensors is not installed
    """
    target = Path(directory).resolve()
    _refuse_foreign(target)
    files = {WEIGHTS: _pack(weights, target, card.precision)} | ({GRAPH: graph} if graph is not None else {})
    card = dataclasses.replace(
        card,
        weights_sha256=_digest(files[WEIGHTS]),
        graph_sha256="" if graph is None else _digest(graph),
    )
    files[CARD] = card_to_json(card).encode()
    files[README] = render_readme(card).encode()
    try:
        _replace_directory(target, files)
    except OSError as fault:
        raise OutputError(f"{target}: cannot be written: {fault.strerror}; choose another folder") from fault
    return card


def read_card(directory: Path | str) -> Card:
    """Read what a bundle holds.

    Raises:
        BundleError: no card, or one that cannot be used
    """
    path = Path(directory) / CARD
    try:
        text = _read(path).decode("utf-8")
    except UnicodeDecodeError as fault:
        raise BundleError(f"{path}: is not UTF-8; copy the bundle again") from fault
    return card_from_json(text, str(path))


def read_weights(directory: Path | str, card: Card) -> dict[str, NDArray[Any]]:
    """Read the arrays of a network's state.

    Args:
        directory: of the bundle
        card: of the bundle

    Returns:
        name to array, which cannot be written to; halves as single precision, the same numbers

    Raises:
        BundleError: no weights, not the ones that the card describes, or not safetensors
        MissingExtraError: safetensors is not installed
    """
    path = Path(directory) / WEIGHTS
    content = _read_verified(path, card.weights_sha256)
    safetensors = _import_safetensors()
    try:
        weights: dict[str, NDArray[Any]] = safetensors.numpy.load(content)
    except (safetensors.SafetensorError, KeyError) as fault:
        raise BundleError(
            f"{path}: is not safetensors that numpy can hold: {fault}; export it again"
        ) from fault
    return {name: _widened(array) for name, array in weights.items()} if card.precision == "half" else weights


def read_graph(directory: Path | str, card: Card) -> bytes:
    """Read the exported network.

    Raises:
        BundleError: no graph, or not the one that the card describes
    """
    path = Path(directory) / GRAPH
    if not card.graph_sha256:
        raise BundleError(f"{path}: the bundle has no graph; use the engine 'torch', or export a graph")
    return _read_verified(path, card.graph_sha256)


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a pipe or a device might never end
            raise BundleError(f"{path}: is no file; copy the bundle again")
        return path.read_bytes()
    except MemoryError as fault:
        raise BundleError(f"{path}: is too large for the memory; copy the bundle again") from fault
    except OSError as fault:
        raise BundleError(f"{path}: cannot be read: {fault.strerror}; copy the bundle again") from fault


def _read_verified(path: Path, sha256: str) -> bytes:
    content = _read(path)
    if _digest(content) != sha256:
        raise BundleError(f"{path}: is not the file that {CARD} describes; copy the whole bundle again")
    return content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _pack(weights: Weights, target: Path, precision: Precision) -> bytes:
    for name, array in weights.items():
        if not np.isfinite(array).all():
            raise BundleError(f"{target}: the weights '{name}' are not finite; train again, more gently")
    # safetensors reads memory as it lies; unlike ascontiguousarray, this leaves scalars without a dimension
    arrays = {name: np.asarray(array, order="C") for name, array in weights.items()}
    if precision == "half":
        arrays = {name: _narrowed(array) for name, array in arrays.items()}
    content: bytes = _import_safetensors().numpy.save(arrays)
    return content


def _narrowed(array: NDArray[Any]) -> NDArray[Any]:
    """Return a large array of numbers that are halves as such, any other as it is."""
    if array.dtype != np.float32 or array.size < LARGE:
        return array
    with np.errstate(over="ignore"):
        halves = array.astype(np.float16)
    return halves if np.array_equal(halves.astype(np.float32), array) else array


def _widened(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype != np.float16:
        return array
    wide = array.astype(np.float32)
    wide.flags.writeable = False
    return wide


def _import_safetensors() -> ModuleType:
    try:
        import safetensors.numpy
    except ImportError as fault:
        raise MissingExtraError("safetensors", "train", "a bundle's weights") from fault
    return safetensors


def _refuse_foreign(target: Path) -> None:
    """Raise rather than replace a folder that is not a bundle and nothing else."""
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputError(f"{target}: is a file; choose another folder")
    foreign = sorted({entry.name for entry in target.iterdir()} - {CARD, WEIGHTS, GRAPH, README})
    if foreign:
        raise OutputError(f"{target}: holds '{foreign[0]}', which no bundle does; choose another folder")


def _replace_directory(target: Path, files: Mapping[str, bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as workplace:
        complete, replaced = Path(workplace, "complete"), Path(workplace, "replaced")
        complete.mkdir()
        for name, content in files.items():
            (complete / name).write_bytes(content)
        if not target.exists():
            complete.rename(target)
            return
        target.rename(replaced)
        try:
            complete.rename(target)
        except OSError:
            replaced.rename(target)
            raise
