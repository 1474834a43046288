"""Processes that are started together, and end together, whatever ends one of them."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from prosodyn.errors import TrainingError
from prosodyn.training.launching import again, run_together

SOON = 20.0
"""Seconds, on a busy machine; those that wait would do so for longer."""

WAIT = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(143)); time.sleep(120)"


def program(*, first: str = WAIT, second: str = WAIT) -> list[str]:
    """Return a command that does one thing in the first of two processes, and another in the second."""
    return [sys.executable, "-c", f"import os, time\nif os.environ['RANK'] == '0': {first}\nelse: {second}"]


def test_each_process_knows_its_place_and_its_threads(tmp_path: Path) -> None:
    script = tmp_path / "tell.py"
    script.write_text(
        "import os, pathlib, sys\n"
        "names = 'RANK', 'WORLD_SIZE', 'LOCAL_RANK', 'LOCAL_WORLD_SIZE', 'OMP_NUM_THREADS'\n"
        "found = ' '.join(os.environ[name] for name in names)\n"
        "pathlib.Path(sys.argv[1], os.environ['RANK']).write_text(found)\n"
    )

    ending = run_together([sys.executable, str(script), str(tmp_path)], n_processes=3, n_threads=2)

    assert ending.exit_code == 0
    assert [(tmp_path / str(rank)).read_text().split() for rank in range(3)] == [
        [str(rank), "3", str(rank), "3", "2"] for rank in range(3)
    ]


@pytest.mark.parametrize("rank", [0, 1])
def test_a_killed_process_ends_the_others_and_is_named(rank: int) -> None:
    kill = "os.kill(os.getpid(), 9)"
    started = time.monotonic()

    with pytest.raises(TrainingError, match=f"rank {rank} of 2 processes was killed by SIGKILL"):
        run_together(program(**{("first", "second")[rank]: kill}), n_processes=2, n_threads=1)
    assert time.monotonic() - started < SOON


def test_a_death_after_the_first_has_written_all_is_none() -> None:
    ending = run_together(
        program(first="time.sleep(0.5)", second="os.kill(os.getpid(), 9)"), n_processes=2, n_threads=1
    )
    assert ending.exit_code == 0


def test_a_process_that_was_asked_to_end_is_named_as_well() -> None:
    with pytest.raises(TrainingError, match="rank 1 of 2 processes was killed by SIGTERM;"):
        run_together(program(second="raise SystemExit(128 + 15)"), n_processes=2, n_threads=1)


def test_what_another_than_the_first_failed_of_is_told() -> None:
    fail = "import sys; print('no such recording', file=sys.stderr); sys.exit(3)"

    ending = run_together(program(second=fail), n_processes=2, n_threads=1)

    assert (ending.exit_code, ending.told) == (3, "no such recording\n")


def test_what_all_fail_of_is_told_by_the_first(capfd: pytest.CaptureFixture[str]) -> None:
    fail = "import sys; print('the loss is nan', file=sys.stderr); sys.exit(7)"

    ending = run_together(program(first=fail, second=fail), n_processes=2, n_threads=1)

    assert (ending.exit_code, ending.told) == (7, "")
    assert capfd.readouterr().err == "the loss is nan\n"


def test_the_first_alone_is_heard_where_all_goes_well(capfd: pytest.CaptureFixture[str]) -> None:
    speak = "import sys; print('out', flush=True); print('beside', file=sys.stderr)"

    assert run_together(program(first=speak, second=speak), n_processes=2, n_threads=1).told == ""
    assert capfd.readouterr() == ("out\n", "beside\n")


def test_one_that_does_not_listen_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosodyn.training.launching.TIME_TO_LEAVE", 0.3)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(120)"
    kill = "import time; time.sleep(1); os.kill(os.getpid(), 9)"

    started = time.monotonic()
    with pytest.raises(TrainingError, match="rank 1 of 2"):
        run_together(program(first=deaf, second=kill), n_processes=2, n_threads=1)
    assert time.monotonic() - started < SOON


def test_a_process_ends_when_the_one_that_started_it_has_ended() -> None:
    waiting = "from prosodyn.training import meeting; meeting._end_with_parent(); print(flush=True)"
    command = [sys.executable, "-c", f"{waiting}\nimport time; time.sleep(120)"]

    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as started:
        assert started.stdin is not None
        assert started.stdout is not None
        started.stdout.readline()
        started.stdin.close()  # as the system does for whoever is killed
        assert started.wait(SOON) == 1


def test_the_command_is_the_same_once_more() -> None:
    done = subprocess.run(again(["--version"]), capture_output=True, text=True, check=True)

    assert done.stdout.startswith("prosodyn ")
