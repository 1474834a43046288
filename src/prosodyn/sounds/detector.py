"""Speech told from other sound by what the sound is, not by how loud it is."""

import numpy as np

from prosodyn.sounds.classifier import BLOCK, HOP, SoundClassifier
from prosodyn.sounds.groups import GROUPS, VOICE
from prosodyn.types import FloatArray

THRESHOLD = -2.3
"""Logit of a voice from where a hop is taken for speech.

It was chosen on half of what `benchmarks/speech_threshold.py` hears, by the least mean of misses (as
recorded, over a telephone, in noise at 10, 5 and 0 dB) and false alarms; what it measured is the other half.
"""

_VOICE = [list(GROUPS).index(group) for group in VOICE]


def speech_probability(logits: FloatArray) -> FloatArray:
    """Return how likely somebody speaks, whispers or shouts; from 0.5 on it is taken for speech.

    Args:
        logits: `(hop, group)` of a `SoundClassifier`

    Returns:
        `(hop,)`
    """
    voice = logits[:, _VOICE].max(axis=1) - THRESHOLD
    # the logistic function, by its equal that does not overflow
    return np.asarray((1 + np.tanh(voice / 2)) / 2, dtype=np.float32)


class SoundSpeechDetector:
    """Tells speech from other sound as samples come: the `SpeechDetector` over a `SoundClassifier`.

    Attributes:
        hop: seconds from one probability to the next, 0.48
    """

    def __init__(self, block: int = BLOCK) -> None:
        """Begin a recording; `block` as of `SoundClassifier`."""
        self._classifier = SoundClassifier(block)
        self.hop = self._classifier.hop
        self._n_samples = 0

    def push(self, samples: FloatArray) -> FloatArray:
        """Take further samples, `(time,)`; return the probabilities that are now settled, `(hop,)`."""
        self._n_samples += len(samples)
        return speech_probability(self._classifier.push(samples))

    def flush(self) -> FloatArray:
        """End the recording, be ready for another, and return the rest, `(hop,)`.

        A last hop that is less than half there tells more of the silence after it, and as much as the hop
        before where there is one: that stands for both.
        """
        found = speech_probability(self._classifier.flush())
        n_left, self._n_samples = self._n_samples % HOP, 0
        return found[:-1] if 0 < n_left < HOP / 2 and len(found) > 1 else found
