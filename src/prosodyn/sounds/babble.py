"""Many voices at once told from one."""

from collections.abc import Mapping

import numpy as np

from prosodyn.types import FloatArray

WEIGHTS: Mapping[str, float] = {
    "speech": 0.46,
    "shouting or whispering": 0.12,
    "laughter": 0.58,
    "crying": 0.04,
    "singing": 0.07,
    "other human sounds": 0.15,
    "a crowd": 1.1,
    "animals": -0.11,
    "music": 1.01,
    "nature": -0.07,
    "vehicles": -0.79,
    "household sounds or alarms": -0.1,
    "impacts": -1.07,
    "silence": 0.3,
    "tones": 0.04,
    "noise": 1.09,
    "surroundings": -1.17,
}
"""Of the groups' logits, in the order of `GROUPS`."""

OFFSET = 11.8
"""With it, one voice in noise is taken for babble in 2 of 100 recordings of the half that was fitted on."""


def babble_score(logits: FloatArray) -> float:
    """Return how much like many voices at once a recording sounds; above zero it is taken for that.

    A linear score of the median logits, fitted by `benchmarks/babble.py` on half of its recordings.

    Args:
        logits: `(hop, group)` of the hops in which somebody speaks, at least one
    """
    return float(np.median(logits, axis=0) @ np.array(list(WEIGHTS.values())) + OFFSET)
