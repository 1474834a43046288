"""What a listener should know of a recording before trusting what is heard in it."""

import math
from collections.abc import Iterator

from prosodyn.audio.mixer import Seen
from prosodyn.audio.sound import Sound, Span
from prosodyn.types import SAMPLE_RATE

_MISSING = 0.1  # s; less than this is padding of codecs, not truncation

CLIPPED = 1e-3
"""Share of the samples in flat tops or at full scale; speech that was not cut has a few in a million."""

QUIET = 0.01
"""Half the distance from the lowest to the highest sample, -40 dB; below, 8 bits of 16 are unused."""


def find_truncation(sound: Sound, span: Span, held: float) -> str | None:
    """Say what shows that the file was cut off before the span's end, where something does."""
    if span.end is not None:
        return None
    if not sound.ends:
        return f"truncated: its last page is missing, the file holds {held:.2f} s"
    promised = (sound.declared or 0.0) - span.start
    if promised == math.inf or promised - held <= _MISSING:
        return None
    return f"truncated: the header promises {promised:.2f} s, the file holds {held:.2f} s"


def remarks_on(sound: Sound, seen: Seen, truncation: str | None) -> Iterator[str]:
    """Yield the remarks on a recording that has been read, each a short sentence."""
    yield from _remarks_on_length(sound, truncation)
    yield from _remarks_on_sound(sound, seen)


def _remarks_on_length(sound: Sound, truncation: str | None) -> Iterator[str]:
    if truncation is not None:
        yield truncation
    if sound.declared == math.inf:
        yield "the header leaves the length open, as a stream's does: its end is the file's"


def _remarks_on_sound(sound: Sound, seen: Seen) -> Iterator[str]:
    if sound.n_channels > 1:
        yield f"{sound.n_channels} channels averaged into one"
    if sound.sample_rate < SAMPLE_RATE:
        rate, band = sound.sample_rate / 1000, sound.sample_rate / 2000
        yield f"sampled at {rate:g} kHz, as on a telephone: nothing above {band:g} kHz is left"
    share = max(seen.levels.full_scale_share, seen.levels.flat_share)
    if share > CLIPPED:
        yield f"clipped: {100 * share:.1f} % of the samples are cut off at the loudest value"
    if seen.swing < QUIET:
        yield f"very quiet: it stays {-20 * math.log10(seen.swing):.0f} dB below full scale"
