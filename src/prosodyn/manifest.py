"""Lists of recordings as CSV or JSON Lines, one utterance a row.

The columns are `path`, `emotion`, `speaker` and, where wanted, `text`, `session`, `start`, `end` (seconds),
`corpus` and `id`. A path is taken from the manifest's own folder. CSV may be separated by commas, semicolons
or tabs. Where no `id` is given, it is the path with the piece that is meant, such as `a.wav#1.5-3.0`.
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from prosodyn.errors import ManifestError
from prosodyn.files import read_whole, write_text
from prosodyn.types import Utterance

_REQUIRED = ("path", "emotion", "speaker")
_COLUMNS = (*_REQUIRED, "text", "session", "start", "end", "corpus", "id")
_TABLES, _LINES = (".csv", ".tsv"), (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row as it was written, and where."""

    manifest: Path
    line: int
    cells: Mapping[str, object]

    def fault(self, column: str, what: str) -> ManifestError:
        return ManifestError(f"{self.manifest}, line {self.line}, column '{column}': {what}")

    def text(self, column: str) -> str | None:
        """Return a cell's text, nothing where it is empty."""
        cell = self.cells.get(column)
        if cell is None:
            return None
        if not isinstance(cell, str):
            raise self.fault(column, f"holds {cell!r}, expected text in quotation marks")
        if not cell.strip():
            return None
        # a file's name may end with a blank, a label's never does on purpose
        return cell if column == "path" else cell.strip()

    def required(self, column: str) -> str:
        text = self.text(column)
        if text is None:
            raise self.fault(column, "is empty, expected a value in every row")
        return text

    def seconds(self, column: str) -> float | None:
        """Return a cell's number, nothing where it is empty."""
        cell = self.cells.get(column)
        if cell is None or cell == "":
            return None
        try:
            number = float(cell) if isinstance(cell, (str, int, float)) else math.nan
        except ValueError:
            number = math.nan
        if isinstance(cell, bool) or not 0 <= number < math.inf:
            raise self.fault(column, f"holds {cell!r}, expected seconds from zero on, such as 1.5")
        return number


def read_manifest(
    path: Path | str, corpus: str | None = None, *, check_files: bool = False
) -> tuple[Utterance, ...]:
    """Read a list of utterances.

    Args:
        path: `.csv`, `.tsv`, `.jsonl` or `.ndjson`, in UTF-8
        corpus: of the rows that name none; the manifest's name without its ending by default
        check_files: refuse a row whose recording is missing

    Raises:
        ManifestError: not such a file, an unknown or missing column, a cell that cannot be used, a row that
            repeats another, a missing recording, no rows
    """
    path = Path(path)
    rows = _parse_table if _is_table(path) else _parse_lines
    utterances = _collect(rows(path, _read_text(path)), corpus or path.stem)
    if not utterances:
        raise ManifestError(f"{path}: holds no rows, expected one for each utterance")
    if check_files:
        for row, utterance in utterances:
            if utterance.path is None or not _is_there(row, utterance.path):
                raise row.fault("path", f"names {utterance.path}, which does not exist; correct the path")
    return tuple(utterance for _, utterance in utterances)


def write_manifest(path: Path | str, utterances: Iterable[Utterance]) -> None:
    """Write a list of utterances, which `read_manifest` gives back.

    Recordings inside the manifest's folder are named from there, so that the folder can move; others in full.

    Args:
        path: `.csv`, `.tsv`, `.jsonl` or `.ndjson`
        utterances: of recordings, not of waveforms in memory

    Raises:
        ManifestError: another ending, an utterance that could not be read back, nothing to write
        OutputError: nothing can be written there
    """
    path = Path(path)
    first_line = 2 if _is_table(path) else 1
    rows = [
        _Row(path, line, _cells(utterance, path)) for line, utterance in enumerate(utterances, first_line)
    ]
    if not rows:
        raise ManifestError(f"{path}: there are no utterances to write, expected at least one")
    _collect(rows, path.stem)
    cells = [row.cells for row in rows]
    try:
        write_text(path, _compose_table(cells, path) if _is_table(path) else _compose_lines(cells))
    except UnicodeEncodeError as fault:
        raise ManifestError(f"{path}: a file's name is not UTF-8 and cannot be listed; rename it") from fault


