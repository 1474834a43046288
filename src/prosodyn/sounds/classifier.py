"""What is heard, moment by moment, from samples as they come; the same however they are cut."""

import numpy as np

from prosodyn.sounds.groups import GROUPS, group_logits
from prosodyn.sounds.network import BEFORE, PATCH, SHIFT, SoundNetwork, n_frames, shipped_network
from prosodyn.sounds.spectrogram import FRAME, STEP, log_mel
from prosodyn.types import SAMPLE_RATE, FloatArray

HOP = SHIFT * STEP
"""Samples from one answer to the next."""

BLOCK = 16
"""Hops that are computed at a time, 7.7 s: with fewer, more goes into context; with more, nothing is won."""

_SILENCE = (
    BEFORE + (PATCH - SHIFT) // 2
) * STEP  # samples before the first one, so that patches lie about hops


class SoundClassifier:
    """Says how likely each group of sounds is in every hop of 0.48 s.

    An answer is about the 0.96 s around the middle of its hop, and depends on 0.4 s more on either side; the
    recording is taken to lie in silence. So an answer depends neither on how the samples were cut into
    pieces nor on the size of the blocks, up to rounding (1e-5). It is settled 0.74 s after its hop ended, or
    up to a block later. Memory does not grow with the recording.

    Attributes:
        hop: seconds from one answer to the next
        groups: of sounds, in the order of the answers
    """

    def __init__(self, block: int = BLOCK, network: SoundNetwork | None = None) -> None:
        """Begin a recording.

        Args:
            block: hops that are computed at a time; 1 answers soonest and costs most
            network: by default the one that comes with the package
        """
        self.hop = HOP / SAMPLE_RATE
        self.groups = tuple(GROUPS)
        self._network = shipped_network() if network is None else network
        self._block = block
        self._silent: dict[int, FloatArray] = {}
        self._waiting: FloatArray
        self._begin()

    def classify(self, waveform: FloatArray) -> FloatArray:
        """Answer for a whole recording; one that was begun by pieces is forgotten.

        Args:
            waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`

        Returns:
            `(hop, group)` as from `push`, a hop for every 0.48 s that began
        """
        self._begin()
        return np.concatenate([self.push(waveform), self.flush()])

    def push(self, samples: FloatArray) -> FloatArray:
        """Take further samples.

        Args:
            samples: `(time,)` in [-1, 1] at `SAMPLE_RATE`

        Returns:
            logits of the hops that are now settled, `(hop, group)`; above zero is more likely than not
        """
        self._n_samples += len(samples)
        answers = [_no_answer()]
        for start in range(0, len(samples), self._block * HOP):
            # small steps, so that a long recording in one piece is not copied
            self._waiting = np.concatenate([self._waiting, samples[start : start + self._block * HOP]])
            while len(self._waiting) >= _n_needed(self._block):
                answers.append(self._hear(self._block))
        return np.concatenate(answers)

    def flush(self) -> FloatArray:
        """End the recording, and be ready for another.

        Returns:
            logits of the hops that were not settled yet, `(hop, group)`; the last may be cut short by the end
        """
        n_left = -(-self._n_samples // HOP) - self._n_heard
        self._waiting = np.pad(self._waiting, (0, _n_needed(n_left)))
        answers = [_no_answer()]
        while n_left > 0:
            answers.append(self._hear(min(n_left, self._block)))
            n_left -= len(answers[-1])
        self._begin()
        return np.concatenate(answers)

    def _begin(self) -> None:
        self._n_samples = self._n_heard = 0
        self._waiting = np.zeros(_SILENCE, dtype=np.float32)

    def _hear(self, n_hops: int) -> FloatArray:
        """Answer for the next hops, `(hop, group)`, from samples that are all there."""
        heard = self._waiting[: _n_needed(n_hops)]
        self._waiting = self._waiting[n_hops * HOP :]
        self._n_heard += n_hops
        if heard.any():
            return self._answer(heard, n_hops)
        # hours of digital silence, as of a muted line, sound alike
        if n_hops not in self._silent:
            self._silent[n_hops] = self._answer(heard, n_hops)
        return self._silent[n_hops]

    def _answer(self, heard: FloatArray, n_hops: int) -> FloatArray:
        return group_logits(self._network.logits(log_mel(heard), n_hops))


def _n_needed(n_hops: int) -> int:
    """Return how many samples the answers of so many hops depend on."""
    return (n_frames(n_hops) - 1) * STEP + FRAME


def _no_answer() -> FloatArray:
    return np.zeros((0, len(GROUPS)), dtype=np.float32)
