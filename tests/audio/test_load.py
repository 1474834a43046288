"""What is said about a recording, pieces of recordings, and utterances."""

import re
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from prosodyn.audio import load, read, utterance_waveform
from prosodyn.errors import AudioError, InvalidSamplesError, UnreadableAudioError
from prosodyn.types import SAMPLE_RATE, FloatArray, Utterance

WriteWav = Callable[..., Path]


def cut_off(path: Path, n_bytes: int) -> Path:
    path.write_bytes(path.read_bytes()[:n_bytes])
    return path


def test_a_good_recording_needs_no_remark(write_wav: WriteWav) -> None:
    assert load(write_wav()).remarks == ()


def test_a_recording_says_how_it_was_recorded(write_wav: WriteWav, rng: np.random.Generator) -> None:
    recording = load(write_wav(waveform=0.1 * rng.standard_normal((22_050, 2)), rate=44_100))
    assert (recording.source_rate, recording.n_channels, recording.duration) == (44_100, 2, 0.5)


TONE = np.sin(np.arange(8_000) / 5)


@pytest.mark.parametrize(
    ("waveform", "rate", "remark"),
    [
        (np.stack([0.1 * TONE, 0.2 * TONE], axis=1), 44_100, "2 channels averaged into one"),
        (0.1 * TONE, 8_000, "sampled at 8 kHz, as on a telephone: nothing above 4 kHz is left"),
        (0.001 * TONE, 16_000, "very quiet: it stays 60 dB below full scale"),
        (np.resize([0.5, -0.5, 1.0, 0.0], 8_000), 16_000, "clipped: 25.0 % of the samples are cut off"),
    ],
)
def test_each_fault_has_its_remark(waveform: FloatArray, rate: int, remark: str, write_wav: WriteWav) -> None:
    (only,) = load(write_wav(waveform=waveform, rate=rate)).remarks
    assert only.startswith(remark)


@pytest.mark.parametrize("coding", ["PCM_U8", "PCM_16", "ULAW", "ALAW", "FLOAT"])
def test_clipping_is_seen_in_every_coding(coding: str, write_wav: WriteWav, rng: np.random.Generator) -> None:
    clipped = np.clip(rng.standard_normal(16_000), -1, 1)
    assert any("clipped" in remark for remark in load(write_wav(waveform=clipped, subtype=coding)).remarks)


def test_values_a_little_beyond_full_scale_are_clipped(write_wav: WriteWav) -> None:
    loud = 1.5 * np.sin(np.arange(16_000) / 5)
    np.testing.assert_array_equal(
        read(write_wav(waveform=loud, subtype="FLOAT")), np.clip(loud.astype(np.float32), -1, 1)
    )


def test_a_truncated_recording_is_read_with_a_remark(write_wav: WriteWav) -> None:
    recording = load(cut_off(write_wav(), 44 + 8_000))
    assert recording.remarks == ("truncated: the header promises 1.00 s, the file holds 0.25 s",)
    assert len(recording.waveform) == 4_000


HEADER, LAST_PAGE = r"the header promises 20\.", r"its last page is missing"
CONTAINERS = [
    *((container, None, HEADER) for container in ("WAV", "AIFF", "AU", "RF64", "W64", "MP3")),
    *(("OGG", coding, LAST_PAGE) for coding in ("VORBIS", "OPUS")),
]


