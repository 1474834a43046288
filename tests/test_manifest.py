"""Lists of recordings: what is read, what is refused and where the message points."""

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.errors import ManifestError, OutputError
from prosodyn.manifest import read_manifest, write_manifest
from prosodyn.types import Utterance

Write = Callable[[str, str | bytes], Path]
HEADER = "path,emotion,speaker\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_list(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_list


def test_a_row_of_csv_becomes_an_utterance(write: Write, tmp_path: Path) -> None:
    path = write("calls.csv", "path,emotion,speaker,text,session,start,end\nw/a.wav,anger,03,t1,s1,1.5,3\n")
    assert read_manifest(path) == (
        Utterance(
            id="w/a.wav#1.5-3.0",
            emotion="anger",
            speaker="03",
            corpus="calls",
            path=tmp_path / "w" / "a.wav",
            text="t1",
            session="s1",
            start=1.5,
            end=3.0,
        ),
    )


def test_a_line_of_json_becomes_an_utterance(write: Write, tmp_path: Path) -> None:
    path = write("calls.jsonl", '{"path": "a.wav", "emotion": "anger", "speaker": "03", "start": 2}\n')
    expected = Utterance("a.wav#2.0-", "anger", "03", "calls", tmp_path / "a.wav", start=2.0)
    assert read_manifest(path) == (expected,)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("comma.csv", b"path,emotion,speaker\na.wav,anger,03\n"),
        ("semicolon.csv", b"path;emotion;speaker\na.wav;anger;03\n"),
        ("tab.tsv", b"path\temotion\tspeaker\na.wav\tanger\t03\n"),
        ("tab_in_csv.csv", b"path\temotion\tspeaker\na.wav\tanger\t03\n"),
        ("bom.csv", b"\xef\xbb\xbfpath,emotion,speaker\na.wav,anger,03\n"),
        ("crlf.csv", b"path,emotion,speaker\r\na.wav,anger,03\r\n"),
        ("cr.csv", b"path,emotion,speaker\ra.wav,anger,03\r"),
        ("quoted.csv", b'"path","emotion","speaker"\n"a.wav","anger","03"\n'),
        ("blanks.csv", b"path, emotion , speaker\na.wav, anger , 03 \n"),
        ("blank_before_path.csv", b"emotion, path, speaker\nanger, a.wav, 03\n"),
        ("blank_lines.csv", b"\n\npath,emotion,speaker\n\na.wav,anger,03\n,,\n\n"),
        ("other_order.csv", b"speaker,emotion,path\n03,anger,a.wav\n"),
        ("empty_optional.csv", b"path,emotion,speaker,text,start\na.wav,anger,03,,\n"),
        ("no_last_newline.csv", b"path,emotion,speaker\na.wav,anger,03"),
        ("crlf.jsonl", b'{"path":"a.wav","emotion":"anger","speaker":"03"}\r\n\r\n'),
        ("bom.ndjson", b'\xef\xbb\xbf{"path":"a.wav","emotion":"anger","speaker":"03","text":null}'),
    ],
)
def test_every_way_to_write_the_same_row_reads_the_same(
    name: str, content: bytes, write: Write, tmp_path: Path
) -> None:
    path = write(name, content)
    assert read_manifest(path, "calls") == (Utterance("a.wav", "anger", "03", "calls", tmp_path / "a.wav"),)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "path,emotion\na.wav,anger\n", r"a\.csv, line 1: column 'speaker' is missing"),
        ("a.csv", "path,emotion,speaker,mood\n", r"line 1: unknown column 'mood', expected some of path, "),
        ("a.csv", "path,emotion,speaker,path\n", r"line 1: column 'path' stands there twice"),
        ("a.csv", HEADER + "a.wav,,03\n", r"a\.csv, line 2, column 'emotion': is empty"),
        ("a.csv", HEADER + "\n a.wav,anger,  \n", r"line 3, column 'speaker': is empty"),
        ("a.csv", HEADER + "a.wav,anger\n", r"line 2: has 2 cells, expected 3"),
        ("a.csv", HEADER + "a.wav,anger,03,extra\n", r"line 2: has 4 cells, expected 3"),
        ("a.csv", HEADER + 'a.wav,"anger,03\n', r"line 2: is not CSV"),
        ("a.csv", "path,emotion,speaker,start\na.wav,anger,03,soon\n", r"column 'start': holds 'soon'"),
        (
            "a.csv",
            'path,emotion,speaker,start\na.wav,anger,03,"1,5"\n',
            r"holds '1,5', expected seconds .* 1\.5",
        ),
        ("a.csv", "path,emotion,speaker,start\na.wav,anger,03,-1\n", r"column 'start': holds '-1'"),
        ("a.csv", "path,emotion,speaker,end\na.wav,anger,03,nan\n", r"column 'end': holds 'nan'"),
        ("a.csv", "path,emotion,speaker,end\na.wav,anger,03,inf\n", r"column 'end': holds 'inf'"),
        (
            "a.csv",
            "path,emotion,speaker,start,end\na.wav,anger,03,2,2\n",
            r"column 'end': is 2\.0 s, .*start",
        ),
        ("a.csv", "path,emotion,speaker,end\na.wav,anger,03,0\n", r"column 'end': is 0\.0 s"),
        ("a.csv", HEADER + "a.wav,anger,03\na.wav,fear,04\n", r"line 3, column 'path': repeats line 2"),
        (
            "a.csv",
            "path,emotion,speaker,id\na.wav,anger,03,x\nb.wav,fear,03,x\n",
            r"line 3, column 'id': repeats line 2",
        ),
        ("a.csv", (HEADER + "a.wav,anger,M\u00fcller\n").encode("latin-1"), r"line 2: is not UTF-8"),
        ("a.csv", (HEADER + "a.wav,anger,03\n").encode("utf-16"), r"line 1: is not UTF-8"),
        ("a.csv", "", r"a\.csv: holds no rows"),
        ("a.csv", HEADER, r"a\.csv: holds no rows"),
        ("a.jsonl", "\n\n", r"a\.jsonl: holds no rows"),
        ("a.jsonl", '{"path": "a.wav"', r"line 1: is not JSON"),
        ("a.jsonl", '["a.wav", "anger", "03"]', r"line 1: holds \[.*expected an object"),
        ("a.jsonl", "[" * 100_000, r"line 1: is not JSON"),
        ("a.jsonl", '{"path": "a.wav", "emotion": "anger"}', r"line 1: column 'speaker' is missing"),
        (
            "a.jsonl",
            '{"path": "a.wav", "emotion": "anger", "speaker": 3}',
            r"column 'speaker': holds 3, expected text",
        ),
        (
            "a.jsonl",
            '{"path": "a.wav", "emotion": "anger", "speaker": "3", "end": true}',
            r"column 'end': holds True",
        ),
        (
            "a.jsonl",
            '{"path": "a.wav", "emotion": "anger", "speaker": "3", "end": [1]}',
            r"column 'end': holds \[1\]",
        ),
        ("a.parquet", "PAR1", r"a\.parquet: Parquet cannot be read yet; save .* CSV or JSON Lines"),
        ("a.xlsx", "PK", r"ends with '\.xlsx', expected one of \.csv, "),
    ],
)
def test_a_fault_is_named_with_its_place(name: str, content: str | bytes, message: str, write: Write) -> None:
    path = write(name, content)
    with pytest.raises(ManifestError, match=message):
        read_manifest(path)


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"calls\.csv: does not exist; check the spelling"):
        read_manifest(tmp_path / "calls.csv")


