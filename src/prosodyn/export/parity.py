"""The check that an exported graph answers as its network does."""

import copy
from collections.abc import Iterator
from dataclasses import fields

import numpy as np

from prosodyn.errors import ExportError
from prosodyn.inference.engines.onnx import OnnxEngine
from prosodyn.inference.engines.torch import TorchEngine
from prosodyn.model import WaveformNetwork
from prosodyn.types import SAMPLE_RATE, Engine, EngineOutput, FloatArray, IntArray

# samples: one, around a window of 480, and up to 30 s; then mixed lengths side by side
_BATCHES = (
    (1,),
    (320,),
    (479,),
    (480,),
    (481,),
    (3 * SAMPLE_RATE,),
    (30 * SAMPLE_RATE,),
    (480, 10 * SAMPLE_RATE),
    (1, 479, 480, 481, 2 * SAMPLE_RATE),
    tuple(range(1, 4 * SAMPLE_RATE, SAMPLE_RATE // 8)),
)


def check_parity(network: WaveformNetwork, graph: bytes, tolerance: float = 1e-4) -> float:
    """Run a network and its graph on utterances of 1 sample to 30 s, alone and in mixed batches.

    Args:
        network: stays as it is
        graph: what `export_onnx` made of it
        tolerance: largest difference of any output that is let pass

    Returns:
        the largest difference

    Raises:
        ExportError: they differ
        BundleError: the graph cannot be run
    """
    ours = TorchEngine(copy.deepcopy(network).cpu())
    theirs = OnnxEngine(graph, network.network.head.out_features)
    differences = [
        (difference, f"{name} of {len(samples)} utterances of {samples.min()} to {samples.max()} samples")
        for waveform, samples in _draw_batches()
        for name, difference in _compare(ours, theirs, waveform, samples)
    ]
    worst, where = max(differences)
    if worst > tolerance:
        raise ExportError(
            f"the graph differs from its network by {worst:.1e}, more than {tolerance:.1e}: in {where}"
        )
    return worst


def _draw_batches() -> Iterator[tuple[FloatArray, IntArray]]:
    """Draw noise at several levels, which also fills the padding, where it must not matter."""
    rng = np.random.default_rng(0)
    for lengths in _BATCHES:
        noise = rng.standard_normal((len(lengths), max(lengths))) * rng.choice([0.003, 0.1, 0.3])
        yield noise.clip(-1, 1).astype(np.float32), np.array(lengths, dtype=np.int64)


def _compare(
    ours: Engine, theirs: Engine, waveform: FloatArray, samples: IntArray
) -> Iterator[tuple[str, float]]:
    expected, found = ours.run(waveform, samples), theirs.run(waveform, samples)
    for output in fields(EngineOutput):
        ours_array, theirs_array = getattr(expected, output.name), getattr(found, output.name)
        if ours_array.shape != theirs_array.shape:
            raise ExportError(
                f"the graph gives {output.name} of shape {theirs_array.shape}, expected {ours_array.shape}"
            )
        # a NaN compares with nothing: it must count as the largest difference of all
        yield output.name, float(np.nan_to_num(np.abs(ours_array - theirs_array), nan=np.inf).max())
