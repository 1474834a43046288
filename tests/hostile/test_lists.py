"""Lists of recordings, settings and folds that lie or never end are told by name."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hostile.asking import ask
from hostile.kinds import WAV
from prosodyn.errors import ConfigError, CorpusError, ManifestError
from prosodyn.evaluation.fixed_lists import read_lists
from prosodyn.manifest import read_manifest
from prosodyn.toml_files import read_toml

HEAD = "path,emotion,speaker"
ROW = "good.wav,anger,s1"
Put = Callable[[Path], object]


def text(content: str | bytes) -> Put:
    return lambda path: path.write_bytes(content.encode() if isinstance(content, str) else content)


def rows(*lines: str, head: str = HEAD) -> Put:
    return text("\n".join([head, *lines]))


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


# kind: the ending, what lies there, and what the message says
LISTS: dict[str, tuple[str, Put, str]] = {
    "nothing": (".csv", text(""), "holds no rows"),
    "a header alone": (".csv", rows(), "holds no rows"),
    "a missing column": (".csv", rows("a.wav,anger", head="path,emotion"), "'speaker' is missing"),
    "an unknown column": (".csv", rows(head=f"{HEAD},age"), "unknown column 'age'"),
    "a column that is there twice": (".csv", rows(head=f"{HEAD},path"), "stands there twice"),
    "a row that is too short": (".csv", rows("good.wav"), "has 1 cells, expected 3"),
    "an empty cell": (".csv", rows("good.wav,,s1"), "column 'emotion': is empty"),
    "zero bytes": (".csv", rows("go\0od.wav,anger,s1"), "good|does not exist|NUL|not CSV"),
    "utf-16": (".csv", text(f"{HEAD}\n{ROW}".encode("utf-16")), "is not UTF-8"),
    "a quotation that never ends": (".csv", rows('"good.wav,anger,s1'), "is not CSV"),
    "a cell of 1 MB": (".csv", rows(f"{'a' * 10**6},anger,s1"), "is not CSV"),
    "a recording that is missing": (".csv", rows("gone.wav,anger,s1"), "does not exist"),
    "a recording that is a folder": (".csv", rows(".,anger,s1"), "which does not exist"),
    "a recording without a name that can be": (".csv", rows(f"{'a' * 300},anger,s1"), "File name too long"),
    "the same row twice": (".csv", rows(ROW, ROW), "repeats line 2"),
    "an end before the start": (".csv", rows(f"{ROW},2,1", head=f"{HEAD},start,end"), "more than the start"),
    "a start that is no number": (".csv", rows(f"{ROW},nan", head=f"{HEAD},start"), "expected seconds"),
    "a start beyond all time": (".csv", rows(f"{ROW},1e999", head=f"{HEAD},start"), "expected seconds"),
    "a start that steers a terminal": (
        ".csv",
        rows(f"{ROW},\x1b[2J", head=f"{HEAD},start"),
        "expected seconds",
    ),
    "lines that are no objects": (".jsonl", text("[1]\n"), "expected an object"),
    "lines that are no json": (".jsonl", text("{\n"), "is not JSON"),
    "lines of brackets": (".jsonl", text("[" * 200_000), "is not JSON"),
    "a number of many digits": (".jsonl", text("9" * 100_000), "is not JSON"),
    "a speaker that is a number": (
        ".jsonl",
        text('{"path": "good.wav", "emotion": "anger", "speaker": 3}'),
        "expected text",
    ),
    "another ending": (".xlsx", text("PK"), "expected one of"),
    "a folder": (".csv", Path.mkdir, "holds no audio"),
    "a pipe": (".csv", os.mkfifo, "no manifest"),
    "a device without end": (".csv", endless, "no manifest"),
    "nowhere": (".csv", lambda _: None, "no manifest"),
}

every_list = pytest.mark.parametrize("kind", LISTS)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, small_bundle: Path) -> dict[str, dict[str, Any]]:
    """Return what the command line says to an audit of each list."""
    root = tmp_path_factory.mktemp("lists")
    places = []
    for number, (ending, put, _) in enumerate(LISTS.values()):
        folder = root / f"{number:02d}"
        folder.mkdir()
        (folder / "good.wav").write_bytes(WAV)
        places.append(folder / f"list{ending}")
        put(places[-1])
    requests = ({"words": ["audit", str(place)]} for place in places)
    return dict(zip(LISTS, ask(small_bundle, requests), strict=True))


@every_list
def test_a_broken_list_has_its_exit_code(kind: str, said: dict[str, dict[str, Any]]) -> None:
    answer = said[kind]
    assert (answer.get("code"), answer.get("out")) == (CorpusError.exit_code, ""), answer


@every_list
def test_a_broken_list_is_told_in_one_line(kind: str, said: dict[str, dict[str, Any]]) -> None:
    (line,) = said[kind]["err"].splitlines()
    assert re.match(r"prosodyn: \S+/\d\d/list\.", line)
    assert re.search(LISTS[kind][2], line)
    assert line.isprintable()


READERS = {
    "manifest": (read_manifest, ".csv", ManifestError),
    "settings": (read_toml, ".toml", ConfigError),
    "folds": (read_lists, ".json", ConfigError),
}


@pytest.mark.parametrize("put", [os.mkfifo, endless])
@pytest.mark.parametrize("reader", READERS)
def test_what_never_ends_is_not_read(reader: str, put: Put, tmp_path: Path) -> None:
    read, ending, error = READERS[reader]
    put(tmp_path / f"list{ending}")
    with pytest.raises(error, match=r"list\.\w+: is not a file but a pipe or a device; save what it gives"):
        read(tmp_path / f"list{ending}")


@pytest.mark.parametrize("content", ["[" * 200_000, "x = " + "[" * 200_000, "x = " + "9" * 9_999, "\0"])
@pytest.mark.parametrize("reader", ["settings", "folds"])
def test_settings_that_no_person_writes_are_told(reader: str, content: str, tmp_path: Path) -> None:
    read, ending, error = READERS[reader]
    (tmp_path / f"list{ending}").write_text(content)
    with pytest.raises(error, match=r"list\.\w+: cannot be read as (TOML|JSON): "):
        read(tmp_path / f"list{ending}")