@pytest.mark.parametrize(("container", "coding", "shown_by"), CONTAINERS)
def test_truncation_is_seen_in_every_container(
    container: str, coding: str | None, shown_by: str, tmp_path: Path, rng: np.random.Generator
) -> None:
    path, noise = tmp_path / "a", 0.1 * rng.standard_normal(20 * SAMPLE_RATE)
    soundfile.write(path, noise, SAMPLE_RATE, format=container, subtype=coding)
    with pytest.raises(
        UnreadableAudioError, match=rf"a: is truncated: {shown_by}.*the file holds .* copy it again"
    ):
        read(cut_off(path, path.stat().st_size // 2))


@pytest.mark.parametrize("coding", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("n_bytes", [10, 100, 1_000])
def test_an_ogg_file_cut_within_its_headers_is_to_be_copied_again(
    coding: str, n_bytes: int, tmp_path: Path, rng: np.random.Generator
) -> None:
    path = tmp_path / "a.ogg"
    soundfile.write(path, 0.1 * rng.standard_normal(16_000), SAMPLE_RATE, subtype=coding)
    with pytest.raises(UnreadableAudioError, match=r"a\.ogg: is truncated: .*; copy it again"):
        read(cut_off(path, n_bytes))


@pytest.mark.parametrize("coding", ["VORBIS", "OPUS"])
def test_an_ogg_file_is_truncated_where_only_its_last_byte_is_missing(
    coding: str, tmp_path: Path, rng: np.random.Generator
) -> None:
    path = tmp_path / "a.ogg"
    soundfile.write(path, 0.1 * rng.standard_normal(16_000), SAMPLE_RATE, subtype=coding)
    with pytest.raises(UnreadableAudioError, match="truncated"):
        read(cut_off(path, path.stat().st_size - 1))


def test_tags_after_the_last_ogg_page_are_no_truncation(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "a.ogg"
    soundfile.write(path, 0.1 * rng.standard_normal(16_000), SAMPLE_RATE)
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    assert len(read(path)) == 16_000


def test_a_cut_flac_file_says_where_its_sound_breaks_off(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "a.flac"
    soundfile.write(path, 0.1 * rng.standard_normal(40 * SAMPLE_RATE), SAMPLE_RATE)
    with pytest.raises(UnreadableAudioError, match="is damaged near") as caught:
        load(cut_off(path, path.stat().st_size // 2))
    place = re.search(r"near ([\d.]+) s", str(caught.value))
    assert place is not None
    # noise is coded evenly, so that half the bytes are half the seconds
    assert float(place[1]) == pytest.approx(20, abs=0.2)


def test_a_piece_before_the_cut_is_not_truncated(write_wav: WriteWav) -> None:
    assert len(read(cut_off(write_wav(), 44 + 16_000), start=0.1, end=0.4)) == 4_800


@pytest.mark.parametrize("length", [0xFFFFFFFF, 0xFFFFFF00, 0x7FFFF000])
def test_a_length_left_open_by_a_stream_reads_to_the_end(length: int, write_wav: WriteWav) -> None:
    path = write_wav()
    content = bytearray(path.read_bytes()[:1044])
    content[40:44] = struct.pack("<I", length)
    path.write_bytes(content)
    recording = load(path)
    assert recording.remarks == (
        "the header leaves the length open, as a stream's does: its end is the file's",
    )
    assert len(read(path)) == 500


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (-0.1, None, "no piece lies from -0.1 s to None s"),
        (0.5, 0.5, "expected 0 <= start < end"),
        (None, 0.0, "expected 0 <= start < end"),
        (float("nan"), None, "no piece lies from nan s"),
        (0.0, float("inf"), "no piece lies from 0.0 s to inf s"),
        (1.0, None, r"ends before 1\.000 s"),
        (1e300, None, "ends before"),
        (2.0, 3.0, r"ends before 2\.000 s"),
        (0.5, 1.02, r"ends at 1\.000 s, before 1\.020 s"),
    ],
)
def test_a_piece_outside_the_recording_is_refused(
    start: float | None, end: float | None, message: str, write_wav: WriteWav
) -> None:
    path = write_wav()
    with pytest.raises(UnreadableAudioError, match=message):
        read(path, start=start, end=end)


def test_an_end_rounded_up_in_a_list_is_the_end(write_wav: WriteWav) -> None:
    assert len(read(write_wav(), start=0.5, end=1.005)) == 8_000


def test_a_fault_inside_a_piece_is_placed_in_the_recording(write_wav: WriteWav) -> None:
    waveform = np.zeros(16_000)
    waveform[12_000] = np.nan
    with pytest.raises(InvalidSamplesError, match=r"holds nan at 0\.750 s"):
        read(write_wav(waveform=waveform, subtype="FLOAT"), start=0.5)


def test_a_long_recording_is_never_whole_in_memory(write_wav: WriteWav, rng: np.random.Generator) -> None:
    stereo = 0.1 * rng.standard_normal((60 * 48_000, 2), dtype=np.float32)
    path = write_wav(waveform=stereo, rate=48_000)
    tracemalloc.start()
    waveform = read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * waveform.nbytes < stereo.nbytes


def test_a_recording_that_is_too_long_is_refused_before_it_fills_the_memory(write_wav: WriteWav) -> None:
    path = write_wav(waveform=np.resize(0.1 * TONE, 4_000_000), rate=4_000)
    tracemalloc.start()
    with pytest.raises(AudioError, match=r"call\.wav: lasts more than 9 s; ask for its timeline"):
        load(path, longest=9)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 * 2**18 * 4


def test_a_recording_may_be_exactly_as_long_as_it_may(write_wav: WriteWav) -> None:
    assert load(write_wav(), longest=1.0).duration == 1.0


def test_an_utterance_is_read_from_its_piece_of_a_file(write_wav: WriteWav) -> None:
    path = write_wav()
    utterance = Utterance("a", "anger", "03", "c", path=path, start=0.25, end=0.5)
    np.testing.assert_array_equal(utterance_waveform(utterance), read(path)[4_000:8_000])


def test_an_utterance_in_memory_is_copied(rng: np.random.Generator) -> None:
    waveform = (0.1 * rng.standard_normal(1_000)).astype(np.float32)
    copied = utterance_waveform(Utterance("a", "anger", "03", "toy", waveform=waveform))
    np.testing.assert_array_equal(copied, waveform)
    assert not np.shares_memory(copied, waveform)


@pytest.mark.parametrize(
    ("utterance", "message"),
    [
        (Utterance("toy-1", "anger", "03", "toy"), "toy-1: has neither a path nor a waveform"),
        (
            Utterance("toy-2", "fear", "03", "toy", waveform=np.zeros(9, np.float32), end=1.0),
            "toy-2: start and end are for files",
        ),
        (
            Utterance("toy-3", "fear", "03", "toy", waveform=np.full(9, np.nan, np.float32)),
            "toy-3: holds nan",
        ),
    ],
)
def test_an_unusable_utterance_is_named(utterance: Utterance, message: str) -> None:
    with pytest.raises(InvalidSamplesError, match=message):
        utterance_waveform(utterance)


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("emodb", "wav/03a01Fa.*"),
        ("casia", "*/*/201.*"),
        ("ravdess", "Actor_*/03-01-*"),
        ("nemo", "samples/*_*_*"),
        ("cremad", "AudioWAV/*_*_*_*"),
    ],
)
def test_a_real_recording_reads_to_plausible_speech(
    name: str, pattern: str, corpus_root: Callable[[str], Path]
) -> None:
    recording = load(sorted(corpus_root(name).glob(pattern))[0])
    waveform: FloatArray = recording.waveform
    assert waveform.dtype == np.float32
    assert len(waveform) == round(recording.duration * SAMPLE_RATE)
    assert 0.3 < recording.duration < 15
    assert 0.01 < np.abs(waveform).max() <= 1
    # speech is loud in its voiced parts and quiet between: nothing like noise, a tone or a square wave
    assert np.sqrt(np.mean(waveform**2)) < 0.35 * np.abs(waveform).max()