def _is_there(row: _Row, path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as fault:
        raise row.fault(
            "path", f"names {path}, which cannot be opened: {fault.strerror}; correct the path"
        ) from fault


def _is_table(path: Path) -> bool:
    ending = path.suffix.lower()
    if ending == ".parquet":
        raise ManifestError(f"{path}: Parquet cannot be read yet; save the list as CSV or JSON Lines")
    if ending not in (*_TABLES, *_LINES):
        expected = ", ".join((*_TABLES, *_LINES))
        raise ManifestError(f"{path}: ends with '{path.suffix}', expected one of {expected}")
    return ending in _TABLES


def _read_text(path: Path) -> str:
    content = read_whole(path, ManifestError)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise ManifestError(f"{path}, line {line}: is not UTF-8; save the list as UTF-8") from fault


def _parse_table(path: Path, text: str) -> Iterator[_Row]:
    header = next(iter(text.lstrip().splitlines()), "")
    separator = max(",;\t", key=header.count)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True
    )
    columns: list[str] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if not columns:
                    columns = [cell.strip() for cell in cells]
                    _check_columns(columns, path, line)
                elif len(cells) != len(columns):
                    raise ManifestError(
                        f"{path}, line {line}: has {len(cells)} cells, expected {len(columns)}"
                    )
                else:
                    yield _Row(path, line, dict(zip(columns, cells, strict=True)))
            line = reader.line_num + 1
    except csv.Error as fault:
        raise ManifestError(f"{path}, line {line}: is not CSV: {fault}; save the list again") from fault


def _parse_lines(path: Path, text: str) -> Iterator[_Row]:
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        try:
            cells = json.loads(content)
        except (ValueError, RecursionError) as fault:
            raise ManifestError(f"{path}, line {line}: is not JSON: {fault}; save the list again") from fault
        if not isinstance(cells, dict):
            raise ManifestError(f"{path}, line {line}: holds {content.strip()}, expected an object in braces")
        _check_columns(list(cells), path, line)
        yield _Row(path, line, cells)


def _check_columns(columns: list[str], path: Path, line: int) -> None:
    for column in columns:
        if column not in _COLUMNS:
            raise ManifestError(
                f"{path}, line {line}: unknown column '{column}', expected some of {', '.join(_COLUMNS)}"
            )
        if columns.count(column) > 1:
            raise ManifestError(f"{path}, line {line}: column '{column}' stands there twice, expected once")
    for column in _REQUIRED:
        if column not in columns:
            raise ManifestError(
                f"{path}, line {line}: column '{column}' is missing, expected it in every list"
            )


def _collect(rows: Iterable[_Row], corpus: str) -> list[tuple[_Row, Utterance]]:
    """Turn rows into utterances, each of another piece and with another `id`."""
    utterances = []
    first_lines: dict[tuple[object, ...], int] = {}
    for row in rows:
        utterance = _parse_row(row, corpus)
        piece = (utterance.path, utterance.start or 0.0, utterance.end)
        for column, key in (("path", piece), ("id", (utterance.id,))):
            first = first_lines.setdefault(key, row.line)
            if first != row.line:
                raise row.fault(column, f"repeats line {first}, expected one row for each utterance")
        utterances.append((row, utterance))
    return utterances


def _parse_row(row: _Row, corpus: str) -> Utterance:
    path, emotion, speaker = (row.required(column) for column in _REQUIRED)
    start, end = row.seconds("start"), row.seconds("end")
    if end is not None and end <= (start or 0.0):
        raise row.fault("end", f"is {end} s, expected more than the start, {start or 0.0} s")
    return Utterance(
        id=row.text("id") or _default_id(path, start, end),
        emotion=emotion,
        speaker=speaker,
        corpus=row.text("corpus") or corpus,
        path=row.manifest.parent / path,
        text=row.text("text"),
        session=row.text("session"),
        start=start,
        end=end,
    )


def _default_id(path: str, start: float | None, end: float | None) -> str:
    if start is None and end is None:
        return path
    return f"{path}#{start or 0.0}-{'' if end is None else end}"


def _cells(utterance: Utterance, manifest: Path) -> dict[str, object]:
    if utterance.path is None:
        raise ManifestError(
            f"{manifest}: '{utterance.id}' is only in memory; write its waveform to a file first"
        )
    path, folder = utterance.path.absolute(), manifest.parent.absolute()
    name = (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()
    cells = {column: getattr(utterance, column) for column in _COLUMNS} | {"path": name}
    if utterance.id == _default_id(name, utterance.start, utterance.end):
        cells["id"] = None
    return cells


def _compose_table(rows: list[Mapping[str, object]], path: Path) -> str:
    columns = [column for column in _COLUMNS if any(row[column] is not None for row in rows)]
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    text = io.StringIO(newline="")
    # quoted, so that a reader keeps "03" as it is and blanks where they are
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    return text.getvalue()


def _compose_lines(rows: list[Mapping[str, object]]) -> str:
    objects = ({column: cell for column, cell in row.items() if cell is not None} for row in rows)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in objects)
