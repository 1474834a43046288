"""From waveform to features."""

from dataclasses import dataclass
from typing import Annotated, Literal

from prosodyn.config.encoder import Encoder
from prosodyn.config.hub_encoder import AnyEncoder, HubEncoder
from prosodyn.errors import ConfigError
from prosodyn.rules import Amount, EvenSize, Positive, Rule, Share, Size, check_rules
from prosodyn.types import SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class FrontEndConfig:
    """From waveform to features; the defaults are the seed paper's (section 3.1).

    Attributes:
        name: `logmel` or `mfcc`
        sample_rate: Hz
        window: samples, 30 ms
        hop: samples, 15 ms
        n_fft: points of the transform
        n_mels: mel bands
        n_mfcc: static cepstral coefficients; deltas and their deltas follow them
        f_min: lower edge of the mel bands, Hz
        f_max: upper edge of the mel bands, Hz
        pre_emphasis: factor of the first-order high-pass
        log_floor: added to the mel power before the logarithm
        narrow_band: below the mel bands, as many again that show pitch (`features.narrow_band`)
        encoders: pretrained ones, whose hidden states take the place of these spectrograms as features; the
            summary of an utterance is of both
        encoder_view: `states`, or the `spectrograms` that the encoders are shown, for a network that begins
            with the encoders themselves (`network.encoder_kernels`)
        quiet: dB; what is further below the loudest moment is not heard before and after a voice, and long
            pauses are shortened (`features.quiet`); 0: all is heard
        quiet_margin: seconds before and after what is louder that are heard with it
    """

    name: Literal["logmel", "mfcc"] = "logmel"
    sample_rate: Annotated[int, Rule(str(SAMPLE_RATE), lambda value: value == SAMPLE_RATE)] = SAMPLE_RATE
    window: Annotated[int, Rule("at least 2", lambda value: value >= 2)] = 480
    hop: Size = 240
    n_fft: EvenSize = 512
    n_mels: Size = 64
    n_mfcc: Size = 13
    f_min: Amount = 50.0
    f_max: Positive = 8_000.0
    pre_emphasis: Share = 0.97
    log_floor: Positive = 1e-6
    narrow_band: bool = False
    encoders: tuple[AnyEncoder, ...] = ()
    encoder_view: Literal["states", "spectrograms"] = "states"
    quiet: Amount = 0.0
    quiet_margin: Amount = 0.1

    @property
    def n_spectrograms(self) -> int:
        """Return how many spectrograms, of equal height, lie one below the other."""
        return 2 if self.narrow_band and not self.encoders else 1

    @property
    def hub_encoders(self) -> tuple[HubEncoder, ...]:
        """Return the encoders that are too large for a bundle, and for a graph."""
        return tuple(each for each in self.encoders if isinstance(each, HubEncoder))

    def __post_init__(self) -> None:
        """Refuse a front end that cannot be computed."""
        names = [each.name for each in self.encoders]
        if len(set(names)) < len(names):
            raise ConfigError(f"front_end.encoders: expected each name once, found {names}")
        nyquist = self.sample_rate / 2
        has_room = self.name == "logmel" and self.n_mels >= 3 and self.window <= 1024 and self.hop % 4 == 0
        views = ("states", "spectrograms") if self.encoders else ("states",)
        hops = {each.spectrogram.hop for each in self.encoders if isinstance(each, Encoder)}
        can_be_shown = len(hops) == 1 and not self.hub_encoders
        check_rules(
            "front_end",
            self,
            n_fft=Rule(f"at least the window, {self.window}", lambda value: value >= self.window),
            n_mfcc=Rule(
                f"at most n_mels, {self.n_mels}", lambda value: self.name != "mfcc" or value <= self.n_mels
            ),
            narrow_band=Rule(
                "false, or a logmel of 3 bands or more, a window of at most 1024 and a hop that 4 divides",
                lambda value: has_room or not value,
            ),
            encoder_view=Rule(
                "'states' without encoders, and of such as have no spectrogram or another hop",
                lambda value: value in views and (value == "states" or can_be_shown),
            ),
            f_max=Rule(
                f"above f_min, {self.f_min}, and at most half the sample rate, {nyquist}",
                lambda value: self.f_min < value <= nyquist,
            ),
        )
