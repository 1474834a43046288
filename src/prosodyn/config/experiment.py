"""Everything that decides what a network becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prosodyn.config.distillation import DistillationConfig
from prosodyn.config.front_end import FrontEndConfig
from prosodyn.config.network import NetworkConfig
from prosodyn.config.training import AugmentConfig, TrainingConfig
from prosodyn.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment: everything that decides what a network becomes.

    Attributes:
        name: of the file it came from
        about: one sentence on what the experiment shows
        front_end: waveform to features
        network: features to logits
        augment: random changes to training features
        training: how the network is fitted
        distillation: what the network learns from unlabelled speech, first of all
        pretraining_corpora: what the network hears before; a corpus that is tested is left out of them
        pretraining: tables of settings that differ meanwhile
        known_speakers: tables of settings that differ where those to be recognised are heard in training, too
        new_speakers: likewise, where they are not heard in training
        followed_speakers: likewise, over those of `new_speakers`, where each is enrolled before
    """

    name: str
    about: str = ""
    front_end: FrontEndConfig = field(default_factory=FrontEndConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    distillation: DistillationConfig | None = None
    pretraining_corpora: tuple[str, ...] = ()
    pretraining: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    known_speakers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    new_speakers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    followed_speakers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        if self.front_end.encoders and not self.network.projection:
            raise ConfigError(
                "network.projection: expected at least 1 where front_end.encoders are named, "
                "whose states are no bands, found 0"
            )
        shown = len(self.front_end.encoders) if self.front_end.encoder_view == "spectrograms" else 0
        if len(self.network.encoder_kernels) != shown:
            raise ConfigError(
                f"network.encoder_kernels: expected {shown}, one for each of front_end.encoders whose "
                f"spectrograms are shown, found {len(self.network.encoder_kernels)}"
            )
        slower = (self.training.encoder_rate, self.training.layer_decay)
        if not shown and slower != (1.0, 1.0):
            raise ConfigError(
                "training.encoder_rate, training.layer_decay: expected 1.0 where the network begins with no "
                f"encoders, found {slower[0]} and {slower[1]}"
            )
        if self.front_end.encoders and self.augment.vocal_tract:
            raise ConfigError(
                "augment.vocal_tract: expected 0 where front_end.encoders are named, whose states have no "
                f"neighbours, found {self.augment.vocal_tract}"
            )

        if self.distils and (self.front_end.encoders or self.front_end.name != "logmel"):
            raise ConfigError(
                "distillation.speech: expected none but for a front_end 'logmel' without encoders, whose "
                "bands noise can be mixed into"
            )

    @property
    def distils(self) -> bool:
        """Tell whether the network learns from unlabelled speech before."""
        return self.distillation is not None and bool(self.distillation.speech)

    @property
    def system(self) -> str:
        """Return the name of what is trained."""
        return self.network.name

    @property
    def seed(self) -> int:
        """Return the seed of everything random."""
        return self.training.seed

    @property
    def validation_share(self) -> float:
        """Return the share of the training side that is held back."""
        return self.training.validation_share

    @property
    def outside_data(self) -> tuple[str, ...]:
        """Return what is learnt from beyond the corpus: encoders, other corpora, speech and noise."""
        heard_by = (each.name for each in self.front_end.encoders)
        distilled = self.distillation.sources if self.distillation is not None and self.distils else ()
        return tuple(dict.fromkeys((*heard_by, *distilled, *self.pretraining_corpora)))

    @property
    def expects_enrolment(self) -> bool:
        """Tell whether what is trained wants to hear other recordings of a speaker first."""
        return self.training.normalisation == "speaker"
