"""Several processes of one command, started together and ended together."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prosodyn.errors import TrainingError
from prosodyn.training.meeting import LOCAL_RANK, LOCAL_SIZE, PLACE, RANK, SIZE

LOOK_AGAIN = 0.1
"""Seconds between two looks at the processes."""

OWN_WORDS = 2.0
"""Seconds in which the first process may end well, or say itself what another one failed of."""

TIME_TO_LEAVE = 5.0
"""Seconds between asking a process to end and ending it."""

_ASKED_TO_END = 128
"""And the number of the signal: the exit code of a process that a signal asked to end, and that did."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How processes ended.

    Attributes:
        exit_code: of the one that failed; zero where none did
        told: what it wrote beside the output, which nobody has seen; the first one's was seen
    """

    exit_code: int = 0
    told: str = ""


def run_together(command: Sequence[str], n_processes: int, n_threads: int) -> Ending:
    """Run a command in several processes, each of which knows its rank; where one fails, all end.

    What the first of them writes is seen as it is written. None outlives this process.

    Args:
        command: program and arguments
        n_processes: in all
        n_threads: of each

    Raises:
        TrainingError: one was killed
    """
    with tempfile.TemporaryDirectory(prefix="prosodyn-") as folder:
        variables = {**os.environ, PLACE: str(Path(folder, "meeting")), "OMP_NUM_THREADS": str(n_threads)}
        variables = {**_by_loopback(), **variables}
        with _started(command, n_processes, variables, Path(folder)) as ranks:
            failed = _wait_for_failure(ranks)
            if failed is None:
                return Ending()
            code = ranks[failed].returncode
            killed_by = -code if code < 0 else code - _ASKED_TO_END
            _wait(ranks[:1], OWN_WORDS)
            if ranks[0].returncode == 0:  # all is written
                return Ending()
            if killed_by > 0:
                raise TrainingError(_killed(failed, n_processes, signal.Signals(killed_by).name))
            if ranks[0].returncode:
                return Ending(ranks[0].returncode)
        told = _words(Path(folder), failed).read_text(encoding="utf-8", errors="replace")
    return Ending(code, told)


def again(arguments: Sequence[str]) -> list[str]:
    """Return the command that runs prosodyn once more."""
    return [sys.executable, "-m", "prosodyn", *arguments]


@contextmanager
def _started(
    command: Sequence[str], n_processes: int, variables: Mapping[str, str], folder: Path
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start processes, and end all that are left when the block ends, however it does."""
    ranks: list[subprocess.Popen[bytes]] = []
    sizes = {SIZE: str(n_processes), LOCAL_SIZE: str(n_processes)}
    try:
        for rank in range(n_processes):
            own = {**variables, **sizes, RANK: str(rank), LOCAL_RANK: str(rank)}
            with _words(folder, rank).open("wb") as words:
                started = subprocess.Popen(
                    command,
                    env=own,
                    # closed by the end of this process, whatever ends it, which tells them to end
                    stdin=subprocess.PIPE,
                    stdout=None if rank == 0 else subprocess.DEVNULL,
                    stderr=None if rank == 0 else words,
                    # Ctrl-C reaches this process alone, which passes it on
                    start_new_session=True,
                )
            ranks.append(started)
        yield ranks
    finally:
        _end(ranks)


def _end(ranks: Sequence[subprocess.Popen[bytes]]) -> None:
    for each in ranks:
        each.terminate()
    _wait(ranks, TIME_TO_LEAVE)
    for each in ranks:
        each.kill()
        each.wait()
        if each.stdin is not None:
            each.stdin.close()


def _wait(ranks: Sequence[subprocess.Popen[bytes]], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(each.poll() is None for each in ranks) and time.monotonic() < deadline:
        time.sleep(LOOK_AGAIN)


def _wait_for_failure(ranks: Sequence[subprocess.Popen[bytes]]) -> int | None:
    """Return the rank of the first that fails, a killed one before others; None where all end well."""
    while True:
        codes = [each.poll() for each in ranks]
        failed = [rank for rank, code in enumerate(codes) if code]
        if failed:
            return min(failed, key=lambda rank: codes[rank] or 0)
        if all(code == 0 for code in codes):
            return None
        time.sleep(LOOK_AGAIN)


def _killed(rank: int, n_processes: int, name: str) -> str:
    cause = ", most likely because memory ran out" if name == "SIGKILL" else ""
    return (
        f"training: rank {rank} of {n_processes} processes was killed by {name}{cause}; "
        "the others were ended; the same command goes on from the last checkpoint"
    )


def _words(folder: Path, rank: int) -> Path:
    """Return the file of what a process writes beside the output."""
    return folder / f"rank-{rank}.txt"


def _by_loopback() -> dict[str, str]:
    """Return what lets processes of one machine reach each other without any network."""
    names = [name for _, name in socket.if_nameindex() if name.startswith("lo")]
    return {"GLOO_SOCKET_IFNAME": names[0]} if names else {}
