"""Self-training: who follows a speaker answers what the speaker was enrolled with, and so teaches a pupil."""

import dataclasses
from collections.abc import Iterable

import numpy as np

from prosodyn.bundle import Card
from prosodyn.errors import BundleError
from prosodyn.inference.answers import Answerer
from prosodyn.inference.batch import group_in_windows
from prosodyn.inference.clip import Clip
from prosodyn.inference.enrolment import Enrolment
from prosodyn.inference.pupil import Pupil


def refuse_unsummarised(card: Card) -> None:
    """Refuse to self-train a network that is not shown a summary of the utterance, which a pupil goes by.

    Raises:
        BundleError: it is not, or the bundle holds no network
    """
    _, network = card.front_end_and_network()
    if not network.summary_size:
        raise BundleError(
            f"{card.name}: self-training goes by the summary of an utterance, which its network is not "
            "shown; leave self-training out"
        )


def self_train(answerer: Answerer, clips: Iterable[Clip]) -> Enrolment:
    """Return the speaker that an answerer follows, with a pupil that its own answers have taught.

    Args:
        answerer: follows the speaker, and asks no pupil yet
        clips: those that the speaker was enrolled with

    Raises:
        BundleError: summaries or logits that are missing or no numbers
    """
    assert answerer.enrolment is not None
    lessons = [lesson for window in group_in_windows(clips) for lesson in answerer.lessons(window)]
    summaries, answers = (np.stack(rows) for rows in zip(*lessons, strict=True))
    return dataclasses.replace(answerer.enrolment, pupil=Pupil.taught(summaries, answers))
