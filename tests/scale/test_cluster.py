"""On a Ray cluster the rows are the same, whatever dies; without Ray, its absence is told."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prosodyn.errors import ConfigError, MissingExtraError, OutputError
from prosodyn.scale import ArchiveSettings, Progress, archive
from prosodyn.scale.cluster import Actor, _step
from prosodyn.scale.places import Places
from prosodyn.scale.plan import Inputs, Model, Plan
from prosodyn.scale.shard import Task
from prosodyn.scale.steps import Step

MakeCalls = Callable[..., Path]
ReadRows = Callable[[Path], list[dict[str, Any]]]

ON_RAY = ArchiveSettings(n_workers=1, shard_size=4, cluster="local")
HERE = ArchiveSettings(n_workers=1, shard_size=4)

NOWHERE = Task(
    Path("nowhere"),
    Plan(Inputs("/calls", True, "/calls", "0", 4), Model("open", "open", "0", "none", ()), 4, "2025-01-31"),
    "run",
    600.0,
)


def test_what_an_actor_meets_is_raised_where_it_is_heard() -> None:
    answer = Actor(NOWHERE)({"shard": [3]})
    row = {name: cells[0] for name, cells in answer.items()}
    with pytest.raises(OutputError, match="nowhere: is not there for every worker"):
        _step(row)


def test_a_finished_shard_is_a_step() -> None:
    row = {"shard": 3, "n_rows": 4, "megabytes": 250.0, "fault": "", "told": []}
    assert _step(row) == Step(3, 4, True, 250.0)


def test_without_ray_it_is_named(
    make_calls: MakeCalls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'prosodyn\[scale\]'"):
        archive(make_calls(1), tmp_path / "results", ON_RAY)


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return Ray, and leave none of it running."""
    found = pytest.importorskip("ray", reason="needs pip install 'prosodyn[scale]'")
    yield found
    found.shutdown()


def asked(*words: object) -> list[int]:
    told = subprocess.run(["pgrep", *map(str, words)], capture_output=True, text=True, check=False)
    return [int(line) for line in told.stdout.split()]


def actors() -> list[int]:
    """Return the actors of a cluster that was started here, and of no other."""
    named = set(asked("-f", "ray::.*Map"))
    return [pid for node in asked("-P", os.getpid()) for pid in asked("-P", node) if pid in named]


@pytest.mark.filterwarnings("default")
def test_a_cluster_ends_what_one_machine_has_begun_and_survives_its_workers(
    ray: Any, make_calls: MakeCalls, tmp_path: Path, read_rows: ReadRows
) -> None:
    calls, results = make_calls(16), tmp_path / "results"
    archive(calls, results, HERE)
    expected = read_rows(results)
    for shard in (1, 2, 3):
        Places(results).shard(shard).unlink()
    killed: list[int] = []

    def kill(progress: Progress) -> None:
        if progress.stage == "answering" and not killed:
            killed.extend(actors())
            for worker in killed:
                os.kill(worker, signal.SIGKILL)

    summary = archive(calls, results, ON_RAY, kill)
    assert len(killed) == 1
    assert summary.run.n_rows == 12
    assert read_rows(results) == expected
    assert not actors()


@pytest.mark.filterwarnings("default")
def test_a_fault_on_a_cluster_ends_the_run_as_it_does_here(
    ray: Any, make_calls: MakeCalls, tmp_path: Path
) -> None:
    def take_away(progress: Progress) -> None:
        if progress.stage == "answering":
            shutil.rmtree(tmp_path / "results" / "shards", ignore_errors=True)

    with pytest.raises(OutputError, match="cannot be written: No such file or directory"):
        archive(make_calls(40), tmp_path / "results", ON_RAY, take_away)
    assert not actors()


@pytest.mark.filterwarnings("default")
def test_a_full_disk_ends_the_whole_program_as_it_does_here_and_the_next_goes_on(
    ray: Any, make_calls: MakeCalls, small_disk: Path, read_rows: ReadRows
) -> None:
    words = ["archive", make_calls(40), "--out", small_disk, "--shard-size", 4, "--workers", 1]
    command = [sys.executable, "-m", "prosodyn", *map(str, words), "--cluster", "local"]
    (small_disk / "ballast").write_bytes(bytes(190_000))
    full = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    done = len(list(small_disk.glob("shards/*.parquet")))
    (small_disk / "ballast").unlink()
    rest = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (full.returncode, rest.returncode) == (10, 0), full.stderr + rest.stderr
    assert "No space left on device" in full.stderr
    assert 1 <= done < 10
    assert [row["position"] for row in read_rows(small_disk)] == list(range(40))


@pytest.mark.filterwarnings("default")
def test_a_cluster_that_is_not_there_is_told(ray: Any, make_calls: MakeCalls, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="auto: no Ray cluster can be reached there"):
        archive(make_calls(1), tmp_path / "results", ArchiveSettings(cluster="auto"))
