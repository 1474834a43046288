"""The networks' own front ends, for systems that judge by what these hear."""

import torch

from prosodyn.comparison.method import RealArray
from prosodyn.comparison.statistics import statistics_over_time
from prosodyn.config import FrontEndConfig
from prosodyn.features import build_front_end
from prosodyn.types import FloatArray


class Frames:
    """The features of every frame."""

    def __init__(self, config: FrontEndConfig) -> None:
        self._front_end = build_front_end(config)

    def __call__(self, waveform: FloatArray) -> RealArray:
        """Compute the features of `(time,)` at `SAMPLE_RATE`, `(feature, frame)`."""
        samples = torch.tensor([len(waveform)])
        with torch.inference_mode():
            features, lengths = self._front_end(torch.tensor(waveform)[None], samples)
        frames: RealArray = features[0, :, : int(lengths)].double().numpy()
        return frames


class Statistics:
    """The statistics of every feature over time."""

    def __init__(self, config: FrontEndConfig) -> None:
        self._frames = Frames(config)

    def __call__(self, waveform: FloatArray) -> RealArray:
        """Compute the statistics of `(time,)` at `SAMPLE_RATE`, `(6 · feature, 1)`."""
        return statistics_over_time(self._frames(waveform))
