"""From utterances to what a network, or a classical system, is fitted on."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from prosodyn.audio import utterance_waveform
from prosodyn.audio.levelling import at_level
from prosodyn.comparison.feature_sets import FeatureSet
from prosodyn.comparison.method import RealArray
from prosodyn.features import FrontEnd, Listener
from prosodyn.features.encoders import EncoderFrontEnd
from prosodyn.features.encoders.cache import cached
from prosodyn.training.ranks import ALONE, Ranks
from prosodyn.types import Channel, FloatArray, LevelRange, Utterance


class HeardUtterance(NamedTuple):
    """What is heard of one utterance; nothing in it is fitted.

    Attributes:
        features: `(feature, frame)`; of half precision where they are states of encoders
        summary: `(summary,)`; of size zero where a network is not shown it
    """

    features: Tensor
    summary: Tensor


HeardUtterances = Mapping[str, HeardUtterance]
"""What is heard of each utterance, by its id."""


HEARD_AT_ONCE = 64
"""Utterances that each process hears before it tells the others."""


def in_versions(utterances: Sequence[Utterance], channels: Sequence[Channel]) -> tuple[Utterance, ...]:
    """Return utterances as they are, then all of them through each channel, under names of their own."""
    versions = [
        dataclasses.replace(each, id=f"{each.id} through {channel}", channel=channel)
        for channel in channels
        for each in utterances
    ]
    return (*utterances, *versions)


def hear(
    utterances: Sequence[Utterance],
    listener: Listener,
    progress: Callable[[int, int], None] | None = None,
    ranks: Ranks = ALONE,
    levels: LevelRange | None = None,
) -> dict[str, HeardUtterance]:
    """Read every utterance and hear it.

    States of encoders are kept in the cache, where there is one: who was interrupted goes on from there.

    Args:
        utterances: with audio at hand
        listener: computes features and summaries
        progress: called with how many are done, and how many there are
        ranks: each of which hears some of them, and is told the others
        levels: to which recordings are brought before; None where they are heard as they are

    Raises:
        AudioError: a recording that cannot be used
    """
    heard: dict[str, HeardUtterance] = {}
    for done, all_of_them, own in divided(utterances, ranks):
        told = []
        for number, utterance in enumerate(own, start=1):
            waveform = utterance_waveform(utterance)
            waveform = waveform if levels is None else at_level(waveform, levels)
            with torch.inference_mode():
                found = hear_waveform(waveform, listener)
            # tensors made in inference mode could not be trained on
            told += [tensor.clone() for tensor in found]
            if progress is not None:
                progress(min(done + number * ranks.size, len(utterances)), len(utterances))
        tensors = chain.from_iterable(ranks.exchange(told))
        # two of each utterance, as they were told
        heard |= {
            each.id: HeardUtterance(*pair)
            for each, pair in zip(all_of_them, zip(tensors, tensors, strict=True), strict=True)
        }
    return heard


def divided(
    utterances: Sequence[Utterance], ranks: Ranks
) -> Iterator[tuple[int, Sequence[Utterance], Sequence[Utterance]]]:
    """Divide what is to be heard among the processes, some at a time, so that little is on its way at once.

    Yields:
        how many were heard before, all that are heard next, and those of them that this process hears: in the
        order of the ranks, what they hear is in the order of the utterances
    """
    at_once = HEARD_AT_ONCE * ranks.size
    for start in range(0, len(utterances), at_once):
        chosen = utterances[start : start + at_once]
        first, end = (len(chosen) * rank // ranks.size for rank in (ranks.rank, ranks.rank + 1))
        yield start, chosen, chosen[first:end]


def hear_waveform(waveform: FloatArray, listener: Listener) -> HeardUtterance:
    """Hear one waveform, `(time,)`; states of encoders are kept in the cache."""
    front_end = listener.front_end
    batch, samples = listener.attend(torch.tensor(waveform)[None], torch.tensor([len(waveform)]))
    waveform = batch[0].numpy()
    if isinstance(front_end, EncoderFrontEnd):
        found = cached(waveform, front_end.identity, partial(features_of, front_end, kind=np.float16))
    else:
        found = features_of(front_end, waveform, kind=np.float32)
    features = torch.tensor(found)
    lengths = torch.tensor([features.shape[1]])
    return HeardUtterance(features, listener.summarise(batch, samples, features.float()[None], lengths)[0])


def features_of(
    front_end: FrontEnd, waveform: FloatArray, kind: type[np.floating[Any]]
) -> NDArray[np.floating[Any]]:
    """Compute the features of one waveform.

    Args:
        front_end: that computes them
        waveform: `(time,)`
        kind: of number; what lies beyond the largest of them is that

    Returns:
        `(feature, frame)`
    """
    samples = torch.tensor([len(waveform)])
    features, lengths = front_end(torch.tensor(waveform)[None], samples)
    limit = float(np.finfo(kind).max)  # what lies beyond it says no more than this
    found: NDArray[np.floating[Any]] = (
        features[0, :, : int(lengths)].clamp(-limit, limit).numpy().astype(kind)
    )
    return found


def hear_features(utterances: Sequence[Utterance], feature_set: FeatureSet) -> dict[str, RealArray]:
    """Read every utterance and compute what a classical system hears of it, by the utterance's id.

    Raises:
        AudioError: a recording that cannot be used
    """
    return {utterance.id: feature_set(utterance_waveform(utterance)) for utterance in utterances}
