"""Encoders by name, or by a TOML file of one's own, and where their files lie."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from prosodyn.config import AnyEncoder, Encoder, HubEncoder
from prosodyn.encoders.folder import encoder_folder, missing_encoder
from prosodyn.encoders.hub_model import find_model, model_digest, remember_places
from prosodyn.errors import BundleError, ConfigError
from prosodyn.files import reaching
from prosodyn.mapping import from_mapping, to_mapping
from prosodyn.toml_files import packaged_names, read_named

DECLARED = "prosodyn.encoders.declared"
"""The package of those that are described here."""


def encoder_names() -> tuple[str, ...]:
    """List the encoders that are described here."""
    return packaged_names(DECLARED)


def find_encoder(name_or_path: str) -> AnyEncoder:
    """Return an encoder by name, or as a TOML file of one's own describes it.

    Raises:
        ConfigError: there is no such encoder, or its file holds what it must not
        BundleError: the files of an encoder of one's own are not there
        MissingExtraError: they may lie in the hub's cache, and transformers is not installed
    """
    values = read_named(DECLARED, name_or_path, "encoder")
    given = sorted({"name", "folder"} & values.keys())
    if given:
        raise ConfigError(f"{name_or_path}: the key '{given[0]}' follows from where the file lies; remove it")
    is_declared = name_or_path in encoder_names()
    place = {} if is_declared else {"folder": str(Path(name_or_path).parent)}
    described = {"name": Path(name_or_path).stem, **place, **values}
    if "kind" in values:
        return _find_model_encoder(described, name_or_path)
    encoder = from_mapping(Encoder, described, name_or_path)
    if encoder.sha256:
        return encoder
    return dataclasses.replace(encoder, sha256=hashlib.sha256(read_encoder(encoder)).hexdigest())


def _find_model_encoder(described: dict[str, Any], where: str) -> HubEncoder:
    if described["kind"] != "transformers":
        raise ConfigError(
            f"{where}: kind: expected 'transformers', or no such key where an ONNX file is described, "
            f"found {described['kind']!r}"
        )
    encoder = from_mapping(HubEncoder, described, where)
    own = Path(encoder.model).expanduser()
    if own.is_absolute():  # a bundle tells the name of the folder, and not where on this machine it lies
        encoder = dataclasses.replace(encoder, folder=str(own.parent), model=own.name)
    if not encoder.sha256:
        encoder = dataclasses.replace(encoder, sha256=model_digest(find_model(encoder)))
    remember_places([encoder])
    return encoder


def encoder_path(encoder: Encoder) -> Path:
    """Return where the ONNX file of an encoder should be."""
    return Path(encoder.folder or encoder_folder(), encoder.file)


def check_encoder(name_or_path: str) -> None:
    """Look whether the files of an encoder are here.

    Raises:
        ConfigError: there is no such encoder
        BundleError: they are not there
        MissingExtraError: they may lie in the hub's cache, and transformers is not installed
    """
    encoder = find_encoder(name_or_path)
    if isinstance(encoder, HubEncoder):
        find_model(encoder)
    else:
        _refuse_missing(encoder)


def read_encoder(encoder: Encoder) -> bytes:
    """Read the ONNX file of an encoder.

    Raises:
        BundleError: it is not there, cannot be read, or is another file than the one that was described
    """
    path = encoder_path(encoder)
    _refuse_missing(encoder)
    with reaching(path, BundleError):
        content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != (encoder.sha256 or found):
        raise BundleError(
            f"{path}: is not the encoder '{encoder.name}': its SHA-256 is {found}, "
            f"expected {encoder.sha256}; copy the file again"
        )
    return content


def encoder_identity(encoder: AnyEncoder) -> str:
    """Identify what an encoder makes of a sound: by its files, its blocks, and what it is shown."""
    shown = encoder.kind if isinstance(encoder, HubEncoder) else to_mapping(encoder.spectrogram)
    what = [encoder.sha256, encoder.blocks, shown]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()


def _refuse_missing(encoder: Encoder) -> None:
    path = encoder_path(encoder)
    if not path.exists():
        raise missing_encoder(path, encoder.name, "its file")
