"""The loss of a student, and the loop that fits it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional

from prosodyn.config import DistillationWeights, SpeechAugmentConfig, TrainingConfig
from prosodyn.errors import TrainingError
from prosodyn.features.functional import length_mask
from prosodyn.features.prosody import ENERGY, F0, VOICED, VOICING
from prosodyn.model.student import Student
from prosodyn.training.batches import batches_per_epoch
from prosodyn.training.loop import Loop, Part, Terms
from prosodyn.training.place import RunPlace
from prosodyn.training.speech import SpeechBatch, SpeechSide
from prosodyn.training.speech_augment import Surroundings, surround


def imitation(predicted: Tensor, said: Tensor, mask: Tensor, block_sizes: Sequence[int]) -> Tensor:
    """Compute how far a student's states are from its teachers' (DistilHuBERT, Chang et al. 2022, eq. 1).

    In each block: the mean absolute distance over its values, less the logarithm of the sigmoid of the
    cosine; averaged over the true frames, and over the blocks.

    Args:
        predicted: `(batch, frame, value)`, of all blocks, one after the other
        said: likewise, by the teachers, standardised
        mask: `(batch, frame)`, true = real
        block_sizes: values of each block

    Returns:
        a single number
    """
    parts = (torch.split(each, list(block_sizes), dim=2) for each in (predicted, said))
    each = [
        (ours - theirs).abs().mean(dim=2)
        - functional.logsigmoid(functional.cosine_similarity(ours, theirs, dim=2))
        for ours, theirs in zip(*parts, strict=True)
    ]
    return masked_mean(torch.stack(each).mean(dim=0), mask)


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Average values, `(batch, frame)`, where the mask is true; zero where it is nowhere."""
    return (values * mask).sum() / mask.sum().clamp(min=1)


def prosody_terms(predicted: Tensor, said: Tensor, mask: Tensor) -> dict[str, Tensor]:
    """Compute how far a student's prosody is from what was measured.

    Args:
        predicted: `(batch, frame, 3)`; the voicing is a logit
        said: `(batch, frame, 3)`, F0 and energy standardised
        mask: `(batch, frame)`, true = real

    Returns:
        mean absolute distance of F0, where there is one, and of energy; cross entropy of voicing
    """
    voicing = said[:, :, VOICING]
    doubt = functional.binary_cross_entropy_with_logits(predicted[:, :, VOICING], voicing, reduction="none")
    distance = (predicted - said).abs()
    return {
        "f0": masked_mean(distance[:, :, F0], mask & (voicing >= VOICED)),
        "voicing": masked_mean(doubt, mask),
        "energy": masked_mean(distance[:, :, ENERGY], mask),
    }


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a student is asked for, and in which surroundings it hears.

    Attributes:
        weights: of the terms of the loss
        block_sizes: values of each block of the teachers
        augment: changes to what it hears
        around: rooms and noises
    """

    weights: DistillationWeights
    block_sizes: tuple[int, ...]
    augment: SpeechAugmentConfig
    around: Surroundings


class Distiller(Loop[Student]):
    """Fits a student to what its teachers say of unlabelled speech."""

    uses_all: ClassVar[bool] = False  # what stands above the recurrence learns afterwards

    def __init__(
        self, student: Student, training: TrainingConfig, assignment: Assignment, place: RunPlace
    ) -> None:
        super().__init__(student, training, place)
        self.assignment = assignment
        self.side: SpeechSide | None = None

    def fit(self, side: SpeechSide) -> Student:
        """Train to the end, from the checkpoint where there is one, and return the student.

        Raises:
            TrainingError: nothing to hear, or the loss is no longer a number
        """
        if len(side) == 0:
            raise TrainingError("distillation: there is no speech to hear")
        self.side = side
        self.run(batches_per_epoch(side, self.training.batch_size))
        return self.selected()

    def steps(self, epoch: int, generator: torch.Generator) -> Iterator[Iterable[Part]]:
        """Yield the pieces of every batch, changed at random; see `Loop`."""
        assert self.side is not None
        for batch in self.side.batches(self.training.batch_size, epoch, self.training.seed):
            moved = SpeechBatch(*(tensor.to(self.place.device) for tensor in batch))
            changed = surround(moved, self.assignment.augment, self.assignment.around, generator)
            size = len(changed.lengths)
            yield [
                partial(self._terms, piece, len(piece.lengths) / size)
                for piece in changed.pieces(self.training.micro_batch_size)
            ]

    def _terms(self, piece: SpeechBatch, share: float) -> Terms:
        """Return this process's part of a piece's share of each term of a step's loss, with its weight."""
        portion = self.place.ranks.portion(len(piece.lengths))
        own = piece.part(portion.rows)
        n_frames = int(own.n_frames.max())
        mask = length_mask(own.n_frames, n_frames)
        found = self.parallel(own.features, own.lengths, n_frames)
        terms: dict[str, Tensor] = {}
        if self.assignment.block_sizes:
            terms["states"] = imitation(found.states, own.states, mask, self.assignment.block_sizes)
        if self.assignment.weights.wants_prosody:
            terms |= prosody_terms(found.prosody, own.prosody, mask)
        weights = self.assignment.weights
        return {
            name: share * part_of(own, piece, name) / portion.copies * getattr(weights, name) * value
            for name, value in terms.items()
            if getattr(weights, name)
        }


def part_of(own: SpeechBatch, piece: SpeechBatch, term: str) -> float:
    """Return the share of a piece's frames that some of its rows hold, of those that a term averages over."""
    held, all_of_them = (
        int((each.prosody[:, :, VOICING] >= VOICED).sum()) if term == "f0" else int(each.n_frames.sum())
        for each in (own, piece)
    )
    return held / max(all_of_them, 1)
