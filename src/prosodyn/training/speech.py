"""Unlabelled speech as a student meets it: what it hears of each recording, and what its teachers say."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from prosodyn.audio import utterance_waveform
from prosodyn.features import FeatureNormaliser, FrontEnd, Listener
from prosodyn.features.encoders import EncoderFrontEnd
from prosodyn.features.encoders.cache import cached
from prosodyn.features.prosody import ENERGY, F0, VOICED, VOICING, ProsodyContours
from prosodyn.model.student import N_PROSODY
from prosodyn.training.batches import draw_rows
from prosodyn.training.hearing import HeardUtterance, divided, features_of, hear_waveform
from prosodyn.training.ranks import ALONE, Ranks
from prosodyn.types import SAMPLE_RATE, FloatArray, Utterance


@dataclass(frozen=True, slots=True)
class Teachers:
    """Who says something of each frame of `HOP` samples.

    Attributes:
        encoders: their blocks; None where there are none
        prosody: F0, voicing and energy; None where they are not wanted
    """

    encoders: EncoderFrontEnd | None
    prosody: ProsodyContours | None

    @property
    def block_sizes(self) -> tuple[int, ...]:
        """Return how many values each block has."""
        return () if self.encoders is None else self.encoders.block_sizes

    def states(self, waveform: FloatArray) -> Tensor:
        """Return the states of all blocks, `(value, frame)`, in half precision, from the cache if there."""
        if self.encoders is None:
            return torch.zeros(0, 0, dtype=torch.float16)
        compute = partial(features_of, self.encoders, kind=np.float16)
        return torch.tensor(cached(waveform, self.encoders.identity, compute))

    def contours(self, waveform: FloatArray) -> Tensor:
        """Return what `ProsodyContours` makes of a waveform, `(3, frame)`, from the cache if possible."""
        if self.prosody is None:
            return torch.zeros(N_PROSODY, 0)
        return torch.tensor(cached(waveform, self.prosody.identity, self.prosody)).float()


class HeardSpeech(NamedTuple):
    """Recordings, cut into pieces.

    Attributes:
        pieces: of recordings, each with an id of its own
        heard: what the student hears of each, by its id; features in half precision, not normalised
        states: of the teachers' blocks, `(value, frame)` a piece, in half precision
        prosody: `(3, frame)` a piece, see `ProsodyContours`
    """

    pieces: list[Utterance]
    heard: dict[str, HeardUtterance]
    states: list[Tensor]
    prosody: list[Tensor]


def hear_speech(
    utterances: Sequence[Utterance],
    listener: Listener,
    teachers: Teachers,
    longest: float,
    progress: Callable[[int, int], None] | None = None,
    *,
    ranks: Ranks = ALONE,
) -> HeardSpeech:
    """Read every recording, hear it, and ask the teachers.

    What the teachers say is kept in the cache, where there is one: who was interrupted goes on from there.

    Args:
        utterances: with audio at hand
        listener: of the student
        teachers: of it
        longest: seconds, of a piece
        progress: called with how many recordings are done, and how many there are
        ranks: each of which hears some of them, and is told the others

    Raises:
        AudioError: a recording that cannot be used
    """
    found = HeardSpeech([], {}, [], [])
    for done, all_of_them, own in divided(utterances, ranks):
        told: list[Tensor] = []
        for count, utterance in enumerate(own, start=1):
            waveforms = cut(utterance_waveform(utterance), longest)
            told.append(torch.tensor(len(waveforms)))
            for waveform in waveforms:
                with torch.inference_mode():
                    heard, states = hear_waveform(waveform, listener), teachers.states(waveform)
                # tensors made in inference mode could not be trained on
                told += [heard.features.half().clone(), heard.summary.clone(), states.clone()]
                told.append(teachers.contours(waveform))
            if progress is not None:
                progress(min(done + count * ranks.size, len(utterances)), len(utterances))
        tensors = chain.from_iterable(ranks.exchange(told))
        for utterance in all_of_them:
            for number in range(int(next(tensors))):
                piece = dataclasses.replace(utterance, id=f"{utterance.corpus}/{utterance.id}#{number}")
                found.pieces.append(piece)
                found.heard[piece.id] = HeardUtterance(next(tensors), next(tensors))
                found.states.append(next(tensors))
                found.prosody.append(next(tensors))
    return found


def cut(waveform: FloatArray, longest: float) -> list[FloatArray]:
    """Cut a waveform into even pieces that are no longer than some seconds."""
    n_pieces = -(-len(waveform) // round(longest * SAMPLE_RATE))
    return np.array_split(waveform, n_pieces)


def hear_noises(utterances: Sequence[Utterance], front_end: FrontEnd) -> list[Tensor]:
    """Read every noise, and return what a student's front end makes of it: `(feature, frame)` a noise.

    Raises:
        AudioError: a recording that cannot be used
    """
    with torch.inference_mode():
        found = [features_of(front_end, utterance_waveform(each), kind=np.float16) for each in utterances]
    return [torch.tensor(each) for each in found]


class SpeechBatch(NamedTuple):
    """One batch of unlabelled speech.

    Attributes:
        features: `(batch, feature, frame)`, not normalised, zero on padding
        lengths: `(batch,)`, true number of frames
        mean: `(batch, feature)`, that normalises the features
        scale: `(batch, feature)`, likewise
        states: `(batch, teacher's frame, value)`, standardised, zero on padding
        prosody: `(batch, teacher's frame, 3)`, F0 and energy standardised, zero on padding
        n_frames: `(batch,)`, true number of the teachers' frames
    """

    features: Tensor
    lengths: Tensor
    mean: Tensor
    scale: Tensor
    states: Tensor
    prosody: Tensor
    n_frames: Tensor

    def pieces(self, largest: int) -> Iterator["SpeechBatch"]:
        """Cut a batch that is larger than `largest` into even pieces of like length, padded to their own."""
        n_pieces = -(-len(self.lengths) // largest)
        for index in torch.argsort(self.lengths, stable=True).tensor_split(n_pieces):
            yield self.part(index)

    def part(self, index: Tensor | slice) -> "SpeechBatch":
        """Return some of its rows, padded no further than they need."""
        rows = SpeechBatch(*(tensor[index] for tensor in self))
        longest, most = int(rows.lengths.max()), int(rows.n_frames.max())
        return rows._replace(
            features=rows.features[:, :, :longest],
            states=rows.states[:, :most],
            prosody=rows.prosody[:, :most],
        )


@dataclass(frozen=True, slots=True)
class SpeechSide:
    """What a student is fitted on.

    Attributes:
        features: `(feature, frame)` a piece, not normalised
        mean: `(piece, feature)`
        scale: `(piece, feature)`
        states: `(value, frame)` a piece, as the teachers say it
        of_states: standardises it
        prosody: `(3, frame)` a piece, F0 and energy standardised
        chances: `(piece,)`, of being drawn, relative to others; None where each is drawn once an epoch
    """

    features: Sequence[Tensor]
    mean: Tensor
    scale: Tensor
    states: Sequence[Tensor]
    of_states: FeatureNormaliser
    prosody: Sequence[Tensor]
    chances: Tensor | None = None

    def __len__(self) -> int:
        """Count the pieces."""
        return len(self.features)

    def batch(self, index: Sequence[int]) -> SpeechBatch:
        """Pad the pieces at the given positions to one batch."""
        features, lengths = pad([self.features[i] for i in index])
        prosody, n_frames = pad([self.prosody[i] for i in index])
        states, n_states = pad([self.states[i] for i in index])
        n_frames = torch.maximum(n_frames, n_states)  # either teacher may have nothing to say
        if states.shape[1]:
            states = self.of_states(states, n_states)
        rows = list(index)
        said = (states.transpose(1, 2), prosody.transpose(1, 2))
        return SpeechBatch(features, lengths, self.mean[rows], self.scale[rows], *said, n_frames)

    def batches(self, batch_size: int, epoch: int, seed: int) -> Iterator[SpeechBatch]:
        """Yield one epoch's batches, in an order that depends on nothing but seed and epoch."""
        lengths = [each.shape[1] for each in self.features]
        for rows in draw_rows(lengths, self.chances, batch_size, epoch, seed):
            yield self.batch(rows)


