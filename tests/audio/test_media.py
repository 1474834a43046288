"""What phones and browsers record, with and without the package that reads it."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from prosodyn.audio import load, read
from prosodyn.audio.media import find_demuxer
from prosodyn.errors import MissingExtraError, UnreadableAudioError
from prosodyn.types import SAMPLE_RATE, FloatArray

RATE = 48_000
HEADS = [
    (b"\x00\x00\x00\x1cftypM4A \x00\x00\x02\x00", "mov"),
    (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81", "matroska"),
    (b"\xff\xf1L\x80$\xff\xfc\xde\x02\x00Lavc62", "aac"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00b\xcel", "asf"),
    (b"#!AMR\n<\x00\x00\x00\x00\x00\x00\x00\x00\x00", "amr"),
]


@pytest.mark.parametrize(("head", "demuxer"), HEADS)
def test_a_kind_is_known_by_its_mark(head: bytes, demuxer: str) -> None:
    assert find_demuxer(head) == demuxer


@pytest.mark.parametrize(
    "head", [b"", b"RIFF\x24\x08\x00\x00WAVEfmt ", b"OggS\x00\x02", b"\xff\xfb\x90\x64", b"#EXTM3U\n"]
)
def test_what_needs_no_media_library_is_left_alone(head: bytes) -> None:
    assert find_demuxer(head) is None


@pytest.mark.parametrize(("head", "_demuxer"), HEADS)
def test_without_the_library_the_message_names_the_extra(
    head: bytes, _demuxer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    (tmp_path / "call.wav").write_bytes(head)
    with pytest.raises(MissingExtraError, match=r"call\.wav: .* 'av': pip install 'prosodyn\[media\]'"):
        read(tmp_path / "call.wav")


def test_reading_a_wav_file_does_not_load_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    soundfile.write(tmp_path / "a.wav", rng.uniform(-0.5, 0.5, 100), SAMPLE_RATE)
    assert len(read(tmp_path / "a.wav")) == 100


def sweep() -> FloatArray:
    """Return `(time,)`, one second that is different at every place, so that a shift would show."""
    time = np.arange(RATE) / RATE
    return (0.5 * np.sin(2 * np.pi * (200 * time + 800 * time**2))).astype(np.float32)


def write_media(path: Path, container: str, codec: str) -> Path:
    av = pytest.importorskip("av", reason="the extra 'media' is not installed")
    with av.open(f"file:{path}", "w", format=container) as output:
        stream = output.add_stream(codec, rate=RATE, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.stack([sweep(), sweep()]), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = RATE, 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            output.mux(packet)
    return path


KINDS = [
    ("a.m4a", "mp4", "aac"),
    ("a.mov", "mov", "pcm_s16le"),
    ("a.webm", "webm", "libopus"),
    ("a.aac", "adts", "aac"),
    ("named.wav", "mp4", "aac"),
    ("http:a.m4a", "mp4", "aac"),
    (os.fsdecode(b"\xff.m4a"), "mp4", "aac"),
]


@pytest.mark.parametrize(("name", "container", "codec"), KINDS)
def test_a_recording_of_a_phone_or_browser_reads_right(
    name: str, container: str, codec: str, tmp_path: Path
) -> None:
    recording = load(write_media(tmp_path / name, container, codec))
    soundfile.write(tmp_path / "oracle.wav", sweep(), RATE)
    oracle = read(tmp_path / "oracle.wav")
    # bare AAC does not say how long the coder's run-in is, which a container does
    delay = 1024 * SAMPLE_RATE // RATE if container == "adts" else 0
    waveform = recording.waveform[delay : delay + len(oracle)]
    assert recording.source_rate == RATE
    assert recording.remarks == ("2 channels averaged into one",)
    assert len(waveform) == len(oracle)
    assert np.corrcoef(waveform, oracle)[0, 1] > 0.98


@pytest.mark.parametrize(("name", "container", "codec"), KINDS)
def test_a_piece_of_a_media_file_is_cut_to_the_sample(
    name: str, container: str, codec: str, tmp_path: Path
) -> None:
    path = write_media(tmp_path / name, container, codec)
    piece, whole = read(path, start=0.25, end=0.75), read(path)[4_000:12_000]
    # the resampler's filter sees other neighbours at the edges
    np.testing.assert_allclose(piece[200:-200], whole[200:-200], atol=1e-5)


def test_a_piece_beyond_the_end_of_a_media_file_is_refused(tmp_path: Path) -> None:
    path = write_media(tmp_path / "a.webm", "webm", "libopus")
    with pytest.raises(UnreadableAudioError, match=r"ends at 1\.0\d* s, before 1\.500 s"):
        read(path, start=0.5, end=1.5)


def test_a_truncated_media_file_is_not_read_as_if_whole(tmp_path: Path) -> None:
    path = write_media(tmp_path / "a.webm", "webm", "libopus")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UnreadableAudioError, match=r"truncated: the header promises 1\.0"):
        read(path)


@pytest.mark.parametrize(("head", "demuxer"), HEADS)
def test_a_file_with_nothing_behind_its_mark_is_named(head: bytes, demuxer: str, tmp_path: Path) -> None:
    pytest.importorskip("av", reason="the extra 'media' is not installed")
    path = tmp_path / "bad.m4a"
    path.write_bytes(head + np.random.default_rng(0).bytes(3000))
    with pytest.raises(UnreadableAudioError, match=r"bad\.m4a: "):
        read(path)


def test_a_damaged_file_is_called_what_people_call_it(tmp_path: Path) -> None:
    pytest.importorskip("av", reason="the extra 'media' is not installed")
    path = tmp_path / "fake.m4a"
    path.write_bytes(HEADS[0][0] + bytes(3000))
    with pytest.raises(UnreadableAudioError, match=r"not the m4a or mp4 file it begins as.*copy it again"):
        read(path)


def test_a_film_without_sound_is_named(tmp_path: Path) -> None:
    av = pytest.importorskip("av", reason="the extra 'media' is not installed")
    with av.open(str(tmp_path / "film.mp4"), "w", format="mp4") as output:
        stream = output.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), dtype=np.uint8))
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            output.mux(packet)
    with pytest.raises(UnreadableAudioError, match=r"film\.mp4: has no sound track"):
        read(tmp_path / "film.mp4")