def test_a_folder_is_no_list(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").mkdir()
    with pytest.raises(ManifestError, match=r"calls\.csv: is a folder; name a file"):
        read_manifest(tmp_path / "calls.csv")


def test_missing_recordings_do_not_matter_by_default(write: Write) -> None:
    assert len(read_manifest(write("a.csv", HEADER + "gone.wav,anger,03\n"))) == 1


def test_missing_recordings_are_named_on_request(write: Write) -> None:
    write("here.wav", b"")
    path = write("a.csv", HEADER + "here.wav,anger,03\ngone.wav,anger,03\n")
    with pytest.raises(
        ManifestError, match=r"line 3, column 'path': names .*gone\.wav, which does not exist"
    ):
        read_manifest(path, check_files=True)


def test_the_line_number_counts_lines_inside_quotes(write: Write) -> None:
    path = write("a.csv", 'path,emotion,speaker,text\na.wav,anger,03,"two\nlines"\nb.wav,,03,x\n')
    with pytest.raises(ManifestError, match="line 4, column 'emotion'"):
        read_manifest(path)


def test_pieces_of_one_recording_are_separate_utterances(write: Write) -> None:
    path = write("a.csv", "path,emotion,speaker,start,end\na.wav,anger,03,0,1\na.wav,fear,03,1,2\n")
    assert [utterance.id for utterance in read_manifest(path)] == ["a.wav#0.0-1.0", "a.wav#1.0-2.0"]


def test_an_absolute_path_stays(write: Write, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent / "elsewhere.wav"
    (utterance,) = read_manifest(write("a.csv", HEADER + f"{elsewhere},anger,03\n"))
    assert utterance.path == elsewhere


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(str.strip).filter(bool)
pieces = st.builds(
    Utterance,
    id=words,
    emotion=words,
    speaker=words,
    corpus=words,
    path=st.from_regex(r"(w/)?[a-zA-Z,;\"' é中\t\n-]{1,12}\.wav", fullmatch=True).map(Path),
    text=st.none() | words,
    session=st.none() | words,
    start=st.none() | st.floats(0, 10),
    end=st.none() | st.floats(11, 20),
)


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
@given(piece=pieces)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_what_is_written_is_read_back(
    ending: str, piece: Utterance, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    first = dataclasses.replace(piece, path=folder / str(piece.path))
    second = Utterance(f"{piece.id}#", "anger", "03", "other", folder / "second.wav")
    write_manifest(folder / f"list.{ending}", [first, second])
    assert read_manifest(folder / f"list.{ending}") == (first, second)


def test_a_recording_inside_the_folder_is_named_from_there(tmp_path: Path) -> None:
    write_manifest(tmp_path / "a.csv", [Utterance("w/a.wav", "anger", "03", "c", tmp_path / "w" / "a.wav")])
    expected = '"path","emotion","speaker","corpus"\n"w/a.wav","anger","03","c"\n'
    assert (tmp_path / "a.csv").read_text() == expected


def test_a_recording_outside_the_folder_is_named_in_full(tmp_path: Path) -> None:
    outside = tmp_path.parent / "b.wav"
    write_manifest(tmp_path / "a.jsonl", [Utterance("b", "anger", "03", "c", outside)])
    (utterance,) = read_manifest(tmp_path / "a.jsonl")
    assert utterance.path == outside


@pytest.mark.parametrize(
    ("utterances", "message"),
    [
        ([], "no utterances to write"),
        ([Utterance("toy-1", "anger", "03", "toy")], "'toy-1' is only in memory"),
        ([Utterance("x", " ", "03", "c", Path("a.wav"))], r"line 2, column 'emotion': is empty"),
        ([Utterance("x", "anger", "03", "c", Path("a.wav"), end=-1.0)], r"column 'end': holds -1\.0"),
        ([Utterance("x", "fear", "1", "c", Path(f"{name}.wav")) for name in "ab"], r"column 'id': repeats"),
        (
            [Utterance("x", "fear", "1", "c", Path(os.fsdecode(b"\xff.wav")))],
            "not UTF-8 and cannot be listed",
        ),
    ],
)
def test_what_could_not_be_read_back_is_not_written(
    utterances: list[Utterance], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ManifestError, match=message):
        write_manifest(tmp_path / "a.csv", utterances)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_list_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match="cannot be written: No space left"):
        write_manifest(path, [Utterance("a", "anger", "03", "c", tmp_path / "a.wav")])
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]


def test_a_folder_that_cannot_hold_the_list_is_named(tmp_path: Path) -> None:
    (tmp_path / "a_file").write_text("")
    with pytest.raises(OutputError, match="a_file: cannot be made"):
        write_manifest(tmp_path / "a_file" / "a.csv", [Utterance("a", "anger", "03", "c", Path("a.wav"))])
