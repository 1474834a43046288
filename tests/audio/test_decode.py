"""Files of every kind: each reads to the right sound or ends in a named error, none in a hang."""

import gzip
import os
import signal
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import numpy as np
import pytest
import soundfile

from prosodyn.audio import SUFFIXES, read
from prosodyn.errors import (
    AudioError,
    EmptyAudioError,
    InvalidSamplesError,
    SilentAudioError,
    UnreadableAudioError,
)
from prosodyn.types import SAMPLE_RATE, FloatArray

SECONDS, FREQUENCY, AMPLITUDE = 0.5, 1000, 0.5


class Kind(NamedTuple):
    label: str
    name: str
    container: str
    coding: str
    rate: int
    n_channels: int


GOOD = [
    Kind("8 bit", "a.wav", "WAV", "PCM_U8", 16_000, 1),
    Kind("16 bit", "a.wav", "WAV", "PCM_16", 16_000, 1),
    Kind("24 bit", "a.wav", "WAV", "PCM_24", 16_000, 1),
    Kind("32 bit", "a.wav", "WAV", "PCM_32", 16_000, 1),
    Kind("float32", "a.wav", "WAV", "FLOAT", 16_000, 1),
    Kind("float64", "a.wav", "WAV", "DOUBLE", 16_000, 1),
    Kind("mu-law", "a.wav", "WAV", "ULAW", 8_000, 1),
    Kind("a-law", "a.wav", "WAV", "ALAW", 8_000, 1),
    Kind("ima adpcm", "a.wav", "WAV", "IMA_ADPCM", 16_000, 1),
    Kind("ms adpcm", "a.wav", "WAV", "MS_ADPCM", 16_000, 1),
    Kind("gsm", "a.wav", "WAV", "GSM610", 8_000, 1),
    Kind("8 kHz", "a.wav", "WAV", "PCM_16", 8_000, 1),
    Kind("11.025 kHz", "a.wav", "WAV", "PCM_16", 11_025, 1),
    Kind("22.05 kHz", "a.wav", "WAV", "PCM_16", 22_050, 1),
    Kind("44.1 kHz", "a.wav", "WAV", "PCM_16", 44_100, 1),
    Kind("48 kHz", "a.wav", "WAV", "PCM_16", 48_000, 1),
    Kind("96 kHz", "a.wav", "WAV", "PCM_24", 96_000, 1),
    Kind("192 kHz", "a.wav", "WAV", "PCM_24", 192_000, 1),
    Kind("stereo", "a.wav", "WAV", "PCM_16", 44_100, 2),
    Kind("6 channels", "a.wav", "WAVEX", "PCM_16", 48_000, 6),
    Kind("96 channels", "a.wav", "WAV", "PCM_16", 16_000, 96),
    Kind("flac", "a.flac", "FLAC", "PCM_24", 48_000, 2),
    Kind("ogg vorbis", "a.ogg", "OGG", "VORBIS", 44_100, 2),
    Kind("opus", "a.opus", "OGG", "OPUS", 48_000, 1),
    Kind("mp3", "a.mp3", "MP3", "MPEG_LAYER_III", 44_100, 2),
    Kind("aiff", "a.aiff", "AIFF", "PCM_16", 44_100, 1),
    Kind("au", "a.au", "AU", "ULAW", 8_000, 1),
    Kind("caf", "a.caf", "CAF", "ALAC_16", 44_100, 1),
    Kind("rf64", "a.wav", "RF64", "PCM_16", 16_000, 1),
    Kind("w64", "a.w64", "W64", "PCM_16", 16_000, 1),
    Kind("nist sphere", "a.sph", "NIST", "PCM_16", 16_000, 1),
    Kind("aiff named wav", "YAF_back_angry.wav", "AIFF", "PCM_16", 24_414, 1),
    Kind("mp3 named wav", "a.wav", "MP3", "MPEG_LAYER_III", 16_000, 1),
    Kind("wav named mp3", "a.mp3", "WAV", "PCM_16", 16_000, 1),
    Kind("no ending", "recording", "WAV", "PCM_16", 16_000, 1),
    Kind("unicode name", "Gespräch – 情感.wav", "WAV", "PCM_16", 16_000, 1),
    Kind("spaces in name", " a call .wav", "WAV", "PCM_16", 16_000, 1),
    Kind("newline in name", "a\ncall.wav", "WAV", "PCM_16", 16_000, 1),
    Kind("leading dash", "-rf.wav", "WAV", "PCM_16", 16_000, 1),
    Kind("name not unicode", os.fsdecode(b"\xff\xfe.wav"), "WAV", "PCM_16", 16_000, 1),
]
IN_BLOCKS = {"GSM610", "IMA_ADPCM", "MS_ADPCM"}  # the last block is filled up
LOSSY = IN_BLOCKS | {"VORBIS", "OPUS", "MPEG_LAYER_III", "ULAW", "ALAW"}


def tone(rate: int = SAMPLE_RATE, n_channels: int = 1) -> FloatArray:
    """Return `(time, channel)`, the same tone on all channels."""
    time = np.arange(round(SECONDS * rate)) / rate
    wave = AMPLITUDE * np.sin(2 * np.pi * FREQUENCY * time)
    return np.repeat(wave[:, np.newaxis], n_channels, axis=1).astype(np.float32)


