"""Spectrograms of the training side, and the endless, reproducible stream of batches."""

from collections.abc import Iterator, Sequence, Sized
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence


class Batch(NamedTuple):
    """One batch of training features.

    Attributes:
        features: `(batch, feature, frame)`, zero on padding
        lengths: `(batch,)`, true number of frames
        targets: `(batch, emotion)`, sums to one
        summary: `(batch, summary)` of whole utterances, normalised; of size zero where nothing is shown it
        voice: `(batch, summary)`, how far each one's speaker lies, on average, from the mean of all speakers
        allowed: `(batch, emotion)`, true where an utterance's corpus knows the emotion
    """

    features: Tensor
    lengths: Tensor
    targets: Tensor
    summary: Tensor
    voice: Tensor
    allowed: Tensor


@dataclass(frozen=True, slots=True)
class TrainingSide:
    """What a network is fitted on: features, labels and speakers, and nothing else.

    Attributes:
        spectrograms: one `(feature, frame)` an utterance, normalised
        targets: `(utterance,)`, index of the emotion
        n_emotions: size of the label set
        summary: `(utterance, summary)`, normalised; of size zero where nothing is shown it
        voice: `(utterance, summary)`, as of a `Batch`
        allowed: `(utterance, emotion)`, as of a `Batch`
        chances: `(utterance,)`, of being drawn, relative to others; None where each is drawn once an epoch
    """

    spectrograms: Sequence[Tensor]
    targets: Tensor
    n_emotions: int
    summary: Tensor
    voice: Tensor
    allowed: Tensor
    chances: Tensor | None = None

    def __len__(self) -> int:
        """Count the utterances."""
        return len(self.spectrograms)

    def batch(self, index: Sequence[int]) -> Batch:
        """Pad the utterances at the given positions to one batch."""
        chosen = [self.spectrograms[i] for i in index]
        lengths = torch.tensor([spectrogram.shape[1] for spectrogram in chosen])
        frames = pad_sequence([spectrogram.T for spectrogram in chosen], batch_first=True).float()
        features = frames.transpose(1, 2)
        rows = list(index)
        targets = functional.one_hot(self.targets[rows], self.n_emotions).float()
        return Batch(features, lengths, targets, self.summary[rows], self.voice[rows], self.allowed[rows])


GROUPED_BATCHES = 8
"""Batches that are drawn together and sorted by length."""

FEWEST_GROUPS = 3
"""Fewer groups of batches than these would put the same utterances together in every epoch."""


def draw_positions(
    lengths: Sequence[int], chances: Tensor | None, batch_size: int, epoch: int, seed: int
) -> Iterator[list[int]]:
    """Yield which positions share each batch of an epoch; it depends on nothing but seed and epoch.

    Where there are batches enough, utterances of like length share one, so that
    little is computed on padding: some batches at a time are drawn at random,
    sorted by length, cut, and shuffled again. Where there are few, sorting would
    make the same batches every time, with the long utterances of a sad voice in
    one of them, so that the order stays as it was drawn.

    Args:
        lengths: of each utterance, in frames
        chances: `(utterance,)`, of being drawn, relative to others; None where each is drawn once
        batch_size: of all batches but the last
        epoch: counted from zero
        seed: of the run
    """
    generator = torch.Generator().manual_seed(seed * 1_000_003 + epoch)
    if chances is None:
        order = torch.randperm(len(lengths), generator=generator).tolist()
    else:
        order = torch.multinomial(chances, len(lengths), replacement=True, generator=generator).tolist()
    group = GROUPED_BATCHES * batch_size
    if len(lengths) < FEWEST_GROUPS * group:
        group = batch_size
    batches: list[list[int]] = []
    for start in range(0, len(order), group):
        near = sorted(order[start : start + group], key=lambda i: lengths[i])
        batches += [near[i : i + batch_size] for i in range(0, len(near), batch_size)]
    for position in torch.randperm(len(batches), generator=generator).tolist():
        yield batches[position]


def shuffled(side: TrainingSide, batch_size: int, epoch: int, seed: int) -> Iterator[Batch]:
    """Yield one epoch's batches, see `draw_positions`."""
    lengths = [spectrogram.shape[1] for spectrogram in side.spectrograms]
    for positions in draw_positions(lengths, side.chances, batch_size, epoch, seed):
        yield side.batch(positions)


def pieces(batch: Batch, largest: int) -> Iterator[Batch]:
    """Cut a batch that is larger than `largest` into even pieces of like length, each padded to its own."""
    if len(batch.lengths) <= largest:
        yield batch
        return
    n_pieces = -(-len(batch.lengths) // largest)
    for index in torch.argsort(batch.lengths).tensor_split(n_pieces):
        lengths = batch.lengths[index]
        features = batch.features[index, :, : int(lengths.max())]
        others = (tensor[index] for tensor in batch[2:])
        yield Batch(features, lengths, *others)


def batches_per_epoch(side: Sized, batch_size: int) -> int:
    """Count the optimiser steps of one pass over the training side."""
    return -(-len(side) // batch_size)
