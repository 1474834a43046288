"""openSMILE's feature sets, for comparison with what others report.

openSMILE (Eyben, Wöllmer and Schuller, ACM Multimedia 2010) is not free software: audEERING's
research licence allows non-commercial use only. So it is an outside peer in benchmarks alone,
comes with the extra `benchmark` and nothing else, and no shipped recogniser uses it.
"""

from typing import Literal

import numpy as np

from prosodyn.comparison.extras import needing
from prosodyn.comparison.method import RealArray
from prosodyn.types import SAMPLE_RATE, FloatArray

FunctionalSet = Literal["egemaps", "compare"]

LICENCE = "openSMILE, which it answers with, is licensed by audEERING for non-commercial use only"
"""What the card says of a system that hears by it."""

SHORTEST = SAMPLE_RATE // 10
"""Samples; openSMILE finds nothing to measure in much less, so that silence is put behind it."""


class Functionals:
    """Statistics of low-level descriptors over a whole utterance.

    `egemaps` are the 88 of eGeMAPSv02 (Eyben et al., IEEE Transactions on Affective Computing
    2016), `compare` the 6373 of ComParE 2016 (Schuller et al., Interspeech 2016).
    """

    def __init__(self, name: FunctionalSet) -> None:
        """Set up openSMILE.

        Raises:
            MissingExtraError: opensmile is not installed
        """
        with needing("opensmile", "benchmark", f"the feature set '{name}'"):
            from opensmile import FeatureLevel, FeatureSet, Smile
        sets = {"egemaps": FeatureSet.eGeMAPSv02, "compare": FeatureSet.ComParE_2016}
        self._smile = Smile(sets[name], FeatureLevel.Functionals)

    def __call__(self, waveform: FloatArray) -> RealArray:
        """Compute the functionals of `(time,)` at `SAMPLE_RATE`, `(functional, 1)`."""
        padded = np.pad(waveform, (0, max(0, SHORTEST - len(waveform))))
        table = self._smile.process_signal(padded, SAMPLE_RATE)
        return np.asarray(table.to_numpy(), dtype=np.float64).T