def measure(waveform: FloatArray) -> tuple[float, float]:
    """Return the strongest frequency (Hz) and its amplitude, away from the edges."""
    middle, window = waveform[1600:6400], np.hanning(4800)
    spectrum = np.abs(np.fft.rfft(middle * window))
    strongest = int(spectrum.argmax())
    return strongest * SAMPLE_RATE / len(middle), 2 * float(spectrum[strongest] / window.sum())


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.label) for kind in GOOD])
def test_a_tone_keeps_its_frequency_level_and_length(kind: Kind, tmp_path: Path) -> None:
    with (tmp_path / kind.name).open("wb") as stream:
        soundfile.write(
            stream, tone(kind.rate, kind.n_channels), kind.rate, format=kind.container, subtype=kind.coding
        )
    waveform = read(tmp_path / kind.name)
    frequency, amplitude = measure(waveform)
    assert (waveform.dtype, waveform.ndim) == (np.float32, 1)
    assert len(waveform) == pytest.approx(SECONDS * SAMPLE_RATE, abs=1000 if kind.coding in IN_BLOCKS else 1)
    assert frequency == pytest.approx(FREQUENCY, abs=4)
    assert amplitude == pytest.approx(AMPLITUDE, rel=0.06 if kind.coding in LOSSY else 0.005)


Maker = Callable[[Path], Path]


def wav_bytes(folder: Path, waveform: FloatArray | None = None, **options: object) -> bytearray:
    """Return a whole wav file, to be spoilt: a header of 44 bytes, then 16-bit samples."""
    path = folder / "whole.wav"
    soundfile.write(path, tone() if waveform is None else waveform, **{"samplerate": SAMPLE_RATE, **options})
    return bytearray(path.read_bytes())


def holding(content: Callable[[Path], bytes], name: str = "bad.wav") -> Maker:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content(folder))
        return folder / name

    return make


def of_samples(waveform: FloatArray, rate: int = SAMPLE_RATE) -> Maker:
    return holding(lambda folder: wav_bytes(folder, waveform, samplerate=rate, subtype="FLOAT"))


def of_header(offset: int, replacement: bytes) -> Maker:
    def spoil(folder: Path) -> bytes:
        content = wav_bytes(folder)
        content[offset : offset + len(replacement)] = replacement
        return content

    return holding(spoil)


def with_value(value: float) -> FloatArray:
    waveform = tone()[:, 0]
    waveform[4000] = value
    return waveform


def folder_named_wav(folder: Path) -> Path:
    (folder / "folder.wav").mkdir()
    return folder / "folder.wav"


def link_to(target: str) -> Maker:
    def make(folder: Path) -> Path:
        (folder / "link.wav").symlink_to(folder / target)
        return folder / "link.wav"

    return make


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.wav")
    return folder / "pipe.wav"


def cut_flac(folder: Path) -> bytes:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, 60_000)
    soundfile.write(folder / "whole.flac", noise, SAMPLE_RATE)
    return (folder / "whole.flac").read_bytes()[:50_000]


def empty_with_note(folder: Path) -> bytes:
    return wav_bytes(folder)[:40] + bytes(4) + b"LIST" + struct.pack("<I", 4) + b"INFO"


RANDOM_BYTES = np.random.default_rng(0).bytes(5000)
UNREADABLE, EMPTY = UnreadableAudioError, EmptyAudioError
INVALID, SILENT = InvalidSamplesError, SilentAudioError

