"""What a network learns from unlabelled speech before any emotion, and from whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Annotated, Any

from prosodyn.config.hub_encoder import AnyEncoder
from prosodyn.errors import ConfigError
from prosodyn.rules import Amount, Count, Positive, Rule, check_rules

Portion = Annotated[float, Rule("from 0 to 1", lambda value: 0 <= value <= 1)]

Places = Annotated[
    tuple[str, ...],
    Rule(
        "names of corpora, or folders below the folder of corpora",
        lambda value: not any(PurePath(each).is_absolute() or ".." in PurePath(each).parts for each in value),
    ),
]
"""A folder of somebody's machine would stand in every card and every result."""


@dataclass(frozen=True, slots=True)
class SpeechAugmentConfig:
    """Random changes to what the student hears, and its teachers do not; zero switches a change off.

    None of them moves a frame, so that what a teacher says of it stays true.

    Attributes:
        reverberation: share of the recordings that are put into a room
        noise: share of the recordings that noise is mixed into
        least_snr: of that, dB
        most_snr: of that, dB
        gain: largest change of level, in standard deviations of the features
        tilt: largest change between the lowest and the highest band, likewise
        n_masks: bands and spans blanked per recording (SpecAugment, Park et al. 2019)
        mask_bands: largest height of a blanked band, in features
        mask_frames: largest width of a blanked span, in frames
    """

    reverberation: Portion = 0.0
    noise: Portion = 0.0
    least_snr: float = 0.0
    most_snr: float = 20.0
    gain: Amount = 0.0
    tilt: Amount = 0.0
    n_masks: Count = 0
    mask_bands: Count = 8
    mask_frames: Count = 16

    def __post_init__(self) -> None:
        """Refuse changes that cannot be drawn."""
        above = Rule(f"at least least_snr, {self.least_snr}", lambda value: value >= self.least_snr)
        check_rules("distillation.augment", self, most_snr=above)


@dataclass(frozen=True, slots=True)
class DistillationWeights:
    """How much each term of the loss counts; zero leaves it out.

    Attributes:
        states: of the teachers' blocks
        f0: of the fundamental frequency where there is one, relative to the recording's
        voicing: whether there is one
        energy: relative to the recording's
    """

    states: Amount = 1.0
    f0: Amount = 1.0
    voicing: Amount = 1.0
    energy: Amount = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no weight."""
        check_rules("distillation.weights", self)

    @property
    def wants_prosody(self) -> bool:
        """Tell whether any of the terms is of prosody."""
        return self.f0 + self.voicing + self.energy > 0


@dataclass(frozen=True, slots=True)
class DistillationConfig:
    """What a network learns from unlabelled speech before any emotion, and from whom.

    Attributes:
        speech: corpora, whose labels are not looked at, or folders of recordings below the folder of corpora;
            none for no distillation. A corpus that is tested is left out of them
        encoders: the teachers, whose states the network learns to predict
        noise: folders below the folder of corpora, of what is mixed in
        longest: seconds; a longer recording is cut into even pieces
        weights: of the terms of the loss
        augment: changes to what the network hears
        training: what differs in the training from that of the experiment
    """

    speech: Places = ()
    encoders: tuple[AnyEncoder, ...] = ()
    noise: Places = ()
    longest: Positive = 10.0
    weights: DistillationWeights = field(default_factory=DistillationWeights)
    augment: SpeechAugmentConfig = field(default_factory=SpeechAugmentConfig)
    training: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a distillation that cannot be run."""
        check_rules("distillation", self)
        if bool(self.encoders) is not (self.weights.states > 0):
            raise ConfigError(
                "distillation.encoders: expected one or more where weights.states is above zero, and none "
                f"where it is zero, found {[each.name for each in self.encoders]} with {self.weights.states}"
            )
        if not self.encoders and not self.weights.wants_prosody:
            raise ConfigError("distillation.weights: expected one above zero, found none")
        if bool(self.noise) is not (self.augment.noise > 0):
            raise ConfigError(
                "distillation.noise: expected folders where augment.noise is above zero, and none where it "
                f"is zero, found {list(self.noise)} with {self.augment.noise}"
            )

    @property
    def sources(self) -> tuple[str, ...]:
        """Return what is learnt from: corpora and folders, then the teachers."""
        pitch = (PITCH_TEACHER,) if self.weights.wants_prosody else ()
        return (*self.speech, *self.noise, *(each.name for each in self.encoders), *pitch)


PITCH_TEACHER = "swift-f0"
"""The package, itself a pretrained network, that tells the fundamental frequency."""
