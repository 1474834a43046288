"""One shard, from the list to its finished file: the same work whoever hands it out."""

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from prosodyn.errors import CorpusNotFoundError, FatalAudioError, ManifestError, OutputError
from prosodyn.files import write_durably
from prosodyn.scale.answering import answer, load_recogniser
from prosodyn.scale.fetching import Fetcher
from prosodyn.scale.listing import read_listed
from prosodyn.scale.manifests import PATH
from prosodyn.scale.notes import DEATHS, Note
from prosodyn.scale.places import Places
from prosodyn.scale.plan import Plan
from prosodyn.scale.remote import scheme_of
from prosodyn.scale.rows import ERROR_CLASS, Row, failure_row, schema_of, spelt, to_table
from prosodyn.scale.watch import Watch

Report = Callable[[int], None]
"""Is told how many rows of a shard are ready."""


@dataclass(frozen=True, slots=True)
class Task:
    """What every worker of a run is told.

    Attributes:
        folder: of the results
        plan: of the run
        run: names this attempt at it
        patience: seconds that a recording may take to be read, or ten minutes of a long one
        retries: whether finished shards are gone through again for what failed
    """

    folder: Path
    plan: Plan
    run: str
    patience: float
    retries: bool = False


class Worker:
    """Answers shards, one after the other, with one recogniser."""

    def __init__(self, task: Task) -> None:
        """Load the recogniser.

        Raises:
            BundleError: it is not there, or another than the run was begun with
            MissingExtraError: it needs a package that is not installed
            OutputError: the results are not there, or there is no place for copies of distant recordings
        """
        pa.set_cpu_count(1)
        self._task, self._places = task, Places(task.folder)
        if not self._places.plan.exists():
            raise OutputError(
                f"{task.folder}: is not there for every worker; let it lie on a disk that all nodes share"
            )
        self._recogniser = load_recogniser(task.plan.model)
        inputs = task.plan.inputs
        self._fetcher = Fetcher(inputs.root, _scratch(task), is_folder=inputs.is_folder)
        self._watch = Watch(task.patience)

    def answer(self, shard: int, report: Report) -> int:
        """Answer a shard, unless it is done; afterwards it is there, whole.

        Returns:
            how many rows were answered, and not found

        Raises:
            OutputError: it cannot be written, or the list is gone
            CorpusNotFoundError: the folder of the recordings is gone
        """
        path = self._places.shard(shard)
        done = path.exists()
        if done and not self._task.retries:
            return 0
        listed = read_listed(self._places, shard)
        schema = schema_of(
            self._task.plan, pa.schema([field for field in listed.schema if field.name != PATH])
        )
        before = _answered_before(path) if done else {}
        if len(before) == len(listed):
            return 0
        with Note(self._places.note(shard), self._task.run) as note:
            rows = []
            for row in self._rows(listed, shard, note, before):  # as they come, so that they are reported
                rows.append(row)
                report(len(rows))
            note.reading()
            table = to_table(rows, self._task.plan.rows_of(shard), listed, schema)
            self._refuse_lost_folder(rows)
            write_durably(path, _packed(table))
        return len(rows) - len(before)

    def _rows(self, listed: pa.Table, shard: int, note: Note, before: Mapping[int, Row]) -> Iterator[Row]:
        """Yield the rows of a shard, in order."""
        positions = self._task.plan.rows_of(shard)
        paths = [path.decode("utf-8", "surrogateescape") for path in listed[PATH].to_pylist()]
        kept = dict(before)
        kept |= {
            place: self._fatal(listed[PATH][place].as_py())
            for place, position in enumerate(positions)
            if note.is_fatal(position)
        }
        kept |= {
            place: failure_row(ManifestError(f"row {positions[place]} of the list names no recording"))
            for place, path in enumerate(paths)
            if not path
        }
        coming = self._fetcher.ahead(path for place, path in enumerate(paths) if place not in kept)
        for place, position in enumerate(positions):
            if place in kept:
                yield kept[place]
                continue
            note.reading(position)
            self._watch.move()
            yield answer(self._recogniser, next(coming), self._watch.move)
            self._watch.rest()

    def _fatal(self, path: bytes) -> Row:
        return failure_row(
            FatalAudioError(
                f"{spelt(path)}: {DEATHS} workers died while they read it, of a crash, for want of memory, "
                f"or because it took longer than {self._task.patience:g} s; look at it, or take fewer workers"
            )
        )

    def _refuse_lost_folder(self, rows: list[Row]) -> None:
        """Raise, rather than call recordings missing, where a disk is gone."""
        root = self._task.plan.inputs.root
        failed = any(row.get(ERROR_CLASS) is not None for row in rows)
        if failed and not scheme_of(root) and not Path(root).is_dir():
            raise CorpusNotFoundError(f"{root}: is not there any more; see to it that its disk is, and go on")


def _answered_before(path: Path) -> dict[int, Row]:
    """Return the rows of a shard that hold an answer, by their places in it."""
    rows: list[Row] = read_shard(path).to_pylist()
    return {place: row for place, row in enumerate(rows) if row[ERROR_CLASS] is None}


def read_shard(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a finished shard.

    Args:
        path: of its file
        columns: which; all by default

    Raises:
        OutputError: it is broken
    """
    try:
        with parquet.ParquetFile(path) as file:
            return file.read(columns)
    except (OSError, pa.ArrowException) as fault:
        raise OutputError(f"{path}: cannot be read: {fault}; remove it, and go on") from fault


def _packed(table: pa.Table) -> bytes:
    """Return a table as a file; it is written by Python, which names what a disk refuses."""
    stream = io.BytesIO()
    parquet.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _scratch(task: Task) -> Path:
    """Make a folder for copies of this run, and remove what killed runs have left on this machine."""
    own = hashlib.sha256(os.fsencode(task.folder)).hexdigest()[:16]
    above = Path(tempfile.gettempdir(), f"prosodyn-archive-{own}")
    scratch = above / task.run
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        for other in above.iterdir():
            if other != scratch:
                shutil.rmtree(other, ignore_errors=True)
    except OSError as fault:
        raise OutputError(
            f"{scratch}: cannot be made: {fault.strerror}; name another place by TMPDIR"
        ) from fault
    return scratch


def remove_scratch(task: Task) -> None:
    """Remove the copies of a run from this machine, when its workers have ended."""
    shutil.rmtree(_scratch(task).parent, ignore_errors=True)
