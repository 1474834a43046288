"""The ladder: from a waveform, from a file, from many files, to the emotion; from hours to a timeline."""

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.audio import listen
from prosodyn.bundle import DEFAULT, Card, find, read_card
from prosodyn.errors import ConfigError, ProsodynError
from prosodyn.formats import Failure, Outcome
from prosodyn.inference.answers import Answerer
from prosodyn.inference.batch import group_in_windows
from prosodyn.inference.clip import (
    Clip,
    Spoken,
    clip_from_file,
    clip_from_utterance,
    clip_from_waveform,
    clips_from,
)
from prosodyn.inference.doubt import Doubt, doubt_of
from prosodyn.inference.engines import EngineKind, build_engine
from prosodyn.inference.enrolment import Enrolment, enrol, remarks_on_enrolment
from prosodyn.inference.following import Follower, Progress, follow_file, follow_recording
from prosodyn.inference.joining import Voice
from prosodyn.inference.lanes import Lanes
from prosodyn.inference.self_training import refuse_unsummarised, self_train
from prosodyn.inference.settings import TimelineSettings
from prosodyn.inference.streaming import Stream
from prosodyn.inference.track import Track
from prosodyn.inference.turns import Turn
from prosodyn.sounds import BLOCK, SoundSpeechDetector
from prosodyn.timeline import SpeechDetector, Timeline
from prosodyn.types import SAMPLE_RATE, Engine, Prediction, Utterance

LIVE_BLOCK = 4
"""Hops that a detector hears at a time where somebody waits: two thirds of the speed, six seconds sooner."""


