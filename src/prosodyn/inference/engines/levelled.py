"""An engine that hears recordings about as loud as those that a network learnt from."""

from dataclasses import dataclass

import numpy as np

from prosodyn.audio.levelling import change_to_level
from prosodyn.types import Engine, EngineOutput, FloatArray, IntArray, LevelRange, SpeakerStatistics


@dataclass(frozen=True, slots=True)
class LevelledEngine:
    """An engine before which what is too quiet or too loud is brought to the nearest usual level.

    How loud a voice is beside itself, in what is heard at once, stays.

    Attributes:
        inner: hears what comes of it
        levels: between which the loudest 20 ms of a recording usually lie
        fixed: offset and gain of each waveform, whatever its level; None where that decides
    """

    inner: Engine
    levels: LevelRange
    fixed: tuple[np.float32, np.float32] | None = None

    @property
    def name(self) -> str:
        """Return the name of the engine that hears."""
        return self.inner.name

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        """Compute what the engine does of the same batch at usual levels; the batch stays as it is."""
        levelled = np.zeros_like(waveform)
        for row, heard, length in zip(levelled, waveform, samples, strict=True):
            row[:length] = self.changed(heard[:length])
        return self.inner.run(levelled, samples, speaker)

    def changed(self, waveform: FloatArray) -> FloatArray:
        """Return a waveform, `(time,)`, as the inner engine hears it."""
        offset, gain = self.change(waveform)
        return (waveform - offset) * gain

    def change(self, waveform: FloatArray) -> tuple[np.float32, np.float32]:
        """Return what is taken off a waveform, `(time,)`, and by what it is multiplied then."""
        return change_to_level(waveform, self.levels) if self.fixed is None else self.fixed


def as_heard(engine: Engine, waveform: FloatArray) -> FloatArray:
    """Return a waveform, `(time,)`, as the network behind an engine hears it."""
    return engine.changed(waveform) if isinstance(engine, LevelledEngine) else waveform


def fixed_to(engine: Engine, waveform: FloatArray) -> Engine:
    """Return an engine that changes all it hears as it does one waveform, `(time,)`, whose parts they are."""
    if not isinstance(engine, LevelledEngine):
        return engine
    return LevelledEngine(engine.inner, engine.levels, engine.change(waveform))
