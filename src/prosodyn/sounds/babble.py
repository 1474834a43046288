"""Many voices at once told from one."""

from collections.abc import Mapping

import numpy as np

from prosodyn.types import FloatArray

WEIGHTS: Mapping[str, float] = {
    "speech": 0.31,
    "shouting or whispering": 0.13,
    "laughter": 0.9,
    "crying": 0.14,
    "singing": -0.2,
    "other human sounds": -0.11,
    "a crowd": 1.2,
    "animals": -0.17,
    "music": 1.15,
    "nature": -0.08,
    "vehicles": -0.66,
    "household sounds or alarms": -0.23,
    "impacts": -1.07,
    "silence": 0.12,
    "tones": -0.22,
    "noise": 1.02,
    "surroundings": -1.4,
}
"""Of the groups' logits, in the order of `GROUPS`."""

OFFSET = 7.6
"""With it, one voice in noise passes for babble in 2 of 100 recordings of the half that it was fitted on."""


def babble_score(logits: FloatArray) -> float:
    """Return how much like many voices at once a recording sounds; above zero it is taken for that.

    A linear score of the median logits, fitted by `benchmarks/babble.py` on half of its recordings.

    Args:
        logits: `(hop, group)` of the hops in which somebody speaks, at least one
    """
    return float(np.median(logits, axis=0) @ np.array(list(WEIGHTS.values())) + OFFSET)
