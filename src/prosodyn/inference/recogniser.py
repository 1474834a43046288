"""The ladder: from a waveform, from a file, from many files, to the emotion."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.bundle import Card, find, read_card
from prosodyn.errors import BundleError, ProsodynError
from prosodyn.formats import Failure, Outcome
from prosodyn.inference.batch import group_by_length, group_in_windows, pad
from prosodyn.inference.clip import Clip, clip_from_file, clip_from_utterance, clip_from_waveform
from prosodyn.inference.engines import EngineKind, build_engine
from prosodyn.types import SAMPLE_RATE, Engine, FloatArray, Prediction, Utterance


class Recogniser:
    """Recognises the emotion in speech.

    Attributes:
        card: labels, calibration, provenance, licence
        engine: runs the network, or what a bundle holds instead
    """

    def __init__(self, card: Card, engine: Engine) -> None:
        self.card = card
        self.engine = engine

    @classmethod
    def load(cls, name_or_path: Path | str = "emodb", engine: EngineKind = "auto") -> "Recogniser":
        """Load a trained recogniser.

        Args:
            name_or_path: one that comes with the package, or a bundle's folder
            engine: `onnx` needs no torch; `auto` takes it where the bundle has a graph, else `torch`, and
                for a classical system the one that it has

        Raises:
            BundleError: there is none, or it is broken
            MissingExtraError: it needs torch or another package that is not installed
            ConfigError: there is no such engine
        """
        directory = find(name_or_path)
        card = read_card(directory)
        return cls(card, build_engine(engine, directory, card))

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the emotions that it can answer with."""
        return self.card.labels

    def from_waveform(
        self, waveform: NDArray[Any], sample_rate: int = SAMPLE_RATE, source: str = "waveform"
    ) -> Prediction:
        """Recognise the emotion in samples.

        Args:
            waveform: `(time,)`, floating point in [-1, 1] or PCM; never changed
            sample_rate: Hz
            source: the caller's own name for it

        Raises:
            AudioError: samples that cannot be used
        """
        return self._predict([clip_from_waveform(waveform, sample_rate, source)])[0]

    def from_file(self, path: Path | str) -> Prediction:
        """Recognise the emotion in a recording.

        Raises:
            AudioError: a recording that cannot be used
            MissingExtraError: a kind of file that only an optional package can read
        """
        return self._predict([clip_from_file(path)])[0]

    def from_files(self, paths: Iterable[Path | str]) -> Iterator[Outcome]:
        """Recognise the emotion in many recordings, in batches of similar length.

        Paths are drawn as they are needed, so that a stream of them may be long.

        Yields:
            one outcome a path, in order: a `Prediction`, or a `Failure` that says what is wrong with it
        """
        for window in group_in_windows(map(_hear, paths)):
            predictions = iter(self._predict([item for item in window if isinstance(item, Clip)]))
            yield from (item if isinstance(item, Failure) else next(predictions) for item in window)

    def from_utterances(self, utterances: Iterable[Utterance]) -> tuple[Prediction, ...]:
        """Recognise the emotion in utterances, in batches of similar length; a bad one ends it all.

        Returns:
            one an utterance, in order, named by its `id`

        Raises:
            AudioError: an utterance that cannot be used
        """
        windows = group_in_windows(map(clip_from_utterance, utterances))
        return tuple(prediction for window in windows for prediction in self._predict(window))

    def _predict(self, clips: Sequence[Clip]) -> list[Prediction]:
        predictions: dict[int, Prediction] = {}
        for batch in group_by_length([clip.duration for clip in clips]):
            logits = self.engine.run(*pad([clips[position] for position in batch])).logits
            for position, row in zip(batch, logits, strict=True):
                predictions[position] = _to_prediction(self.card, clips[position], row)
        return [predictions[position] for position in range(len(clips))]


def _hear(path: Path | str) -> Clip | Failure:
    try:
        return clip_from_file(path)
    except ProsodynError as fault:
        return Failure(str(path), fault)


def _to_prediction(card: Card, clip: Clip, logits: FloatArray) -> Prediction:
    """Turn the logits of one clip, `(emotion,)`, into calibrated probabilities."""
    if not np.isfinite(logits).all():
        raise BundleError(f"{card.name}: its logits for {clip.source} are not finite; train it again")
    scores = logits.astype(np.float64) / card.temperature
    weights = np.exp(scores - scores.max())
    probabilities = dict(zip(card.labels, (weights / weights.sum()).tolist(), strict=True))
    return Prediction(
        source=clip.source,
        emotion=max(probabilities, key=probabilities.__getitem__),
        probabilities=probabilities,
        duration=clip.duration,
        remarks=clip.remarks,
    )
