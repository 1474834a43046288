"""Files that are whole and whose samples cannot be used, or are very many."""

from pathlib import Path

import numpy as np
import soundfile

from hostile.kinds import RATE, Kind, Maker, voice
from prosodyn.errors import AudioError, EmptyAudioError, InvalidSamplesError, SilentAudioError

INVALID, SILENT, EMPTY = InvalidSamplesError, SilentAudioError, EmptyAudioError
HOURS = 10
LOW_RATE = 4_000  # the lowest that is taken, so that hours are written in a moment


def of(samples: np.ndarray, rate: int = RATE, coding: str = "FLOAT") -> Maker:
    def make(folder: Path) -> Path:
        soundfile.write(folder / "bad.wav", samples, rate, subtype=coding)
        return folder / "bad.wav"

    return make


def with_value(value: float, place: int = 4_000) -> np.ndarray:
    samples = voice()
    samples[place] = value
    return samples


def nan_in_one_channel() -> np.ndarray:
    samples = np.repeat(voice()[:, np.newaxis], 96, axis=1)
    samples[4_000, 95] = np.nan
    return samples


def hours_of_silence_in_flac(folder: Path) -> Path:
    path, second = folder / "long.flac", np.zeros(100 * LOW_RATE, np.int16)
    with soundfile.SoundFile(path, "w", LOW_RATE, 1, "PCM_16") as file:
        for _ in range(36 * HOURS):
            file.write(second)
    return path


def an_hour_of_silence_in_wav(folder: Path) -> Path:
    """Make a file of holes: 1.2 GB by its length, one block on the disk."""
    path = folder / "long.wav"
    soundfile.write(path, np.zeros(1), RATE)
    n_bytes = 2 * 3_600 * RATE
    with path.open("r+b") as file:
        file.seek(4)
        file.write((n_bytes + 36).to_bytes(4, "little"))
        file.seek(40)
        file.write(n_bytes.to_bytes(4, "little"))
        file.truncate(44 + n_bytes)
    return path


SOUND_KINDS = (
    Kind("nan", of(with_value(np.nan)), INVALID, r"holds nan at 0\.250 s"),
    Kind("nan at the end", of(with_value(np.nan, 7_999)), INVALID, r"holds nan at 0\.500 s"),
    Kind("infinity", of(with_value(np.inf)), INVALID, r"holds inf at 0\.250 s"),
    Kind("too large for 32 bits", of(with_value(1e300), coding="DOUBLE"), INVALID, "holds inf"),
    Kind("a huge value", of(with_value(1e30)), INVALID, "divide by the full scale"),
    Kind("nothing but nan", of(np.full(8_000, np.nan)), INVALID, r"holds nan at 0\.000 s"),
    Kind("nan in one of 96 channels", of(nan_in_one_channel()), INVALID, "holds nan"),
    Kind("subnormal numbers", of(np.full(8_000, 1e-40)), SILENT, "holds no sound"),
    Kind("integers as floats", of(32_768 * voice()), INVALID, "divide by the full scale"),
    Kind("no samples", of(np.zeros(0)), EMPTY, "holds 0 samples"),
    Kind("no samples of 96 channels", of(np.zeros((0, 96))), EMPTY, "holds 0 samples"),
    Kind("one sample", of(np.full(1, 0.5)), SILENT, "holds no sound"),
    Kind("one sample of 768 kHz", of(np.full(1, 0.5), 768_000), EMPTY, "holds 1 samples"),
    Kind("two samples", of(np.array([0.5, -0.5])), None, "too little to hear an emotion"),
    Kind("an offset", of(np.full(8_000, 0.5)), SILENT, "holds no sound"),
    Kind("silence", of(np.zeros(8_000)), SILENT, "holds no sound"),
    Kind("opposite channels", of(np.stack([voice(), -voice()], 1)), SILENT, "cancel each other out"),
    Kind("96 channels", of(np.repeat(voice()[:, None], 96, 1)), None, "96 channels averaged into one"),
    Kind("1024 channels", of(np.repeat(voice(800)[:, None], 1_024, 1)), None, "1024 channels"),
    Kind("clipped throughout", of(np.sign(voice())), None, "^clipped"),
    # as one answer; the command line asks for a timeline, and finds silence throughout
    Kind("10 h of silence in flac", hours_of_silence_in_flac, AudioError, "more than 1800 s"),
    Kind("1 h of silence in wav", an_hour_of_silence_in_wav, AudioError, "more than 1800 s"),
)
