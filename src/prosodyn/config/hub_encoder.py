"""What a pretrained speech model of the library transformers is, of which hidden states are taken."""

from dataclasses import dataclass
from typing import Literal

from prosodyn.config.encoder import Encoder
from prosodyn.errors import ConfigError


@dataclass(frozen=True, slots=True)
class HubEncoder:
    """A pretrained speech model in the layout of the Hugging Face Hub, described.

    What it is shown follows from its own files. They are too large for a bundle, which names them by their
    hash instead.

    Attributes:
        name: of its TOML file
        kind: tells it from an `Encoder`, which has no such key
        model: its name on the hub, or its folder, relative to the TOML file or to the folder of encoders
        licence: of its weights
        blocks: numbers of the layers whose states are taken, from the lowest to the highest: 0 is what goes
            into the first layer, 1 what comes out of it; of the last one, after the norm that may follow
        sha256: of its files, in hexadecimal, see `encoders.hub_model.model_digest`
        about: one sentence on it
        citation: whom to thank
        folder: that `model` is relative to; empty for the folder of encoders
    """

    name: str
    kind: Literal["transformers"]
    model: str
    licence: str
    blocks: tuple[int, ...]
    sha256: str = ""
    about: str = ""
    citation: str = ""
    folder: str = ""

    def __post_init__(self) -> None:
        """Refuse an encoder of which nothing is taken, or that nothing names."""
        if not self.blocks:
            raise ConfigError("blocks: expected one or more, found none")
        if min(self.blocks) < 0 or list(self.blocks) != sorted(set(self.blocks)):
            raise ConfigError(
                "blocks: expected numbers of layers from 0 on, from the lowest to the highest, "
                f"found {list(self.blocks)}"
            )
        if not self.model.strip():
            raise ConfigError("model: expected a name on the hub or a folder, found none")


AnyEncoder = Encoder | HubEncoder
"""A pretrained network, described: as an ONNX file, or as a model of the library transformers."""
