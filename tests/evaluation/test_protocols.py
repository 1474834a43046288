"""Protocols: what is tested, what is trained on, and what is refused."""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from prosodyn.corpora.base import UNKNOWN_SPEAKER
from prosodyn.errors import ConfigError, EvaluationError
from prosodyn.evaluation.protocols import PROTOCOLS, ProtocolOptions, find_protocol, splits
from prosodyn.evaluation.sharing import shared
from prosodyn.types import Split, Utterance

COVERING = sorted(name for name, protocol in PROTOCOLS.items() if protocol.covers)


@pytest.fixture
def full_corpus() -> list[Utterance]:
    """Return a corpus that every protocol can divide: 12 speakers, 3 sessions, 12 texts, 3 emotions."""
    return [
        Utterance(
            f"{speaker}-{text}-{emotion}",
            emotion,
            f"s{speaker}",
            "own",
            text=f"t{text}",
            session=str(speaker % 3),
        )
        for speaker in range(12)
        for text in range(12)
        for emotion in ("anger", "fear", "neutral")
    ]


def speakers_of(names: tuple[str, ...], utterances: list[Utterance]) -> set[str]:
    return {item.speaker for item in utterances if item.id in set(names)}


def texts_of(names: tuple[str, ...], utterances: list[Utterance]) -> set[str | None]:
    return {item.text for item in utterances if item.id in set(names)}


# what every protocol promises


@pytest.mark.parametrize("protocol", COVERING)
def test_every_utterance_is_tested_exactly_once(protocol: str, full_corpus: list[Utterance]) -> None:
    tested = [name for split in splits(protocol, full_corpus) for name in split.test]

    assert sorted(tested) == sorted(item.id for item in full_corpus)


@pytest.mark.parametrize("protocol", COVERING)
def test_the_sides_of_a_fold_are_disjoint(protocol: str, full_corpus: list[Utterance]) -> None:
    for split in splits(protocol, full_corpus, ProtocolOptions(validation_share=0.2)):
        sides = [*split.train, *split.validation, *split.test]
        assert len(sides) == len(set(sides)) == len(full_corpus)


@pytest.mark.parametrize("protocol", COVERING)
def test_no_validation_share_means_no_validation_side(protocol: str, full_corpus: list[Utterance]) -> None:
    assert all(split.validation == () for split in splits(protocol, full_corpus))


@pytest.mark.parametrize("protocol", COVERING)
def test_the_same_seed_gives_the_same_folds(protocol: str, full_corpus: list[Utterance]) -> None:
    options = ProtocolOptions(seed=5, validation_share=0.2)

    assert splits(protocol, full_corpus, options) == splits(protocol, full_corpus, options)


@pytest.mark.parametrize("protocol", COVERING)
def test_the_order_of_the_corpus_does_not_matter(protocol: str, full_corpus: list[Utterance]) -> None:
    options = ProtocolOptions(seed=5, validation_share=0.2)
    mixed = random.Random(0).sample(full_corpus, len(full_corpus))

    assert splits(protocol, mixed, options) == splits(protocol, full_corpus, options)


@pytest.mark.parametrize("protocol", COVERING)
def test_another_seed_holds_back_others(protocol: str, full_corpus: list[Utterance]) -> None:
    first, second = (
        splits(protocol, full_corpus, ProtocolOptions(seed=seed, validation_share=0.34)) for seed in (0, 1)
    )

    assert [split.validation for split in first] != [split.validation for split in second]


@pytest.mark.parametrize(
    ("protocol", "apart"),
    [
        ("loso", "speakers"),
        ("groups_of_4", "speakers"),
        ("leave_one_session_out", "speakers"),
        ("leave_one_session_out", "sessions"),
        ("text_independent", "texts"),
    ],
)
def test_a_protocol_shares_nothing_of_what_it_leaves_out(
    protocol: str, apart: str, full_corpus: list[Utterance]
) -> None:
    assert {getattr(shared(split, full_corpus), apart) for split in splits(protocol, full_corpus)} == {0}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_protocol_says_what_it_shares(name: str) -> None:
    assert PROTOCOLS[name].shares


# one protocol at a time


def test_leaving_speakers_out_makes_a_fold_of_each(emodb_like: list[Utterance]) -> None:
    names = [split.name for split in splits("loso", emodb_like)]

    assert names == [f"speaker-{n}" for n in ("03", "08", "09", "10", "11", "12", "13", "14", "15", "16")]


def test_leaving_sessions_out_makes_a_fold_of_each(iemocap_like: list[Utterance]) -> None:
    folds = splits("leave_one_session_out", iemocap_like)

    assert [speakers_of(split.test, iemocap_like) for split in folds] == [
        {f"Ses0{session}F", f"Ses0{session}M"} for session in range(1, 6)
    ]


def test_ten_random_folds_are_stratified_within_one(emodb_like: list[Utterance]) -> None:
    emotion = {item.id: item.emotion for item in emodb_like}
    totals = Counter(emotion.values())
    counts = [Counter(emotion[name] for name in split.test) for split in splits("kfold10", emodb_like)]

    assert all(abs(count[label] - totals[label] / 10) < 1 for count in counts for label in totals)


def test_another_seed_gives_other_random_folds(emodb_like: list[Utterance]) -> None:
    first = splits("kfold10", emodb_like, ProtocolOptions(seed=0))

    assert first != splits("kfold10", emodb_like, ProtocolOptions(seed=1))


def test_random_folds_share_every_speaker(casia_like: list[Utterance]) -> None:
    assert {shared(split, casia_like).speakers for split in splits("kfold10", casia_like)} == {4}


