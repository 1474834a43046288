"""What stands on one line of a subtitle or a label, whatever a name holds."""

from prosodyn.formats.text import one_line, percent
from prosodyn.timeline import Segment
from prosodyn.types import NO_SPEECH, UNCERTAIN


def is_spoken(segment: Segment) -> bool:
    """Tell whether somebody speaks."""
    return segment.emotion != NO_SPEECH


def caption(segment: Segment) -> str:
    """Return an answer as people read it, on one line.

    Examples:
        >>> caption(Segment(0.0, 1.5, "anger", {"anger": 0.82, "neutral": 0.18}))
        'anger 82 %'
        >>> caption(Segment(0.0, 1.5, "uncertain", {"anger": 0.41, "neutral": 0.38, "sadness": 0.21}))
        'uncertain, perhaps anger 41 %'
    """
    words = one_line(segment.emotion)
    if segment.emotion == UNCERTAIN and segment.best_guess is not None:
        words += f", perhaps {one_line(segment.best_guess)}"
    if segment.confidence is not None:
        words += f" {percent(segment.confidence)}"
    return words


def spoken_caption(segment: Segment) -> str:
    """Return an answer as people read it, after whose turn it is.

    Examples:
        >>> spoken_caption(Segment(0.0, 1.5, "anger", {"anger": 0.82, "neutral": 0.18}, "caller"))
        'caller: anger 82 %'
    """
    speaker = one_line(segment.speaker)
    return f"{speaker}: {caption(segment)}" if speaker else caption(segment)
