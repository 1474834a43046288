"""The nouns that every room shares, frozen, and the protocol of an engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

SAMPLE_RATE = 16_000
"""Hz; what every front end of the package works on."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One labelled piece of speech, in a file or in memory.

    Attributes:
        id: unique within its corpus
        emotion: a name of the vocabulary (`prosodyn.corpora.labels`) or of the owner's own classes
        speaker: who speaks, unique within the corpus
        corpus: name of the corpus
        path: the file that holds it, unless `waveform` does
        waveform: `(time,)` at `SAMPLE_RATE`, for corpora made in memory
        text: identifies the sentence, where the corpus says so
        session: identifies the recording session, where the corpus says so
        start: seconds into the file, zero by default
        end: seconds into the file, its end by default
    """

    id: str
    emotion: str
    speaker: str
    corpus: str
    path: Path | None = None
    waveform: FloatArray | None = field(default=None, repr=False, compare=False)
    text: str | None = None
    session: str | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """One fold of a protocol: identifiers of utterances, disjoint.

    Attributes:
        name: unique within its protocol, such as `speaker-03` or `fold-01`
        train: what is fitted on
        validation: carved from the training side; may be empty
        test: what is predicted, once
    """

    name: str
    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a recogniser says about one recording.

    Attributes:
        source: the file's name as it was given, or the caller's own name for a waveform
        emotion: the most probable of the recogniser's labels
        probabilities: label to probability, in the bundle's order of labels, summing to one
        duration: seconds
        remarks: what a listener should know before trusting the answer, such as clipping
    """

    source: str
    emotion: str
    probabilities: Mapping[str, float]
    duration: float
    remarks: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """Return the probability of the most probable emotion."""
        return self.probabilities[self.emotion]


@dataclass(frozen=True, slots=True)
class EngineOutput:
    """What an engine computes for a batch.

    A classical system has logits only: all else is of size zero beyond `batch`.

    Attributes:
        logits: `(batch, emotion)`
        embedding: `(batch, channel)`, pooled over the frames
        frame_attention: `(batch, frame)`, sums to one over the true frames, zero on padding
        kernel_attention: `(batch, layer, kernel)`, sums to one over the kernels
    """

    logits: FloatArray
    embedding: FloatArray
    frame_attention: FloatArray
    kernel_attention: FloatArray


class Engine(Protocol):
    """Runs a network, or a classical system, from waveform to logits, by whatever library."""

    name: str

    def run(self, waveform: FloatArray, samples: IntArray) -> EngineOutput:
        """Compute logits and attentions of a padded batch.

        Args:
            waveform: `(batch, time)` in [-1, 1] at `SAMPLE_RATE`, zero beyond each true end
            samples: `(batch,)`, true lengths in samples, at least one
        """
        ...
