"""Where the frames of a network's attention lie in time."""

import math

import numpy as np
from numpy.typing import NDArray

from prosodyn.bundle import Card
from prosodyn.types import SAMPLE_RATE

ENCODER_HOP = 1280
"""Samples of a frame where a network hears by encoders: that of `features.encoders`, which needs torch."""


def frame_edges(card: Card, n_frames: int, duration: float) -> NDArray[np.float64]:
    """Return where one frame ends and the next begins, `(frame + 1,)` seconds: halfway between their middles.

    A strided convolution keeps one frame of several, in its place. The outermost frames reach to the ends.
    What a frame knows is wider: convolutions see its neighbours, and the recurrence all that there is.

    Args:
        card: of a network
        n_frames: that its attention is on
        duration: seconds of the recording

    Raises:
        BundleError: the card is not that of a network
    """
    front_end, network = card.front_end_and_network()
    hop, width = (ENCODER_HOP,) * 2 if front_end.encoders else (front_end.hop, front_end.window)
    step = hop * math.prod(network.frame_strides)
    inner = (width / 2 + step * (np.arange(1, n_frames) - 0.5)) / SAMPLE_RATE
    return np.concatenate([[0.0], np.minimum(inner, duration), [duration]])


def placed(edges: NDArray[np.float64], heard: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return where in a recording edges lie that were measured in what was heard of it, seconds likewise.

    Args:
        edges: ascending, the first is zero and the last is where what was heard ends
        heard: samples of the recording, ascending; what was left out lies in the frame that went before it
    """
    ends = np.append(heard, heard[-1] + 1)
    at = np.round(edges * SAMPLE_RATE).astype(np.intp)
    return ends[np.minimum(at, len(heard))] / SAMPLE_RATE
