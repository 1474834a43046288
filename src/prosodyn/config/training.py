"""How a network is fitted, and on what changes of what it hears."""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from prosodyn.rules import Amount, Count, Positive, Rule, Share, Size, check_rules
from prosodyn.types import LevelRange, NamedChannel

Rate = Annotated[float, Rule("above 0 and at most 1", lambda value: 0 < value <= 1)]


@dataclass(frozen=True, slots=True)
class AugmentConfig:
    """Random changes to what is trained on; zero switches a change off.

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
        channels: that each utterance is heard through, besides as it is (`audio.channels`); whenever it is
            drawn, so is one of these versions
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
    channels: Annotated[
        tuple[NamedChannel, ...], Rule("each once", lambda value: len(set(value)) == len(value))
    ] = ()

    def __post_init__(self) -> None:
        """Refuse changes that cannot be drawn."""
        check_rules("augment", self)


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How a network is fitted.

    Attributes:
        optimiser: `rmsprop` or `adamw`
        learning_rate: at the start (`constant`) or at the peak (`cosine`)
        encoder_rate: learning rate of an encoder's uppermost convolution, where the network begins with
            encoders, as a share of the others'; none of their weights decays
        layer_decay: learning rate of each convolution of an encoder as a share of that of the one above it
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
        level: dB of full scale; before a recording is heard, its loudest 20 ms are brought there, in training
            and, as `Card.levels` has it, ever after, though its peaks may then exceed 1; 0: recordings are
            heard as they are, or as the bundle to fine-tune hears them
        normalisation: of the features, by mean and scale of the whole training side (`corpus`), of each of
            its corpora (`each_corpus`), or of each of its speakers (`speaker`); a recogniser that was trained
            by the last expects to hear a speaker first
        renew_normalisation: fit it afresh where a bundle is fine-tuned, in place of keeping the bundle's
        heads: one last layer that all corpora share (`shared`), or one for each, averaged in the end
            (`each_corpus`), since what one corpus calls anger another may act otherwise
        balance: how far corpora are drawn alike: zero for each by its size, one for all alike
        held_out_folds: how often the training is repeated without some of the speakers; what is answered
            about these tells how far the recogniser may be believed, whose weights do not depend on it
        selection: `last`, or the epoch with the best validation UA
        seed: of everything random
    """

    optimiser: Literal["rmsprop", "adamw"] = "adamw"
    learning_rate: Positive = 1e-3
    encoder_rate: Rate = 1.0
    layer_decay: Rate = 1.0
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
    level: Annotated[float, Rule("0, or from -60 to -1", lambda value: value == 0 or -60 <= value <= -1)] = (
        0.0
    )
    normalisation: Literal["corpus", "each_corpus", "speaker"] = "corpus"
    renew_normalisation: bool = False
    heads: Literal["shared", "each_corpus"] = "shared"
    balance: Annotated[float, Rule("from 0 to 1", lambda value: 0 <= value <= 1)] = 0.0
    held_out_folds: Annotated[int, Rule("0 or at least 2", lambda value: value == 0 or value >= 2)] = 0
    selection: Literal["last", "best_validation"] = "last"
    seed: Annotated[int, Rule("at least 0 and below 2**32", lambda value: 0 <= value < 2**32)] = 0

    @property
    def levels(self) -> LevelRange | None:
        """Return between which levels recordings are heard; None where it is as they are."""
        return (self.level, self.level) if self.level else None

    def __post_init__(self) -> None:
        """Refuse a training that cannot run."""
        check_rules("training", self)
