"""The check that an exported graph answers as its network does."""

import copy
from collections.abc import Collection, Iterator
from dataclasses import fields

import numpy as np

from prosodyn.errors import ExportError
from prosodyn.inference.engines.onnx import OnnxEngine
from prosodyn.inference.engines.torch import TorchEngine
from prosodyn.model import WaveformNetwork
from prosodyn.types import SAMPLE_RATE, EngineOutput, FloatArray, IntArray, SpeakerStatistics

# samples: one, around a window of 480, and up to 60 s; then 2 to 32 of mixed lengths side by side. Every
# length with every batch takes minutes: `benchmarks/parity.py` does that
_BATCHES = (
    (1,),
    (320,),
    (479,),
    (480,),
    (481,),
    (SAMPLE_RATE // 10,),
    (3 * SAMPLE_RATE,),
    (60 * SAMPLE_RATE,),
    (480, 10 * SAMPLE_RATE),
    (1, 479, 480, 481, 2 * SAMPLE_RATE),
    tuple(range(1, 4 * SAMPLE_RATE, SAMPLE_RATE // 8)),
)

OUTPUTS = tuple(output.name for output in fields(EngineOutput))

LEEWAY = {"embedding": 10.0}
"""Outputs that may differ by so many times the tolerance: those that rounding itself moves so far.

On noise, a waveform with another last bit moves some networks' embedding by 2.3e-4, and their logits by 1e-5.
"""


def check_parity(
    network: WaveformNetwork, graph: bytes, tolerance: float = 1e-4, outputs: Collection[str] = OUTPUTS
) -> float:
    """Run a network and its graph on utterances of 1 sample to 60 s, alone and up to 32 in mixed batches.

    Both answer by their own normalisation, and the last batch once more by a speaker's.

    Args:
        network: stays as it is
        graph: what `export_onnx` made of it
        tolerance: largest difference of any output that is let pass, relative where the output is above one;
            see `LEEWAY`
        outputs: that are compared

    Returns:
        the largest difference, measured so

    Raises:
        ExportError: they differ
        BundleError: the graph cannot be run
    """
    ours = TorchEngine(copy.deepcopy(network).cpu())
    theirs = OnnxEngine(graph, network.network.head.out_features)
    batches = [(waveform, samples, None) for waveform, samples in _draw_batches()]
    speaker = _draw_speaker(network.listener.n_features, network.listener.summary_size)
    differences = [
        (difference, f"{name} of {_describe(samples, speaker)}")
        for waveform, samples, speaker in (*batches, (*batches[-1][:2], speaker))
        for name, difference in compare(
            ours.run(waveform, samples, speaker), theirs.run(waveform, samples, speaker)
        )
        if name in outputs
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


def _draw_speaker(n_features: int, summary_size: int) -> SpeakerStatistics:
    rng = np.random.default_rng(1)
    return SpeakerStatistics(
        mean=rng.normal(-5, 2, n_features),
        variance=rng.uniform(1, 9, n_features),
        n_frames=1,
        summary=rng.normal(0, 1, summary_size),
        summary_variance=rng.uniform(0.3, 3, summary_size),
        n_recordings=100,
    )


def _describe(samples: IntArray, speaker: SpeakerStatistics | None) -> str:
    whose = "" if speaker is None else ", normalised by a speaker's own mean and scale"
    return f"{len(samples)} utterances of {samples.min()} to {samples.max()} samples{whose}"


def compare(expected: EngineOutput, found: EngineOutput) -> Iterator[tuple[str, float]]:
    """Yield every output with its largest difference, relative where it is above one; see `LEEWAY`.

    Raises:
        ExportError: an output that is missing or of another shape
    """
    for output in fields(EngineOutput):
        ours, theirs = getattr(expected, output.name), getattr(found, output.name)
        if theirs is None:
            raise ExportError(f"the graph does not give {output.name}; export it again")
        if ours.shape != theirs.shape:
            raise ExportError(f"the graph gives {output.name} of shape {theirs.shape}, expected {ours.shape}")
        room = np.maximum(np.abs(ours), 1) * LEEWAY.get(output.name, 1.0)
        difference = np.abs(ours - theirs) / room
        # a NaN compares with nothing: it must count as the largest difference of all
        yield output.name, float(np.nan_to_num(difference, nan=np.inf).max(initial=0.0))
