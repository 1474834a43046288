"""Kill an archive at random moments and count its rows, or measure how it scales.

    python benchmarks/archive.py chaos --rows 100000 --kills 24
    python benchmarks/archive.py chaos --rows 100000 --kills 24 --cluster local
    python benchmarks/archive.py scaling --rows 4000 --workers 1 2 --rounds 3

A list repeats the shortest clips of the corpora, with rows among them that cannot be answered. `chaos` runs
`prosodyn archive` on it and, when so many rows are done as a random number says, kills a worker or the
program itself (`kill -9`), or fills the disk that the results lie on; it then types the same command again.
In the end each row of the list must have exactly one row, and the same clip the same answer wherever it
stands. A full disk takes Linux and its administrator, since a small one is made in memory. `scaling` runs it
undisturbed with several numbers of workers in turns; what it tells of the processor's time does not depend
on what else the machine is doing.
"""

import argparse
import json
import os
import random
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from archive_rows import faults_in, write_list

from prosodyn import __version__
from prosodyn.bundle import DEFAULT
from prosodyn.files import write_text

OUT = Path(__file__).resolve().parent / "scale"
FULL_DISK = 10
"""The exit code of a run that cannot write."""

PATIENCE = 900
"""Seconds that a run may take to end after a full disk, on a busy machine."""

KINDS = ("worker", "driver", "disk")


def command(source: Path, results: Path, asked: argparse.Namespace, n_workers: int) -> list[str]:
    words = ["archive", source, "--out", results, "--workers", n_workers, "--shard-size", asked.shard_size]
    words += ["--cluster", asked.cluster] if asked.cluster else []
    return [sys.executable, "-m", "prosodyn", *map(str, words), "--json"]


