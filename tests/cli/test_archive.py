"""The verb `archive`: rows, a summary for people, progress, and mistakes."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from prosodyn.cli.archive import RECENT, Pace

parquet = pytest.importorskip("pyarrow.parquet", reason="needs pip install 'prosodyn[archive]'")

Prosodyn = Callable[..., CompletedProcess[str]]

DRAWN = pytest.mark.skipif(not find_spec("matplotlib"), reason="needs pip install 'prosodyn[plots]'")

WITHOUT_PYARROW = """
import sys
sys.modules["pyarrow"] = None
from prosodyn.cli.main import run
run()
"""


@pytest.fixture
def calls(recordings: Path, tmp_path: Path) -> Path:
    """Return a list of two recordings and one that is not there."""
    path = tmp_path / "calls.csv"
    first, second, *_ = sorted(recordings.rglob("*.wav"))
    path.write_text(f"path,day\n{first},2025-01-30\n{second},2025-01-31\ngone.wav,2025-01-31\n")
    return path


def test_a_list_becomes_rows_and_a_summary(prosodyn: Prosodyn, calls: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs pip install 'prosodyn[plots]'")
    done = prosodyn("archive", calls, "--out", "results", "--date", "day", "--workers", 1)
    assert done.returncode == 0, done.stderr
    table = parquet.read_table("results/shards")
    assert table["position"].to_pylist() == [0, 1, 2]
    assert table["manifest_day"].to_pylist() == ["2025-01-30", "2025-01-31", "2025-01-31"]
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"3 recordings, a row for each; 2 answered, \d s of sound", lines[0])
    assert any(
        line.startswith("UnreadableAudioError") and "gone.wav: does not exist" in line for line in lines
    )
    assert lines[-2].startswith("answered by 'open', Apache-2.0")
    assert lines[-1].startswith("written: results/shards/*.parquet, summary.json, failed.csv")


def test_the_same_command_again_has_nothing_left_to_do(prosodyn: Prosodyn, calls: Path) -> None:
    words = ("archive", calls, "--out", "results", "--workers", 1)
    first, second = prosodyn(*words), prosodyn(*words, "--json")
    assert "this run answered 3" in first.stdout
    assert json.loads(second.stdout)["run"]["n_rows"] == 0
    assert json.loads(second.stdout)["n_rows"] == 3


def test_what_failed_is_read_once_more_where_that_is_wanted(prosodyn: Prosodyn, calls: Path) -> None:
    words = ("archive", calls, "--out", "results", "--workers", 1)
    prosodyn(*words)
    (calls.parent / "gone.wav").write_bytes(Path(calls.read_text().split()[1].split(",")[0]).read_bytes())
    said = prosodyn(*words, "--retry-failed").stdout
    assert "3 answered" in said
    assert "this run answered 1 in" in said


def test_whoever_does_not_watch_is_told_now_and_then(
    prosodyn: Prosodyn, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosodyn.cli.progress.QUIET", -1.0)
    done = prosodyn("archive", calls, "--out", "results", "--workers", 1)
    assert any(line.startswith("answering: 3 of 3") for line in done.stderr.splitlines())


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_picture_that_was_not_drawn_is_told(
    prosodyn: Prosodyn, calls: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    calls.write_text("path\ngone.wav\n")
    done = prosodyn("archive", calls, "--out", "results", "--workers", 1, *words)
    assert done.returncode == 0
    assert "no picture over time was drawn" in done.stderr
    assert "pip install 'prosodyn[plots]'" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["gone", "--out", "results"], 4, "gone: does not exist"),
        (["{calls}", "--out", "results", "--model", "nowhere"], 6, "nowhere"),
        pytest.param(
            ["{calls}", "--out", "results", "--date", "hour"],
            2,
            "no column 'hour'",
            marks=pytest.mark.skipif(
                not find_spec("matplotlib"), reason="needs pip install 'prosodyn[plots]'"
            ),
        ),
        (["{calls}", "--out", "results", "--patience", "0"], 2, "archive.patience: expected above 0"),
        (["{calls}", "--out", "{calls}"], 10, "cannot be written"),
        (["{calls}", "--out", "s3://results"], 10, "of this machine"),
        (["{calls}"], 2, "--out"),
    ],
)
def test_a_mistake_has_its_exit_code(
    prosodyn: Prosodyn, calls: Path, words: list[str], code: int, says: str
) -> None:
    done = prosodyn("archive", *(word.format(calls=calls) for word in words))
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_not_installed_is_named(calls: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_PYARROW, "archive", str(calls), "--out", "results"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 9
    assert "needs the package 'pyarrow': pip install 'prosodyn[archive]'" in done.stderr


def test_a_pace_is_that_of_the_last_minute() -> None:
    pace = Pace()
    assert pace.tell(0.0, 0, 100) == ""
    assert pace.tell(10.0, 20, 80) == ", 2.0 a second, 40 s left"
    assert pace.tell(RECENT + 5, 20 + 110, 500) == ", 2.0 a second, 4 min left"
    # the first moments are forgotten: 110 in the 55 seconds before, and as many in the 55 after
    assert pace.tell(RECENT + 60, 20 + 110 + 550, 1000) == ", 10.0 a second, 2 min left"


def test_a_run_that_waits_tells_no_pace() -> None:
    pace = Pace()
    pace.tell(0.0, 0, 10)
    assert pace.tell(30.0, 0, 10) == ""
