"""YAMNet, which comes with the package, run by onnxruntime."""

from functools import cache
from importlib.resources import files

import numpy as np

from prosodyn.offline import onnxruntime
from prosodyn.types import FloatArray

PATCH = 96
"""Frames that an answer is about, 0.96 s; the network learnt from no others."""

SHIFT = 48
"""Frames from one patch to the next."""

BEFORE, AFTER = 32, 48
"""Frames beside a patch that its lower convolutions look at: 30 and 45, in whole columns of theirs."""

_COLUMN = 16  # frames of a column of what the lower convolutions compute

_FATAL = 4  # the only severity that is still written to the terminal; errors are raised


class SoundNetwork:
    """The network on one thread of the CPU: from a spectrogram to logits of the 521 classes of AudioSet."""

    def __init__(self, graph: bytes) -> None:
        """Load a graph.

        Args:
            graph: an ONNX file's content, `features (1, 1, frame, 64)` and `patches (patch, column)` to
                `logits (patch, 521)`, as `benchmarks/sound_network.py` makes it
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _FATAL
        options.enable_cpu_mem_arena = False  # it keeps what the longest recording took
        # weights of 8 bits are made real numbers once: in every run it would take longer than all the rest
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def logits(self, features: FloatArray, n_patches: int) -> FloatArray:
        """Compute the classes of patches that lie `SHIFT` frames apart, the first of them at `BEFORE`.

        Args:
            features: `(frame, 64)`, `n_frames(n_patches)` of them
            n_patches: at least one

        Returns:
            `(patch, 521)`
        """
        first = (BEFORE + SHIFT * np.arange(n_patches, dtype=np.int64)) // _COLUMN
        patches = first[:, None] + np.arange(PATCH // _COLUMN)
        (answer,) = self._session.run(("logits",), {"features": features[None, None], "patches": patches})
        return np.asarray(answer, dtype=np.float32)


def n_frames(n_patches: int) -> int:
    """Return how many frames so many patches depend on."""
    return BEFORE + SHIFT * (n_patches - 1) + PATCH + AFTER


@cache
def shipped_network() -> SoundNetwork:
    """Load the network that comes with the package; the second time it is there already."""
    return SoundNetwork(files("prosodyn.sounds").joinpath("yamnet.onnx").read_bytes())
