"""The recordings of a run, numbered and written down once, so that every worker finds its own.

The lists lie beside the results, `PART_SHARDS` shards in a file and each shard a row group, so that a worker
reads what it needs whatever the size of the whole, and nobody holds the whole in memory.
"""

import hashlib
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pyarrow as pa
from pyarrow import parquet

from prosodyn.audio import SUFFIXES as AUDIO
from prosodyn.errors import CorpusError, CorpusNotFoundError, ManifestError, OutputError
from prosodyn.files import is_hidden, reaching, settle, walk
from prosodyn.scale.manifests import BATCH, PATH, encoded, ending_of, hash_of, open_source, read_tables
from prosodyn.scale.manifests import SUFFIXES as MANIFESTS
from prosodyn.scale.ours import remove_list
from prosodyn.scale.places import PART_SHARDS, Places
from prosodyn.scale.plan import SHARD_SIZE, Inputs, Model, Plan
from prosodyn.scale.remote import refuse_unknown, refuse_unreachable, scheme_of, walk_remote

ROUNDS = 4
"""Shards for each worker, at least, so that none waits long for the last."""

OWN = "manifest_"
"""Before the names of a manifest's own columns, so that a column called `emotion` hides no answer."""

_FOLDER = pa.schema([(PATH, pa.binary())])


def locate(source: str) -> tuple[str, bool]:
    """Return a manifest's or folder's absolute path or URL, and whether it is a folder.

    Raises:
        CorpusNotFoundError: there is no such thing
        ManifestError: a file that is no manifest, by its ending
    """
    if scheme := scheme_of(source):
        refuse_unknown(scheme)
        is_folder = PurePosixPath(source.split("?", maxsplit=1)[0]).suffix.lower() not in MANIFESTS
        return source.rstrip("/"), is_folder
    path = Path(source)
    with reaching(path, CorpusNotFoundError):
        if not path.exists():
            raise CorpusNotFoundError(
                f"{path}: does not exist; name a folder of recordings or a list of them"
            )
        is_folder = path.is_dir()
    if not is_folder:
        ending_of(source)
    return os.path.abspath(path), is_folder  # noqa: PTH100 (a link keeps its name)


def list_inputs(
    source: str, places: Places, model: Model, size: "ShardSize", progress: Callable[[int], None]
) -> Plan:
    """Write down all recordings; what an earlier attempt has left is begun anew.

    Args:
        source: path or URL of a manifest or folder
        places: of the results
        model: that will answer
        size: of the shards
        progress: is told how many have been listed

    Raises:
        CorpusError: no recordings, or a manifest or folder that cannot be used
        OutputError: the lists cannot be written
        MissingExtraError: a URL, for which a package is missing
    """
    source, is_folder = locate(source)
    listed = _Listed()
    tables = _folder_tables(source, listed) if is_folder else _manifest_tables(source, listed)
    tables = _counted(tables, listed, progress)
    try:
        places.lists.mkdir(parents=True, exist_ok=True)
        remove_list(places)
        shard_size, tables = size.settle(tables)
        _write(tables, places, shard_size)
    except OSError as fault:
        raise OutputError(
            f"{places.lists}: cannot be written: {fault.strerror or fault}; make room, or go elsewhere"
        ) from fault
    if not listed.n_rows:
        kind = CorpusError if is_folder else ManifestError
        raise kind(f"{source}: holds no recordings; name a folder or a list that does")
    refuse_unreachable(tuple(sorted(listed.schemes)))
    inputs = Inputs(
        source=source,
        is_folder=is_folder,
        root=source if is_folder else _folder_of(source),
        sha256=listed.digest.hexdigest() if is_folder else hash_of(source),
        n_rows=listed.n_rows,
    )
    return Plan(inputs, model, shard_size, datetime.now(UTC).isoformat(timespec="seconds"))


def refuse_other_inputs(plan: Plan, path: Path, source: str) -> None:
    """Raise where a run is to go on with other recordings than it was begun with.

    A manifest is compared by its content. A folder is not looked through again, which may take hours: what
    was listed is what is answered.

    Args:
        plan: as it was begun
        path: of the plan
        source: that is named now

    Raises:
        OutputError: it was begun with others
        CorpusError: the manifest cannot be read
        MissingExtraError: a URL, for which a package is missing
    """
    now, _ = locate(source)
    rest = "go on with that, or choose another --out"
    if now != plan.inputs.source:
        raise OutputError(f"{path}: was begun with {plan.inputs.source}, not {now}; {rest}")
    if not plan.inputs.is_folder and hash_of(now) != plan.inputs.sha256:
        raise OutputError(
            f"{path}: was begun with {now} of {plan.created}, whose content has changed since; {rest}"
        )


