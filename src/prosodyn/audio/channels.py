"""What a voice goes through before it is heard elsewhere: a telephone line, a lossy codec, a room, a noise.

Each channel is a pure function from a waveform at `SAMPLE_RATE` to one of the same length, in which
everything stays in its place. Bit rates (of whole files, with their headers) and levels were measured on 100
recordings of EmoDB, ten a speaker and 2.7 s long on average, by libsndfile 1.2.2.
"""

import io
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from prosodyn.audio.sound import BLOCK
from prosodyn.audio.surroundings import noise, room
from prosodyn.errors import ConfigError
from prosodyn.types import SAMPLE_RATE, Channel, FloatArray, NamedChannel

_TELEPHONE_RATE = 8_000  # Hz
_TELEPHONE_BAND = (275.0, 3425.0)  # Hz; where the ideal filter ends, so that the one below lets half through
_N_TAPS, _KAISER_BETA = 129, 5.0  # 16 ms; ripple within the band 0.02 dB

# what the encoder is asked for; libsndfile's scale is its own: from 256 kbit/s at 0 evenly to 6 kbit/s at 1
_OPUS_BIT_RATE, _OPUS_HIGHEST, _OPUS_LOWEST = 16_000, 256_000, 6_000

# the lowest quality of variable rate: as low a constant rate has no room for the header that tells the delay
_MP3_LEVEL = 0.9

_SHORTEST = 1_600  # samples; codecs work on frames of 20 to 72 ms


def telephone(waveform: FloatArray) -> FloatArray:
    """Send a waveform over a telephone line: 300 to 3400 Hz, then µ-law of 8 bits at 8 kHz (ITU-T G.711).

    That makes 64 kbit/s. Of the power, half is left at 300 and at 3400 Hz, and less than 1/700 below 200 and
    above 3500 Hz; between 400 and 3300 Hz it stays as it is.

    Args:
        waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`

    Returns:
        `(time,)` likewise, without delay
    """
    narrow = soxr.resample(waveform, SAMPLE_RATE, _TELEPHONE_RATE, quality="HQ")
    # symmetric taps about each sample, and silence before and after: nothing is delayed, nothing cut
    band = np.convolve(np.pad(narrow, _N_TAPS // 2), _telephone_taps(), mode="valid").astype(np.float32)
    coded = _through_file(band, _TELEPHONE_RATE, format="WAV", subtype="ULAW")
    return _fitted(soxr.resample(coded, _TELEPHONE_RATE, SAMPLE_RATE, quality="HQ"), len(waveform))


def opus(waveform: FloatArray) -> FloatArray:
    """Send a waveform as messengers send a voice message: Opus in Ogg, at 16 kbit/s (RFC 6716, RFC 7845).

    With what Ogg adds, 19 kbit/s come out, 17 to 22. The band stays whole, up to 8 kHz; above 5 kHz it is
    about 3 dB softer.

    Args:
        waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`

    Returns:
        `(time,)` likewise; the file tells the codec's delay, and the decoder takes it off
    """
    level = (_OPUS_HIGHEST - _OPUS_BIT_RATE) / (_OPUS_HIGHEST - _OPUS_LOWEST)
    return _through_codec(waveform, format="OGG", subtype="OPUS", compression_level=level)


def mp3(waveform: FloatArray) -> FloatArray:
    """Keep a waveform as a small MP3 file: MPEG-2 Layer III at the lowest quality of a variable bit rate.

    33 kbit/s come out, 27 to 42. Nothing is left above 7.2 kHz, and what lies below keeps its level.

    Args:
        waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`

    Returns:
        `(time,)` likewise; the file tells the codec's delay, and the decoder takes it off
    """
    return _through_codec(
        waveform,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="VARIABLE",
        compression_level=_MP3_LEVEL,
    )


CHANNELS: Mapping[NamedChannel, Callable[[FloatArray], FloatArray]] = {
    "telephone": telephone,
    "opus": opus,
    "mp3": mp3,
    "room": room,
    "noise": noise,
}
"""What there is to go through, by name; the empty name stands for no channel."""


def through(waveform: FloatArray, channel: str) -> FloatArray:
    """Send a waveform through a channel.

    Args:
        waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`, never changed
        channel: a name of `CHANNELS`; where it is empty, the waveform comes back as it is

    Returns:
        `(time,)` likewise, of the same length and alignment

    Raises:
        ConfigError: no channel has this name
    """
    found = find_channel(channel)
    return waveform if found == "" or len(waveform) == 0 else CHANNELS[found](waveform)


def find_channel(name: str) -> Channel:
    """Return a channel by name; the empty name stands for none.

    Raises:
        ConfigError: no channel has this name
    """
    for known in CHANNELS:
        if name == known:
            return known
    if not name:
        return ""
    raise ConfigError(f"unknown channel '{name}', expected one of {list(CHANNELS)}")


@cache
def _telephone_taps() -> NDArray[np.float64]:
    """Return a symmetric band-pass at `_TELEPHONE_RATE`: an ideal one under a Kaiser window, `(tap,)`."""
    place = np.arange(_N_TAPS) - _N_TAPS // 2
    low, high = (2 * edge / _TELEPHONE_RATE for edge in _TELEPHONE_BAND)
    ideal = high * np.sinc(high * place) - low * np.sinc(low * place)
    return np.asarray(ideal * np.kaiser(_N_TAPS, _KAISER_BETA), dtype=np.float64)


def _through_codec(waveform: FloatArray, **settings: Any) -> FloatArray:
    """Encode and decode at `SAMPLE_RATE`; what is shorter than a frame is followed by silence meanwhile."""
    padded = np.pad(waveform, (0, max(0, _SHORTEST - len(waveform))))
    return _fitted(_through_file(padded, SAMPLE_RATE, **settings), len(waveform))


def _through_file(waveform: FloatArray, sample_rate: int, **settings: Any) -> FloatArray:
    """Write a sound file into memory, and read it."""
    memory = io.BytesIO()
    with soundfile.SoundFile(memory, "w", samplerate=sample_rate, channels=1, **settings) as file:
        for start in range(0, len(waveform), BLOCK):
            file.write(waveform[start : start + BLOCK])
    memory.seek(0)
    decoded, _ = soundfile.read(memory, dtype="float32")
    return np.asarray(decoded, dtype=np.float32)


def _fitted(waveform: FloatArray, n_samples: int) -> FloatArray:
    """Bring a waveform to the length of what was sent, and what overshot full scale back into [-1, 1]."""
    fitted = np.pad(waveform[:n_samples], (0, max(0, n_samples - len(waveform))))
    return np.clip(fitted, -1.0, 1.0, out=fitted)
