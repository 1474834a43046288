"""Lists of recordings, read row by row: CSV, JSON Lines or Parquet, however long.

Every list has a column `path`; whatever else a row says is carried to its answer. Unlike a manifest of a
corpus, it need not name emotions and speakers, and may name a recording twice.
"""

import csv
import hashlib
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, cast

import pyarrow as pa
from pyarrow import parquet

from prosodyn.errors import ManifestError
from prosodyn.files import reaching
from prosodyn.formats.text import writable
from prosodyn.scale.remote import open_remote, scheme_of

PATH = "path"
TABLES, LINES, PARQUET = (".csv", ".tsv"), (".jsonl", ".ndjson"), (".parquet",)
SUFFIXES = (*TABLES, *LINES, *PARQUET)

LOOK_AHEAD = 10_000
"""Lines of JSON whose keys make the columns; a new one further down is refused."""

BATCH = 1000
"""Rows that are held at a time."""

_PIECES = ("start", "end")

Cells = Mapping[str, str | None]


def open_source(source: str) -> IO[bytes]:
    """Open a manifest, here or elsewhere.

    Raises:
        ManifestError: it cannot be opened
        MissingExtraError: a URL, and fsspec is not installed
    """
    if scheme_of(source):
        return open_remote(source, ManifestError)
    path = Path(source)
    with reaching(path, ManifestError):
        if path.exists() and not path.is_file():
            raise ManifestError(f"{path}: is not a file; name a manifest or a folder")
        return path.open("rb")


def hash_of(source: str) -> str:
    """Return the SHA-256 of a manifest's content.

    Raises:
        ManifestError: as `open_source`
    """
    with open_source(source) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def ending_of(source: str) -> str:
    """Return the ending of a manifest's name, in lower case.

    Raises:
        ManifestError: none that is known
    """
    ending = PurePosixPath(source.replace("\\", "/")).suffix.lower()
    if ending not in SUFFIXES:
        raise ManifestError(f"{source}: ends with '{ending}', expected one of {', '.join(SUFFIXES)}")
    return ending


def read_tables(source: str, stream: IO[bytes]) -> Iterator[pa.Table]:
    """Read a manifest piece by piece.

    Args:
        source: its name, whose ending says what it is
        stream: its content

    Yields:
        tables of one schema: `path`, as bytes, empty where a row has none, then what else the rows say

    Raises:
        ManifestError: it is not what its ending says, or its columns cannot be used
    """
    ending = ending_of(source)
    if ending in PARQUET:
        yield from _parquet(source, stream)
        return
    text = io.TextIOWrapper(cast("io.BufferedReader", stream), "utf-8-sig", newline="")
    rows = _table_rows(source, text) if ending in TABLES else _line_rows(source, text)
    try:
        yield from _gathered(rows)
    except UnicodeDecodeError as fault:
        raise ManifestError(f"{source}: is not UTF-8: {fault.reason}; save the list as UTF-8") from fault
    finally:
        text.detach()  # whoever has opened the stream closes it


def _gathered(rows: Iterable[tuple[list[str], Cells]]) -> Iterator[pa.Table]:
    """Make tables of rows, each of which comes with the columns."""
    schema: pa.Schema | None = None
    held: list[Cells] = []
    for columns, cells in rows:
        if schema is None:
            schema = pa.schema(
                [(PATH, pa.binary()), *((name, pa.string()) for name in columns if name != PATH)]
            )
        held.append(cells)
        if len(held) == BATCH:
            yield _to_table(held, schema)
            held = []
    if held and schema is not None:
        yield _to_table(held, schema)


def _to_table(rows: list[Cells], schema: pa.Schema) -> pa.Table:
    columns = {
        name: [encoded(row.get(name) or "") for row in rows]
        if name == PATH
        else [None if not (cell := row.get(name)) else writable(cell) for row in rows]
        for name in schema.names
    }
    return pa.table(columns, schema=schema)


def encoded(path: str) -> bytes:
    """Return a path as the system spells it, one that it cannot spell as nearly as possible."""
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return writable(path).encode()


def refuse_columns(source: str, columns: list[str]) -> None:
    """Raise where the columns of a list are of no use.

    Raises:
        ManifestError: no `path`, a column that stands there twice, or has no name
    """
    if PATH not in columns:
        raise ManifestError(
            f"{source}: has no column '{PATH}', only {columns}; name the recordings' column so"
        )
    for column in columns:
        if columns.count(column) > 1 or not column:
            raise ManifestError(f"{source}: column '{column}' is there twice or has no name; name each apart")