def read_listed(places: Places, shard: int) -> pa.Table:
    """Read the recordings of a shard.

    Returns:
        `path`, as bytes, and the manifest's own columns under names that begin with `OWN`

    Raises:
        OutputError: the list is not there any more, or broken
    """
    path = places.part(shard // PART_SHARDS)
    try:
        with parquet.ParquetFile(path) as file:
            return file.read_row_group(shard % PART_SHARDS)
    except (OSError, pa.ArrowException, IndexError) as fault:
        raise OutputError(
            f"{path}: cannot be read: {fault}; put the list back, or choose another --out"
        ) from fault


@dataclass(frozen=True, slots=True)
class ShardSize:
    """How many recordings a shard holds.

    Attributes:
        wanted: that somebody asked for; None for `plan.SHARD_SIZE`, or fewer where the list is so short that
            some workers would have nothing to do
        n_workers: that are expected
    """

    wanted: int | None
    n_workers: int = 1

    def settle(self, tables: Iterator[pa.Table]) -> tuple[int, Iterator[pa.Table]]:
        """Return the size, and the tables, of which no more are held than it takes to know it."""
        if self.wanted is not None:
            return self.wanted, tables
        n_shards = ROUNDS * self.n_workers
        held: list[pa.Table] = []
        n_held = 0
        for table in tables:
            held.append(table)
            n_held += len(table)
            if n_held >= n_shards * SHARD_SIZE:
                return SHARD_SIZE, itertools.chain(held, tables)
        return max(1, -(-n_held // n_shards)), iter(held)


class _Listed:
    """What is learnt while recordings are listed."""

    def __init__(self) -> None:
        self.n_rows = 0
        self.schemes: set[str] = set()
        self.digest = hashlib.sha256()


def _folder_of(source: str) -> str:
    return source.rpartition("/")[0] if scheme_of(source) else str(Path(source).parent)


def _counted(
    tables: Iterator[pa.Table], listed: _Listed, progress: Callable[[int], None]
) -> Iterator[pa.Table]:
    """Count and tell of recordings as they are found, before any are held."""
    for table in tables:
        listed.n_rows += len(table)
        progress(listed.n_rows)
        yield table


def _manifest_tables(source: str, listed: _Listed) -> Iterator[pa.Table]:
    with open_source(source) as stream:
        for table in read_tables(source, stream):
            for path in table[PATH].to_pylist():
                if b":" in path and (scheme := scheme_of(path.decode("utf-8", "replace"))):
                    listed.schemes.add(scheme)
            yield table.rename_columns(
                [name if name == PATH else f"{OWN}{name}" for name in table.column_names]
            )


def _folder_tables(source: str, listed: _Listed) -> Iterator[pa.Table]:
    """Give the recordings of a folder, in the order of folders and names."""
    held: list[bytes] = []
    for folder, names in _folders(source):
        for name in sorted(names):
            if is_hidden(name) or PurePosixPath(name).suffix.lower() not in AUDIO:
                continue
            held.append(encoded(f"{folder}/{name}" if folder else name))
            listed.digest.update(held[-1] + b"\0")
            if len(held) == BATCH:
                yield pa.table({PATH: held}, schema=_FOLDER)
                held = []
    if held:
        yield pa.table({PATH: held}, schema=_FOLDER)


def _folders(source: str) -> Iterator[tuple[str, list[str]]]:
    if scheme_of(source):
        yield from walk_remote(source)
        return
    for folder, names in walk(Path(source), CorpusError):
        inner = folder.relative_to(source).as_posix()
        yield ("" if inner == "." else inner), names


def _write(tables: Iterator[pa.Table], places: Places, shard_size: int) -> None:
    """Write lists, each shard a row group."""
    n_shards = 0
    writer: parquet.ParquetWriter | None = None
    try:
        for shard in _evenly(tables, shard_size):
            if n_shards % PART_SHARDS == 0:
                if writer is not None:
                    writer.close()
                writer = parquet.ParquetWriter(
                    places.part(n_shards // PART_SHARDS), shard.schema, compression="zstd"
                )
            assert writer is not None
            writer.write_table(shard, row_group_size=shard_size)
            n_shards += 1
    finally:
        if writer is not None:
            writer.close()
    for path in places.lists.iterdir():
        settle(path)


def _evenly(tables: Iterator[pa.Table], size: int) -> Iterator[pa.Table]:
    """Cut and join tables to one size; the last may be smaller."""
    held: list[pa.Table] = []
    n_held = 0
    for table in tables:
        held.append(table)
        n_held += len(table)
        if n_held < size:
            continue
        joined = pa.concat_tables(held)
        n_whole = n_held - n_held % size
        yield from (joined.slice(place, size).combine_chunks() for place in range(0, n_whole, size))
        held, n_held = [joined.slice(n_whole)], n_held % size
    if n_held:
        yield pa.concat_tables(held).combine_chunks()
