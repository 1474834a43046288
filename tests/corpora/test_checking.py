"""The report on a copy of a corpus."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.errors import CorpusError, SilentAudioError

SENTENCES = ("b1", "b2")
EMOVO = dataclasses.replace(
    corpora.get("emovo"),
    genders={"f1": "female", "m1": "male"},
    speakers=2,
    utterances=28,
    emotions=dict.fromkeys(corpora.get("emovo").emotions, 4),
)
"""The Italian corpus, with two speakers and two sentences."""


@pytest.fixture
def whole(tree: Any) -> Any:
    """Return a complete tree."""
    for speaker in EMOVO.genders:
        for code in EMOVO.labels:
            for sentence in SENTENCES:
                tree.add(f"{speaker}/{code}-{speaker}-{sentence}.wav")
    return tree


def test_a_complete_copy_is_in_order(whole: Any) -> None:
    report = corpora.verify(EMOVO, whole.root)
    assert report.ok
    assert (report.utterances, report.declared) == (28, 28)
    assert set(report.emotions.values()) == {4}
    assert set(report.speakers.values()) == {14}


def test_all_faults_are_reported_at_once(whole: Any) -> None:
    (whole.root / "f1" / "dis-f1-b1.wav").unlink()
    whole.add("f1/song.wav")
    whole.add("f1/xyz-f1-b1.wav")
    whole.add("m1/dis-m1-b1.flac")
    report = corpora.verify(EMOVO, whole.root)
    assert report.missing == ("speaker f1 13 of 14", "emotion disgust 3 of 4")
    assert len(report.unexpected) == 3
    assert not report.ok


def test_an_utterance_too_many_is_not_in_order(whole: Any) -> None:
    whole.add("f1/dis-f1-b3.wav")
    report = corpora.verify(EMOVO, whole.root)
    assert (report.missing, report.unexpected, report.ok) == ((), (), False)


def test_no_recording_is_decoded_unless_asked_for(tree: Any) -> None:
    tree.add("f1/dis-f1-b1.wav", b"this is not audio")
    report = corpora.verify(EMOVO, tree.root)
    assert (report.undecodable, report.unexpected) == ((), ())


def test_a_decoder_sees_every_recording_once_and_its_refusals_are_reported(whole: Any) -> None:
    seen: list[str] = []

    def decode(path: Path) -> None:
        seen.append(path.stem)
        if path.stem == "dis-f1-b1":
            raise SilentAudioError(f"{path}: is silent")

    report = corpora.verify(EMOVO, whole.root, decode=decode)
    assert len(seen) == len(set(seen)) == 28
    assert report.undecodable == (f"{whole.root / 'f1' / 'dis-f1-b1.wav'}: is silent",)
    assert not report.ok


def test_a_fault_of_the_decoder_itself_is_not_swallowed(whole: Any) -> None:
    def decode(path: Path) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        corpora.verify(EMOVO, whole.root, decode=decode)


def test_what_is_dropped_anyway_is_not_decoded(tree: Any) -> None:
    tree.add("AudioWAV/1076_MTI_SAD_XX.wav")
    report = corpora.verify(corpora.get("cremad"), tree.root, decode=lambda path: pytest.fail(str(path)))
    assert list(report.faults) == ["1076_MTI_SAD_XX"]


def test_the_variant_is_named_in_the_report(miniature: Callable[..., Any]) -> None:
    root = miniature("esd").root
    assert corpora.verify(corpora.get("esd"), root).variant == "full"
    assert corpora.verify(corpora.get("esd"), root, variant="english").declared == 17_500


def test_an_unknown_variant_raises(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="emovo: unknown variant 'half'"):
        corpora.verify(EMOVO, tmp_path, variant="half")