def pad(chosen: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Pad `(value, frame)` each to one `(batch, value, frame)`, and tell the true number of frames."""
    lengths = torch.tensor([each.shape[1] for each in chosen])
    return pad_sequence([each.T for each in chosen], batch_first=True).float().transpose(1, 2), lengths


def standardise_prosody(contours: Sequence[Tensor]) -> list[Tensor]:
    """Bring F0 where there is a voice, and energy, to unit spread about zero over all pieces.

    Args:
        contours: `(3, frame)` a piece; what is not voiced has an F0 of zero
    """
    every = torch.cat(list(contours), dim=1).double()
    spread = torch.ones(N_PROSODY, dtype=torch.float64)
    mean = torch.zeros(N_PROSODY, dtype=torch.float64)
    voiced = every[F0, every[VOICING] >= VOICED]
    if len(voiced):
        spread[F0] = voiced.square().mean().sqrt().clamp(min=1e-3)
    if every.shape[1]:
        mean[ENERGY] = every[ENERGY].mean()
        spread[ENERGY] = every[ENERGY].std(correction=0).clamp(min=1e-3)
    shift, unit = mean[:, None].float(), spread[:, None].float()
    return [(each - shift) / unit for each in contours]


def pooled(rows: Mapping[str, NDArray[np.float64]], pieces: Sequence[Utterance]) -> Tensor:
    """Stack what belongs to each piece, by its id, `(piece, value)`."""
    return torch.tensor(np.stack([rows[each.id] for each in pieces])).float()
