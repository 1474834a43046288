"""Colours of emotions that are told apart with any colour vision."""

from collections.abc import Sequence

from prosodyn.plots import INK

Colour = tuple[float, float, float]
"""Red, green and blue in [0, 1], as sRGB."""

SILENCE = "#e3e6ea"
"""Where nobody speaks."""

FOR, AGAINST = "#ee7733", "#0077bb"
"""What speaks for an answer, and what against it: orange and blue of Tol's "vibrant"."""

LEAST_OPACITY = 0.3
"""Of an answer without any confidence."""

# "muted" of Paul Tol, Colour Schemes (SRON/EPS/TN/09-002, issue 3.2); every emotion keeps its colour in
# all pictures, whichever others the recogniser knows
_USUAL = {
    "anger": "#cc6677",
    "boredom": "#44aa99",
    "contempt": "#882255",
    "disgust": "#117733",
    "fear": "#aa4499",
    "happiness": "#ddcc77",
    "neutral": "#88ccee",
    "sadness": "#332288",
    "surprise": "#999933",
}
# for emotions beside those: "vibrant" of the same scheme, as far as it is unlike
_FURTHER = ("#ee7733", "#0077bb", "#009988", "#cc3311", "#ee3377", "#33bbee")


def palette(labels: Sequence[str]) -> dict[str, str]:
    """Return a colour for each label, as `#rrggbb`.

    Emotions have their own; other labels take what is left, in order. Where there are more labels than
    colours, some share one.

    Examples:
        >>> palette(["neutral", "bored to tears"])
        {'neutral': '#88ccee', 'bored to tears': '#ee7733'}
    """
    used = {_USUAL[label] for label in labels if label in _USUAL}
    free = [*_FURTHER, *(colour for colour in _USUAL.values() if colour not in used)]
    others = [label for label in labels if label not in _USUAL]
    taken = {label: free[place % len(free)] for place, label in enumerate(others)}
    return {label: _USUAL.get(label) or taken[label] for label in labels}


def opacity(confidence: float | None) -> float:
    """Return how solid an answer is drawn: the surer, the more solid."""
    return LEAST_OPACITY + (1 - LEAST_OPACITY) * (confidence or 0)


def rgb(colour: str) -> Colour:
    """Return the parts of `#rrggbb`.

    Examples:
        >>> rgb("#ff0080")[:2]
        (1.0, 0.0)
    """
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def ink_on(colour: str, solidity: float) -> str:
    """Return what reads best on a colour of some opacity above white: dark or white."""
    channels = (1 - solidity * (1 - channel) for channel in rgb(colour))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # where dark ink, whose own luminance is 0.028, and white have the same contrast (WCAG 2.2)
    return INK if luminance > 0.236 else "#ffffff"


def blend(colours: Sequence[str], n: int) -> list[Colour]:
    """Return `n` colours that lead through the given ones in equal steps."""
    stops = [rgb(colour) for colour in colours]
    return [_between(stops, place * (len(stops) - 1) / (n - 1)) for place in range(n)]


def _between(stops: Sequence[Colour], place: float) -> Colour:
    first = min(int(place), len(stops) - 2)
    share = place - first
    red, green, blue = (
        (1 - share) * one + share * other for one, other in zip(stops[first], stops[first + 1], strict=True)
    )
    return red, green, blue
