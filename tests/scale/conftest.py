"""Fixtures: folders of short recordings, and what their archive must look like."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

pytest.importorskip("pyarrow", reason="needs pip install 'prosodyn[archive]'")

import pyarrow as pa
from pyarrow import parquet

from prosodyn.corpora import toy

EMOTIONS = ("anger", "sadness", "neutral", "happiness")
SPEAKERS = ("f1", "m1")

MakeCalls = Callable[..., Path]
ReadRows = Callable[[Path], list[dict[str, Any]]]


def write_call(path: Path, number: int, seconds: float = 0.5) -> None:
    """Write a short recording, another for each number."""
    samples = toy.recording(EMOTIONS[number % 4], SPEAKERS[number // 4 % 2], seed=number)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples[: round(16_000 * seconds)], 16_000)


@pytest.fixture
def make_calls(tmp_path: Path) -> MakeCalls:
    """Return what makes a folder of so many recordings, `a00.wav` and so on."""

    def make(count: int, name: str = "calls") -> Path:
        for number in range(count):
            write_call(tmp_path / name / f"a{number:02d}.wav", number)
        return tmp_path / name

    return make


@pytest.fixture
def read_rows() -> ReadRows:
    """Return what reads all rows of an archive, in the order of the shards' names."""

    def read(results: Path) -> list[dict[str, Any]]:
        shards = [parquet.read_table(path) for path in sorted(results.glob("shards/*.parquet"))]
        rows: list[dict[str, Any]] = pa.concat_tables(shards).to_pylist()
        return rows

    return read


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return the folder of a disk of 256 kB."""
    (tmp_path / "results").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(tmp_path / "results")]
    try:
        made = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        made = False
    if not made:
        pytest.skip("no small disk can be made here; it takes Linux and its administrator")
    yield tmp_path / "results"
    subprocess.run(["umount", "--lazy", str(tmp_path / "results")], check=True)
