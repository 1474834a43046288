"""Every setting of a run: frozen dataclasses; impossible values are refused."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from prosodyn.rules import (
    Amount,
    Count,
    EvenSize,
    OddSize,
    Positive,
    Rule,
    Share,
    Size,
    Sizes,
    check_rules,
)
from prosodyn.types import SAMPLE_RATE

Views = Annotated[
    tuple[Literal["plain", "centred"], ...],
    Rule("one or more, each once", lambda value: 0 < len(value) == len(set(value))),
]


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

    @property
    def n_spectrograms(self) -> int:
        """Return how many spectrograms, of equal height, lie one below the other."""
        return 2 if self.narrow_band else 1

    def __post_init__(self) -> None:
        """Refuse a front end that cannot be computed."""
        nyquist = self.sample_rate / 2
        has_room = self.name == "logmel" and self.n_mels >= 3 and self.window <= 1024 and self.hop % 4 == 0
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
            f_max=Rule(
                f"above f_min, {self.f_min}, and at most half the sample rate, {nyquist}",
                lambda value: self.f_min < value <= nyquist,
            ),
        )


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """The shape of a network; the same settings serve the seed's network and its baseline.

    Attributes:
        name: `dycnn_bilstm`, or `cnn_lstm` with static kernels and a one-way LSTM; the other two are halfway
        views: what the first convolution sees, a channel each: the features `plain`, or `centred` about
            their mean over the utterance (cepstral mean normalisation)
        channels: output channels of each convolution; all but the first are dynamic
        band_strides: stride of each convolution over the frequency bands
        frame_strides: stride of each convolution over the frames
        kernel_size: height and width of every kernel, odd
        n_kernels: K of eq. 1
        routing: `softmax` (eq. 1) or `sigmoid` (CondConv, ref. 26)
        reduction: width of the attention's hidden layer, as a share of its input
        hidden_size: width of the recurrent output, both directions together, even
        pooling: from frames to an utterance: `mean`, `attentive` (weighted mean), `last`, or
            `statistics` and `attentive_statistics`, which give the standard deviation besides
        dropout: share of the recurrent input and of the pooled embedding that is dropped
        summary_size: hidden width of the perceptrons that vote on a summary of the utterance; 0 for none
        summary_members: how many there are
        summary_weight: of their votes; the network's own has the rest of one
        summary_dropout: share of the summary, and of that hidden layer, that is dropped
    """

    name: Literal["dycnn_bilstm", "dycnn_lstm", "cnn_bilstm", "cnn_lstm"] = "dycnn_bilstm"
    views: Views = ("plain",)
    channels: Sizes = (16, 32, 48, 64)
    band_strides: Sizes = (2, 2, 2, 2)
    frame_strides: Sizes = (2, 2, 2, 1)
    kernel_size: OddSize = 3
    n_kernels: Size = 4
    routing: Literal["softmax", "sigmoid"] = "softmax"
    reduction: Positive = 0.25
    hidden_size: EvenSize = 128
    pooling: Literal["attentive", "mean", "last", "statistics", "attentive_statistics"] = "mean"
    dropout: Share = 0.3
    summary_size: Count = 0
    summary_members: Size = 1
    summary_weight: Share = 0.5
    summary_dropout: Share = 0.5

    def __post_init__(self) -> None:
        """Refuse a network that cannot be built."""
        n_layers = len(self.channels)
        strides = Rule(f"one for each of the {n_layers} channels", lambda value: len(value) == n_layers)
        check_rules("network", self, band_strides=strides, frame_strides=strides)


@dataclass(frozen=True, slots=True)
class AugmentConfig:
    """Random changes to training features; zero switches a change off.

    Attributes:
        crop_frames: longest piece of an utterance that one step sees, drawn at random
        speed: largest relative change of tempo
        vocal_tract: largest relative warp of the frequency axis
        gain: largest change of level, in standard deviations of the features
        n_masks: bands and spans blanked per utterance (SpecAugment, Park et al. 2019)
        mask_bands: largest height of a blanked band, in features
        mask_frames: largest width of a blanked span, in frames
        voice: how far a speaker's summaries are moved, in deviations between speakers (`move_voices`)
        mixup: parameter of the Beta distribution (Zhang et al. 2018)
    """

    crop_frames: Count = 0
    speed: Share = 0.0
    vocal_tract: Share = 0.0
    gain: Amount = 0.0
    n_masks: Count = 0
    mask_bands: Count = 8
    mask_frames: Count = 16
    voice: Amount = 0.0
    mixup: Amount = 0.0

    def __post_init__(self) -> None:
        """Refuse changes that cannot be drawn."""
        check_rules("augment", self)


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How a network is fitted.

    Attributes:
        optimiser: `rmsprop` or `adamw`
        learning_rate: at the start (`constant`) or at the peak (`cosine`)
        schedule: `constant`, or `cosine` after a linear warm-up over the first tenth
        weight_decay: decoupled for `adamw`, L2 for `rmsprop`
        batch_size: utterances per optimiser step
        micro_batch_size: utterances that go through the network at once, pieces of like length of a larger
            batch; their gradients add up to the step's, and batch normalisation sees one piece at a time
            (Hoffer et al. 2017)
        steps: optimiser steps; zero where `epochs` alone counts
        epochs: passes over the training side; zero where `steps` alone counts, and of both the longer does
        label_smoothing: share of the target spread over all emotions
        class_weights: weigh the loss by inverse class frequency
        gradient_clip: largest norm of the gradient; zero for none
        temperature: τ of the kernel attention at the start, annealed linearly to one
        temperature_epochs: epochs over which τ falls
        weight_average: decay per step of the averaged weights that are kept; zero for none
        validation_share: share of the training side's speakers held back
        normalisation: of the features, by mean and scale of the whole training side (`corpus`), or of each of
            its speakers (`speaker`); a recogniser that was trained so expects to hear a speaker first
        selection: `last`, or the epoch with the best validation UA
        seed: of everything random
    """

    optimiser: Literal["rmsprop", "adamw"] = "adamw"
    learning_rate: Positive = 1e-3
    schedule: Literal["constant", "cosine"] = "cosine"
    weight_decay: Amount = 0.0
    batch_size: Size = 32
    micro_batch_size: Size = 32
    steps: Count = 0
    epochs: Count = 60
    label_smoothing: Share = 0.0
    class_weights: bool = False
    gradient_clip: Amount = 0.0
    temperature: Annotated[float, Rule("at least 1 and finite", lambda value: 1 <= value < math.inf)] = 30.0
    temperature_epochs: Count = 10
    weight_average: Share = 0.0
    validation_share: Share = 0.0
    normalisation: Literal["corpus", "speaker"] = "corpus"
    selection: Literal["last", "best_validation"] = "last"
    seed: Annotated[int, Rule("at least 0 and below 2**32", lambda value: 0 <= value < 2**32)] = 0

    def __post_init__(self) -> None:
        """Refuse a training that cannot run."""
        check_rules("training", self)


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
        new_speakers: tables of settings that differ where those to be recognised are not heard in training
        followed_speakers: likewise, over those of `new_speakers`, where each is enrolled before
    """

    name: str
    about: str = ""
    front_end: FrontEndConfig = field(default_factory=FrontEndConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    new_speakers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    followed_speakers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

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
        """Return what is learnt from beyond the corpus: nothing."""
        return ()

    @property
    def expects_enrolment(self) -> bool:
        """Tell whether what is trained wants to hear other recordings of a speaker first."""
        return self.training.normalisation == "speaker"
