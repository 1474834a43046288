"""Files that are either complete or not there."""

from pathlib import Path

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.writing import replacing, write_text


def test_folders_are_made(tmp_path: Path) -> None:
    write_text(tmp_path / "a" / "b" / "report.md", "é")

    assert (tmp_path / "a" / "b" / "report.md").read_text(encoding="utf-8") == "é"


def test_a_failure_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("old")

    with pytest.raises(ZeroDivisionError), replacing(path) as partial:
        partial.write_text(str(1 / 0))
    assert path.read_text() == "old"


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def write_half() -> None:
        with replacing(tmp_path / "report.md") as partial:
            partial.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "report.md").mkdir()

    with pytest.raises(EvaluationError, match=r"report.md: cannot be written.*choose another place"):
        write_text(tmp_path / "report.md", "text")


def test_a_file_in_a_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")

    with pytest.raises(EvaluationError, match="reports: is no folder"):
        write_text(tmp_path / "reports" / "report.md", "text")
