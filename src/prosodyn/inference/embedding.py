"""Embeddings: what a recogniser's network makes of a recording before it decides on an emotion."""

from collections.abc import Iterable
from typing import Literal, get_args

import numpy as np

from prosodyn.errors import BundleError, ConfigError
from prosodyn.inference.batch import group_by_length, group_in_windows, pad
from prosodyn.inference.clip import Clip, Spoken, clips_from
from prosodyn.inference.recogniser import Recogniser
from prosodyn.types import SAMPLE_RATE, EngineOutput, FloatArray

Parts = Literal["all", "embedding", "summary"]
"""What stands in a row: the embedding pooled over the frames, the summary of the utterance, or both."""


def embed(
    recogniser: Recogniser,
    recordings: Iterable[Spoken],
    sample_rate: int = SAMPLE_RATE,
    parts: Parts = "all",
) -> FloatArray:
    """Compute one row of numbers for each recording, in batches of similar length; a bad one ends it all.

    Args:
        recogniser: one that holds a network; if a speaker is enrolled, its rows are relative to that speaker
        recordings: files, samples or utterances
        sample_rate: of samples, Hz
        parts: which of the network's numbers; a network without a summary gives its embedding for `all`

    Returns:
        `(recording, number)`

    Raises:
        AudioError: a recording that cannot be used
        BundleError: a recogniser without these numbers, or one that gives what is no number
        ConfigError: there are no such parts
        MissingExtraError: a kind of file that only an optional package can read
    """
    return embed_clips(recogniser, clips_from(recordings, sample_rate), parts)


def embed_clips(recogniser: Recogniser, clips: Iterable[Clip], parts: Parts = "all") -> FloatArray:
    """Compute one row of numbers for each clip, as `embed` does; clips are drawn as they are needed.

    Raises:
        BundleError: as `embed`
        ConfigError: as `embed`
    """
    windows = [_embed_window(recogniser, window, parts) for window in group_in_windows(clips)]
    return (
        np.concatenate(windows) if windows else np.zeros((0, embedding_size(recogniser, parts)), np.float32)
    )


def embedding_size(recogniser: Recogniser, parts: Parts = "all") -> int:
    """Return how many numbers a recording is given.

    Raises:
        BundleError: as `embed`
        ConfigError: as `embed`
    """
    tone = 0.1 * np.sin(2 * np.pi * 220 / SAMPLE_RATE * np.arange(SAMPLE_RATE))
    (row,) = _embed_window(recogniser, [Clip("a tone", tone.astype(np.float32))], parts)
    return len(row)


def _embed_window(recogniser: Recogniser, clips: list[Clip], parts: Parts) -> FloatArray:
    speaker = None if recogniser.enrolment is None else recogniser.enrolment.statistics
    rows: dict[int, FloatArray] = {}
    for batch in group_by_length([clip.duration for clip in clips]):
        output = recogniser.engine.run(*pad([clips[position] for position in batch]), speaker)
        for position, row in zip(batch, _chosen(output, parts, recogniser.card.name), strict=True):
            if not np.isfinite(row).all():
                raise BundleError(
                    f"{recogniser.card.name}: its embedding of {clips[position].source} is not finite; "
                    "train it again"
                )
            rows[position] = row
    return np.stack([rows[position] for position in range(len(clips))])


def _chosen(output: EngineOutput, parts: Parts, bundle: str) -> FloatArray:
    """Return the parts of a batch that were asked for, `(batch, number)`."""
    if parts not in get_args(Parts):
        raise ConfigError(f"parts: expected one of {list(get_args(Parts))}, found '{parts}'")
    if not output.embedding.size:
        raise BundleError(f"{bundle}: is a classical system, which has no embedding; name a network's bundle")
    has_summary = output.summary is not None and output.summary.size > 0
    if parts == "summary" and not has_summary:
        raise BundleError(f"{bundle}: its network is not shown a summary; ask for its embedding instead")
    if parts == "embedding" or not has_summary:
        return output.embedding
    assert output.summary is not None
    return output.summary if parts == "summary" else np.hstack([output.embedding, output.summary])
