"""Self-training: who follows a speaker answers what the speaker was enrolled with, and so teaches a pupil."""

import dataclasses
from collections.abc import Iterable

import numpy as np

from prosodyn.inference.answers import Answerer
from prosodyn.inference.batch import group_in_windows
from prosodyn.inference.clip import Clip
from prosodyn.inference.enrolment import Enrolment
from prosodyn.inference.pupil import Pupil


def self_train(answerer: Answerer, clips: Iterable[Clip]) -> Enrolment:
    """Return the speaker that an answerer follows, with a pupil that its own answers have taught.

    Args:
        answerer: follows the speaker, and asks no pupil yet
        clips: those that the speaker was enrolled with

    Raises:
        BundleError: a network that is not shown a summary
    """
    assert answerer.enrolment is not None
    lessons = [lesson for window in group_in_windows(clips) for lesson in answerer.lessons(window)]
    summaries, answers = (np.stack(rows).astype(np.float64) for rows in zip(*lessons, strict=True))
    return dataclasses.replace(answerer.enrolment, pupil=Pupil.taught(summaries, answers))
