"""Enrolment: from recordings of one speaker, of whatever emotion, to how this speaker usually sounds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from prosodyn.bundle import Card
from prosodyn.errors import AudioError, BundleError
from prosodyn.inference.batch import group_by_length, group_in_windows, pad
from prosodyn.inference.clip import Clip
from prosodyn.inference.pupil import Pupil
from prosodyn.types import Engine, SpeakerStatistics

LEAST_SECONDS = 3.0
"""Less sound holds too few syllables for a mean, let alone a deviation, of every feature."""

ENOUGH_SECONDS = 10.0
"""Less is remarked on: the statistics still lean on what was said, and how."""

ENOUGH_LESSONS = 100
"""Recordings; of fewer, a pupil is remarked on: about others than these it then hardly knows better."""


@dataclass(frozen=True, slots=True, eq=False)
class Enrolment:
    """The speaker that a recogniser has been told about.

    Attributes:
        sources: names of the recordings
        seconds: that they last together
        statistics: of the features in all of them
        pupil: has been taught by what was answered about them; None without self-training
    """

    sources: tuple[str, ...]
    seconds: float
    statistics: SpeakerStatistics
    pupil: Pupil | None = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """Say what a listener should know before trusting an answer that rests on it."""
        found = []
        if self.seconds < ENOUGH_SECONDS:
            found.append(
                f"enrolled with {self.seconds:.1f} s of this speaker: "
                f"{ENOUGH_SECONDS:g} s or more tell better"
            )
        if self.pupil is not None and len(self.pupil.rows) < ENOUGH_LESSONS:
            found.append(
                f"self-trained on few different recordings of this speaker ({len(self.pupil.rows)}): "
                f"{ENOUGH_LESSONS} or more teach better"
            )
        return tuple(found)


def enrol(engine: Engine, clips: Iterable[Clip], bundle: str) -> Enrolment:
    """Count the features of a speaker's clips; neither their order nor their lengths matter.

    Args:
        engine: computes the features
        clips: at least `LEAST_SECONDS` in all
        bundle: names the engine's bundle in error messages

    Raises:
        AudioError: too little sound
        BundleError: an old graph, which does not give statistics, or one that gives no numbers
    """
    heard: list[tuple[str, float]] = []
    statistics: list[SpeakerStatistics] = []
    for window in group_in_windows(clips):
        heard += [(clip.source, clip.duration) for clip in window]
        statistics += _count(engine, window, bundle)
    _refuse_too_little(heard)
    sources, durations = zip(*heard, strict=True)
    return Enrolment(sources, sum(durations), reduce(add, statistics))


def _count(engine: Engine, clips: list[Clip], bundle: str) -> Iterator[SpeakerStatistics]:
    for batch in group_by_length([clip.duration for clip in clips]):
        found = engine.run(*pad([clips[position] for position in batch])).statistics()
        if not found:
            raise BundleError(
                f"{bundle}: its graph is too old for enrolment, it gives no statistics of its features; "
                "use the engine 'torch' (--engine torch), or export it again"
            )
        for position, statistics in zip(batch, found, strict=True):
            counted = (statistics.mean, statistics.variance, statistics.summary)
            if not np.isfinite(np.concatenate(counted)).all():
                raise BundleError(
                    f"{bundle}: its features of {clips[position].source} are not finite; train it again"
                )
            yield statistics


def _refuse_too_little(heard: list[tuple[str, float]]) -> None:
    if not heard:
        raise AudioError("enrolment: no recordings were given; give some of the speaker, of any emotion")
    seconds = sum(duration for _, duration in heard)
    if seconds < LEAST_SECONDS:
        names = ", ".join(source for source, _ in heard)
        raise AudioError(
            f"enrolment: {names}: {seconds:.2f} s in all, expected at least {LEAST_SECONDS:g} s; "
            "add recordings of the same speaker"
        )


def remarks_on_enrolment(enrolment: Enrolment | None, card: Card) -> Iterator[str]:
    """Say what a listener should know where a recogniser follows a speaker, or should and does not.

    Args:
        enrolment: None where it follows nobody
        card: says whether it was trained to
    """
    if enrolment is None:
        if card.expects_enrolment:
            yield "no enrolment: this recogniser expects to hear other recordings of the speaker first"
        return
    yield from enrolment.remarks
    if not card.expects_enrolment:
        yield "this recogniser was not trained to follow a speaker: enrolment may make it worse"
