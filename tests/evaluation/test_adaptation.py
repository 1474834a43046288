"""What is heard of a test speaker, and what is scored: by names alone, and only of speakers who are new."""

from dataclasses import replace

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.adaptation import (
    COLUMNS,
    FOLLOWING,
    MEANINGS,
    N_CLIPS,
    SUFFIXES,
    check_new_speakers,
    check_protocol,
    divide,
    draw_clips,
    find_adaptation,
)
from prosodyn.evaluation.protocols import ProtocolOptions, splits
from prosodyn.types import Split, Utterance, Voice

Corpus = list[Utterance]


@pytest.fixture
def voices(emodb_like: Corpus) -> dict[str, Voice]:
    """Return a test side of two speakers."""
    return {item.id: item.voice for item in emodb_like if item.speaker in {"03", "08"}}


def test_without_adaptation_nothing_is_heard_first(voices: dict[str, Voice]) -> None:
    (portion,) = divide("none", voices)
    assert portion.heard == ()
    assert portion.scored == tuple(voices)


def test_adapted_to_all_a_speaker_is_heard_and_scored_whole(voices: dict[str, Voice]) -> None:
    portions = divide("all", voices)
    assert [set(portion.heard) for portion in portions] == [
        {name for name in voices if voices[name][1] == speaker} for speaker in ("03", "08")
    ]
    assert all(portion.scored == portion.heard for portion in portions)


def test_what_is_enrolled_is_never_scored(voices: dict[str, Voice]) -> None:
    for portion in divide("enrolment", voices):
        assert len(set(portion.heard)) == N_CLIPS
        assert not set(portion.heard) & set(portion.scored)


def test_everything_is_either_enrolled_or_scored_once(voices: dict[str, Voice]) -> None:
    named = [name for portion in divide("enrolment", voices) for name in portion.heard + portion.scored]
    assert sorted(named) == sorted(voices)


@pytest.mark.parametrize("adaptation", ["all", "enrolment"])
def test_a_portion_is_of_one_speaker(voices: dict[str, Voice], adaptation: str) -> None:
    for portion in divide(find_adaptation(adaptation), voices):
        assert len({voices[name] for name in portion.heard + portion.scored}) == 1


@pytest.mark.parametrize("adaptation", ["all", "enrolment"])
def test_the_same_name_in_another_corpus_is_somebody_else(voices: dict[str, Voice], adaptation: str) -> None:
    way = find_adaptation(adaptation)
    others = {f"other/{name}": ("other", voice[1]) for name, voice in voices.items()}
    assert set(divide(way, voices)) < set(divide(way, voices | others))


def test_the_clips_do_not_depend_on_the_order_of_the_recordings(voices: dict[str, Voice]) -> None:
    turned = dict(reversed(voices.items()))
    heard, heard_turned = (
        {frozenset(portion.heard) for portion in divide("enrolment", side)} for side in (voices, turned)
    )
    assert heard == heard_turned


def test_the_clips_of_a_speaker_do_not_depend_on_the_others(voices: dict[str, Voice]) -> None:
    alone = {name: voice for name, voice in voices.items() if voice[1] == "08"}
    assert divide("enrolment", alone)[0] == divide("enrolment", voices)[1]


def test_the_clips_are_of_several_emotions(voices: dict[str, Voice]) -> None:
    for portion in divide("enrolment", voices):
        assert len({name.partition("-")[0] for name in portion.heard}) >= 4


def test_speakers_draw_different_clips() -> None:
    names = [str(number) for number in range(50)]
    assert set(draw_clips("03", names)) != set(draw_clips("08", names))


def test_ten_recordings_leave_nothing_to_score() -> None:
    with pytest.raises(EvaluationError, match=r"speaker 03: 10 recordings are tested.* adapt to all of them"):
        draw_clips("03", [str(number) for number in range(N_CLIPS)])


@pytest.mark.parametrize("protocol", ["loso", "leave_one_session_out", "groups_of_4", "fixed"])
def test_protocols_of_unseen_speakers_can_be_adapted(protocol: str) -> None:
    check_protocol("all", protocol)


@pytest.mark.parametrize("protocol", ["kfold10", "kfold5", "text_independent"])
def test_protocols_of_known_speakers_cannot(protocol: str) -> None:
    check_protocol("none", protocol)
    with pytest.raises(EvaluationError, match=rf"^{protocol}: training and test share .*speakers.* use loso"):
        check_protocol("enrolment", protocol)


@pytest.mark.parametrize("adaptation", ["none", "all", "enrolment"])
def test_unseen_speakers_pass(emodb_like: Corpus, adaptation: str) -> None:
    check_new_speakers(find_adaptation(adaptation), splits("loso", emodb_like), emodb_like)


def test_a_fold_that_shares_a_speaker_is_refused(emodb_like: Corpus) -> None:
    ids = [utterance.id for utterance in emodb_like]
    shared = Split("mine", tuple(ids[:400]), (), tuple(ids[400:]))
    with pytest.raises(EvaluationError, match=r"^mine: training and test share speakers"):
        check_new_speakers("all", [shared], emodb_like)


def test_a_speaker_who_validates_is_no_new_one(emodb_like: Corpus) -> None:
    split = splits("loso", emodb_like, ProtocolOptions(validation_share=0.2))[0]
    leaky = replace(split, validation=(split.test[0],), test=split.test[1:])
    with pytest.raises(EvaluationError, match="share speakers"):
        check_new_speakers("all", [leaky], emodb_like)


def test_speakers_without_names_are_refused(emodb_like: Corpus) -> None:
    split = splits("loso", emodb_like)[0]
    nameless = [replace(utterance, speaker="unknown") for utterance in emodb_like]
    with pytest.raises(EvaluationError, match="or do not name them"):
        check_new_speakers("all", [split], nameless)


def test_a_speaker_of_few_recordings_is_found_before_anything_is_trained(emodb_like: Corpus) -> None:
    few = [item for item in emodb_like if item.speaker != "16" or item.id.startswith("anger")][:200]
    few += [replace(item, id=f"x{item.id}", speaker="17") for item in few[:5]]
    with pytest.raises(EvaluationError, match="speaker 17: 5 recordings"):
        check_new_speakers("enrolment", splits("groups_of_2", few), few)


def test_an_unknown_adaptation_is_refused() -> None:
    with pytest.raises(EvaluationError, match=r"'some', expected one of \['none', 'all', 'enrolment', 's"):
        find_adaptation("some")


def test_each_adaptation_has_its_names() -> None:
    assert set(MEANINGS) == set(SUFFIXES) == {"none", *FOLLOWING}
    assert set(COLUMNS) == set(FOLLOWING)
    assert len(set(SUFFIXES.values())) == len(SUFFIXES) == 4