class Recogniser:
    """Recognises the emotion in speech.

    Attributes:
        card: labels, calibration, provenance, licence
        engine: runs the network, or what a bundle holds instead
        enrolment: the speaker that it follows; None for anybody
        doubt: when an answer is uncertain
        answerer: answers clips by all of these
    """

    def __init__(
        self, card: Card, engine: Engine, enrolment: Enrolment | None = None, doubt: Doubt | None = None
    ) -> None:
        self.card = card
        self.engine = engine
        self.enrolment = enrolment
        self.doubt = doubt_of(card) if doubt is None else doubt
        self.answerer = Answerer(card, engine, enrolment, self.doubt)

    @classmethod
    def load(
        cls,
        name_or_path: Path | str = DEFAULT,
        engine: EngineKind = "auto",
        *,
        error_rate: float | None = None,
    ) -> "Recogniser":
        """Load a trained recogniser; `prosodyn models` lists them, and `print` tells what was loaded.

        Args:
            name_or_path: one that comes with the package (by default `bundle.DEFAULT`, free for every use) or
                that another distribution brought, or a bundle's folder
            engine: `onnx` needs no torch; `auto` takes it where the bundle has a graph, else `torch`, and
                for a classical system the one that it has

            error_rate: of the answers that are given, how many may be wrong; less sure ones are uncertain. It
                holds for recordings like those that the bundle was calibrated on

        Raises:
            BundleError: there is none, or it is broken
            MissingExtraError: it needs torch or another package that is not installed
            ConfigError: there is no such engine, or the bundle can promise no such rate
        """
        directory = find(name_or_path)
        card = read_card(directory)
        return cls(card, build_engine(engine, directory, card), doubt=doubt_of(card, error_rate))

    def __repr__(self) -> str:
        """Say what was loaded: a name alone does not tell on whose recordings, nor under which licence."""
        told = f"{', '.join(self.labels)}; trained on {', '.join(self.card.corpora)}; {self.card.licence}"
        return f"<Recogniser {self.card.name}: {told}>"

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the emotions that it can answer with."""
        return self.card.labels

    def enrol(
        self,
        recordings: Spoken | Iterable[Spoken],
        sample_rate: int = SAMPLE_RATE,
        *,
        self_training: bool = False,
    ) -> "Recogniser":
        """Return a recogniser that follows one speaker; this one stays as it is.

        From recordings of any emotion, best of several and without labels, it learns how this
        speaker usually sounds, and answers with the features relative to that. A speaker who was
        enrolled before is forgotten.

        Args:
            recordings: files, samples or utterances of one speaker, together three seconds at least;
                ten or more are better
            sample_rate: of samples, Hz
            self_training: what it answers about the recordings, which are heard twice, also teaches a pupil
                that has a say in every later answer, see `inference.pupil`; a hundred or more are worth it

        Raises:
            AudioError: a recording that cannot be used, or too little sound
            BundleError: the bundle's graph is too old to be told about speakers, it holds no network, or one
                that cannot be self-trained
            MissingExtraError: a kind of file that only an optional package can read
        """
        self.card.front_end_and_network()
        if self_training:
            refuse_unsummarised(self.card)
        if isinstance(recordings, Path | str | np.ndarray | Utterance):
            recordings = [recordings]
        recordings = list(recordings) if self_training else recordings
        clips = clips_from(recordings, sample_rate)
        following = Recogniser(self.card, self.engine, enrol(self.engine, clips, self.card.name), self.doubt)
        if not self_training:
            return following
        taught = self_train(following.answerer, clips_from(recordings, sample_rate))
        return Recogniser(self.card, self.engine, taught, self.doubt)

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
        return self.answerer.predictions([clip_from_waveform(waveform, sample_rate, source)])[0]

    def from_file(self, path: Path | str) -> Prediction:
        """Recognise the emotion in a recording.

        Raises:
            AudioError: a recording that cannot be used
            MissingExtraError: a kind of file that only an optional package can read
        """
        return self.answerer.predictions([clip_from_file(path)])[0]

    def from_files(self, paths: Path | str | Iterable[Path | str]) -> Iterator[Outcome]:
        """Recognise the emotion in many recordings, in batches of similar length.

        Paths are drawn as they are needed, so that a stream of them may be long; one alone is one recording.

        Yields:
            one outcome a path, in order: a `Prediction`, or a `Failure` that says what is wrong with it
        """
        if isinstance(paths, Path | str):
            paths = [paths]
        for window in group_in_windows(map(_hear, paths)):
            predictions = iter(self.answerer.predictions([item for item in window if isinstance(item, Clip)]))
            yield from (item if isinstance(item, Failure) else next(predictions) for item in window)

    def from_utterances(self, utterances: Iterable[Utterance]) -> tuple[Prediction, ...]:
        """Recognise the emotion in utterances, in batches of similar length; a bad one ends it all.

        Returns:
            one an utterance, in order, named by its `id`

        Raises:
            AudioError: an utterance that cannot be used
        """
        windows = group_in_windows(map(clip_from_utterance, utterances))
        return tuple(prediction for window in windows for prediction in self.answerer.predictions(window))

    def timeline(
        self,
        recording: Path | str | NDArray[Any],
        settings: TimelineSettings | None = None,
        *,
        detector: SpeechDetector | None = None,
        any_sound: bool = False,
        turns: Iterable[Turn] = (),
        progress: Progress | None = None,
        sample_rate: int = SAMPLE_RATE,
        source: str = "waveform",
    ) -> Timeline:
        """Recognise the emotions in a recording, moment by moment; a file of any length needs no more memory.

        Args:
            recording: a file, or samples as `from_waveform` takes them
            settings: how to divide it and to join the answers; `TimelineSettings()` by default
            detector: tells where somebody speaks, a fresh one, which is used up; by default what is heard
                tells it, see `sounds`
            any_sound: answer all but digital silence, and ask no detector
            turns: of its speakers; then each turn is answered by itself, and no detector is asked
            progress: is told the seconds that are done, and of how many
            sample_rate: of samples, Hz
            source: the caller's own name for samples

        Raises:
            AudioError: a recording that cannot be used, such as one of silence, or turns that lie beyond it
            ConfigError: a detector together with `any_sound`, or either of them together with turns
            MissingExtraError: a kind of file that only an optional package can read
        """
        own, turns = settings or TimelineSettings(), tuple(turns)
        name = str(recording) if isinstance(recording, Path | str) else source
        follower: Follower
        if turns and (detector is not None or any_sound):
            raise ConfigError("timeline: where turns are given, no detector is asked; leave out one of them")
        if turns:
            follower = Lanes(turns, lambda turn: self._track(own, name, turn=turn))
        else:
            follower = self._track(own, name, _chosen(detector, any_sound))
        if isinstance(recording, Path | str):
            followed = follow_file(recording, follower, turns, progress)
        else:
            heard = listen(recording, sample_rate, name=name)
            followed = follow_recording(heard, name, follower, turns, progress)
        return Timeline(
            source=name,
            labels=self.labels,
            duration=followed.duration,
            segments=followed.segments,
            remarks=(*followed.remarks, *remarks_on_enrolment(self.enrolment, self.card)),
            adapted=self.enrolment is not None,
        )

    def stream(
        self,
        sample_rate: int = SAMPLE_RATE,
        settings: TimelineSettings | None = None,
        *,
        detector: SpeechDetector | None = None,
        any_sound: bool = False,
        source: str = "stream",
    ) -> Stream:
        """Begin to recognise the emotions in sound that is still being made.

        Args:
            sample_rate: of the samples that will be pushed, Hz
            settings: as for `timeline`
            detector: as for `timeline`
            any_sound: as for `timeline`
            source: the caller's own name for it

        Raises:
            InvalidSamplesError: a rate that no recorder of speech has
            ConfigError: a detector together with `any_sound`
        """
        chosen = _chosen(detector, any_sound, LIVE_BLOCK)
        track = self._track(settings or TimelineSettings(), source, chosen)
        return Stream(track, sample_rate, source)

    def _track(
        self,
        settings: TimelineSettings,
        source: str,
        detector: SpeechDetector | None = None,
        turn: Turn | None = None,
    ) -> Track:
        least = max(settings.least_confidence, self.doubt.least_confidence)
        settings = dataclasses.replace(settings, least_confidence=least)
        turned = () if turn is None else (round(turn.start * SAMPLE_RATE), turn.speaker)
        voice = Voice(self.labels, *turned)
        return Track(self.answerer.windows, voice, settings, detector, source)


def _hear(path: Path | str) -> Clip | Failure:
    try:
        return clip_from_file(path)
    except ProsodynError as fault:
        return Failure(str(path), fault)


def _chosen(detector: SpeechDetector | None, any_sound: bool, block: int = BLOCK) -> SpeechDetector | None:
    if any_sound and detector is not None:
        raise ConfigError("timeline: any_sound asks no detector, and one was given; leave one of them out")
    if any_sound:
        return None
    return SoundSpeechDetector(block) if detector is None else detector
