"""Whatever is killed, and however often, each recording has one row in the end."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prosodyn.errors import ConfigError, MissingExtraError, OutputError
from prosodyn.scale import ArchiveSettings, Progress, archive

MakeCalls = Callable[..., Path]
ReadRows = Callable[[Path], list[dict[str, Any]]]

SMALL = ArchiveSettings(n_workers=2, shard_size=4)

DRIVER = """
import os, resource, signal, sys
from prosodyn.scale import ArchiveSettings, archive

def main():
    source, results, rows, signum, size = sys.argv[1:]
    if int(size):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), int(size)))

    def die(progress):
        if 0 < int(rows) <= progress.answered:
            os.kill(os.getpid(), int(signum))

    # whatever started the tests may have told its children to ignore it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    archive(source, results, ArchiveSettings(n_workers=2, shard_size=4), die)

if __name__ == "__main__":
    main()
"""

HARM = """
import os, sys, time
if any("spawn_main" in word for word in sys.orig_argv):
    import prosodyn.scale.answering as answering
    before = answering._answer
    def answer(recogniser, path, moved):
        if "deadly" in path.name:
            os.kill(os.getpid(), 9)
        if "endless" in path.name:
            time.sleep(600)
        return before(recogniser, path, moved)
    answering._answer = answer
