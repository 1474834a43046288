"""Listening to a microphone, through the optional package `sounddevice`."""

from collections.abc import Callable, Iterator
from types import ModuleType

from prosodyn.errors import AudioError, MissingExtraError
from prosodyn.types import SAMPLE_RATE, FloatArray

PIECE_SECONDS = 0.1
"""How much is waited for at a time."""


def hear_microphone(lost: Callable[[], None], sample_rate: int = SAMPLE_RATE) -> Iterator[FloatArray]:
    """Yield what the system's chosen microphone hears, without an end.

    Args:
        lost: is called where sound was dropped, since nobody fetched it in time
        sample_rate: Hz

    Yields:
        `(time,)` at `sample_rate`

    Raises:
        MissingExtraError: `sounddevice` is not installed
        AudioError: there is no microphone, or it cannot be used
    """
    sounddevice = _import_sounddevice()
    size = max(1, round(PIECE_SECONDS * sample_rate))
    try:
        with sounddevice.InputStream(samplerate=sample_rate, channels=1, dtype="float32") as stream:
            while True:
                block, overflowed = stream.read(size)
                if overflowed:
                    lost()
                yield block[:, 0].copy()
    except sounddevice.PortAudioError as fault:
        raise AudioError(
            f"microphone: cannot be used: {fault}; connect or choose one in the system's settings, "
            "or send samples to standard input (--stdin)"
        ) from fault


def _import_sounddevice() -> ModuleType:
    try:
        import sounddevice
    except ImportError as fault:
        raise MissingExtraError("sounddevice", "live", "listening to a microphone") from fault
    except OSError as fault:  # the package is there, the library beneath it is not
        raise AudioError(
            f"microphone: the library PortAudio is missing: {fault}; install it (Debian: libportaudio2), "
            "or send samples to standard input (--stdin)"
        ) from fault
    module: ModuleType = sounddevice
    return module
