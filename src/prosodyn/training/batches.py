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

    def part(self, index: Tensor | slice) -> "Batch":
        """Return some of its rows, padded no further than they need."""
        lengths = self.lengths[index]
        others = (tensor[index] for tensor in self[2:])
        return Batch(self.features[index, :, : int(lengths.max())], lengths, *others)


@dataclass(frozen=True, slots=True)
class TrainingSide:
    """What a network is fitted on: features, labels and speakers, and nothing else.

    An utterance may be there in several versions, as it is and through channels. Each version is a row: first
    come all utterances as they are, then all of them in their second version, and so on.

    Attributes:
        spectrograms: one `(feature, frame)` a row, normalised
        targets: `(row,)`, index of the emotion
        n_emotions: size of the label set
        summary: `(row, summary)`, normalised; of size zero where nothing is shown it
        voice: `(row, summary)`, as of a `Batch`
        allowed: `(row, emotion)`, as of a `Batch`
        chances: `(utterance,)`, of being drawn, relative to others; None where each is drawn once an epoch
        n_versions: of each utterance
    """

    spectrograms: Sequence[Tensor]
    targets: Tensor
    n_emotions: int
    summary: Tensor
    voice: Tensor
    allowed: Tensor
    chances: Tensor | None = None
    n_versions: int = 1

    def __len__(self) -> int:
        """Count the utterances, whatever the number of versions."""
        return len(self.spectrograms) // self.n_versions

    def batch(self, index: Sequence[int]) -> Batch:
        """Pad the given rows to one batch."""
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


def draw_rows(
    lengths: Sequence[int],
    chances: Tensor | None,
    batch_size: int,
    epoch: int,
    seed: int,
    *,
    n_versions: int = 1,
) -> Iterator[list[int]]:
    """Yield which rows share each batch of an epoch; it depends on nothing but seed and epoch.

    Of each utterance that is drawn, one version is; all of them are equally likely.

    Where there are batches enough, utterances of like length share one, so that
    little is computed on padding: some batches at a time are drawn at random,
    sorted by length, cut, and shuffled again. Where there are few, sorting would
    make the same batches every time, with the long utterances of a sad voice in
    one of them, so that the order stays as it was drawn.

    Args:
        lengths: of each row, in frames: of all utterances, then of all of them in their second version, …
        chances: `(utterance,)`, of being drawn, relative to others; None where each is drawn once
        batch_size: of all batches but the last
        epoch: counted from zero
        seed: of the run
        n_versions: of each utterance
    """
    n = len(lengths) // n_versions
    generator = torch.Generator().manual_seed(seed * 1_000_003 + epoch)
    if chances is None:
        order = torch.randperm(n, generator=generator).tolist()
    else:
        order = torch.multinomial(chances, n, replacement=True, generator=generator).tolist()
    if n_versions > 1:
        version = torch.randint(n_versions, (n,), generator=generator)
        order = (torch.tensor(order) + n * version).tolist()
    group = GROUPED_BATCHES * batch_size
    if n < FEWEST_GROUPS * group:
        group = batch_size
    batches: list[list[int]] = []
    for start in range(0, len(order), group):
        near = sorted(order[start : start + group], key=lambda i: lengths[i])
        batches += [near[i : i + batch_size] for i in range(0, len(near), batch_size)]
    for position in torch.randperm(len(batches), generator=generator).tolist():
        yield batches[position]


def shuffled(side: TrainingSide, batch_size: int, epoch: int, seed: int) -> Iterator[Batch]:
    """Yield one epoch's batches, see `draw_rows`."""
    lengths = [spectrogram.shape[1] for spectrogram in side.spectrograms]
    drawn = draw_rows(lengths, side.chances, batch_size, epoch, seed, n_versions=side.n_versions)
    for rows in drawn:
        yield side.batch(rows)


def pieces(batch: Batch, largest: int) -> Iterator[Batch]:
    """Cut a batch that is larger than `largest` into even pieces of like length, each padded to its own."""
    if len(batch.lengths) <= largest:
        yield batch
        return
    n_pieces = -(-len(batch.lengths) // largest)
    # stable, so that processes that share a batch cut it alike
    for index in torch.argsort(batch.lengths, stable=True).tensor_split(n_pieces):
        yield batch.part(index)


def batches_per_epoch(side: Sized, batch_size: int) -> int:
    """Count the optimiser steps of one pass over the training side."""
    return -(-len(side) // batch_size)
