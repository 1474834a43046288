"""Recordings that a published corpus holds twice never stand on both sides."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from prosodyn import corpora
from prosodyn.corpora import registry
from prosodyn.evaluation.duplicates import Duplicate
from prosodyn.evaluation.known_copies import known_copies, leave_copies_out
from prosodyn.evaluation.leakage import judge
from prosodyn.evaluation.protocols import ProtocolOptions, splits
from prosodyn.types import Split, Utterance

COPY, ORIGINAL = "03-01-03-01-02-02-07", "03-01-03-01-02-01-07"


@pytest.fixture
def ravdess() -> list[Utterance]:
    """Return forty utterances of one actor, the pair among them."""
    names = [COPY, ORIGINAL, *(f"03-01-0{3 + take % 2}-01-01-01-{take:02}" for take in range(38))]
    return [
        Utterance(name, "happiness" if name[7] == "3" else "sadness", name[-2:], "ravdess") for name in names
    ]


def test_either_of_a_pair_leads_to_the_other(ravdess: list[Utterance]) -> None:
    assert known_copies(ravdess) == {COPY: ORIGINAL, ORIGINAL: COPY}


def test_one_of_a_pair_alone_is_no_copy(ravdess: list[Utterance]) -> None:
    assert known_copies(ravdess[1:]) == {}


def test_the_same_name_elsewhere_is_no_copy(ravdess: list[Utterance]) -> None:
    assert known_copies([replace(item, corpus="own") for item in ravdess]) == {}


def test_the_tested_one_stays_and_the_other_is_left_out() -> None:
    split = Split("x", train=("a", "b"), validation=("c", "d"), test=("e", "f"))

    left = leave_copies_out(split, {"a": "e", "e": "a", "d": "f", "f": "d"})

    assert left == Split("x", train=("b",), validation=("c",), test=("e", "f"))


def test_copies_on_one_side_stay() -> None:
    split = Split("x", train=("a", "b"), validation=("c",), test=("d", "e"))

    assert leave_copies_out(split, {"a": "b", "b": "a", "a2": "c", "d": "e", "e": "d"}) == split


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_random_folds_never_train_on_a_known_copy(share: float, ravdess: list[Utterance]) -> None:
    folds = splits("kfold10", ravdess, ProtocolOptions(validation_share=share))

    assert sorted(name for split in folds for name in split.test) == sorted(item.id for item in ravdess)
    for split in folds:
        if len({COPY, ORIGINAL} & set(split.test)) == 1:
            assert not {COPY, ORIGINAL} & {*split.train, *split.validation}


@pytest.mark.parametrize("name", corpora.names())
def test_a_declared_copy_is_of_another_utterance(name: str) -> None:
    faults = registry.get(name).known_faults
    originals = [fault.same_as for fault in faults.values() if fault.same_as is not None]
    assert not set(originals) & set(faults)
    assert len(set(originals)) == len(originals)


@pytest.mark.corpora
@pytest.mark.parametrize("protocol", ["loso", "kfold10", "text_independent", "groups_of_4"])
def test_the_real_corpus_passes_with_its_pair(protocol: str, corpus_root: Callable[[str], Path]) -> None:
    everything = corpora.load("ravdess", corpus_root("ravdess"))

    assert judge(protocol, everything, duplicates=[Duplicate(ORIGINAL, COPY, True, 1.0)]).leaks == ()
