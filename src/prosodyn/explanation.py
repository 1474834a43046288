"""The nouns of why an answer was given: what hiding parts of the sound cost, and what a network weighed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.types import Prediction

Numbers = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Region:
    """A piece of a spectrogram that tells much of the answer.

    Attributes:
        start: seconds into the recording
        end: seconds into the recording
        low: Hz
        high: Hz
        fall: bits by which the evidence falls when all of it is hidden at once
        confidence: probability of the same emotion then
    """

    start: float
    end: float
    low: float
    high: float
    fall: float
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Occlusion:
    """What hiding parts of the sound costs, in bits: one bit is half the odds. Below zero, it gains.

    What is hidden alone and what is hidden together need not cost the same, so nothing here adds up.

    Attributes:
        times: `(moment + 1,)`, where moments begin and end, in seconds into the recording
        frequencies: `(band + 1,)`, where bands begin and end, in Hz
        cells: `(band, moment)`, mean cost of the patches over each cell, two bands high and two moments long
        moments: `(moment,)`, what each moment costs, all bands hidden
        bands: `(band,)`, what each band costs, hidden throughout
        regions: pieces of cost, the costliest first; none where hiding costs nothing
    """

    times: Numbers
    frequencies: Numbers
    cells: Numbers
    moments: Numbers
    bands: Numbers
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """What a network weighed most while it answered.

    Attributes:
        times: `(frame + 1,)`, where frames begin and end, in seconds into the recording
        frames: `(frame,)`, weights that sum to one
        kernels: `(layer, kernel)`, weights that sum to one over the kernels, of the layers that choose
        share: of the answer that goes through these frames and kernels; the rest are votes on a summary of
            the whole utterance, which attend to nothing
    """

    times: Numbers
    frames: Numbers
    kernels: Numbers
    share: float

    def core(self) -> tuple[float, float]:
        """Return the shortest stretch, in seconds, that has half of the weight."""
        total = np.append(0.0, np.cumsum(self.frames, dtype=np.float64))
        ends = np.searchsorted(total, total + 0.5 * total[-1] - 1e-9)
        reached = np.flatnonzero(ends < len(total))
        first = min(reached, key=lambda place: self.times[ends[place]] - self.times[place])
        return float(self.times[first]), float(self.times[ends[first]])

    def choice(self) -> Numbers:
        """Return how far each layer is from weighing its kernels alike, `(layer,)`.

        0 where it weighs them alike, 1 where one kernel has all: one minus the entropy, as a share of the
        largest one (Shannon 1948). A layer of one kernel chooses nothing.
        """
        n_kernels = self.kernels.shape[1]
        if n_kernels < 2:
            return np.zeros(len(self.kernels))
        weights = np.clip(self.kernels.astype(np.float64), np.finfo(np.float64).tiny, None)
        return np.asarray(1 + (weights * np.log(weights)).sum(axis=1) / np.log(n_kernels))


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Why a recogniser gave its answer.

    Attributes:
        prediction: the answer, about the piece that is explained
        start: seconds into the recording, of that piece
        end: seconds into the recording
        against: the emotion that the answer is compared with; empty for all others together
        evidence: bits, the logarithm of the odds of the answer against that
        occlusion: what hiding parts of the sound costs
        attention: what the network weighed; None of a classical system
    """

    prediction: Prediction
    start: float
    end: float
    against: str
    evidence: float
    occlusion: Occlusion
    attention: Attention | None
