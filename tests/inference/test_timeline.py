"""Timelines of whole recordings: files, turns, progress, enrolment, memory."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from prosodyn.errors import AudioError, InvalidSamplesError, SilentAudioError
from prosodyn.inference import Recogniser, Turn
from prosodyn.timeline import Segment
from prosodyn.types import FloatArray

Noise = Callable[[int], np.ndarray]
WriteWav = Callable[..., Path]


@pytest.fixture(scope="module")
def recogniser(bundle: Path) -> Recogniser:
    return Recogniser.load(bundle)


def assert_same(found: tuple[Segment, ...], expected: tuple[Segment, ...], later: float = 0.0) -> None:
    assert [(one.start, one.end, one.emotion) for one in found] == [
        (pytest.approx(one.start + later), pytest.approx(one.end + later), one.emotion) for one in expected
    ]
    for one, other in zip(found, expected, strict=True):
        assert dict(one.probabilities) == pytest.approx(dict(other.probabilities), abs=1e-5)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_a_file_answers_like_its_samples(
    recogniser: Recogniser, write_wav: WriteWav, noise: Noise, rate: int
) -> None:
    waveform = noise(30 * rate) * np.repeat([1, 0.2, 0.6], 10 * rate)
    path = write_wav(waveform=waveform, rate=rate, subtype="FLOAT")
    from_file = recogniser.timeline(path, any_sound=True)
    assert_same(from_file.segments, recogniser.timeline(waveform, sample_rate=rate, any_sound=True).segments)


def test_a_timeline_says_what_it_is_of(recogniser: Recogniser, write_wav: WriteWav, noise: Noise) -> None:
    timeline = recogniser.timeline(write_wav("call.wav", noise(160_000)), any_sound=True)
    assert timeline.source.endswith("call.wav")
    assert (timeline.labels, timeline.duration, timeline.adapted) == (recogniser.labels, 10.0, False)


def test_what_audio_remarks_is_passed_on(recogniser: Recogniser, write_wav: WriteWav, noise: Noise) -> None:
    stereo = np.stack([noise(16_000), noise(16_000)], axis=1)
    assert recogniser.timeline(write_wav(waveform=stereo), any_sound=True).remarks == (
        "2 channels averaged into one",
    )


def test_a_long_recording_is_neither_refused_nor_remarked_on(
    recogniser: Recogniser, noise: Noise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosodyn.inference.clip.LONGEST", 20.0)
    assert recogniser.timeline(noise(70 * 16_000), any_sound=True).remarks == ()


def test_progress_is_told_to_the_end(recogniser: Recogniser, write_wav: WriteWav, noise: Noise) -> None:
    told: list[tuple[float, float | None]] = []
    recogniser.timeline(
        write_wav(waveform=noise(40 * 16_000)),
        progress=lambda done, total: told.append((done, total)),
        any_sound=True,
    )
    assert [done for done, _ in told] == [12.0, 24.0, 36.0, 40.0]
    assert {total for _, total in told} == {40.0}


@pytest.mark.parametrize(
    ("waveform", "error"),
    [(np.zeros(96_000), SilentAudioError), (np.full(96_000, np.nan), InvalidSamplesError)],
)
@pytest.mark.parametrize("in_file", [True, False])
def test_what_cannot_be_used_is_a_named_error(
    recogniser: Recogniser, write_wav: WriteWav, waveform: FloatArray, error: type[AudioError], in_file: bool
) -> None:
    recording = write_wav(waveform=waveform, subtype="FLOAT") if in_file else waveform
    with pytest.raises(error):
        recogniser.timeline(recording, any_sound=True)


def test_an_enrolled_speaker_is_followed(
    recogniser: Recogniser, voice: list[FloatArray], noise: Noise
) -> None:
    enrolled, waveform = recogniser.enrol(voice), noise(40_000)
    timeline = enrolled.timeline(waveform, any_sound=True)
    expected = enrolled.from_waveform(waveform)
    assert timeline.adapted
    assert set(timeline.remarks) <= set(expected.remarks)
    assert dict(timeline.segments[0].probabilities) == pytest.approx(dict(expected.probabilities), abs=1e-12)


TURNS = (Turn(30.0, 32.0, "anna"), Turn(1.25, 14.5, "anna"), Turn(13.0, 15.0, "ben"), Turn(20.0, 20.1, "ben"))


def test_a_turn_is_answered_as_if_it_were_all(
    recogniser: Recogniser, write_wav: WriteWav, noise: Noise
) -> None:
    waveform = noise(40 * 16_000)
    timeline = recogniser.timeline(write_wav(waveform=waveform, subtype="FLOAT"), turns=TURNS)
    for turn in TURNS:
        found = tuple(
            one
            for one in timeline.segments
            if one.speaker == turn.speaker and turn.start <= one.start < turn.end
        )
        alone = recogniser.timeline(
            waveform[round(turn.start * 16_000) : round(turn.end * 16_000)], any_sound=True
        )
        assert_same(found, alone.segments, later=turn.start)


def test_segments_of_turns_are_in_the_order_of_their_starts(recogniser: Recogniser, noise: Noise) -> None:
    starts = [one.start for one in recogniser.timeline(noise(40 * 16_000), turns=TURNS).segments]
    assert starts == sorted(starts)


def test_between_turns_nothing_is_said(recogniser: Recogniser, noise: Noise) -> None:
    timeline = recogniser.timeline(noise(40 * 16_000), turns=TURNS)
    assert not any(15.0 < (one.start + one.end) / 2 < 20.0 for one in timeline.segments)


def test_short_turns_are_remarked_on(recogniser: Recogniser, noise: Noise) -> None:
    remarks = recogniser.timeline(noise(40 * 16_000), turns=TURNS).remarks
    assert remarks == ("1 of the turns shorter than 0.3 s: too little to hear an emotion in",)


@pytest.mark.parametrize("turn", [Turn(10.0, 10.2, "anna"), Turn(9.0, 10.6, "anna")])
@pytest.mark.parametrize("in_file", [True, False])
def test_turns_of_another_recording_are_refused(
    recogniser: Recogniser, write_wav: WriteWav, noise: Noise, turn: Turn, in_file: bool
) -> None:
    recording = write_wav(waveform=noise(160_000)) if in_file else noise(160_000)
    with pytest.raises(AudioError, match=r"lasts 10\.00 s, but anna has a turn from"):
        recogniser.timeline(recording, turns=[turn])


def test_a_turn_that_is_rounded_up_ends_with_the_recording(recogniser: Recogniser, noise: Noise) -> None:
    timeline = recogniser.timeline(noise(160_000), turns=[Turn(8.0, 10.3, "anna")])
    assert timeline.segments[-1].end == 10.0


MEASURE = """
import json, resource, sys
import numpy as np, soundfile
from prosodyn.inference import Recogniser, TimelineSettings, Turn

