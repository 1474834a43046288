"""One vocabulary for all corpora."""

import pytest

from prosodyn.corpora.labels import (
    EMOTIONS,
    SPELLINGS,
    class_names,
    common_emotions,
    is_emotion,
    normalise_label,
)
from prosodyn.errors import CorpusError, UnknownLabelError


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_a_name_of_the_vocabulary_stays_itself(emotion: str) -> None:
    assert normalise_label(emotion) == emotion


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("angry", "anger"), ("ang", "anger"), ("HAPPY", "happiness"), ("joy", "happiness"),
        (" Sad ", "sadness"), ("Pleasant_Surprise", "surprise"), ("pleasant-surprised", "surprise"),
        ("fearful", "fear"), ("Neu", "neutral"), ("exc", "excitement"), ("other", "other"),
    ],
)  # fmt: skip
def test_usual_spellings_are_understood(text: str, emotion: str) -> None:
    assert normalise_label(text) == emotion


def test_the_vocabulary_is_sorted_and_no_spelling_has_two_meanings() -> None:
    spellings = [spelling for emotion, others in SPELLINGS.items() for spelling in (emotion, *others)]
    assert list(EMOTIONS) == sorted(EMOTIONS)
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize("text", ["", "tired", "angryy", "happy sad"])
def test_anything_else_raises_and_lists_what_is_known(text: str) -> None:
    with pytest.raises(
        UnknownLabelError, match=rf"unknown emotion '{text}', expected one of \['anger', .*'surprise'\]"
    ):
        normalise_label(text)


def test_asking_whether_a_label_is_an_emotion_raises_nothing() -> None:
    assert is_emotion("Joy")
    assert not is_emotion("tired")


def test_common_emotions_meet_across_spellings() -> None:
    assert common_emotions(["angry", "joy", "calm"], ["anger", "happy"], ["hap", "ang", "sad"]) == (
        "anger",
        "happiness",
    )


def test_one_set_of_emotions_is_common_with_itself() -> None:
    assert common_emotions(["sad", "angry", "sadness"]) == ("anger", "sadness")


def test_nothing_in_common_is_an_empty_answer() -> None:
    assert common_emotions(["anger"], ["calm"]) == ()


def test_common_emotions_refuse_what_is_no_emotion() -> None:
    with pytest.raises(UnknownLabelError, match="'tired'"):
        common_emotions(["anger"], ["tired"])


def test_own_classes_stay_beside_the_vocabulary() -> None:
    assert class_names(["angry", "tired", "angry"], "here") == {"angry": "anger", "tired": "tired"}


def test_two_spellings_of_one_emotion_raise() -> None:
    with pytest.raises(CorpusError, match=r"here: \['happy', 'joy'\] all spell 'happiness'"):
        class_names(["joy", "happy", "sad"], "here")


def test_kept_names_may_mean_what_the_owner_likes() -> None:
    assert class_names(["joy", "happy"], "here", keep_names=True) == {"joy": "joy", "happy": "happy"}