def _table_rows(source: str, text: io.TextIOWrapper) -> Iterator[tuple[list[str], Cells]]:
    columns, separator, n_before, lines = _split_header(source, text)
    refuse_columns(source, columns)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            line = n_before + reader.line_num
            if len(cells) != len(columns):
                raise ManifestError(f"{source}, line {line}: has {len(cells)} cells, expected {len(columns)}")
            row = dict(zip(columns, cells, strict=True))
            _refuse_piece(row, f"{source}, line {line}")
            yield columns, row
    except csv.Error as fault:
        line = n_before + reader.line_num
        raise ManifestError(f"{source}, line {line}: is not CSV: {fault}; save the list again") from fault


def _split_header(source: str, text: io.TextIOWrapper) -> tuple[list[str], str, int, Iterator[str]]:
    """Return the columns, what separates them, and how many lines they take, with the lines after those.

    The separator is the one that makes most columns, one of them `path`; a name in quotes may hold another
    one, or a line's end.
    """
    n_blank, first = 0, text.readline()
    while first and not first.strip():
        n_blank, first = n_blank + 1, text.readline()
    seen = [first]
    found: list[tuple[bool, int, list[str], str, int]] = []
    for separator in ",;\t":
        reader = csv.reader(_again(seen, text), delimiter=separator, skipinitialspace=True)
        try:
            columns = [name.strip() for name in next(reader, [])]
        except csv.Error:  # quotes that do not end, read so
            continue
        found.append((PATH in columns, len(columns), columns, separator, reader.line_num))
    if not found:
        raise ManifestError(f"{source}, line {n_blank + 1}: is not CSV; save the list again")
    _, _, columns, separator, n_lines = max(found, key=lambda each: each[:2])
    return columns, separator, n_blank + n_lines, itertools.chain(seen[n_lines:], text)


def _again(seen: list[str], text: io.TextIOWrapper) -> Iterator[str]:
    """Give lines that were read before, then new ones, which are kept."""
    yield from seen
    while line := text.readline():
        seen.append(line)
        yield line


def _line_rows(source: str, text: io.TextIOWrapper) -> Iterator[tuple[list[str], Cells]]:
    rows = _parsed_lines(source, text)
    ahead = [row for _, row in zip(range(LOOK_AHEAD), rows, strict=False)]
    columns = list(dict.fromkeys(key for _, row in ahead for key in row))
    if columns:
        refuse_columns(source, columns)
    for line, row in _chained(ahead, rows):
        if not row.keys() <= set(columns):
            key = next(key for key in row if key not in columns)
            raise ManifestError(
                f"{source}, line {line}: '{key}' is new; let it stand in one of the first {LOOK_AHEAD} lines"
            )
        cells = {key: _spelt(cell) for key, cell in row.items()}
        _refuse_piece(cells, f"{source}, line {line}")
        yield columns, cells


def _chained(
    ahead: list[tuple[int, dict[str, object]]], rows: Iterator[tuple[int, dict[str, object]]]
) -> Iterator[tuple[int, dict[str, object]]]:
    yield from ahead
    ahead.clear()
    yield from rows


def _parsed_lines(source: str, text: Iterable[str]) -> Iterator[tuple[int, dict[str, object]]]:
    for line, content in enumerate(text, start=1):
        if not content.strip():
            continue
        try:
            cells = json.loads(content)
        except (ValueError, RecursionError) as fault:
            raise ManifestError(
                f"{source}, line {line}: is not JSON: {fault}; save the list again"
            ) from fault
        if not isinstance(cells, dict):
            raise ManifestError(f"{source}, line {line}: holds no object in braces; write one a line")
        yield line, cells


def _spelt(cell: object) -> str | None:
    return cell if cell is None or isinstance(cell, str) else json.dumps(cell)


def _refuse_piece(row: Cells, where: str) -> None:
    """Raise where a row means a piece of a file, rather than answer it as the whole."""
    for column in _PIECES:
        if row.get(column):
            raise ManifestError(
                f"{where}: '{column}' means a piece of a file, and whole files are answered here; "
                "cut the recordings, or leave the column out"
            )


def _parquet(source: str, stream: IO[bytes]) -> Iterator[pa.Table]:
    try:
        file = parquet.ParquetFile(stream)
        refuse_columns(source, file.schema_arrow.names)
        for batch in file.iter_batches(batch_size=BATCH):
            table = pa.table(batch).replace_schema_metadata(None)
            filled = [name for name in table.column_names if table[name].null_count < len(table)]
            _refuse_piece(dict.fromkeys(filled, "filled"), source)
            paths = [encoded(_spelt_path(path)) for path in table[PATH].to_pylist()]
            others = table.drop_columns([PATH])
            yield others.add_column(0, pa.field(PATH, pa.binary()), pa.array(paths, pa.binary()))
    except (pa.ArrowException, OSError) as fault:
        raise ManifestError(
            f"{source}: is not Parquet that can be read: {fault}; save the list again"
        ) from fault


def _spelt_path(path: object) -> str:
    if isinstance(path, bytes):
        return path.decode("utf-8", "surrogateescape")
    return "" if path is None else str(path)
