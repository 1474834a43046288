"""Hidden states of pretrained encoders, pooled over time: the simple use of them, which others must beat."""

from collections.abc import Sequence

import numpy as np
import torch

from prosodyn.comparison.method import RealArray
from prosodyn.features.encoders import EncoderStates, States, find_encoder
from prosodyn.features.encoders.cache import cached
from prosodyn.types import FloatArray

MOST_VALUES = 400
"""Where a block has more channels times bands than these, its bands are averaged before anything else."""


class PooledStates:
    """Mean and standard deviation over time of every channel, and of every band where there are few."""

    def __init__(self, names: Sequence[str]) -> None:
        """Describe the encoders; their files are read where something has to be computed.

        Raises:
            ConfigError: no such encoder
            BundleError: its file is not here
        """
        self._encoders = [find_encoder(name) for name in names]
        self._made_by = "-".join(["pooled", str(MOST_VALUES), *(each.sha256() for each in self._encoders)])
        self._states: EncoderStates | None = None

    def __call__(self, waveform: FloatArray) -> RealArray:
        """Compute the pooled states of `(time,)` at `SAMPLE_RATE`, `(value, 1)`; kept in the cache."""
        pooled: RealArray = cached(waveform, self._made_by, self._compute).astype(np.float64)
        return pooled[:, None]

    def _compute(self, waveform: FloatArray) -> FloatArray:
        if self._states is None:
            self._states = EncoderStates(self._encoders)
        samples = torch.tensor([len(waveform)])
        with torch.inference_mode():
            states = self._states(torch.tensor(waveform)[None], samples)
        return np.concatenate([pool(each) for each in states])


def pool(states: States) -> FloatArray:
    """Pool the states of a single clip over its true frames, `(value,)`: all means, then all deviations."""
    values = states.values[0, :, : int(states.lengths[0])].numpy()  # (channel, frame, band)
    if values.shape[0] * values.shape[2] > MOST_VALUES:
        values = values.mean(axis=2, keepdims=True)
    pooled = np.concatenate([values.mean(axis=1).ravel(), values.std(axis=1).ravel()])
    return pooled.astype(np.float32)
