"""Train on one corpus or several, test on another: one list, with only the emotions that both sides have."""

import dataclasses
from collections.abc import Sequence

from prosodyn.corpora.base import UNKNOWN_SPEAKER
from prosodyn.corpora.labels import common_emotions
from prosodyn.errors import EvaluationError
from prosodyn.types import Split, Utterance

CROSSED = ("cross_corpus", "leave_one_corpus_out")
"""The protocols that train on other corpora than the one that is tested."""

LINK, AND = "-to-", "+"
"""Between what is heard and what is tested in the name of a pair, and between corpora that are heard."""


def pair_name(heard: Sequence[str], tested: str) -> str:
    """Name what is heard and what is tested.

    Examples:
        >>> pair_name(["emodb"], "ravdess")
        'emodb-to-ravdess'
        >>> pair_name(["nemo", "emodb"], "ravdess")
        'emodb+nemo-to-ravdess'
    """
    return f"{AND.join(sorted(heard))}{LINK}{tested}"


def parts_of_pair(name: str) -> tuple[tuple[str, ...], str]:
    """Return what is heard and what is tested.

    Examples:
        >>> parts_of_pair("emodb+nemo-to-ravdess")
        (('emodb', 'nemo'), 'ravdess')
    """
    heard, _, tested = name.partition(LINK)
    return tuple(heard.split(AND)), tested


def join(heard: Sequence[Utterance], tested: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """Put corpora together, as far as the emotions of both sides have names in common.

    Identifiers and speakers take the name of their corpus in front, so that equal ones stay apart.

    Args:
        heard: the corpora that are trained on
        tested: another one

    Raises:
        EvaluationError: fewer than two emotions in common
        UnknownLabelError: an emotion beyond the vocabulary, which cannot be compared
    """
    shared = common_emotions({item.emotion for item in heard}, {item.emotion for item in tested})
    if len(shared) < 2:
        raise EvaluationError(
            f"cross_corpus: {AND.join(sorted({item.corpus for item in heard}))} and {tested[0].corpus} share "
            f"the emotions {list(shared)}; two are needed to tell apart"
        )
    return tuple(_with_origin(item) for item in (*heard, *tested) if item.emotion in shared)


def cross_corpus_split(utterances: Sequence[Utterance], heard: Sequence[str]) -> tuple[Split, ...]:
    """Make one fold: everything of some corpora is trained on, everything else is tested.

    Args:
        utterances: of all corpora, see `join`
        heard: names of the corpora that are trained on

    Raises:
        EvaluationError: no utterance of one of those corpora, or of none besides
    """
    corpora = {utterance.corpus for utterance in utterances}
    if not set(heard) < corpora:
        raise EvaluationError(
            f"cross_corpus: found {sorted(corpora)}, expected {sorted(heard)} to train on and another to test"
        )
    train = sorted(item.id for item in utterances if item.corpus in heard)
    test = sorted(item.id for item in utterances if item.corpus not in heard)
    return (Split(f"from-{AND.join(sorted(heard))}", tuple(train), (), tuple(test)),)


def _with_origin(utterance: Utterance) -> Utterance:
    speaker = utterance.speaker
    if speaker != UNKNOWN_SPEAKER:
        speaker = f"{utterance.corpus}/{speaker}"
    text = None if utterance.text is None else f"{utterance.corpus}/{utterance.text}"
    session = None if utterance.session is None else f"{utterance.corpus}/{utterance.session}"
    return dataclasses.replace(
        utterance, id=f"{utterance.corpus}/{utterance.id}", speaker=speaker, text=text, session=session
    )