path, bundle = sys.argv[1:]
recogniser = Recogniser.load(bundle)
with soundfile.SoundFile(path, "w", 8_000, 1, "ULAW", format="WAV") as file:
    for seed in range(60):
        file.write(0.1 * np.random.default_rng(seed).standard_normal(60 * 8_000))
noise = np.float32(0.1) * np.random.default_rng(0).standard_normal(400_000, dtype=np.float32)
recogniser.timeline(noise, any_sound=True)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
settings = TimelineSettings(window=6.0, hop=6.0)
whole = recogniser.timeline(path, settings, any_sound=True)
turns = [Turn(60.0 * n, 60.0 * n + 50.0, str(n % 2)) for n in range(60)]
by_turns = recogniser.timeline(path, settings, turns=turns)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([whole.duration, by_turns.duration, (after - before) / 1024]))
"""


def test_an_hour_needs_no_more_memory_than_a_minute(tmp_path: Path, bundle: Path) -> None:
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "hour.wav"), str(bundle)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    *durations, grown = json.loads(done.stdout)
    assert durations == [3600.0, 3600.0]
    assert grown < 40  # MB; the samples alone would be 230


def test_samples_are_remarked_on_as_a_file_of_them(
    recogniser: Recogniser, write_wav: WriteWav, noise: Noise
) -> None:
    waveform = np.clip(9 * noise(8_000), -1, 1)
    of_file = recogniser.timeline(write_wav(waveform=waveform, rate=8_000, subtype="FLOAT"), any_sound=True)
    of_samples = recogniser.timeline(waveform, sample_rate=8_000, any_sound=True)
    assert of_samples.remarks == of_file.remarks
    assert any("clipped" in remark for remark in of_samples.remarks)