def descendants(pid: int) -> dict[int, str]:
    """Return the processes below one, and what they are called."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(after_name[1]), []).append(int(entry.name))
    found, waiting = {}, [pid]
    while waiting:
        for child in parents.get(waiting.pop(), ()):
            waiting.append(child)
            try:
                found[child] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
    return found


def workers_of(pid: int) -> list[int]:
    below = descendants(pid)
    return [child for child, name in below.items() if "spawn_main" in name or re.match("ray::.*Map", name)]


def held_by(pid: int) -> float:
    """Return the most memory that a process has held so far, in MB."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return max(
        (int(line.split()[1]) / 1e3 for line in status.splitlines() if line.startswith("VmHWM")), default=0
    )


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """Make a disk in memory, where that is allowed, and tell whether it is one."""
    folder.mkdir(parents=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    try:
        yield made.returncode == 0
    finally:
        if made.returncode == 0:
            subprocess.run(["umount", "--lazy", folder], check=True)


class Chaos:
    """Runs one archive, and what happens to it."""

    def __init__(self, source: Path, results: Path, asked: argparse.Namespace, has_disk: bool) -> None:
        self.results, self.asked = results, asked
        self.words = command(source, results, asked, asked.workers[-1])
        self.rng = random.Random(asked.seed)
        self.kinds = KINDS if has_disk else KINDS[:2]
        self.struck = dict.fromkeys(self.kinds, 0)
        self.megabytes = 0.0
        self.starts = 0

    def start(self) -> subprocess.Popen[str]:
        self.starts += 1
        with (self.results.parent / "log").open("a") as log:
            return subprocess.Popen(self.words, stdout=subprocess.PIPE, stderr=log, text=True)

    def give_up(self, why: str) -> NoReturn:
        print((self.results.parent / "log").read_text()[-5_000:])
        raise SystemExit(why)

    def done(self) -> int:
        return len(list(self.results.glob("shards/shard-*.parquet"))) * self.asked.shard_size

    def wait_for(self, driver: subprocess.Popen[str], rows: float) -> bool:
        """Wait until so many rows are done and a worker is at work; tell whether the run goes on."""
        while driver.poll() is None:
            workers = workers_of(driver.pid)
            self.megabytes = max([self.megabytes, *map(held_by, workers)])
            if self.done() >= rows and workers:
                time.sleep(self.rng.uniform(0, 3))
                return driver.poll() is None
            time.sleep(0.5)
        return False

    def strike(self, driver: subprocess.Popen[str], kind: str) -> subprocess.Popen[str]:
        """Do harm, and return what goes on."""
        if kind == "worker":
            workers = workers_of(driver.pid)
            if workers:
                os.kill(self.rng.choice(workers), signal.SIGKILL)
                self.struck[kind] += 1
            return driver
        if kind == "driver":
            driver.kill()
            driver.wait()
        else:
            ballast = self.results / "ballast"
            fill(ballast)
            code = driver.wait(PATIENCE)
            ballast.unlink()
            if code != FULL_DISK:
                self.give_up(f"a full disk ended the run with {code}, expected {FULL_DISK}")
        self.struck[kind] += 1
        return self.start()

    def run(self) -> dict[str, Any]:
        """Run until all is done."""
        started = time.monotonic()
        moments = sorted(self.rng.uniform(0, 0.97 * self.asked.rows) for _ in range(self.asked.kills))
        driver = self.start()
        for place, rows in enumerate(moments):
            kind = self.kinds[place % len(self.kinds)]
            if not self.wait_for(driver, rows):
                self.give_up(f"the run ended with {driver.returncode} before all harm was done")
            driver = self.strike(driver, kind)
            print(f"{time.monotonic() - started:7.0f} s, {self.done():,} rows: {kind}", flush=True)
        self.wait_for(driver, self.asked.rows + 1)
        if driver.returncode != 0:
            self.give_up(f"the run ended with {driver.returncode}")
        assert driver.stdout is not None
        return {
            "struck": self.struck,
            "starts": self.starts,
            "seconds": round(time.monotonic() - started, 1),
            "megabytes_a_worker": round(self.megabytes),
            "summary": {
                key: value
                for key, value in json.load(driver.stdout).items()
                if key in {"n_rows", "n_failed", "hours", "errors", "run"}
            },
        }


def fill(ballast: Path) -> None:
    """Take all room that a disk has left."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def chaos(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    names = write_list(folder / "list.csv", asked.rows)
    results = folder / "results"
    with small_disk(results, 64 + asked.rows // 2_000) as has_disk:
        told = Chaos(folder / "list.csv", results, asked, has_disk).run()
        told["faults"] = faults_in(results, names)
    return told


def scaling(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    write_list(folder / "list.csv", asked.rows)
    runs: dict[int, list[dict[str, float]]] = {n: [] for n in asked.workers}
    for turn in range(asked.rounds):
        for n in asked.workers:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            words = command(folder / "list.csv", folder / f"results-{n}-{turn}", asked, n)
            told = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)["run"]
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            runs[n].append(
                {
                    "rows_a_second": round(told["n_rows"] / told["seconds"], 2),
                    # Ray's processes are nobody's children, so that their time is not known
                    "processor_ms_a_row": round(1000 * spent / told["n_rows"], 1),
                    "megabytes_a_worker": round(told["megabytes"]),
                    "load_before": round(os.getloadavg()[0], 1),
                }
            )
            print(n, runs[n][-1], flush=True)
    rates = {n: statistics.median(run["rows_a_second"] for run in each) for n, each in runs.items()}
    first = min(rates)
    return {"runs": runs, "times_as_fast": {n: round(rate / rates[first], 2) for n, rate in rates.items()}}


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("chaos", "scaling"))
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--workers", type=int, nargs="+", default=[2])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--shard-size", type=int, default=500)
    parser.add_argument("--cluster", help="of Ray, such as local; processes of this machine by default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        measured = {
            "command": " ".join(["python", "benchmarks/archive.py", *(words or sys.argv[1:])]),
            "version": __version__,
            "bundle": DEFAULT,
            "cores": os.cpu_count(),
            "engine": "ray" if asked.cluster else "local",
            "rows": asked.rows,
            "shard_size": asked.shard_size,
            **{"chaos": chaos, "scaling": scaling}[asked.what](asked, Path(folder)),
        }
    print(json.dumps(measured, indent=2))
    write_text(
        asked.out or OUT / f"{asked.what}-{measured['engine']}.json", json.dumps(measured, indent=2) + "\n"
    )
    if measured.get("faults"):
        raise SystemExit("rows are missing or differ")


if __name__ == "__main__":
    main()
