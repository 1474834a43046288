"""Runs a classical system from the arrays of its bundle, in numpy."""

from pathlib import Path

import numpy as np

from prosodyn.bundle import Card, read_weights
from prosodyn.comparison.feature_sets import FeatureSet, build_feature_set
from prosodyn.comparison.fitted import FittedSystem
from prosodyn.comparison.systems import SYSTEMS
from prosodyn.errors import BundleError, ConfigError
from prosodyn.types import EngineOutput, FloatArray, IntArray, SpeakerStatistics


class ClassicalEngine:
    """An engine that hears one utterance at a time."""

    name = "classical"

    def __init__(self, feature_set: FeatureSet, system: FittedSystem) -> None:
        self._feature_set = feature_set
        self._system = system

    @classmethod
    def from_bundle(cls, directory: Path, card: Card) -> "ClassicalEngine":
        """Put the system of a card together from the arrays beside it.

        Raises:
            BundleError: no such system, or not its arrays
            MissingExtraError: what computes its features is not installed
        """
        name = card.system
        if name not in SYSTEMS:
            raise BundleError(
                f"{directory}: holds the system '{name}', expected one of {sorted(SYSTEMS)}; "
                "install the version of prosodyn that wrote it"
            )
        try:
            feature_set = build_feature_set(SYSTEMS[name].feature_set, card.front_end)
        except ConfigError as fault:
            raise BundleError(f"{directory}: {fault}; copy the whole bundle again") from fault
        arrays = read_weights(directory, card)
        return cls(feature_set, FittedSystem.from_arrays(SYSTEMS[name].method, arrays, str(directory)))

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        """Compute the logits of a padded batch; there is no embedding and no attention.

        Args:
            waveform: `(batch, time)` in [-1, 1] at `SAMPLE_RATE`
            samples: `(batch,)`, true lengths in samples, at least one
            speaker: None; a classical system follows nobody

        Raises:
            BundleError: a speaker was given
        """
        if speaker is not None:
            raise BundleError("a classical system follows no speaker; use a network")
        heard = [self._feature_set(row[:length]) for row, length in zip(waveform, samples, strict=True)]
        logits = self._system.logits(heard).astype(np.float32)
        nothing = np.zeros((len(waveform), 0), dtype=np.float32)
        return EngineOutput(logits, nothing, nothing, np.zeros((len(waveform), 0, 0), dtype=np.float32))
