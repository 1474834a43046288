"""Reading block by block gives what reading at once gives, in little memory."""

import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from prosodyn.audio import Mixer, load, measure_duration, open_blocks, read_blocks
from prosodyn.errors import (
    AudioError,
    EmptyAudioError,
    InvalidSamplesError,
    SilentAudioError,
    UnreadableAudioError,
)
from prosodyn.types import SAMPLE_RATE, FloatArray

WriteWav = Callable[..., Path]

KINDS = [
    ("WAV", "PCM_16", 16_000, 1),
    ("WAV", "ULAW", 8_000, 1),
    ("WAV", "FLOAT", 48_000, 2),
    ("FLAC", "PCM_24", 44_100, 2),
    ("OGG", "VORBIS", 48_000, 1),
    ("OGG", "OPUS", 48_000, 2),
    ("MP3", "MPEG_LAYER_III", 22_050, 1),
]


@pytest.fixture(params=KINDS, ids=lambda kind: f"{kind[0]}-{kind[1]}-{kind[2]}-{kind[3]}")
def recording(request: pytest.FixtureRequest, tmp_path: Path, rng: np.random.Generator) -> Path:
    """Return seven seconds of noise, in one of many kinds of file."""
    container, coding, rate, n_channels = request.param
    noise = rng.uniform(-0.5, 0.5, (7 * rate + 123, n_channels))
    soundfile.write(tmp_path / "call", noise, rate, format=container, subtype=coding)
    return tmp_path / "call"


def in_m4a(path: Path, waveform: FloatArray, rate: int) -> Path:
    av = pytest.importorskip("av", reason="needs pip install 'prosodyn[media]'")
    with av.open(path, "w", format="mp4") as container:
        track = container.add_stream("aac", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(waveform[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = rate
        for packet in [*track.encode(frame), *track.encode(None)]:
            container.mux(packet)
    return path


@pytest.mark.parametrize("seconds", [0.1, 2.0, 60.0])
def test_blocks_together_are_what_load_gives(recording: Path, seconds: float) -> None:
    together = np.concatenate(list(read_blocks(recording, seconds)))
    np.testing.assert_allclose(together, load(recording).waveform, atol=1e-6)


def test_blocks_of_a_media_file_are_what_load_gives(tmp_path: Path, rng: np.random.Generator) -> None:
    path = in_m4a(tmp_path / "call.m4a", rng.uniform(-0.5, 0.5, 96_000).astype(np.float32), 48_000)
    together = np.concatenate(list(read_blocks(path, 0.3)))
    np.testing.assert_allclose(together, load(path).waveform, atol=1e-6)


def test_blocks_are_of_the_size_asked_for_but_the_last(recording: Path) -> None:
    *whole, last = [len(block) for block in read_blocks(recording, 0.5)]
    assert set(whole) == {8_000}
    assert 0 < last <= 8_000


def test_remarks_are_those_of_load(recording: Path) -> None:
    with open_blocks(recording) as reader:
        list(reader.blocks())
        assert reader.remarks == load(recording).remarks


def test_the_duration_is_known_before_anything_is_decoded(recording: Path) -> None:
    with open_blocks(recording) as reader:
        assert reader.duration == pytest.approx(load(recording).duration, abs=0.1)


def test_a_duration_that_no_header_tells_is_counted(tmp_path: Path, rng: np.random.Generator) -> None:
    path = in_m4a(tmp_path / "call.m4a", rng.uniform(-0.5, 0.5, 96_000).astype(np.float32), 48_000)
    av = pytest.importorskip("av")
    with av.open(path) as source, av.open(tmp_path / "call.aac", "w", format="adts") as bare:
        track = bare.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = track
                bare.mux(packet)
    with open_blocks(tmp_path / "call.aac") as reader:
        assert reader.duration is None
    assert measure_duration(tmp_path / "call.aac") == pytest.approx(2.0, abs=0.1)


def test_a_truncated_file_is_read_with_the_remark_of_load(write_wav: WriteWav) -> None:
    path = write_wav()
    path.write_bytes(path.read_bytes()[: 44 + 8_000])
    with open_blocks(path) as reader:
        assert sum(map(len, reader.blocks())) == 4_000
        assert reader.remarks == ("truncated: the header promises 1.00 s, the file holds 0.25 s",)


def spoilt(value: float) -> FloatArray:
    waveform = np.full(48_000, 0.1, dtype=np.float32)
    waveform[::2] = -0.1
    waveform[40_000] = value
    return waveform


@pytest.mark.parametrize(
    ("waveform", "error"),
    [
        (np.zeros(0), EmptyAudioError),
        (np.zeros(48_000), SilentAudioError),
        (np.stack([spoilt(0), -spoilt(0)], axis=1), SilentAudioError),
        (spoilt(np.nan), InvalidSamplesError),
        (spoilt(np.inf), InvalidSamplesError),
        (3_000 * spoilt(0), InvalidSamplesError),
    ],
)
def test_what_cannot_be_used_is_the_error_of_load(
    waveform: FloatArray, error: type[AudioError], write_wav: WriteWav
) -> None:
    path = write_wav(waveform=waveform, subtype="FLOAT")
    with pytest.raises(error) as by_load:
        load(path)
    with pytest.raises(error, match=f"^{re.escape(str(by_load.value))}$"):
        list(read_blocks(path, 0.5))


@pytest.mark.parametrize("content", [b"", b"no audio", None])
def test_what_is_no_recording_is_the_error_of_load(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AudioError) as by_load:
        load(path)
    with pytest.raises(type(by_load.value), match=re.escape(str(by_load.value))):
        list(read_blocks(path))


def test_damage_is_told_after_the_blocks_before_it(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "a.flac"
    soundfile.write(path, 0.1 * rng.standard_normal(80 * SAMPLE_RATE), SAMPLE_RATE)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    blocks = read_blocks(path, 1.0)
    assert len(next(blocks)) == SAMPLE_RATE
    with pytest.raises(UnreadableAudioError, match=r"is damaged near (39|40)"):
        list(blocks)


def test_an_hour_needs_little_memory(write_wav: WriteWav) -> None:
    tone = np.resize(np.float32([0.1, -0.1, 0.2]), 3600 * 8_000)
    path = write_wav(waveform=tone, rate=8_000, subtype="ULAW")
    n_bytes = tone.nbytes
    del tone
    tracemalloc.start()
    n_samples = sum(map(len, read_blocks(path)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert n_samples == 3600 * SAMPLE_RATE
    assert peak < 2**24 < n_bytes


@pytest.mark.parametrize("value", [np.nan, 5.0])
def test_a_block_that_is_refused_leaves_the_mixer_as_it_was(value: float, rng: np.random.Generator) -> None:
    block = rng.uniform(-0.5, 0.5, (4_000, 1)).astype(np.float32)
    bad = block.copy()
    bad[7] = value
    mixer, undisturbed = Mixer(8_000, "a"), Mixer(8_000, "a")
    with pytest.raises(InvalidSamplesError):
        mixer.take(bad)
    np.testing.assert_array_equal(mixer.take(block), undisturbed.take(block))
    assert mixer.seen == undisturbed.seen
