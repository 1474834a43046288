"""Lists of folds in files: what they may say, and what they may not."""

import json
from pathlib import Path

import pytest

from prosodyn.errors import ConfigError, EvaluationError
from prosodyn.evaluation.fixed_lists import fixed_splits, read_lists
from prosodyn.evaluation.protocols import ProtocolOptions, find_protocol, splits
from prosodyn.types import Utterance

CORPUS = [
    Utterance(f"{speaker}-{emotion}-{take}", emotion, speaker, "own")
    for speaker in "abc"
    for emotion in ("anger", "fear")
    for take in (1, 2)
]


def write(folder: Path, text: str, name: str = "lists.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_what_is_not_tested_is_trained_on(tmp_path: Path) -> None:
    (split,) = fixed_splits(write(tmp_path, '[folds.x]\ntest = ["a-anger-1", "a-fear-1"]'), CORPUS)

    assert set(split.train) == {item.id for item in CORPUS} - {"a-anger-1", "a-fear-1"}


def test_a_training_list_is_kept_to(tmp_path: Path) -> None:
    lists = write(tmp_path, '[folds.x]\ntest = ["a-anger-1"]\ntrain = ["b-anger-1", "c-anger-2"]')

    (split,) = fixed_splits(lists, CORPUS)

    assert split.train == ("b-anger-1", "c-anger-2")


def test_speakers_stand_for_all_their_utterances(tmp_path: Path) -> None:
    (split,) = fixed_splits(write(tmp_path, '[folds.x]\ntest_speakers = ["b"]'), CORPUS)

    assert split.test == ("b-anger-1", "b-anger-2", "b-fear-1", "b-fear-2")


def test_json_says_the_same_as_toml(tmp_path: Path) -> None:
    toml = write(tmp_path, '[folds.x]\ntest_speakers = ["b"]\nvalidation = ["c-fear-1"]')
    content = {"folds": {"x": {"test_speakers": ["b"], "validation": ["c-fear-1"]}}}
    as_json = write(tmp_path, json.dumps(content), "lists.json")

    assert fixed_splits(as_json, CORPUS) == fixed_splits(toml, CORPUS)


def test_lists_say_what_they_keep_apart(tmp_path: Path) -> None:
    lists = write(tmp_path, 'apart = ["speaker", "text"]\n[folds.x]\ntest_speakers = ["b"]')

    assert read_lists(lists).apart == ("speaker", "text")
    assert find_protocol("fixed", ProtocolOptions(lists=lists)).apart == ("speaker", "text")


def test_lists_that_do_not_say_keep_nothing_apart(tmp_path: Path) -> None:
    assert read_lists(write(tmp_path, '[folds.x]\ntest_speakers = ["b"]')).apart == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[folds.x]\ntest = ["z-9"]', "no utterance 'z-9'"),
        ('[folds.x]\ntest_speakers = ["z"]', "no speaker 'z'"),
        ('[folds.x]\ntest = ["a-fear-1"]\ntest_speakers = ["a"]', "not both"),
        ('[folds.x]\ntest_speakers = ["a", "b", "c"]', "the training side is empty"),
        ('[folds.x]\ntrain = ["a-fear-1"]', "the test side is empty"),
        ('[folds.x]\ntest = ["a-fear-1"]\ntrain = ["a-fear-1"]', "'a-fear-1' stands 2 times"),
        ('[folds.x]\ntest = ["a-fear-1"]\ntrain = ["a-anger-1"]', "'fear' is tested but never trained on"),
        ('[folds.x]\ntest = ["a-fear-1", "a-fear-1"]', "'a-fear-1' stands 2 times"),
    ],
)
def test_lists_that_do_not_fit_the_corpus_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        splits("fixed", CORPUS, ProtocolOptions(lists=write(tmp_path, text)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[folds.x]\ntset = ["a-fear-1"]', "unknown key 'tset'"),
        ("[folds.x]\ntest = [1]", "expected str"),
        ('x = 1\n[folds.x]\ntest = ["a-fear-1"]', r"expected only tables of the form \[folds.NAME\]"),
        ("[folds]", r"expected only tables of the form \[folds.NAME\]"),
        ("[folds]\nx = 1", "x: expected a table of keys, found 1"),
        ("[folds.x\n", "cannot be read as TOML"),
        ('apart = ["voice"]\n[folds.x]\ntest = ["a-fear-1"]', "apart: expected"),
        ('apart = "speaker"\n[folds.x]\ntest = ["a-fear-1"]', "apart: expected"),
    ],
)
def test_files_that_hold_anything_but_folds_are_refused(tmp_path: Path, text: str, message: str) -> None:
    lists = write(tmp_path, text)

    with pytest.raises(ConfigError, match=message):
        fixed_splits(lists, CORPUS)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("lists.json", "{", "cannot be read as JSON"),
        ("lists.json", "[]", "expected an object"),
        ("lists.csv", "a,b", "expected a .toml or .json file"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    lists = write(tmp_path, text, name)

    with pytest.raises(ConfigError, match=message):
        fixed_splits(lists, CORPUS)


@pytest.mark.parametrize("name", ["none.toml", "none.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name}: does not exist; check the spelling"):
        fixed_splits(tmp_path / name, CORPUS)
