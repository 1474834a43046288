"""Speech by Silero VAD, for those who have it: finer in time than the sounds that come with the package.

Its file is that of the package `silero-vad` (Silero Team 2021, MIT). onnxruntime runs it; torch, which that
package asks for, is not loaded.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from prosodyn.errors import MissingExtraError
from prosodyn.offline import onnxruntime
from prosodyn.types import SAMPLE_RATE, FloatArray

HOP = 512
"""Samples from one answer to the next, 32 ms."""

_CONTEXT = 64  # samples before a hop that the network looks at
_STATE = (1, 1, 128)
_FATAL = 4  # the only severity that is still written to the terminal; errors are raised


class SileroSpeechDetector:
    """Tells speech from other sound as samples come: a `SpeechDetector`.

    An answer depends on all that came before it, and is settled with the end of its hop.

    Attributes:
        hop: seconds from one probability to the next, 0.032
    """

    hop = HOP / SAMPLE_RATE

    def __init__(self) -> None:
        """Begin a recording.

        Raises:
            MissingExtraError: silero-vad is not installed
        """
        self._session = _network()
        self._waiting: FloatArray
        self._state: list[FloatArray]
        self._begin()

    def push(self, samples: FloatArray) -> FloatArray:
        """Take further samples, `(time,)`; return the probabilities that are now settled, `(hop,)`."""
        self._waiting = np.concatenate([self._waiting, samples])
        n_hops = (len(self._waiting) - _CONTEXT) // HOP
        if n_hops == 0:
            return np.zeros(0, dtype=np.float32)
        rows = np.lib.stride_tricks.sliding_window_view(self._waiting, _CONTEXT + HOP)[::HOP][:n_hops]
        inputs = {"input": np.ascontiguousarray(rows), "h": self._state[0], "c": self._state[1]}
        probabilities, *self._state = self._session.run(("speech_probs", "hn", "cn"), inputs)
        self._waiting = self._waiting[n_hops * HOP :]
        return np.asarray(probabilities, dtype=np.float32)

    def flush(self) -> FloatArray:
        """End the recording, be ready for another, and return the rest, `(hop,)`."""
        n_left = len(self._waiting) - _CONTEXT
        found = self.push(np.zeros(-n_left % HOP, dtype=np.float32))
        self._begin()
        return found

    def _begin(self) -> None:
        self._waiting = np.zeros(_CONTEXT, dtype=np.float32)
        self._state = [np.zeros(_STATE, dtype=np.float32)] * 2


@cache
def _network() -> "onnxruntime.InferenceSession":
    package = find_spec("silero_vad")
    if package is None or package.origin is None:
        raise MissingExtraError("silero-vad", "silero", "SileroSpeechDetector")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL
    path = Path(package.origin).parent / "data" / "silero_vad_16k_sequence.onnx"
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
