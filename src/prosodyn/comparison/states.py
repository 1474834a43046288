"""Hidden states of pretrained encoders, pooled over time: the simple use of them, which others must beat."""

from collections.abc import Sequence

import numpy as np
import torch

from prosodyn.comparison.method import RealArray
from prosodyn.encoders import encoder_identity, find_encoder
from prosodyn.features.encoders import MOST_VALUES, EncoderStates, pool_over_time
from prosodyn.features.encoders.cache import cached
from prosodyn.types import FloatArray


class PooledStates:
    """Mean and standard deviation over time of what `pool_over_time` keeps apart."""

    def __init__(self, names: Sequence[str]) -> None:
        """Find the encoders, and identify them by their files.

        Raises:
            ConfigError: no such encoder
            BundleError: its file is not here
        """
        self._encoders = [find_encoder(name) for name in names]
        self._made_by = "-".join(["pooled", str(MOST_VALUES), *map(encoder_identity, self._encoders)])
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
        pooled: FloatArray = torch.cat([pool_over_time(each) for each in states], dim=1)[0].numpy()
        return pooled
