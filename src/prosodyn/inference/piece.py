"""The piece of a recording that is explained."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from prosodyn.audio import check_waveform, listen, load, measure_duration
from prosodyn.errors import AudioError
from prosodyn.inference.clip import LONG, Clip
from prosodyn.types import SAMPLE_RATE

_ROUNDING = 0.01  # s; a header may tell a little more than there is


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A piece of a recording.

    Attributes:
        clip: what is heard
        start: seconds into the recording
    """

    clip: Clip
    start: float

    @property
    def end(self) -> float:
        """Return where it ends, seconds into the recording."""
        return self.start + self.clip.duration


def cut(
    recording: Path | str | NDArray[Any],
    start: float = 0.0,
    end: float | None = None,
    sample_rate: int = SAMPLE_RATE,
    source: str = "waveform",
) -> Piece:
    """Read a piece of a recording, of a minute at most.

    Args:
        recording: a file, or samples
        start: seconds
        end: seconds, the recording's end by default
        sample_rate: of samples, Hz
        source: the caller's own name for samples

    Raises:
        AudioError: a recording that cannot be used, no such piece of it, or one that is too long
        MissingExtraError: a kind of file that only an optional package can read
    """
    if isinstance(recording, Path | str):
        _refuse_long((measure_duration(recording) if end is None else end) - start, str(recording))
        heard = load(recording, start=start, end=end, longest=LONG + 1)
        return Piece(Clip(str(recording), heard.waveform, heard), start)
    waveform = check_waveform(recording, sample_rate, name=source)
    duration = len(waveform) / SAMPLE_RATE
    end = duration if end is None else end
    if not 0 <= start < end <= duration + _ROUNDING:
        raise AudioError(f"{source}: no piece lies from {start:g} s to {end:g} s, it lasts {duration:.3f} s")
    _refuse_long(end - start, source)
    inside = listen(waveform[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)], SAMPLE_RATE, name=source)
    return Piece(Clip(source, inside.waveform, inside), start)


def _refuse_long(duration: float, source: str) -> None:
    """Raise where what is asked would take minutes, and is no single utterance."""
    if math.isfinite(duration) and duration > LONG + _ROUNDING:
        raise AudioError(
            f"{source}: lasts {duration:.0f} s, and at most {LONG:.0f} s are explained at a time; "
            "name a piece by its start and its end (--start, --end)"
        )