# label, maker, error, what its message says
BAD = [
    ("missing", lambda folder: folder / "gone.wav", UNREADABLE, "does not exist; check the spelling"),
    (
        "missing folder",
        lambda folder: folder / "no" / "gone.wav",
        UNREADABLE,
        "does not exist; check the spelling",
    ),
    ("zero byte in name", lambda folder: folder / "a\0.wav", UNREADABLE, "does not exist"),
    (
        "name too long",
        lambda folder: folder / ("a" * 300),
        UNREADABLE,
        "cannot be opened: File name too long",
    ),
    ("folder named wav", folder_named_wav, UNREADABLE, "is a folder; name one"),
    ("link to nothing", link_to("gone.wav"), UNREADABLE, "is a link to .* not exist; mend the link"),
    ("link to itself", link_to("link.wav"), UNREADABLE, "is a link that leads back to itself; mend"),
    ("pipe", pipe, UNREADABLE, "a pipe or a device"),
    ("endless device", lambda _: Path("/dev/zero"), UNREADABLE, "a pipe or a device"),
    ("empty file", holding(lambda _: b""), EMPTY, "is an empty file"),
    ("text", holding(lambda _: b"Ceci n'est pas un son.\n" * 99), UNREADABLE, "is not audio"),
    ("random bytes", holding(lambda _: RANDOM_BYTES), UNREADABLE, "is not audio"),
    ("zero bytes", holding(lambda _: bytes(5000)), UNREADABLE, "is not audio"),
    ("gzip", holding(lambda folder: gzip.compress(wav_bytes(folder))), UNREADABLE, "is not audio"),
    ("raw samples", holding(lambda folder: wav_bytes(folder)[44:], "a.raw"), UNREADABLE, "raw samples"),
    ("half a header", holding(lambda folder: wav_bytes(folder)[:30]), UNREADABLE, "is not audio.*data"),
    ("garbage chunk", of_header(36, b"JUNK"), UNREADABLE, "is not audio.*data"),
    ("no channels", of_header(22, bytes(2)), UNREADABLE, "is not audio.*[Cc]hannel"),
    ("unknown coding", of_header(20, b"\x34\x12"), UNREADABLE, "is not audio"),
    ("0 Hz", of_header(24, bytes(4)), UNREADABLE, "declares an impossible rate"),
    ("1 Hz", of_header(24, struct.pack("<I", 1)), UNREADABLE, "declares 1 Hz, expected 4000 to 768000 Hz"),
    ("1 MHz", of_header(24, struct.pack("<I", 10**6)), UNREADABLE, "1000000 Hz, expected 4000 to"),
    ("flac cut off", holding(cut_flac, "a.flac"), UNREADABLE, "is damaged near"),
    ("header only", holding(lambda folder: wav_bytes(folder)[:44]), EMPTY, "holds 0 samples"),
    ("no samples", of_samples(np.zeros(0)), EMPTY, "holds 0 samples"),
    (
        "never finished",
        of_header(40, bytes(4)),
        UNREADABLE,
        "header was never finished: it promises 0 bytes of sound, and 16000 follow; write a new one",
    ),
    ("empty with a note", holding(empty_with_note), EMPTY, "holds 0 samples"),
    ("one sample of 48 kHz", of_samples(np.ones(1), 48_000), EMPTY, "holds 1 samples, too few"),
    ("not a number", of_samples(with_value(np.nan)), INVALID, r"holds nan at 0\.250 s"),
    ("infinity", of_samples(with_value(-np.inf)), INVALID, r"holds -inf at 0\.250 s"),
    ("scale of integers", of_samples(tone() * 32_768), INVALID, "holds values up to 16384, .*divide"),
    ("digital silence", of_samples(np.zeros(8000)), SILENT, "holds no sound"),
    ("below -80 dB", of_samples(tone() * 1e-4), SILENT, "holds no sound"),
    ("offset only", of_samples(np.full(8000, 0.5)), SILENT, "holds no sound"),
    ("one sample", of_samples(np.full(1, 0.5)), SILENT, "holds no sound"),
    ("opposite channels", of_samples(np.hstack([tone(), -tone()])), SILENT, "cancel each other out"),
]


@pytest.fixture
def _no_hang() -> Iterator[None]:
    """End a test that waits, where the system has alarms."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError("the test waited for more than 20 s")

    if not hasattr(signal, "SIGALRM"):
        pytest.skip("no alarms on this system")
    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("_no_hang")
@pytest.mark.parametrize(("make", "error", "message"), [pytest.param(*row, id=label) for label, *row in BAD])
def test_a_bad_file_is_named_with_its_fault(
    make: Maker, error: type[AudioError], message: str, tmp_path: Path
) -> None:
    path = make(tmp_path)
    with pytest.raises(error, match=f"(?s){message}") as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_forbidden_file_is_named(
    tmp_path: Path, write_wav: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write_wav()
    # by hand, because an administrator may read everything
    monkeypatch.setattr(Path, "open", forbid)
    with pytest.raises(UnreadableAudioError, match=r"call\.wav: cannot be opened: Permission denied"):
        read(path)


def test_an_unknown_chunk_and_bytes_after_the_end_change_nothing(tmp_path: Path) -> None:
    plain = wav_bytes(tmp_path)
    extra = b"zzzz" + struct.pack("<I", 7) + b"garbage\0"
    (tmp_path / "odd.wav").write_bytes(plain[:36] + extra + plain[36:] + b"\1\2\3")
    np.testing.assert_array_equal(read(tmp_path / "odd.wav"), read(tmp_path / "whole.wav"))


def test_flac_reads_exactly_as_wav(tmp_path: Path, rng: np.random.Generator) -> None:
    pcm = rng.integers(-(2**23), 2**23, (44_100, 2), dtype=np.int32) * 256
    soundfile.write(tmp_path / "a.wav", pcm, 44_100, subtype="PCM_24")
    soundfile.write(tmp_path / "a.flac", pcm, 44_100, subtype="PCM_24")
    np.testing.assert_array_equal(read(tmp_path / "a.flac"), read(tmp_path / "a.wav"))


def test_samples_at_the_working_rate_are_untouched(tmp_path: Path, rng: np.random.Generator) -> None:
    pcm = rng.integers(-32_768, 32_767, 5000, dtype=np.int16)
    soundfile.write(tmp_path / "a.wav", pcm, SAMPLE_RATE)
    np.testing.assert_array_equal(read(tmp_path / "a.wav"), pcm / np.float32(32_768))


def test_every_suffix_of_a_good_file_is_looked_for_in_folders() -> None:
    assert {Path(kind.name).suffix for kind in GOOD} <= SUFFIXES | {""}