"""


def drive(tmp_path: Path, calls: Path, rows: int = 0, signum: int = 9, size: int = 0) -> Any:
    """Run an archive in a process of its own, which ends itself after so many rows."""
    script = tmp_path / "driver.py"
    script.write_text(DRIVER, encoding="utf-8")
    command = [sys.executable, script, calls, tmp_path / "results", rows, signum, size]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=300)


def assert_complete(rows: list[dict[str, Any]], calls: Path) -> None:
    names = sorted(path.name for path in calls.iterdir())
    assert [row["position"] for row in rows] == list(range(len(names)))
    assert [row["file"] for row in rows] == names


def left_in(results: Path) -> list[str]:
    """Return what nobody should find after a run that has ended well."""
    return [
        path.name
        for path in results.rglob("*")
        if path.name.endswith(".partial") or path.parent.name == "notes"
    ]


def test_every_recording_has_one_row(make_calls: MakeCalls, tmp_path: Path, read_rows: ReadRows) -> None:
    calls = make_calls(9)
    (calls / "broken.wav").write_bytes(b"no audio")
    told: list[Progress] = []
    summary = archive(calls, tmp_path / "results", SMALL, told.append)
    assert_complete(read_rows(tmp_path / "results"), calls)
    assert (summary.n_rows, summary.n_failed, summary.run.n_rows) == (10, 1, 10)
    assert {each.stage for each in told} == {"listing", "answering", "counting"}
    assert max(each.done for each in told if each.stage == "answering") == 10
    assert summary.run.megabytes is None or summary.run.megabytes < 600
    assert left_in(tmp_path / "results") == []


def test_names_that_look_like_urls_are_answered(
    make_calls: MakeCalls, tmp_path: Path, read_rows: ReadRows
) -> None:
    calls = make_calls(2)
    (calls / "a00.wav").rename(calls / "call::1.wav")
    (calls / "s3:").mkdir()
    (calls / "a01.wav").rename(calls / "s3:" / "x.wav")
    assert archive(calls, tmp_path / "results", SMALL).n_failed == 0
    assert [row["file"] for row in read_rows(tmp_path / "results")] == ["call::1.wav", "s3:/x.wav"]


def test_a_second_run_finds_all_done(make_calls: MakeCalls, tmp_path: Path) -> None:
    calls = make_calls(5)
    archive(calls, tmp_path / "results", SMALL)
    written = {path: path.stat().st_mtime_ns for path in tmp_path.glob("results/shards/*")}
    summary = archive(calls, tmp_path / "results", SMALL)
    assert (summary.n_rows, summary.run.n_rows) == (5, 0)
    assert written == {path: path.stat().st_mtime_ns for path in tmp_path.glob("results/shards/*")}


def test_a_killed_worker_costs_nothing_but_time(
    make_calls: MakeCalls, tmp_path: Path, read_rows: ReadRows
) -> None:
    calls = make_calls(16)
    killed: list[int] = []

    def kill(progress: Progress) -> None:
        if progress.answered > 4 * len(killed) and len(killed) < 3:
            worker = multiprocessing.active_children()[0]
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
            killed.append(worker.pid)

    summary = archive(calls, tmp_path / "results", SMALL, kill)
    assert len(set(killed)) == 3
    assert_complete(read_rows(tmp_path / "results"), calls)
    assert summary.n_failed == 0
    assert left_in(tmp_path / "results") == []


def test_a_killed_run_goes_on_where_it_stopped(
    make_calls: MakeCalls, tmp_path: Path, read_rows: ReadRows
) -> None:
    calls = make_calls(40)
    # of nine rows, two workers have finished a shard of four at least
    codes = [drive(tmp_path, calls, rows=9).returncode for _ in range(2)]
    done = len(list(tmp_path.glob("results/shards/*.parquet")))
    summary = archive(calls, tmp_path / "results", SMALL)
    assert codes == [-signal.SIGKILL] * 2
    assert 1 <= done < 10
    assert summary.run.n_rows == 40 - 4 * done
    assert_complete(read_rows(tmp_path / "results"), calls)
    assert left_in(tmp_path / "results") == []


def test_workers_end_with_whoever_started_them(make_calls: MakeCalls, tmp_path: Path) -> None:
    results = tmp_path / "results"
    drive(tmp_path, make_calls(40), rows=1)
    left = subprocess.run(["pgrep", "-f", str(results)], capture_output=True, check=False).stdout
    assert left == b""


def test_an_interrupted_run_ends_its_workers_and_leaves_whole_files(
    make_calls: MakeCalls, tmp_path: Path, read_rows: ReadRows
) -> None:
    calls = make_calls(12)
    done = drive(tmp_path, calls, rows=5, signum=signal.SIGINT)
    assert "KeyboardInterrupt" in done.stderr
    assert done.stderr.count("Traceback") == 1
    archive(calls, tmp_path / "results", SMALL)
    assert_complete(read_rows(tmp_path / "results"), calls)


def test_a_file_that_cannot_be_written_ends_the_run_and_the_next_goes_on(
    make_calls: MakeCalls, tmp_path: Path, read_rows: ReadRows
) -> None:
    calls = make_calls(8)
    done = drive(tmp_path, calls, size=4_000)
    assert "OutputError" in done.stderr
    assert ".parquet: cannot be written: File too large; make room" in done.stderr
    assert list(tmp_path.glob("results/shards/*")) == []
    archive(calls, tmp_path / "results", SMALL)
    assert_complete(read_rows(tmp_path / "results"), calls)


def test_a_full_disk_ends_the_run_and_with_room_the_next_goes_on(
    make_calls: MakeCalls, small_disk: Path, read_rows: ReadRows
) -> None:
    calls = make_calls(20)
    (small_disk / "ballast").write_bytes(bytes(190_000))
    with pytest.raises(OutputError, match="cannot be written: No space left on device; make room"):
        archive(calls, small_disk, SMALL)
    done = len(list(small_disk.glob("shards/*.parquet")))
    (small_disk / "ballast").unlink()
    summary = archive(calls, small_disk, SMALL)
    assert 1 <= done < 5
    assert summary.run.n_rows == 20 - 4 * done
    assert_complete(read_rows(small_disk), calls)


def test_recordings_that_end_their_workers_have_their_rows(
    make_calls: MakeCalls, tmp_path: Path, read_rows: ReadRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = make_calls(6)
    (calls / "a01.wav").rename(calls / "b-deadly.wav")
    (calls / "a04.wav").rename(calls / "c-endless.wav")
    (tmp_path / "harm").mkdir()
    (tmp_path / "harm" / "sitecustomize.py").write_text(HARM, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "harm"), *sys.path]))
    settings = ArchiveSettings(n_workers=2, shard_size=3, patience=3.0)
    summary = archive(calls, tmp_path / "results", settings)
    rows = read_rows(tmp_path / "results")
    assert_complete(rows, calls)
    assert [row["error_class"] for row in rows] == [None] * 4 + ["FatalAudioError"] * 2
    assert summary.run.deaths == 6


def test_two_runs_at_once_are_refused(make_calls: MakeCalls, tmp_path: Path) -> None:
    calls = make_calls(2)
    faults: list[str] = []

    def intrude(_: Progress) -> None:
        if not faults:
            with pytest.raises(OutputError) as refused:
                archive(calls, tmp_path / "results", SMALL)
            faults.append(str(refused.value))

    archive(calls, tmp_path / "results", SMALL, intrude)
    assert f"process {os.getpid()} on " in faults[0]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (ArchiveSettings(shard_size=5), "begun with shards of 4, not 5"),
        (ArchiveSettings(error_rate=0.2), "begun with the error rate of the model, not 0.2"),
    ],
)
def test_other_settings_are_refused(
    make_calls: MakeCalls, tmp_path: Path, settings: ArchiveSettings, says: str
) -> None:
    calls = make_calls(1)
    archive(calls, tmp_path / "results", SMALL)
    with pytest.raises(OutputError, match=f"{says}; go on with that, or choose another --out"):
        archive(calls, tmp_path / "results", settings)


def test_a_date_that_the_list_does_not_have_is_refused_before_long_work(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs pip install 'prosodyn[plots]'")
    (tmp_path / "list.csv").write_text("path,day\ngone.wav,2025-01-31\n")
    with pytest.raises(ConfigError, match=r"no column 'date', expected one of \['day'\]"):
        archive(tmp_path / "list.csv", tmp_path / "results", ArchiveSettings(date="date"))
    assert not list(tmp_path.glob("results/shards/*"))


def test_a_date_without_matplotlib_is_refused_before_long_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    (tmp_path / "list.csv").write_text("path,day\ngone.wav,2025-01-31\n")
    with pytest.raises(MissingExtraError, match=r"pip install 'prosodyn\[plots\]'"):
        archive(tmp_path / "list.csv", tmp_path / "results", ArchiveSettings(date="day"))
    assert not (tmp_path / "results").exists()


def test_a_fault_of_every_worker_is_raised_and_not_tried_for_ever(
    make_calls: MakeCalls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "harm").mkdir()
    (tmp_path / "harm" / "sitecustomize.py").write_text(
        "import os, sys\nif 'spawn_main' in str(sys.orig_argv):\n    os._exit(1)\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "harm"), *sys.path]))
    with pytest.raises(ConfigError, match="3 workers died before they began"):
        archive(make_calls(2), tmp_path / "results", SMALL)


def test_results_elsewhere_are_refused(make_calls: MakeCalls) -> None:
    with pytest.raises(OutputError, match="results go to a folder of this machine"):
        archive(make_calls(1), "s3://bucket/results", SMALL)
