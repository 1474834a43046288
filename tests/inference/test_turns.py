"""Turns of an RTTM file, and that an error names file and line."""

from pathlib import Path

import pytest

from prosodyn.errors import ManifestError
from prosodyn.inference import Turn, read_turns

GOOD = """\
;; written by hand
SPKR-INFO call 1 <NA> <NA> <NA> unknown anna <NA>
SPEAKER call 1 2.50 1.25 <NA> <NA> ben <NA> <NA>

SPEAKER call 1 0.00 3.00 <NA> <NA> anna <NA> <NA>
SPEAKER call 1 4 1e0 <NA> <NA> anna <NA>
"""


def rttm(folder: Path, text: str) -> Path:
    path = folder / "call.rttm"
    path.write_text(text, encoding="utf-8")
    return path


def test_turns_are_read_in_the_order_of_their_starts(tmp_path: Path) -> None:
    assert read_turns(rttm(tmp_path, GOOD)) == (
        Turn(0.0, 3.0, "anna"),
        Turn(2.5, 3.75, "ben"),
        Turn(4.0, 5.0, "anna"),
    )


def test_of_several_recordings_the_one_of_that_name_is_read(tmp_path: Path) -> None:
    path = rttm(tmp_path, GOOD + "SPEAKER other 1 0 9 <NA> <NA> carl <NA> <NA>\n")
    assert read_turns(path, "calls/other.wav") == (Turn(0.0, 9.0, "carl"),)


def test_the_only_recording_is_read_whatever_its_name(tmp_path: Path) -> None:
    assert len(read_turns(rttm(tmp_path, GOOD), "renamed.mp3")) == 3


def test_turns_of_other_recordings_are_none(tmp_path: Path) -> None:
    path = rttm(tmp_path, GOOD + "SPEAKER other 1 0 9 <NA> <NA> carl <NA> <NA>\n")
    with pytest.raises(ManifestError, match=r"call\.rttm: holds turns of 2 recordings.* none of 'third'"):
        read_turns(path, "third.wav")


def test_a_mark_of_the_encoding_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    assert len(read_turns(rttm(tmp_path, "\ufeff" + GOOD.partition("\n")[2]))) == 3


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("SPEKAER call 1 0 1 <NA> <NA> anna <NA> <NA>", "begins with 'SPEKAER', expected SPEAKER"),
        ("SPEAKER call 1 0 1 <NA> <NA> anna", "has 8 fields, expected 9 or 10"),
        ("SPEAKER call 1 zero 1 <NA> <NA> anna <NA> <NA>", "the start is 'zero', expected a number"),
        ("SPEAKER call 1 0 nan <NA> <NA> anna <NA> <NA>", "the duration is 'nan', expected a number"),
        ("SPEAKER call 1 0 inf <NA> <NA> anna <NA> <NA>", "the duration is 'inf', expected a number"),
        ("SPEAKER call 1 -0.1 1 <NA> <NA> anna <NA> <NA>", "starts at -0.1 s and lasts 1 s, expected"),
        ("SPEAKER call 1 0 0 <NA> <NA> anna <NA> <NA>", "starts at 0 s and lasts 0 s, expected"),
        ("SPEAKER call 1 0 1 <NA> <NA> <NA> <NA> <NA>", "names no speaker in its eighth field"),
        ("00:01 anna: hello", "begins with '00:01', expected SPEAKER"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, fault: str) -> None:
    with pytest.raises(ManifestError, match=rf"call\.rttm, line 7: {fault}"):
        read_turns(rttm(tmp_path, f"{GOOD}{line}\n"))


@pytest.mark.parametrize(
    "text", ["", "\n\n", ";; nothing\n", "SPKR-INFO call 1 <NA> <NA> <NA> a anna <NA>\n"]
)
def test_a_file_without_turns_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ManifestError, match=r"call\.rttm: holds no turns"):
        read_turns(rttm(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"gone\.rttm: does not exist"):
        read_turns(tmp_path / "gone.rttm")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "call.rttm").write_bytes(b"SPEAKER \xff\xfe\x00")
    with pytest.raises(ManifestError, match=r"call\.rttm: is not text in UTF-8"):
        read_turns(tmp_path / "call.rttm")


@pytest.mark.parametrize(
    ("start", "end", "speaker"), [(-1, 1, "a"), (1, 1, "a"), (0, float("inf"), "a"), (0, 1, "")]
)
def test_a_turn_of_ones_own_is_checked(start: float, end: float, speaker: str) -> None:
    with pytest.raises(ManifestError, match=r"turn from .* s: (has no speaker|expected)"):
        Turn(start, end, speaker)
