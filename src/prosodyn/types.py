"""The nouns that every room shares, frozen, and the protocol of an engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from prosodyn.diagnosis import Diagnosis

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
LevelRange = tuple[float, float]
"""Between which the loudest 20 ms of a recording usually lie, dB of full scale."""

SAMPLE_RATE = 16_000
"""Hz; what every front end of the package works on."""

Voice = tuple[str, str]
"""Corpus and speaker: another corpus may use the same name for somebody else."""

NamedChannel = Literal["telephone", "opus", "mp3", "room", "noise"]
"""What a recording can go through before it is heard, see `audio.channels`."""

Channel = Literal["", NamedChannel]
"""What it goes through; empty for nothing."""

NO_SPEECH = "no speech"
"""The answer where nobody speaks."""

UNCERTAIN = "uncertain"
"""The answer where no emotion is probable enough, or the recording is not fit for one."""

LEAST_FAMILIARITY = 0.05
"""Below it a recording is strange: one in twenty is that sounds like those that a recogniser learnt from."""

LEAST_SCALE = 0.01
"""Of a speaker's feature: what varies less, such as a band that a telephone leaves empty, says nothing."""

USUAL_RECORDINGS = 10
"""How much the usual spread of summaries weighs beside a speaker's own: as much as so many recordings."""


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
        channel: what it goes through before it is heard, whole; empty for nothing
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
    channel: Channel = ""

    @property
    def voice(self) -> Voice:
        """Return who speaks, whatever else is in a list."""
        return self.corpus, self.speaker


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
        best_guess: the most probable of the recogniser's labels, whether the answer names it or not
        probabilities: label to probability, in the bundle's order of labels, summing to one
        duration: seconds
        remarks: what a listener should know before trusting the answer, such as clipping
        adapted: the recogniser had been told how this speaker usually sounds
        plausible: emotions that it might be, the most probable first; empty where the recogniser cannot tell
        least_confidence: below it the answer is uncertain; 0 where the recogniser cannot tell
        familiarity: share of strangers' recordings, of the kind that the recogniser learnt from, that sound
            as unlike those as this one or more, 0 to 1; None where the recogniser cannot tell
        diagnosis: whether the recording is fit to hear an emotion in; None for an utterance of a corpus,
            whose recordings are taken as they are
    """

    source: str
    best_guess: str
    probabilities: Mapping[str, float]
    duration: float
    remarks: tuple[str, ...] = ()
    adapted: bool = False
    plausible: tuple[str, ...] = ()
    least_confidence: float = 0.0
    familiarity: float | None = None
    diagnosis: Diagnosis | None = None

    @property
    def emotion(self) -> str:
        """Return the answer: the best guess, `UNCERTAIN`, or `NO_SPEECH` where nobody speaks."""
        if self.diagnosis is not None and not self.diagnosis.has_speech:
            return NO_SPEECH
        return UNCERTAIN if self.is_uncertain else self.best_guess

    @property
    def is_uncertain(self) -> bool:
        """Tell whether no emotion is probable enough, or the recording is strange, or not fit for any."""
        is_unfit = self.diagnosis is not None and not self.diagnosis.is_fit
        return is_unfit or self.is_strange or self.confidence < self.least_confidence

    @property
    def is_strange(self) -> bool:
        """Tell whether the recording sounds unlike those that the recogniser learnt from."""
        return self.familiarity is not None and self.familiarity < LEAST_FAMILIARITY

    @property
    def confidence(self) -> float:
        """Return the probability of the best guess."""
        return self.probabilities[self.best_guess]

    @property
    def stated_confidence(self) -> float | None:
        """Return the confidence as answers state it: None where nobody speaks, as of a `Segment`."""
        return None if self.emotion == NO_SPEECH else self.confidence


@dataclass(frozen=True, slots=True, eq=False)
class SpeakerStatistics:
    """How the features of one speaker are distributed, over all true frames of some recordings.

    `+` pools two of them exactly, as if all frames had been counted together (Chan, Golub and
    LeVeque 1983), so that neither the order of recordings nor how they are divided matters.

    Attributes:
        mean: `(feature,)`
        variance: `(feature,)`, mean squared distance from `mean`
        n_frames: how many frames, at least one
        summary: `(summary,)`, mean over the recordings of what a network is shown of each as a whole, in
            units of the network's own mean and scale
        summary_variance: `(summary,)`, mean squared distance from `summary`
        n_recordings: how many
    """

    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    n_frames: int
    summary: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    summary_variance: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    n_recordings: int = 1

    @classmethod
    def of(
        cls, features: NDArray[np.floating[Any]], summary: NDArray[np.floating[Any]] | None = None
    ) -> "SpeakerStatistics":
        """Count the frames of one recording, `(feature, frame)`, without padding, and its `(summary,)`."""
        frames = features.astype(np.float64)
        own = np.zeros(0) if summary is None else summary.astype(np.float64)
        return cls(frames.mean(axis=1), frames.var(axis=1), frames.shape[1], own, np.zeros_like(own))

    def __add__(self, other: "SpeakerStatistics") -> "SpeakerStatistics":
        n_frames = self.n_frames + other.n_frames
        n_recordings = self.n_recordings + other.n_recordings
        mean, variance = _pool(
            (self.mean, self.variance), (other.mean, other.variance), other.n_frames / n_frames
        )
        summary, summary_variance = _pool(
            (self.summary, self.summary_variance),
            (other.summary, other.summary_variance),
            other.n_recordings / n_recordings,
        )
        return SpeakerStatistics(mean, variance, n_frames, summary, summary_variance, n_recordings)

    @property
    def scale(self) -> NDArray[np.float64]:
        """Return the standard deviation, `(feature,)`, at least `LEAST_SCALE`."""
        return np.maximum(np.sqrt(self.variance), LEAST_SCALE)

    @property
    def summary_scale(self) -> NDArray[np.float64]:
        """Return the standard deviation of the summaries, `(summary,)`, drawn towards the usual one, 1.

        A few recordings tell a deviation badly, one does not tell it at all.
        """
        trust = self.n_recordings / (self.n_recordings + USUAL_RECORDINGS)
        return np.sqrt(trust * self.summary_variance + (1 - trust))

    def normalisation(self) -> dict[str, NDArray[np.float64]]:
        """Return what takes the place of a network's own, by the names of its inputs."""
        own = {
            "feature_mean": self.mean,
            "feature_scale": self.scale,
            "summary_mean": self.summary,
            "summary_scale": self.summary_scale,
        }
        return {name: array for name, array in own.items() if array.size}


