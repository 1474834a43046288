"""`prosodyn train` in several processes: killed and taken up, and under torchrun."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from prosodyn.bundle import read_card
from prosodyn.cli import together

Prosodyn = Callable[..., CompletedProcess[str]]

PROGRAM = """
import os
import sys
import time

from prosodyn.cli.main import run
from prosodyn.training import launching, loop

write = loop.write_checkpoint


def write_slowly(*found):
    write(*found)
    time.sleep(float(os.environ.get("SLOWLY", "0")))


loop.SECONDS_BETWEEN_CHECKPOINTS = -1.0
loop.write_checkpoint = write_slowly
launching.again = lambda words: [sys.executable, __file__, *words]

if __name__ == "__main__":
    run()
"""
"""The command line itself, which keeps a checkpoint of every epoch."""

N_EPOCHS = 12

AT_ONCE = 20.0
"""Seconds in which everything has ended that a killed process leaves, on a busy machine."""


LONGEST = 240.0
"""Seconds that a training takes, on a busy machine."""


@pytest.fixture
def steady(tiny: Path) -> Path:
    """Return the file of an experiment in which nothing is left to chance that depends on the process."""
    text = tiny.read_text(encoding="utf-8").replace("epochs = 2", f"epochs = {N_EPOCHS}")
    text = text.replace("[network]", "[network]\ndropout = 0.0") + "[augment]\nspeed = 0.1\nmixup = 0.3\n"
    tiny.write_text(text, encoding="utf-8")
    return tiny


@pytest.fixture
def program() -> Path:
    path = Path("program.py").resolve()
    path.write_text(PROGRAM, encoding="utf-8")
    return path


TrainInVain = Callable[[str, str], CompletedProcess[str]]


@pytest.fixture
def train_in_vain(
    prosodyn: Prosodyn, recordings: Path, steady: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TrainInVain]:
    """Return what trains by some more words where nothing can be started, and leaves nothing."""

    def type_in(words: str, size: str) -> CompletedProcess[str]:
        monkeypatch.delattr("prosodyn.training.launching.subprocess")
        if size:
            monkeypatch.setenv("RANK", "0")
            monkeypatch.setenv("WORLD_SIZE", size)
        return prosodyn("train", recordings, "--experiment", steady, "--out", "mine", *words.split())

    yield type_in
    assert not Path("mine.run").exists()


def losses(run: str) -> list[float]:
    """Return the loss of every epoch in the journal of a run, which tells each epoch once."""
    lines = [json.loads(line) for line in Path(run, "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["epoch"] for line in lines] == list(range(1, len(lines) + 1))
    return [line["loss"] for line in lines]


def rank_processes(parent: int, rank: int) -> Iterator[int]:
    """Yield the process of a rank, as soon as a process has started it."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            is_child = int((path / "stat").read_text().rpartition(") ")[2].split()[1]) == parent
            variables = (path / "environ").read_text(errors="replace").split("\0")
        except OSError:
            continue  # it has ended meanwhile
        if is_child and f"RANK={rank}" in variables:
            yield int(path.name)


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
def test_a_killed_process_ends_all_and_the_same_command_goes_on(
    prosodyn: Prosodyn, recordings: Path, steady: Path, program: Path
) -> None:
    words = ["train", str(recordings), "--experiment", str(steady), "--no-graph", "--out"]
    command = [sys.executable, str(program), *words, "two", "--processes", "2"]

    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "SLOWLY": "0.3"}
    ) as started:
        while not Path("two.run", "checkpoint.safetensors").exists():
            assert started.poll() is None
            time.sleep(0.02)
        (killed,) = rank_processes(started.pid, rank=1)
        others = list(rank_processes(started.pid, rank=0))
        os.kill(killed, signal.SIGKILL)
        _, told = started.communicate(timeout=AT_ONCE)

    assert started.returncode == 7
    (message,) = [line for line in told.splitlines() if line.startswith("prosodyn: ")]
    assert "rank 1 of 2 processes was killed by SIGKILL" in message
    assert "the same command goes on from the last checkpoint" in message
    assert "Traceback" not in told
    assert not [each for each in others if Path(f"/proc/{each}").exists()]
    assert not Path("two").exists()
    assert 1 <= len(losses("two.run")) < N_EPOCHS

    resumed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST)

    assert resumed.returncode == 0, resumed.stderr
    assert "going on where the run in two.run stopped" in resumed.stderr
    assert resumed.stdout.startswith("wrote two: dycnn_bilstm")
    assert {path.name for path in Path("two").iterdir()} == {"README.md", "card.json", "weights.safetensors"}
    assert [path.name for path in Path("two.run").iterdir()] == ["journal.jsonl"]
    assert prosodyn(*words, "one").returncode == 0
    assert losses("two.run") == pytest.approx(losses("one.run"), abs=1e-4)


def test_torchrun_starts_the_processes_as_well(prosodyn: Prosodyn, recordings: Path, steady: Path) -> None:
    """They hold speakers out, too."""
    held_out = steady.read_text(encoding="utf-8").replace("[training]", "[training]\nheld_out_folds = 3")
    steady.write_text(held_out, encoding="utf-8")
    words = ["train", str(recordings), "--experiment", str(steady), "--no-graph", "--out"]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]

    done = subprocess.run(
        [*torchrun, "-m", "prosodyn", *words, "two"],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("wrote two") == 1
    assert {path.name for path in Path("two").iterdir()} == {"README.md", "card.json", "weights.safetensors"}
    assert [path.name for path in Path("two.run").iterdir()] == ["journal.jsonl"]
    assert prosodyn(*words, "one").returncode == 0
    assert losses("two.run") == pytest.approx(losses("one.run"), abs=1e-4)
    one, two = (read_card(name) for name in ("one", "two"))
    assert one.held_out is not None
    assert two.held_out is not None
    assert two.held_out.truth_shares == pytest.approx(one.held_out.truth_shares, abs=1e-2)


@pytest.mark.parametrize(
    ("words", "size", "complaint"),
    [
        ("--processes 2 --device mps", "", "no 'mps' on this machine"),
        ("--processes 3", "2", "torchrun has started 2; leave --processes out"),
        ("", "two", "WORLD_SIZE: expected a whole number"),
        ("", "2", "start them by torchrun or --processes"),
        ("--processes 2 --experiment nothing", "", "nothing"),
    ],
)
def test_a_mistake_is_told_before_any_process_is_started(
    train_in_vain: TrainInVain, words: str, size: str, complaint: str
) -> None:
    done = train_in_vain(words, size)

    assert done.returncode == 2
    assert complaint in done.stderr


def test_classical_systems_are_fitted_by_one_process(train_in_vain: TrainInVain) -> None:
    done = train_in_vain("--processes 2 --system svm", "")

    assert done.returncode == 2
    assert "svm" in done.stderr


def test_threads_are_shared_out_of_the_cores_that_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together.os, "cpu_count", lambda: 64)
    monkeypatch.setattr(together.os, "sched_getaffinity", lambda _process: {0, 1, 2, 3}, raising=False)
    assert [together.threads_of_each(n) for n in (1, 2, 8)] == [4, 2, 1]
