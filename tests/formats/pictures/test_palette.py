"""Colours that are told apart with any colour vision."""

import itertools

import numpy as np
import pytest

from prosodyn.formats.pictures.palette import SILENCE, blend, ink_on, opacity, palette, rgb
from prosodyn.plots import BLUES, INK

SEVEN = ["anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness"]

# Viénot, Brettel and Mollon 1999, on linear red, green and blue: who lacks the long or the middle cones
BLINDNESS = {
    "protanopia": [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]],
    "deuteranopia": [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]],
    "none": np.eye(3),
}


def lab(colour: str, vision: str) -> np.ndarray:
    """Return a colour as somebody sees it, in CIE L*a*b*."""
    channels = np.array(rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    seen = np.clip(BLINDNESS[vision] @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(to_xyz @ seen / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", BLINDNESS)
def test_seven_emotions_and_silence_are_told_apart(vision: str) -> None:
    colours = [*palette(SEVEN).values(), SILENCE]
    nearest = min(
        np.linalg.norm(lab(one, vision) - lab(other, vision))
        for one, other in itertools.combinations(colours, 2)
    )
    assert nearest > 10


def test_an_emotion_keeps_its_colour_among_others() -> None:
    assert palette(["sadness", "anger"])["anger"] == palette(SEVEN)["anger"]


@pytest.mark.parametrize("n_labels", [2, 9, 15])
def test_as_many_labels_as_there_are_colours_all_differ(n_labels: int) -> None:
    assert len(set(palette([f"label {i}" for i in range(n_labels)]).values())) == n_labels


def test_any_number_of_labels_has_colours() -> None:
    assert len(palette([*SEVEN, *(f"label {i}" for i in range(40))])) == 47


def test_the_surer_the_more_solid() -> None:
    assert opacity(None) < opacity(0.5) < opacity(1.0) == 1.0


@pytest.mark.parametrize("confidence", [0.0, 0.3, 0.6, 1.0])
@pytest.mark.parametrize("emotion", SEVEN)
def test_what_is_written_on_a_colour_can_be_read(emotion: str, confidence: float) -> None:
    colour, solidity = palette(SEVEN)[emotion], opacity(confidence)
    behind = luminance([1 - solidity * (1 - channel) for channel in rgb(colour)])
    ink = luminance(rgb(ink_on(colour, solidity)))
    assert (max(behind, ink) + 0.05) / (min(behind, ink) + 0.05) > 3.5


def luminance(colour: object) -> float:
    channels = np.array(colour)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_a_blend_leads_through_all_its_stops() -> None:
    np.testing.assert_allclose(blend(BLUES, 17)[::2], [rgb(colour) for colour in BLUES])


def test_the_ink_is_that_of_all_figures() -> None:
    assert ink_on("#ffffff", 1.0) == INK