Moments = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Mean and variance."""


def _pool(one: Moments, other: Moments, share: float) -> Moments:
    """Return mean and variance of two groups together, of which the other makes up a share."""
    apart = other[0] - one[0]
    within = (1 - share) * one[1] + share * other[1]
    return one[0] + share * apart, within + share * (1 - share) * apart**2


@dataclass(frozen=True, slots=True)
class EngineOutput:
    """What an engine computes for a batch.

    The last four tell how the features of each utterance are distributed, before any
    normalisation. Graphs of older bundles do not give them. A classical system gives logits alone;
    embedding and attentions are then of size zero beyond `batch`.

    Attributes:
        logits: `(batch, emotion)`
        embedding: `(batch, channel)`, pooled over the frames
        frame_attention: `(batch, frame)`, sums to one over the true frames, zero on padding
        kernel_attention: `(batch, layer, kernel)`, sums to one over the kernels
        utterance_mean: `(batch, feature)`, over the true frames
        utterance_variance: `(batch, feature)`, mean squared distance from `utterance_mean`
        n_frames: `(batch,)`, true frames
        summary: `(batch, summary)`, of the whole utterance, in units of the network's own mean and scale; of
            size zero where the network is not shown it
    """

    logits: FloatArray
    embedding: FloatArray
    frame_attention: FloatArray
    kernel_attention: FloatArray
    utterance_mean: FloatArray | None = None
    utterance_variance: FloatArray | None = None
    n_frames: IntArray | None = None
    summary: FloatArray | None = None

    def statistics(self) -> tuple[SpeakerStatistics, ...]:
        """Return those of each utterance; none where the graph does not give them."""
        if self.utterance_mean is None or self.utterance_variance is None or self.n_frames is None:
            return ()
        # a graph from before there were summaries is of a network that is not shown them
        summary = np.zeros((len(self.n_frames), 0)) if self.summary is None else self.summary
        mean, variance, summary = (
            array.astype(np.float64) for array in (self.utterance_mean, self.utterance_variance, summary)
        )
        rows = zip(mean, variance, self.n_frames.tolist(), summary, np.zeros_like(summary), strict=True)
        return tuple(SpeakerStatistics(*row) for row in rows)


class Engine(Protocol):
    """Runs a network, or a classical system, from waveform to logits, by whatever library."""

    @property
    def name(self) -> str:
        """Return which library it is."""
        ...

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        """Compute logits and attentions of a padded batch.

        Args:
            waveform: `(batch, time)` in [-1, 1] at `SAMPLE_RATE`, zero beyond each true end
            samples: `(batch,)`, true lengths in samples, at least one
            speaker: normalises all utterances, in place of the network's own means and scale
        """
        ...