@pytest.mark.parametrize(
    ("name", "options"), [("kfold5", ProtocolOptions()), ("kfold", ProtocolOptions(n_folds=5))]
)
def test_the_number_of_random_folds_can_be_chosen(
    name: str, options: ProtocolOptions, casia_like: list[Utterance]
) -> None:
    assert len(splits(name, casia_like, options)) == 5


def test_random_folds_carry_their_number_in_their_name() -> None:
    assert find_protocol("kfold", ProtocolOptions(n_folds=5)).name == "kfold5"


def test_ten_texts_are_left_out_one_by_one(emodb_like: list[Utterance]) -> None:
    folds = splits("text_independent", emodb_like)

    assert [split.name for split in folds] == [
        f"text-{name}" for name in ("a01", "a02", "a04", "a05", "a07", "b01", "b02", "b03", "b09", "b10")
    ]


def test_fifty_texts_are_left_out_five_at_a_time(casia_like: list[Utterance]) -> None:
    folds = splits("text_independent", casia_like)

    assert [len(texts_of(split.test, casia_like)) for split in folds] == [5] * 10


def test_text_folds_are_as_stratified_as_the_texts_allow(casia_like: list[Utterance]) -> None:
    emotion = {item.id: item.emotion for item in casia_like}
    for split in splits("text_independent", casia_like):
        assert set(Counter(emotion[name] for name in split.test).values()) == {20}


def test_groups_of_four_speakers_follow_their_numbers(ravdess_like: list[Utterance]) -> None:
    folds = splits("groups_of_4", ravdess_like)

    assert [speakers_of(split.test, ravdess_like) for split in folds] == [
        {str(number) for number in range(4 * i - 3, 4 * i + 1)} for i in range(1, 7)
    ]


def test_the_last_group_takes_the_speakers_that_are_left(emodb_like: list[Utterance]) -> None:
    folds = splits("groups_of_4", emodb_like)

    assert [len(speakers_of(split.test, emodb_like)) for split in folds] == [4, 4, 2]


# what is refused


def test_one_speaker_cannot_be_left_out(emodb_like: list[Utterance]) -> None:
    corpus = [item for item in emodb_like if item.speaker == "03"]

    with pytest.raises(EvaluationError, match="1 speaker, two are needed; use kfold10"):
        splits("loso", corpus)


@pytest.mark.parametrize("protocol", ["loso", "groups_of_4"])
def test_unknown_speakers_cannot_be_left_out(protocol: str, emodb_like: list[Utterance]) -> None:
    corpus = [*emodb_like, Utterance("x", "anger", UNKNOWN_SPEAKER, "emodb")]

    with pytest.raises(
        EvaluationError, match=r"1 of 536 utterances have no known speaker, the first is 'x'.*kfold10"
    ):
        splits(protocol, corpus)


@pytest.mark.parametrize(
    ("protocol", "unit"), [("text_independent", "text"), ("leave_one_session_out", "session")]
)
def test_what_a_corpus_does_not_say_cannot_be_left_out(protocol: str, unit: str) -> None:
    corpus = [Utterance(f"{i}", "anger", f"{i}", "own") for i in range(4)]

    with pytest.raises(EvaluationError, match=f"4 of 4 utterances have no known {unit}"):
        splits(protocol, corpus)


def test_too_few_speakers_for_a_group_are_refused(casia_like: list[Utterance]) -> None:
    with pytest.raises(EvaluationError, match="4 speakers make a single group"):
        splits("groups_of_4", casia_like)


def test_more_folds_than_utterances_are_refused(emodb_like: list[Utterance]) -> None:
    with pytest.raises(EvaluationError, match="9 utterances cannot make 10 folds"):
        splits("kfold10", emodb_like[:9])


def test_an_emotion_that_only_the_test_side_holds_is_refused(emodb_like: list[Utterance]) -> None:
    corpus = [*emodb_like, Utterance("x", "surprise", "03", "emodb")]

    with pytest.raises(EvaluationError, match="loso, speaker-03: 'surprise' is tested but never trained on"):
        splits("loso", corpus)


def test_an_identifier_that_stands_twice_is_refused(emodb_like: list[Utterance]) -> None:
    with pytest.raises(EvaluationError, match="'anger-0' stands 2 times"):
        splits("kfold10", [*emodb_like, emodb_like[0]])


def test_an_empty_corpus_is_refused() -> None:
    with pytest.raises(EvaluationError, match="no utterances"):
        splits("kfold10", [])


@pytest.mark.parametrize("name", ["lozo", "kfold1", "kfold0", "kfoldx", "groups_of_", "groups_of_0"])
def test_an_unknown_protocol_is_refused(name: str, emodb_like: list[Utterance]) -> None:
    with pytest.raises(EvaluationError, match=r"expected one of .*loso"):
        splits(name, emodb_like)


@pytest.mark.parametrize("change", [{"n_folds": 1}, {"validation_share": 1.0}, {"validation_share": -0.1}])
def test_options_out_of_range_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="expected"):
        replace(ProtocolOptions(), **change)


def test_fixed_without_lists_is_refused(emodb_like: list[Utterance]) -> None:
    with pytest.raises(EvaluationError, match="no lists were given"):
        splits("fixed", emodb_like)


def test_fixed_folds_that_test_something_twice_are_fine(tmp_path: Path, emodb_like: list[Utterance]) -> None:
    lists = tmp_path / "lists.toml"
    lists.write_text('[folds.a]\ntest_speakers = ["03"]\n[folds.b]\ntest_speakers = ["03", "08"]\n')

    folds: tuple[Split, ...] = splits("fixed", emodb_like, ProtocolOptions(lists=lists))

    assert [speakers_of(split.test, emodb_like) for split in folds] == [{"03"}, {"03", "08"}]
