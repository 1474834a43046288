"""Runs an exported graph by onnxruntime, without torch."""

import json
from dataclasses import fields

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as faults

from prosodyn.errors import BundleError
from prosodyn.types import EngineOutput, FloatArray, IntArray

INPUTS = {"waveform": "tensor(float)", "samples": "tensor(int64)"}
"""What a graph must take; whatever else it takes must have a default."""

OUTPUTS = tuple(output.name for output in fields(EngineOutput))
"""What a graph must give."""

_FAULTS = (
    faults.EPFail,
    faults.Fail,
    faults.InvalidArgument,
    faults.InvalidGraph,
    faults.InvalidProtobuf,
    faults.NotImplemented,
    faults.RuntimeException,
)
_FATAL = 4  # the only severity that is still written to the terminal; errors are raised


class OnnxEngine:
    """An engine on one thread of the CPU.

    Three seconds of speech take some five milliseconds: threads would wait for
    each other, and several processes share a machine better.
    """

    name = "onnx"

    def __init__(self, graph: bytes, n_emotions: int, where: str = "graph") -> None:
        """Load a graph.

        Args:
            graph: an ONNX file's content
            n_emotions: logits expected
            where: names the graph in error messages

        Raises:
            BundleError: not a graph, or one with other inputs, outputs or another number of logits
        """
        self._where = where
        self._n_emotions = n_emotions
        onnxruntime.disable_telemetry_events()
        try:
            self._session = onnxruntime.InferenceSession(
                graph, _session_options(), providers=["CPUExecutionProvider"]
            )
        except _FAULTS as fault:
            raise BundleError(f"{where}: is not a graph that can be run: {fault}; export it again") from fault
        self._refuse_foreign()

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the emotions that the graph names, in the order of its logits; empty where it names none."""
        written = self._session.get_modelmeta().custom_metadata_map.get("labels", "[]")
        return tuple(json.loads(written))

    def run(self, waveform: FloatArray, samples: IntArray) -> EngineOutput:
        """Compute logits and attentions of a padded batch.

        Args:
            waveform: `(batch, time)` in [-1, 1] at `SAMPLE_RATE`
            samples: `(batch,)`, true lengths in samples, at least one

        Raises:
            BundleError: the graph cannot be run on such a batch
        """
        try:
            outputs = self._session.run(OUTPUTS, {"waveform": waveform, "samples": samples})
        except _FAULTS as fault:
            raise BundleError(
                f"{self._where}: cannot be run on a batch of shape {waveform.shape}: {fault}; export it again"
            ) from fault
        if outputs[0].shape != (len(waveform), self._n_emotions):
            raise BundleError(
                f"{self._where}: gives logits of shape {outputs[0].shape}, "
                f"expected {(len(waveform), self._n_emotions)}; export it again"
            )
        return EngineOutput(*outputs)

    def _refuse_foreign(self) -> None:
        inputs = {entry.name: entry.type for entry in self._session.get_inputs()}
        if inputs != INPUTS:
            raise BundleError(f"{self._where}: takes {inputs}, expected {INPUTS}; export it again")
        outputs = {entry.name: entry.shape for entry in self._session.get_outputs()}
        missing = [name for name in OUTPUTS if name not in outputs]
        if missing:
            raise BundleError(f"{self._where}: does not give '{missing[0]}'; export it again")
        n_emotions = outputs["logits"][-1] if outputs["logits"] else 0
        if isinstance(n_emotions, int) and n_emotions != self._n_emotions:
            raise BundleError(
                f"{self._where}: gives {n_emotions} logits, the card has {self._n_emotions} labels; "
                "export it again"
            )


def _session_options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL
    return options
