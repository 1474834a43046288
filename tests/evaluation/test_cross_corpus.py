"""Pairs of corpora: what is heard, what is tested, and that nothing else is shared."""

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.cross_corpus import cross_corpus_split, join, pair_name
from prosodyn.evaluation.protocols import ProtocolOptions, splits
from prosodyn.evaluation.sharing import shared
from prosodyn.types import Utterance


def corpus(name: str, *emotions: str) -> list[Utterance]:
    """Return one utterance an emotion of each of two speakers; both corpora use the same names."""
    return [
        Utterance(f"{speaker}-{emotion}", emotion, speaker, name, text="1", session="a")
        for speaker in ("01", "02")
        for emotion in emotions
    ]


GERMAN = corpus("emodb", "anger", "boredom", "fear")
ENGLISH = corpus("ravdess", "anger", "calm", "fear", "sadness")


def test_only_common_emotions_are_kept() -> None:
    assert {item.emotion for item in join(GERMAN, ENGLISH)} == {"anger", "fear"}


def test_equal_names_stay_apart() -> None:
    joined = join(GERMAN, ENGLISH)
    assert len({item.id for item in joined}) == len(joined) == 8
    assert {item.speaker for item in joined} == {"emodb/01", "emodb/02", "ravdess/01", "ravdess/02"}


def test_one_corpus_is_heard_and_the_other_tested() -> None:
    (split,) = splits("cross_corpus", join(GERMAN, ENGLISH), ProtocolOptions(heard=("emodb",)))
    assert {name.partition("/")[0] for name in split.train} == {"emodb"}
    assert {name.partition("/")[0] for name in split.test} == {"ravdess"}


def test_the_order_of_the_utterances_does_not_matter() -> None:
    joined = join(GERMAN, ENGLISH)
    assert cross_corpus_split(joined[::-1], ["emodb"]) == cross_corpus_split(joined, ["emodb"])


def test_the_sides_share_nothing() -> None:
    joined = join(GERMAN, ENGLISH)
    (split,) = cross_corpus_split(joined, ["ravdess"])
    counted = shared(split, joined)
    assert (counted.speakers, counted.texts, counted.sessions) == (0, 0, 0)


def test_the_validation_side_is_carved_from_the_corpus_that_is_heard() -> None:
    options = ProtocolOptions(heard=("emodb",), validation_share=0.5)
    (split,) = splits("cross_corpus", join(GERMAN, ENGLISH), options)
    assert {name.partition("/")[0] for name in split.validation} == {"emodb"}


def test_two_corpora_without_two_common_emotions_are_refused() -> None:
    with pytest.raises(EvaluationError, match=r"emodb and nemo share the emotions \['fear'\]"):
        join(GERMAN, corpus("nemo", "fear", "surprise"))


@pytest.mark.parametrize("heard", [(), ("casia",), ("emodb", "casia"), ("emodb", "ravdess")])
def test_the_corpora_to_train_on_must_be_named_and_there(heard: tuple[str, ...]) -> None:
    with pytest.raises(EvaluationError, match=r"cross_corpus.*: "):
        splits("cross_corpus", join(GERMAN, ENGLISH), ProtocolOptions(heard=heard))


def test_a_single_corpus_is_refused() -> None:
    with pytest.raises(EvaluationError, match=r"expected \['emodb'\] to train on and another to test"):
        cross_corpus_split(GERMAN, ["emodb"])


def test_several_corpora_are_heard_together() -> None:
    joined = join([*GERMAN, *corpus("nemo", "fear", "sadness", "surprise")], ENGLISH)

    (split,) = splits("leave_one_corpus_out", joined, ProtocolOptions(heard=("emodb", "nemo")))

    assert {name.partition("/")[0] for name in split.train} == {"emodb", "nemo"}
    assert {name.partition("/")[0] for name in split.test} == {"ravdess"}
    assert {item.emotion for item in joined} == {"anger", "fear", "sadness"}


def test_a_pair_is_named_in_the_order_of_time() -> None:
    assert pair_name(["casia"], "nemo") == "casia-to-nemo"
