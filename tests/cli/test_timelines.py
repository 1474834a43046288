"""The verb `predict` with timelines: which recordings get one, and how it is written."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from prosodyn.cli.timelines import describe, show_timeline
from prosodyn.corpora import toy
from prosodyn.inference import Recogniser, TimelineSettings, read_turns
from prosodyn.sounds import SoundSpeechDetector
from prosodyn.timeline import Segment, Timeline
from prosodyn.types import NO_SPEECH, UNCERTAIN

Prosodyn = Callable[..., CompletedProcess[str]]
WriteWav = Callable[..., Path]


@pytest.fixture
def call(write_wav: WriteWav) -> Path:
    """Return a recording of a minute and a bit: anger, then sadness."""
    pieces = [toy.recording("anger", "f1", seed=1)] * 20 + [toy.recording("sadness", "f1", seed=1)] * 20
    return write_wav("call.wav", np.resize(np.concatenate(pieces), 61 * 16_000))


@pytest.fixture
def short(write_wav: WriteWav) -> Path:
    return write_wav("short.wav", toy.recording("anger", "f1"))


@pytest.fixture
def turns(tmp_path: Path) -> Path:
    path = tmp_path / "call.rttm"
    path.write_text(
        "SPEAKER call 1 0.5 20 <NA> <NA> anna <NA> <NA>\nSPEAKER call 1 18 30 <NA> <NA> ben <NA> <NA>\n"
    )
    return path


def test_a_long_recording_is_answered_by_its_timeline(
    prosodyn: Prosodyn, bundle: Path, call: Path, short: Path
) -> None:
    done = prosodyn("predict", "--model", bundle, "--json", short, call, short)
    first, timeline, last = json.loads(done.stdout)
    expected = Recogniser.load(bundle).timeline(call, detector=SoundSpeechDetector())
    assert first == last
    assert first["file"] == str(short)
    assert (timeline["file"], timeline["duration"], timeline["remarks"]) == (str(call), 61.0, [])
    assert [(one["start"], one["end"], one["emotion"]) for one in timeline["segments"]] == [
        (one.start, one.end, one.emotion) for one in expected.segments
    ]


def test_a_short_recording_gets_a_timeline_where_it_is_asked_for(
    prosodyn: Prosodyn, bundle: Path, short: Path
) -> None:
    (entry,) = json.loads(prosodyn("predict", "--model", bundle, "--timeline", "--json", short).stdout)
    (only,) = entry["segments"]
    whole = Recogniser.load(bundle).from_file(short)
    assert (only["emotion"], only["confidence"]) == (whole.emotion, pytest.approx(whole.confidence))


def test_window_and_hop_are_passed_on(prosodyn: Prosodyn, bundle: Path, call: Path) -> None:
    words = ("predict", "--model", bundle, "--window", 2, "--hop", 0.5, "--jsonl", call)
    segments = json.loads(prosodyn(*words).stdout)["segments"]
    settings = TimelineSettings(window=2.0, hop=0.5)
    expected = Recogniser.load(bundle).timeline(call, settings, detector=SoundSpeechDetector())
    assert [one["end"] for one in segments] == [one.end for one in expected.segments]


def test_turns_are_answered_by_speaker(prosodyn: Prosodyn, bundle: Path, call: Path, turns: Path) -> None:
    (entry,) = json.loads(prosodyn("predict", "--model", bundle, "--turns", turns, "--json", call).stdout)
    expected = Recogniser.load(bundle).timeline(call, turns=read_turns(turns))
    assert [(one["speaker"], one["start"]) for one in entry["segments"]] == [
        (one.speaker, one.start) for one in expected.segments
    ]


def test_a_table_has_a_row_a_segment(prosodyn: Prosodyn, bundle: Path, call: Path, turns: Path) -> None:
    done = prosodyn("predict", "--model", bundle, "--turns", turns, call)
    title, header, *rows, told = done.stdout.splitlines()
    assert title == str(call)
    assert header.split() == ["start", "end", "speaker", "emotion", "confidence"]
    assert len(rows) == len(Recogniser.load(bundle).timeline(call, turns=read_turns(turns)).segments)
    assert told.startswith("speech 0:50.0 of 1:01.0: ")
    assert "\x1b" not in done.stdout


def test_short_recordings_share_a_table_before_the_timelines(
    prosodyn: Prosodyn, bundle: Path, call: Path, short: Path
) -> None:
    lines = prosodyn("predict", "--model", bundle, call, short).stdout.splitlines()
    assert lines[0].split() == ["file", "emotion", "confidence", "remarks"]
    assert lines.index(str(call)) == 2


def test_a_table_of_files_keeps_one_answer_a_file(prosodyn: Prosodyn, bundle: Path, call: Path) -> None:
    _, row = prosodyn("predict", "--model", bundle, "--csv", call).stdout.splitlines()
    assert "longer than 60 s" in row


def test_a_bad_recording_hides_no_timeline(
    prosodyn: Prosodyn, bundle: Path, call: Path, write_wav: WriteWav
) -> None:
    silent = write_wav("silent.wav", np.zeros(61 * 16_000))
    done = prosodyn("predict", "--model", bundle, "--jsonl", silent, call, "missing.wav")
    kinds = [sorted(json.loads(line)) for line in done.stdout.splitlines()]
    assert done.returncode == 3
    assert kinds[0] == kinds[2] == ["error", "file"]
    assert "segments" in kinds[1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--window", "0.1", "call.wav"], 2, "timeline.window: expected at least 0.5"),
        (["--hop", "4", "call.wav"], 2, "timeline.hop: expected at least 0.1 and at most the window (3 s)"),
        (["--timeline", "--csv", "call.wav"], 2, "--csv holds one answer a file"),
        (["--turns", "a.rttm", "a.wav", "b.wav"], 2, "--turns are those of one recording, found 2"),
        (["--turns", "missing.rttm", "call.wav"], 4, "missing.rttm: does not exist"),
    ],
)
def test_a_mistake_has_its_exit_code(
    prosodyn: Prosodyn, bundle: Path, words: list[str], code: int, said: str
) -> None:
    done = prosodyn("predict", "--model", bundle, *words)
    assert done.returncode == code
    assert said in done.stderr


def test_whoever_watches_a_long_recording_sees_it_pass(
    prosodyn: Prosodyn, bundle: Path, call: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    done = prosodyn("predict", "--model", bundle, "--json", call)
    assert "0:12.0 of 1:01.0" in done.stderr
    assert len(json.loads(done.stdout)) == 1


def test_a_terminal_shows_a_coloured_line(bundle: Path, call: Path) -> None:
    outside, inside = os.openpty()
    command = [sys.executable, "-m", "prosodyn", "predict", "--model", str(bundle), str(call)]
    surroundings = os.environ | {"COLUMNS": "100", "TERM": "xterm-256color"}
    subprocess.run(command, stdout=inside, stdin=inside, check=True, env=surroundings)
    os.close(inside)
    shown = os.read(outside, 65_536).decode()
    os.close(outside)
    assert shown.count("█") > 90
    assert "acted emotions" in shown


def test_a_timeline_is_summed_up_by_what_was_spoken() -> None:
    shares = {"anger": 0.6, "sadness": 0.4}
    segments = (
        Segment(0.0, 3.0, "anger", shares),
        Segment(3.0, 90.0, NO_SPEECH, {}),
        Segment(90.0, 99.0, "sadness", shares),
    )
    told = describe(Timeline("call.wav", ("anger", "sadness"), 99.0, segments))
    assert told == "speech 0:12.0 of 1:39.0: sadness 75 %, anger 25 %"


def test_a_recording_without_speech_is_summed_up() -> None:
    segments = (Segment(0.0, 9.0, NO_SPEECH, {}),)
    assert describe(Timeline("call.wav", ("anger",), 9.0, segments)) == "speech 0:00.0 of 0:09.0"


def test_music_is_no_speech_unless_any_sound_is_asked_for(
    prosodyn: Prosodyn, bundle: Path, write_wav: WriteWav
) -> None:
    seconds = np.arange(8 * 16_000) / 16_000
    chord = sum(0.1 * np.sin(2 * np.pi * pitch * seconds) for pitch in (220.0, 277.2, 329.6))
    music = write_wav("music.wav", chord)
    (quiet,) = json.loads(prosodyn("predict", "--model", bundle, "--timeline", "--json", music).stdout)
    (heard,) = json.loads(prosodyn("predict", "--model", bundle, "--any-sound", "--json", music).stdout)
    assert [one["emotion"] for one in quiet["segments"]] == [NO_SPEECH]
    assert NO_SPEECH not in [one["emotion"] for one in heard["segments"]]


BEGINNINGS = {
    "json": b"[",
    "jsonl": b'{"file"',
    "csv": b"file,",
    "srt": b"1\n00:00:00,000 -->",
    "vtt": b"WEBVTT",
    "rttm": b"SPEAKER short",
    "TextGrid": b"File type",
    "txt": b"0.000\t",
    "html": b"<!doctype",
}


@pytest.mark.parametrize("ending", BEGINNINGS)
def test_a_timeline_is_written_in_the_format_of_the_ending(
    prosodyn: Prosodyn, bundle: Path, short: Path, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"timeline.{ending}"
    assert prosodyn("predict", "--model", bundle, "--out", out, short).returncode == 0
    assert out.read_bytes().lower().startswith(BEGINNINGS[ending].lower())


def test_a_timeline_is_written_in_several_formats(
    prosodyn: Prosodyn, bundle: Path, call: Path, tmp_path: Path
) -> None:
    asked = [word for name in ("a.rttm", "a.vtt") for word in ("--out", tmp_path / name)]
    assert prosodyn("predict", call, "--model", bundle, *asked).returncode == 0
    assert (tmp_path / "a.rttm").read_text(encoding="utf-8").startswith("SPEAKER")
    assert (tmp_path / "a.vtt").read_text(encoding="utf-8").startswith("WEBVTT")


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_timeline_is_drawn(
    prosodyn: Prosodyn, bundle: Path, short: Path, tmp_path: Path, ending: str
) -> None:
    pytest.importorskip("matplotlib")
    out = tmp_path / f"timeline.{ending}"
    assert prosodyn("predict", "--model", bundle, "--out", out, short).returncode == 0
    assert out.stat().st_size > 5000


def test_an_ending_that_nobody_knows_is_refused_before_anything_is_answered(
    prosodyn: Prosodyn, bundle: Path, tmp_path: Path
) -> None:
    done = prosodyn("predict", "--model", bundle, "--out", tmp_path / "timeline.doc", "missing.wav")
    assert (done.returncode, done.stdout) == (10, "")
    assert "timeline.doc" in done.stderr


def test_a_file_of_one_recording_is_not_written_for_two(
    prosodyn: Prosodyn, bundle: Path, short: Path, call: Path, tmp_path: Path
) -> None:
    out = tmp_path / "timeline.srt"
    assert prosodyn("predict", "--model", bundle, "--out", out, short, call).returncode == 10
    assert not out.exists()


@pytest.mark.parametrize("name", ["why.srt", "why.png", "why.html"])
def test_what_a_file_cannot_hold_is_refused_before_anything_is_answered(
    prosodyn: Prosodyn, bundle: Path, call: Path, name: str
) -> None:
    done = prosodyn("predict", call, call, "--model", bundle, "--jsonl", "--out", name)
    assert (done.returncode, done.stdout) == (10, "")
    assert "holds the timeline of one recording, not 2" in done.stderr


def test_a_folder_that_cannot_be_made_is_told_before(
    prosodyn: Prosodyn, bundle: Path, call: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    out = tmp_path / "file" / "call.srt"
    done = prosodyn("predict", call, "--model", bundle, "--jsonl", "--out", out)
    assert (done.returncode, done.stdout) == (10, "")
    assert "cannot be written" in done.stderr


def test_the_endings_that_can_be_written_are_all_named(prosodyn: Prosodyn, call: Path) -> None:
    done = prosodyn("predict", call, "--out", "why.foo")
    assert all(ending in done.stderr for ending in (".json", ".TextGrid", ".html", ".png", ".pdf"))


def test_turns_and_any_sound_exclude_each_other(prosodyn: Prosodyn, call: Path, turns: Path) -> None:
    done = prosodyn("predict", call, "--turns", turns, "--any-sound")
    assert (done.returncode, "leave out --any-sound" in done.stderr) == (2, True)


def test_an_uncertain_segment_tells_what_it_might_be(capsys: pytest.CaptureFixture[str]) -> None:
    shares = {"anger": 0.3, "sadness": 0.7}
    segments = (Segment(0.0, 1.0, UNCERTAIN, shares), Segment(1.0, 2.0, UNCERTAIN, shares, is_strange=True))
    show_timeline(Timeline("call.wav", ("anger", "sadness"), 2.0, segments))
    told = capsys.readouterr().out
    assert "uncertain, perhaps sadness  " in told
    assert "uncertain, perhaps sadness, strange" in told
