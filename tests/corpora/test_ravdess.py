"""RAVDESS: seven numbers in a name, speech only."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.corpora.declared import ravdess
from prosodyn.errors import CorpusError


def official_names() -> list[str]:
    """List the 1440 names of the speech files; neutral has no strong intensity."""
    return [
        f"Actor_{actor:02d}/03-01-{emotion:02d}-{intensity:02d}-{statement:02d}-{repetition:02d}-{actor:02d}.wav"
        for actor in range(1, 25)
        for emotion in range(1, 9)
        for intensity in ((1,) if emotion == 1 else (1, 2))
        for statement in (1, 2)
        for repetition in (1, 2)
    ]


def test_a_name_holds_emotion_statement_and_actor() -> None:
    fields = ravdess.parse(PurePosixPath("Actor_12/03-01-06-02-01-02-12.wav"))
    assert fields is not None
    assert (fields.speaker, fields.code, fields.text) == ("12", "06", "01")


@pytest.mark.parametrize("name", ["03-02-06-01-02-01-12", "01-01-06-01-02-01-12"])
def test_song_and_the_sound_of_videos_are_no_speech_files(name: str) -> None:
    assert ravdess.parse(PurePosixPath(f"Actor_12/{name}.wav")) is None


def test_odd_actors_are_men() -> None:
    genders = ravdess.CORPUS.genders
    assert (genders["01"], genders["24"]) == ("male", "female")


def test_a_whole_corpus_loads_with_its_song_beside_it(tree: Any) -> None:
    for name in official_names():
        tree.add(name)
    tree.add("Actor_01/03-02-06-01-02-01-01.wav")
    assert len(corpora.load("ravdess", tree.root)) == 1440
    assert corpora.verify(ravdess.CORPUS, tree.root).ok


def test_the_nested_second_copy_of_a_popular_mirror_is_noticed(tree: Any) -> None:
    tree.add("Actor_01/03-01-01-01-01-01-01.wav")
    tree.add("audio_speech_actors_01-24/Actor_01/03-01-01-01-01-01-01.wav")
    with pytest.raises(CorpusError, match="is the same utterance as"):
        corpora.load("ravdess", tree.root, allow_partial=True)


def test_the_duplicate_pair_is_known_and_kept(tree: Any) -> None:
    tree.add("Actor_07/03-01-03-01-02-02-07.wav")
    report = corpora.verify(ravdess.CORPUS, tree.root)
    assert list(report.faults) == ["03-01-03-01-02-02-07"]
    assert len(corpora.load("ravdess", tree.root, allow_partial=True)) == 1


@pytest.mark.corpora
def test_the_real_corpus_is_complete(corpus_root: Callable[[str], Path]) -> None:
    assert len(corpora.load("ravdess", corpus_root("ravdess"))) == 1440


@pytest.mark.corpora
def test_the_known_duplicate_pair_is_one(corpus_root: Callable[[str], Path]) -> None:
    actor = corpus_root("ravdess") / "Actor_07"
    pair = [next(actor.glob(f"03-01-03-01-02-{repetition}-07.*")) for repetition in ("01", "02")]
    assert pair[0].read_bytes() == pair[1].read_bytes()
