"""The contract that every declared corpus keeps."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.errors import CorpusError, CorpusIncompleteError, UnknownLabelError

NAMES = corpora.names()
UNKNOWN_CODES = {
    "casia": "bored", "cremad": "XYZ", "emodb": "X", "emovo": "xyz", "esd": "Bored",
    "iemocap": "zzz", "nemo": "bored", "ravdess": "09", "savee": "zz", "tess": "bored",
}  # fmt: skip
UNKNOWN_SPEAKERS = {
    "casia": "lihua", "cremad": "9999", "emodb": "99", "emovo": "f9", "esd": "9999",
    "iemocap": "Ses09F", "nemo": "ZZ9", "ravdess": "99", "savee": "ZZ", "tess": "ZAF",
}  # fmt: skip

Miniature = Callable[..., Any]
contract = pytest.mark.parametrize("name", NAMES)


def test_ten_corpora_are_declared() -> None:
    assert tuple(sorted(UNKNOWN_CODES)) == NAMES


@contract
def test_the_declaration_says_who_made_it_and_what_it_allows(name: str) -> None:
    corpus = corpora.get(name)
    assert corpus.name == name
    assert re.fullmatch(r"https?://\S+", corpus.homepage)
    assert re.fullmatch(r"[a-z]{3}(\+[a-z]{3})*", corpus.language)
    assert re.search(r"\b(19|20)\d\d$", corpus.citation)
    assert all((corpus.description, corpus.licence))
    assert corpus.how_to_get.endswith(".")


@contract
def test_labels_lie_within_the_vocabulary(name: str) -> None:
    corpus = corpora.get(name)
    assert set(corpus.labels.values()) <= set(corpora.EMOTIONS)
    assert not set(corpus.labels) & set(corpus.excluded)


@contract
def test_counts_by_emotion_add_up(name: str) -> None:
    corpus = corpora.get(name)
    assert set(corpus.emotions) == set(corpus.labels.values())
    for variant in corpus.variants.values():
        if variant.emotions:
            assert sum(variant.emotions.values()) == variant.utterances


@contract
def test_every_speaker_has_a_gender(name: str) -> None:
    corpus = corpora.get(name)
    assert len(corpus.genders) == corpus.speakers
    assert set(corpus.genders.values()) <= {"female", "male"}


@contract
def test_balanced_counts_divide_by_the_speakers(name: str) -> None:
    for variant in corpora.get(name).variants.values():
        if variant.balanced and variant.utterances is not None:
            assert variant.utterances % variant.speakers == 0


@contract
def test_downloads_name_the_owners_and_carry_whole_checksums(name: str) -> None:
    for download in corpora.get(name).download:
        assert re.match(
            r"https?://(zenodo\.org|emodb\.bilderbar\.info|github\.com/amu-cai|borealisdata\.ca)/",
            download.url,
        )
        assert download.md5 is None or re.fullmatch(r"[0-9a-f]{32}", download.md5)
        assert download.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", download.sha256)


@contract
def test_a_miniature_of_the_official_tree_reads_as_declared(name: str, miniature: Miniature) -> None:
    corpus = corpora.get(name)
    utterances = corpora.load(name, miniature(name).root, allow_partial=True)
    speakers = list(corpus.genders)[:4]
    expected = sorted((speaker, emotion) for speaker in speakers for emotion in corpus.labels.values())
    assert sorted((utterance.speaker, utterance.emotion) for utterance in utterances) == expected
    assert {utterance.corpus for utterance in utterances} == {name}
    assert all(utterance.path is not None and utterance.path.is_file() for utterance in utterances)


@contract
def test_utterances_come_sorted_by_unique_ids(name: str, miniature: Miniature) -> None:
    ids = [utterance.id for utterance in corpora.load(name, miniature(name).root, allow_partial=True)]
    assert ids == sorted(set(ids))


@contract
def test_an_unknown_code_raises_and_is_never_skipped(name: str, miniature: Miniature) -> None:
    tree = miniature(name)
    code = UNKNOWN_CODES[name]
    path = tree.add_utterance(name, next(iter(corpora.get(name).genders)), code)
    with pytest.raises(UnknownLabelError, match=f"{re.escape(str(path))}: unknown {name} label '{code}'"):
        corpora.load(name, tree.root, allow_partial=True)


@contract
def test_an_unknown_speaker_raises(name: str, miniature: Miniature) -> None:
    tree = miniature(name)
    path = tree.add_utterance(name, UNKNOWN_SPEAKERS[name], next(iter(corpora.get(name).labels)))
    with pytest.raises(CorpusError, match=re.escape(str(path))):
        corpora.load(name, tree.root, allow_partial=True)


@contract
def test_a_stranger_among_the_recordings_raises(name: str, miniature: Miniature) -> None:
    tree = miniature(name)
    path = tree.add("my holiday.wav")
    with pytest.raises(CorpusError, match=f"{re.escape(str(path))}: is no {name} file"):
        corpora.load(name, tree.root, allow_partial=True)


@contract
def test_a_partial_corpus_raises_and_names_the_counts(name: str, miniature: Miniature) -> None:
    root = miniature(name).root
    with pytest.raises(CorpusIncompleteError, match=f"{name} has .*; missing: "):
        corpora.load(name, root)


@contract
@pytest.mark.parametrize("suffix", [".FLAC", ".ogg"])
def test_any_audio_format_takes_the_place_of_the_official_one(
    name: str, suffix: str, miniature: Miniature
) -> None:
    utterances = corpora.load(name, miniature(name, suffix).root, allow_partial=True)
    assert len(utterances) == min(corpora.get(name).speakers, 4) * len(corpora.get(name).labels)


@contract
def test_the_same_utterance_in_two_formats_raises(name: str, miniature: Miniature) -> None:
    tree = miniature(name)
    speaker, code = next(iter(corpora.get(name).genders)), next(iter(corpora.get(name).labels))
    tree.add_utterance(name, speaker, code, ".flac")
    with pytest.raises(CorpusError, match="is the same utterance as"):
        corpora.load(name, tree.root, allow_partial=True)


@contract
def test_a_folder_around_the_official_tree_changes_nothing(name: str, miniature: Miniature) -> None:
    tree = miniature(name)
    directly = corpora.load(name, tree.root, allow_partial=True)
    assert corpora.load(name, tree.root.parent, allow_partial=True) == directly


@contract
def test_what_operating_systems_and_annotators_leave_behind_is_ignored(
    name: str, miniature: Miniature
) -> None:
    tree = miniature(name)
    before = corpora.load(name, tree.root, allow_partial=True)
    for folder in {utterance.path.parent for utterance in before if utterance.path}:
        for leftover in (
            ".DS_Store",
            "desktop.ini",
            "201.lab",
            "201.peak",
            "201.tag",
            "._201.wav",
            ".201.wav",
        ):
            (folder / leftover).write_bytes(b"")
    tree.add("__MACOSX/wav/._a.wav")
    tree.add(".git/lfs/copy.wav")
    assert corpora.load(name, tree.root, allow_partial=True) == before


@contract
def test_verifying_counts_what_loading_refuses(name: str, miniature: Miniature) -> None:
    corpus = corpora.get(name)
    report = corpora.verify(corpus, miniature(name).root)
    assert not report.ok
    assert report.missing
    assert report.unexpected == ()
    assert report.utterances == sum(report.emotions.values()) == sum(report.speakers.values())
    assert set(report.speakers) == set(list(corpus.genders)[:4])


@contract
def test_an_empty_folder_raises_even_where_parts_are_allowed(name: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=re.escape(str(tmp_path))):
        corpora.load(name, tmp_path, allow_partial=True)
