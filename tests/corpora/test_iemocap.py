"""IEMOCAP: the true speakers, the four classes, the lists of labels."""

from pathlib import PurePosixPath
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.corpora.declared import iemocap
from prosodyn.errors import CorpusError, CorpusNotFoundError, UnknownLabelError

LABELS = {
    "Ses01F_impro01_F000": "neu",
    "Ses01F_impro01_M000": "ang",
    "Ses01M_impro01_F000": "hap",
    "Ses01M_script01_1_M003": "exc",
    "Ses05F_script03_2_F011": "sad",
    "Ses05M_impro05a_M002": "fru",
    "Ses05M_impro05a_M003": "xxx",
}


@pytest.fixture
def sessions(tree: Any) -> Any:
    """Return a tree of two sessions with seven sentences and a whole dialogue."""
    for name, code in LABELS.items():
        dialogue = name.rpartition("_")[0]
        tree.add(f"Session{name[4]}/sentences/wav/{dialogue}/{name}.wav")
        tree.label_iemocap(name, code)
    tree.add("Session1/dialog/wav/Ses01F_impro01.wav")
    tree.add(
        "Session1/dialog/EmoEvaluation/Categorical/Ses01F_impro01_e1_cat.txt", b"Ses01F_impro01_F000 :Sad; ()"
    )
    tree.add("Session1/dialog/EmoEvaluation/._Ses01F_impro01.txt", b"\x00\x05")
    return tree


def test_the_speaker_is_the_session_and_the_last_letter(sessions: Any) -> None:
    speakers = {u.id: u.speaker for u in corpora.load("iemocap", sessions.root, allow_partial=True)}
    assert speakers == {
        "Ses01F_impro01_F000": "Ses01F",
        "Ses01F_impro01_M000": "Ses01M",
        "Ses01M_impro01_F000": "Ses01F",
        "Ses01M_script01_1_M003": "Ses01M",
        "Ses05F_script03_2_F011": "Ses05F",
    }


def test_one_dialogue_has_two_speakers_which_the_prefix_would_hide(sessions: Any) -> None:
    dialogue = [
        utterance
        for utterance in corpora.load("iemocap", sessions.root, allow_partial=True)
        if utterance.id.startswith("Ses01F_impro01")
    ]
    assert len({utterance.speaker for utterance in dialogue}) == 2
    assert len({utterance.id.split("_")[0] for utterance in dialogue}) == 1


def test_both_speakers_of_a_dialogue_share_the_session(sessions: Any) -> None:
    utterances = corpora.load("iemocap", sessions.root, allow_partial=True)
    assert all(utterance.session == utterance.speaker[:5] for utterance in utterances)


def test_excitement_is_merged_into_happiness(sessions: Any) -> None:
    emotions = {u.id: u.emotion for u in corpora.load("iemocap", sessions.root, allow_partial=True)}
    assert emotions["Ses01M_impro01_F000"] == emotions["Ses01M_script01_1_M003"] == "happiness"


def test_other_labels_are_excluded_by_name_and_counted(sessions: Any) -> None:
    report = corpora.verify(iemocap.CORPUS, sessions.root)
    assert report.excluded == {"fru": 1, "xxx": 1}
    assert report.unexpected == ()


def test_the_improvised_part_leaves_scripts_out(sessions: Any) -> None:
    improvised = corpora.load("iemocap", sessions.root, variant="improvised", allow_partial=True)
    assert [utterance.id for utterance in improvised] == [
        "Ses01F_impro01_F000",
        "Ses01F_impro01_M000",
        "Ses01M_impro01_F000",
    ]


def test_an_unknown_fourth_code_raises(sessions: Any) -> None:
    sessions.add("Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F001.wav")
    sessions.label_iemocap("Ses01F_impro01_F001", "bor")
    with pytest.raises(UnknownLabelError, match="unknown iemocap label 'bor'"):
        corpora.load("iemocap", sessions.root, allow_partial=True)


def test_a_sentence_without_a_label_raises(sessions: Any) -> None:
    sessions.add("Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F002.wav")
    with pytest.raises(CorpusError, match=r"F002\.wav: has no label in the lists"):
        corpora.load("iemocap", sessions.root, allow_partial=True)


def test_lists_that_disagree_raise(sessions: Any) -> None:
    sessions.label_iemocap("Ses01F_impro01_F000", "sad")
    with pytest.raises(CorpusError, match="Ses01F_impro01_F000 is 'sad' here, 'neu' elsewhere"):
        corpora.load("iemocap", sessions.root, allow_partial=True)


def test_audio_without_lists_raises(tree: Any) -> None:
    tree.add("Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav")
    with pytest.raises(CorpusNotFoundError, match=r"holds no dialog/EmoEvaluation"):
        corpora.load("iemocap", tree.root, allow_partial=True)


@pytest.mark.parametrize("name", ["Ses06F_impro01_F000", "Ses01F_impro01", "Ses01F_impro01_X000"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="its name is not like Ses01F_impro01_M000"):
        iemocap.parse(PurePosixPath(f"Session1/sentences/wav/Ses01F_impro01/{name}.wav"))


def test_the_four_classes_are_5531() -> None:
    assert iemocap.CORPUS.emotions == {
        "anger": 1103, "happiness": 595 + 1041, "neutral": 1708, "sadness": 1084,
    }  # fmt: skip
    assert iemocap.CORPUS.utterances == 5531 == 1085 + 1023 + 1151 + 1031 + 1241
