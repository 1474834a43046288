"""Encoders by name, or by a TOML file of one's own, and where their ONNX files lie."""

import dataclasses
import hashlib
import json
import os
from pathlib import Path

from prosodyn.config import Encoder
from prosodyn.errors import BundleError, ConfigError
from prosodyn.files import reaching
from prosodyn.mapping import from_mapping, to_mapping
from prosodyn.toml_files import packaged_names, read_named

ENVIRONMENT_VARIABLE = "PROSODYN_ENCODERS"
"""Names the folder that holds the files of the encoders that are described here; else it is `encoders`."""

DECLARED = "prosodyn.encoders.declared"
"""The package of those that are described here."""


def encoder_names() -> tuple[str, ...]:
    """List the encoders that are described here."""
    return packaged_names(DECLARED)


def find_encoder(name_or_path: str) -> Encoder:
    """Return an encoder by name, or as a TOML file of one's own describes it.

    Raises:
        ConfigError: there is no such encoder, or its file holds what it must not
        BundleError: the ONNX file of an encoder of one's own is not there
    """
    values = read_named(DECLARED, name_or_path, "encoder")
    given = sorted({"name", "folder"} & values.keys())
    if given:
        raise ConfigError(f"{name_or_path}: the key '{given[0]}' follows from where the file lies; remove it")
    is_declared = name_or_path in encoder_names()
    place = {} if is_declared else {"folder": str(Path(name_or_path).parent)}
    encoder = from_mapping(Encoder, {"name": Path(name_or_path).stem, **place, **values}, name_or_path)
    if encoder.sha256:
        return encoder
    return dataclasses.replace(encoder, sha256=hashlib.sha256(read_encoder(encoder)).hexdigest())


def encoder_path(encoder: Encoder) -> Path:
    """Return where the ONNX file of an encoder should be."""
    return Path(encoder.folder or os.environ.get(ENVIRONMENT_VARIABLE) or "encoders", encoder.file)


def check_encoder(name_or_path: str) -> None:
    """Look whether the ONNX file of an encoder is here.

    Raises:
        ConfigError: there is no such encoder
        BundleError: the file is not there
    """
    _refuse_missing(find_encoder(name_or_path))


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


def encoder_identity(encoder: Encoder) -> str:
    """Identify what an encoder makes of a sound: by its file, its blocks, and what it is shown."""
    what = [encoder.sha256, encoder.blocks, to_mapping(encoder.spectrogram)]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()


def _refuse_missing(encoder: Encoder) -> None:
    path = encoder_path(encoder)
    if not path.exists():
        raise BundleError(
            f"{path}: the encoder '{encoder.name}' is not here; put its file there, or name the folder "
            f"that holds it in {ENVIRONMENT_VARIABLE}"
        )
