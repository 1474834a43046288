"""What a pretrained encoder is, and what it wants to be shown."""

from dataclasses import dataclass
from typing import Literal

from prosodyn.errors import ConfigError
from prosodyn.rules import Amount, Positive, Rule, Size, check_rules
from prosodyn.types import SAMPLE_RATE

N_FFT = 512
"""Points of the transform behind every encoder's spectrogram."""


@dataclass(frozen=True, slots=True)
class SpectrogramConfig:
    """What an encoder wants to be shown.

    Attributes:
        n_mels: bands
        f_min: lower edge, Hz
        f_max: upper edge, Hz
        frame: samples that a frame takes, the window in their middle
        window: samples of the periodic Hann window
        hop: samples between two frames
        mel: `slaney`, bands of unit area, or `htk`, triangles on the mel axis without the bin of 0 Hz
        spectrum: `power`, or its root, the `magnitude`
        logarithm: `decibel`, no lower than `below_peak` under the clip's loudest value, or `natural`
        floor: added before the natural logarithm
        below_peak: dB
        gain: of the waveform
        scale: the logarithm is divided by it
        offset: added in the end
    """

    n_mels: Size
    f_min: Amount
    f_max: Positive
    frame: Size = 400
    window: Size = 400
    hop: Size = 160
    mel: Literal["slaney", "htk"] = "slaney"
    spectrum: Literal["power", "magnitude"] = "power"
    logarithm: Literal["decibel", "natural"] = "natural"
    floor: Positive = 1e-3
    below_peak: Positive = 80.0
    gain: Positive = 1.0
    scale: Positive = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a spectrogram that cannot be computed."""
        check_rules(
            "spectrogram",
            self,
            frame=Rule(f"at most {N_FFT}", lambda value: value <= N_FFT),
            window=Rule(f"at most the frame, {self.frame}", lambda value: value <= self.frame),
            f_max=Rule(
                f"above f_min, {self.f_min}, and at most {SAMPLE_RATE / 2}",
                lambda value: self.f_min < value <= SAMPLE_RATE / 2,
            ),
        )


@dataclass(frozen=True, slots=True)
class Encoder:
    """A pretrained network, described.

    Attributes:
        name: of its TOML file
        file: of its ONNX file, relative to the folder of encoders, or to a TOML file of one's own
        licence: of its weights
        blocks: names of the outputs whose states are taken, from the lowest to the highest
        spectrogram: what it wants to be shown
        sha256: of the ONNX file, in hexadecimal
        about: one sentence on it
        citation: whom to thank
        folder: that `file` is relative to; empty for the folder of encoders
    """

    name: str
    file: str
    licence: str
    blocks: tuple[str, ...]
    spectrogram: SpectrogramConfig
    sha256: str = ""
    about: str = ""
    citation: str = ""
    folder: str = ""

    def __post_init__(self) -> None:
        """Refuse an encoder of which nothing is taken, or something twice."""
        if not self.blocks:
            raise ConfigError("blocks: expected one or more, found none")
        if len(set(self.blocks)) < len(self.blocks):
            raise ConfigError(f"blocks: expected each once, found {list(self.blocks)}")
