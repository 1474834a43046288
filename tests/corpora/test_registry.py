"""Knowing the corpora and finding their folders."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from prosodyn import corpora
from prosodyn.corpora import declared
from prosodyn.errors import CorpusError, CorpusNotFoundError


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without the environment variable."""
    monkeypatch.delenv("PROSODYN_CORPORA", raising=False)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def test_every_module_in_the_folder_is_registered() -> None:
    folder = Path(next(iter(declared.__path__)))
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert set(corpora.names()) == modules


def test_a_declaration_stays_small() -> None:
    folder = Path(next(iter(declared.__path__)))
    assert max(len(path.read_text(encoding="utf-8").splitlines()) for path in folder.glob("*.py")) <= 90


def test_declarations_import_nothing_heavy() -> None:
    folder = Path(next(iter(declared.__path__)))
    for path in folder.glob("*.py"):
        imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
        assert all(str(node.module).startswith(("prosodyn.", "collections", "pathlib")) for node in imports)


def test_importing_the_room_loads_no_declaration() -> None:
    code = "import sys, prosodyn.corpora; print([m for m in sys.modules if 'declared.' in m or m == 'torch'])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(CorpusError, match=r"unknown corpus 'emodbb', expected one of \['casia', .*'tess'\]"):
        corpora.get("emodbb")


def test_an_explicit_root_is_taken_as_it_is(tmp_path: Path) -> None:
    assert corpora.find_root("emodb", tmp_path) == tmp_path


def test_an_explicit_root_that_is_missing_says_how_to_get_the_corpus(tmp_path: Path) -> None:
    with pytest.raises(
        CorpusNotFoundError, match=r"nowhere: no such folder, emodb should be there\. It is open"
    ):
        corpora.find_root("emodb", tmp_path / "nowhere")


def test_the_environment_variable_comes_before_the_usual_folder(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (nowhere.parent / "named", nowhere / "corpora"):
        (place / "emodb").mkdir(parents=True)
    monkeypatch.setenv("PROSODYN_CORPORA", str(nowhere.parent / "named"))
    assert corpora.find_root("emodb") == nowhere.parent / "named" / "emodb"


def test_the_usual_folder_is_looked_at(nowhere: Path) -> None:
    (nowhere / "corpora" / "emodb").mkdir(parents=True)
    assert corpora.find_root("emodb") == Path("corpora/emodb")


def test_the_folder_may_be_written_in_another_case(nowhere: Path) -> None:
    (nowhere / "corpora" / "EmoDB").mkdir(parents=True)
    assert corpora.find_root("emodb") == Path("corpora/EmoDB")


def test_two_folders_that_differ_in_case_are_not_chosen_between(nowhere: Path) -> None:
    for name in ("EmoDB", "EMODB"):
        (nowhere / "corpora" / name).mkdir(parents=True, exist_ok=True)
    if len(list((nowhere / "corpora").iterdir())) == 1:
        pytest.skip("this file system does not tell cases apart")
    with pytest.raises(CorpusNotFoundError):
        corpora.find_root("emodb")


def test_a_corpus_that_is_nowhere_lists_the_places_and_the_way_to_it(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROSODYN_CORPORA", "given")
    places = "given/casia, corpora/casia"
    with pytest.raises(CorpusNotFoundError, match=rf"not found, looked for {re.escape(places)};.* Ask the"):
        corpora.find_root("casia")
