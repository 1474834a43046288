"""How loud the samples of a recording are, channel by channel, gathered block by block."""

from dataclasses import dataclass

import numpy as np

from prosodyn.types import FloatArray

FULL_SCALE = 0.98
"""What counts as full scale: the largest value of µ-law, the coarsest code, is 0.9803."""

_PIECE = 65_536  # samples among which a top is looked for, the same however a recording is read
_NEAR_PEAK = 0.7  # of a piece's swing; where speech that was not clipped hardly ever stays
_LEAST_SWING = 0.01  # what moves less is a pause, in which coarse codes stand still
_FLAT = 3  # equal samples in a row; two happen by rounding


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud a recording is, before mixing and resampling.

    Attributes:
        swings: half the distance from the lowest to the highest sample of each channel
        peak: largest magnitude in any channel
        offset: mean of all samples
        full_scale_share: of the samples of all channels, the share at `FULL_SCALE` or beyond
        flat_share: the share that stands still, three in a row or more, at 0.7 of the swing around it or
            beyond, as where a wave was cut off, at whatever level
    """

    swings: tuple[float, ...]
    peak: float
    offset: float
    full_scale_share: float
    flat_share: float

    @property
    def channel_swing(self) -> float:
        """Return the swing of the liveliest channel."""
        return max(self.swings, default=0.0)


class LevelMeter:
    """Gathers `Levels`."""

    def __init__(self) -> None:
        self._lowest = np.array([np.inf])
        self._highest = np.array([-np.inf])
        self._sum = 0.0
        self._n_samples = self._n_full_scale = self._n_flat = 0
        self._held = np.empty((0, 0), dtype=np.float32)  # the piece that is not whole yet

    def add(self, channels: FloatArray) -> None:
        """Take in more samples, `(channel, time)`, at least one."""
        self._lowest = np.minimum(self._lowest, channels.min(axis=1))
        self._highest = np.maximum(self._highest, channels.max(axis=1))
        self._sum += float(channels.sum(dtype=np.float64))
        self._n_full_scale += int(np.count_nonzero(np.abs(channels) >= FULL_SCALE))
        self._n_samples += channels.size
        pieces = np.hstack([self._held, channels]) if self._held.size else channels
        whole = pieces.shape[1] // _PIECE * _PIECE
        self._n_flat += sum(_count_flat(pieces[:, at : at + _PIECE]) for at in range(0, whole, _PIECE))
        self._held = pieces[:, whole:].copy()

    @property
    def levels(self) -> Levels:
        """Return what was gathered so far."""
        n_samples = max(1, self._n_samples)
        return Levels(
            swings=tuple(np.maximum(0.0, (self._highest - self._lowest) / 2).tolist()),
            peak=max(0.0, float(self._highest.max()), float(-self._lowest.min())),
            offset=self._sum / n_samples,
            full_scale_share=self._n_full_scale / n_samples,
            flat_share=(self._n_flat + _count_flat(self._held)) / n_samples,
        )


def _count_flat(channels: FloatArray) -> int:
    """Count the samples of tops that are flat: the same value `_FLAT` times or more, near an extreme."""
    if channels.shape[1] < _FLAT:
        return 0
    highest, lowest = channels.max(axis=1, keepdims=True), channels.min(axis=1, keepdims=True)
    swing = (highest - lowest) / 2
    near = np.abs(channels - (highest + lowest) / 2) >= np.where(
        swing < _LEAST_SWING, np.inf, _NEAR_PEAK * swing
    )
    still = (channels[:, 1:] == channels[:, :-1]) & near[:, 1:]
    inside = still[:, 1:] & still[:, :-1]
    # a run of n samples has n - 2 places inside, and its two ends
    begins = np.count_nonzero(inside[:, :1]) + np.count_nonzero(inside[:, 1:] & ~inside[:, :-1])
    return int(np.count_nonzero(inside) + 2 * begins)
