"""Loading whatever a user names."""

from pathlib import Path
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.errors import CorpusError, CorpusNotFoundError
from prosodyn.types import Utterance


@pytest.fixture
def recordings(tree: Any) -> Any:
    """Return a folder of one's own with its manifest."""
    for emotion in ("angry", "sad"):
        tree.add(f"{emotion}/a.wav")
    tree.add("calls.csv", b"path,emotion,speaker\nangry/a.wav,angry,anna\nsad/a.wav,sad,ben\n")
    return tree


def test_a_corpus_is_loaded_by_name(tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.add("emodb/wav/03a01Fa.wav")
    monkeypatch.setenv("PROSODYN_CORPORA", str(tree.root))
    assert corpora.load("emodb", allow_partial=True) == corpora.load_any("emodb", allow_partial=True)


def test_the_fixture_needs_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    made = (Utterance(id="f1-anger", emotion="anger", speaker="f1", corpus="toy"),)
    monkeypatch.setattr("prosodyn.corpora.toy.utterances", lambda: made)
    assert corpora.load("toy") == corpora.load_any("toy") == made


@pytest.mark.parametrize("options", [{"root": Path()}, {"variant": "large"}, {"allow_partial": True}])
def test_the_fixture_takes_no_options(options: dict[str, Any]) -> None:
    with pytest.raises(CorpusError, match="toy is made in memory and takes no"):
        corpora.load("toy", **options)


def test_a_folder_is_loaded_by_its_path(recordings: Any) -> None:
    assert len(corpora.load_any(str(recordings.root))) == 2


def test_a_manifest_is_loaded_by_its_path(recordings: Any) -> None:
    utterances = corpora.load_any(str(recordings.root / "calls.csv"))
    assert [utterance.speaker for utterance in utterances] == ["anna", "ben"]


def test_a_corpus_goes_before_a_folder_of_its_name_unless_that_is_marked(
    recordings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings.root.rename(recordings.root.with_name("savee"))
    monkeypatch.chdir(recordings.root.parent)
    monkeypatch.delenv("PROSODYN_CORPORA", raising=False)
    assert len(corpora.load_any("folder:savee")) == 2
    with pytest.raises(CorpusNotFoundError, match="savee: not found, looked for"):
        corpora.load_any("savee")


@pytest.mark.parametrize("spec", ["", "calls.csv"])
@pytest.mark.parametrize(
    ("option", "value"), [("root", Path()), ("variant", "improvised"), ("allow_partial", True)]
)
def test_options_of_a_corpus_are_refused_for_ones_own_recordings(
    recordings: Any, spec: str, option: str, value: Any
) -> None:
    with pytest.raises(CorpusError, match=f"takes no {option.replace('_', '-')}; leave it out"):
        corpora.load_any(str(recordings.root / spec), **{option: value})


def test_a_name_that_is_nothing_lists_the_corpora() -> None:
    with pytest.raises(CorpusNotFoundError, match=r"emodbb: no folder, no manifest and no corpus.*'toy'\]"):
        corpora.load_any("emodbb")


def test_a_name_that_is_no_corpus_raises() -> None:
    with pytest.raises(CorpusError, match="unknown corpus 'emodbb'"):
        corpora.load("emodbb")
