"""Train on one corpus, test on another: the two become one list, with only the emotions that both have."""

import dataclasses
from collections.abc import Sequence

from prosodyn.corpora.base import UNKNOWN_SPEAKER
from prosodyn.corpora.labels import common_emotions
from prosodyn.errors import EvaluationError
from prosodyn.types import Split, Utterance

LINK = "-to-"
"""Between the names of the two corpora in the name of their pair."""


def pair_name(heard: str, tested: str) -> str:
    """Name a pair of corpora.

    Examples:
        >>> pair_name("emodb", "ravdess")
        'emodb-to-ravdess'
    """
    return f"{heard}{LINK}{tested}"


def join(heard: Sequence[Utterance], tested: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """Put two corpora together, as far as their emotions have names in common.

    Identifiers and speakers take the name of their corpus in front, so that equal ones stay apart.

    Args:
        heard: the corpus that is trained on
        tested: the other one

    Raises:
        EvaluationError: fewer than two emotions in common
        UnknownLabelError: an emotion beyond the vocabulary, which cannot be compared
    """
    shared = common_emotions({item.emotion for item in heard}, {item.emotion for item in tested})
    if len(shared) < 2:
        raise EvaluationError(
            f"cross_corpus: {heard[0].corpus} and {tested[0].corpus} share the emotions {list(shared)}; "
            "two are needed to tell apart"
        )
    return tuple(_with_origin(item) for item in (*heard, *tested) if item.emotion in shared)


def cross_corpus_split(utterances: Sequence[Utterance], heard: str) -> tuple[Split, ...]:
    """Make one fold: everything of one corpus is trained on, everything else is tested.

    Args:
        utterances: of both corpora, see `join`
        heard: name of the corpus that is trained on

    Raises:
        EvaluationError: no utterance of that corpus, or of none besides
    """
    corpora = {utterance.corpus for utterance in utterances}
    if heard not in corpora or len(corpora) < 2:
        raise EvaluationError(
            f"cross_corpus: found {sorted(corpora)}, expected '{heard}' to train on and another one to test"
        )
    train = sorted(item.id for item in utterances if item.corpus == heard)
    test = sorted(item.id for item in utterances if item.corpus != heard)
    return (Split(f"from-{heard}", tuple(train), (), tuple(test)),)


def _with_origin(utterance: Utterance) -> Utterance:
    speaker = utterance.speaker
    if speaker != UNKNOWN_SPEAKER:
        speaker = f"{utterance.corpus}/{speaker}"
    text = None if utterance.text is None else f"{utterance.corpus}/{utterance.text}"
    session = None if utterance.session is None else f"{utterance.corpus}/{utterance.session}"
    return dataclasses.replace(
        utterance, id=f"{utterance.corpus}/{utterance.id}", speaker=speaker, text=text, session=session
    )
