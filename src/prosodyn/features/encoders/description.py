"""What an encoder is: a TOML file that says where its ONNX file lies and what it wants to be shown."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from prosodyn.errors import BundleError, ConfigError
from prosodyn.features.encoders.spectrogram import SpectrogramConfig
from prosodyn.files import reaching
from prosodyn.mapping import from_mapping
from prosodyn.toml_files import packaged_names, read_named

ENVIRONMENT_VARIABLE = "PROSODYN_ENCODERS"
"""Names the folder that holds the files of the encoders that are described here; else it is `encoders`."""

DECLARED = "prosodyn.features.encoders.declared"
"""The package of those that are described here."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """A pretrained network, described.

    Attributes:
        name: of its TOML file
        file: of its ONNX file, relative to the folder of encoders, or to a TOML file of one's own
        licence: of its weights
        blocks: names of the outputs whose states are taken, from the lowest to the highest
        spectrogram: what it wants to be shown
        about: one sentence on it
        citation: whom to thank
        folder: that `file` is relative to
    """

    name: str
    file: str
    licence: str
    blocks: tuple[str, ...]
    spectrogram: SpectrogramConfig
    about: str = ""
    citation: str = ""
    folder: str = ""

    @property
    def path(self) -> Path:
        """Return where the ONNX file should be."""
        return Path(self.folder, self.file)

    def read(self) -> bytes:
        """Read the ONNX file.

        Raises:
            BundleError: it is not there, or cannot be read
        """
        if not self.path.exists():
            raise BundleError(
                f"{self.path}: the encoder '{self.name}' is not here; put its file there, or name the folder "
                f"that holds it in {ENVIRONMENT_VARIABLE}"
            )
        with reaching(self.path, BundleError):
            return self.path.read_bytes()

    def __post_init__(self) -> None:
        """Refuse an encoder of which nothing is taken."""
        if not self.blocks:
            raise ConfigError("blocks: expected one or more, found none")

    def sha256(self) -> str:
        """Identify what the encoder makes of a sound: its file, its blocks, and what it is shown."""
        settings = repr((self.blocks, self.spectrogram)).encode()
        return hashlib.sha256(self.read() + settings).hexdigest()


def encoder_names() -> tuple[str, ...]:
    """List the encoders that are described here."""
    return packaged_names(DECLARED)


def find_encoder(name_or_path: str) -> Encoder:
    """Return an encoder by name, or as a TOML file of one's own describes it.

    Raises:
        ConfigError: there is no such encoder, or its file holds what it must not
    """
    values = read_named(DECLARED, name_or_path, "encoder")
    is_declared = name_or_path in encoder_names()
    named = os.environ.get(ENVIRONMENT_VARIABLE) or "encoders"
    folder = named if is_declared else str(Path(name_or_path).parent)
    given = sorted({"name", "folder"} & values.keys())
    if given:
        raise ConfigError(f"{name_or_path}: the key '{given[0]}' follows from where the file lies; remove it")
    return from_mapping(Encoder, {"name": Path(name_or_path).stem, "folder": folder, **values}, name_or_path)
