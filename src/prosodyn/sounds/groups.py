"""What the 521 classes of AudioSet are about, in groups that matter to who listens to voices.

The ranges are those of YAMNet's own order of classes, which follows AudioSet's tree (Gemmeke et al., ICASSP
2017). No class is left out, and none is in two groups.
"""

from collections.abc import Mapping

import numpy as np

from prosodyn.types import FloatArray

N_CLASSES = 521

GROUPS: Mapping[str, tuple[range, ...]] = {
    "speech": (range(6),),
    "shouting or whispering": (range(6, 13),),
    "laughter": (range(13, 19),),
    "crying": (range(19, 24),),
    "singing": (range(24, 33),),
    "other human sounds": (range(33, 61),),
    "a crowd": (range(61, 67),),
    "animals": (range(67, 132),),
    "music": (range(132, 277),),
    "nature": (range(277, 294),),
    "vehicles": (range(294, 348),),
    "household sounds or alarms": (range(348, 420),),
    "impacts": (range(420, 494),),
    "silence": (range(494, 495),),
    "tones": (range(495, 500),),
    # rooms, television and radio, and field recordings say where a sound was recorded, not what it is
    "noise": (range(507, 518),),
    "surroundings": (range(500, 507), range(518, N_CLASSES)),
}
"""Group to the indices of its classes; each name can stand in a sentence."""

VOICE = ("speech", "shouting or whispering")
"""Groups of somebody who speaks, however loud."""

HUMAN = (*VOICE, "laughter", "crying", "singing", "other human sounds")
"""Groups of sounds that a person makes."""


def group_logits(logits: FloatArray) -> FloatArray:
    """Return the logit of the likeliest class of each group.

    Classes of AudioSet do not exclude each other: a group is at least as likely as its likeliest class.

    Args:
        logits: `(hop, N_CLASSES)`

    Returns:
        `(hop, group)` in the order of `GROUPS`
    """
    columns = [
        np.maximum.reduce([logits[:, part.start : part.stop].max(axis=1) for part in parts])
        for parts in GROUPS.values()
    ]
    return np.stack(columns, axis=1)
