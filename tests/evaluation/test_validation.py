"""Validation is carved from the training side, and asks what the test asks."""

from collections import Counter
from pathlib import Path

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.protocols import ProtocolOptions, splits
from prosodyn.types import Utterance


def speakers_of(names: tuple[str, ...], utterances: list[Utterance]) -> set[str]:
    return {item.speaker for item in utterances if item.id in set(names)}


def texts_of(names: tuple[str, ...], utterances: list[Utterance]) -> set[str | None]:
    return {item.text for item in utterances if item.id in set(names)}


def test_validation_is_carved_by_speaker_where_the_test_is(emodb_like: list[Utterance]) -> None:
    for split in splits("loso", emodb_like, ProtocolOptions(validation_share=0.2)):
        held = speakers_of(split.validation, emodb_like)
        assert len(held) == 2
        assert not held & speakers_of((*split.train, *split.test), emodb_like)


def test_validation_is_carved_by_session_where_the_test_is(iemocap_like: list[Utterance]) -> None:
    for split in splits("leave_one_session_out", iemocap_like, ProtocolOptions(validation_share=0.1)):
        assert len({item.session for item in iemocap_like if item.id in split.validation}) == 1
        assert not speakers_of(split.validation, iemocap_like) & speakers_of(split.train, iemocap_like)


def test_validation_is_carved_by_text_where_the_test_is(emodb_like: list[Utterance]) -> None:
    for split in splits("text_independent", emodb_like, ProtocolOptions(validation_share=0.2)):
        assert not texts_of(split.validation, emodb_like) & texts_of(split.train, emodb_like)


def test_validation_of_random_folds_is_stratified(casia_like: list[Utterance]) -> None:
    emotion = {item.id: item.emotion for item in casia_like}
    for split in splits("kfold10", casia_like, ProtocolOptions(validation_share=0.1)):
        assert set(Counter(emotion[name] for name in split.validation).values()) == {18}


def test_folds_do_not_all_hold_the_same_speaker_back(emodb_like: list[Utterance]) -> None:
    folds = splits("loso", emodb_like, ProtocolOptions(validation_share=0.1))

    assert len({frozenset(speakers_of(split.validation, emodb_like)) for split in folds}) > 2


def test_a_speaker_who_alone_teaches_an_emotion_is_not_held_back(emodb_like: list[Utterance]) -> None:
    corpus = [item for item in emodb_like if item.emotion != "disgust" or item.speaker in {"03", "08"}]
    first = splits("loso", corpus, ProtocolOptions(validation_share=0.75))[0]

    assert "08" in speakers_of(first.train, corpus)


def test_a_training_side_too_small_for_validation_is_refused(emodb_like: list[Utterance]) -> None:
    corpus = [item for item in emodb_like if item.speaker in {"03", "08"}]

    with pytest.raises(EvaluationError, match="cannot hold 1 of 1 training speakers back"):
        splits("loso", corpus, ProtocolOptions(validation_share=0.1))


def test_fixed_validation_is_carved_by_speaker_where_the_lists_keep_speakers_apart(
    tmp_path: Path, emodb_like: list[Utterance]
) -> None:
    lists = tmp_path / "lists.toml"
    lists.write_text('[folds.a]\ntest_speakers = ["03", "08"]\n')

    (split,) = splits("fixed", emodb_like, ProtocolOptions(lists=lists, validation_share=0.25))

    assert not speakers_of(split.validation, emodb_like) & speakers_of(split.train, emodb_like)


def test_fixed_validation_is_stratified_where_the_lists_share_speakers(
    tmp_path: Path, casia_like: list[Utterance]
) -> None:
    lists = tmp_path / "lists.toml"
    tested = [item.id for item in casia_like if item.text == "201"]
    lists.write_text(f"[folds.a]\ntest = {tested}\n")
    emotion = {item.id: item.emotion for item in casia_like}

    (split,) = splits("fixed", casia_like, ProtocolOptions(lists=lists, validation_share=0.25))

    assert set(Counter(emotion[name] for name in split.validation).values()) == {49}


def test_a_validation_side_of_the_lists_goes_before_the_share(
    tmp_path: Path, emodb_like: list[Utterance]
) -> None:
    lists = tmp_path / "lists.toml"
    lists.write_text('[folds.a]\ntest_speakers = ["03"]\nvalidation_speakers = ["16"]\n')

    (split,) = splits("fixed", emodb_like, ProtocolOptions(lists=lists, validation_share=0.5))

    assert speakers_of(split.validation, emodb_like) == {"16"}
