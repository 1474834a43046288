"""Runs an exported graph by onnxruntime, without torch."""

import json
from dataclasses import MISSING, fields

import numpy as np

from prosodyn.errors import BundleError
from prosodyn.offline import faults, onnxruntime
from prosodyn.types import EngineOutput, FloatArray, IntArray, SpeakerStatistics

INPUTS = {"waveform": "tensor(float)", "samples": "tensor(int64)"}
"""What a graph must take; whatever else it takes must have a default."""

SPEAKER = {"feature_mean": "tensor(float)", "feature_scale": "tensor(float)"}
"""What a graph must take besides, each with a default, to follow a speaker."""

OUTPUTS = tuple(output.name for output in fields(EngineOutput) if output.default is MISSING)
"""What a graph must give."""

STATISTICS = tuple(output.name for output in fields(EngineOutput) if output.default is not MISSING)
"""What a graph may give besides, for a speaker to be enrolled; graphs of older bundles do not."""

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

    Short recordings give threads little to share: they would wait for each other, and several
    processes share a machine better.
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
        try:
            self._session = onnxruntime.InferenceSession(
                graph, _session_options(), providers=["CPUExecutionProvider"]
            )
        except _FAULTS as fault:
            raise BundleError(f"{where}: is not a graph that can be run: {fault}; export it again") from fault
        self._refuse_foreign()
        given = {entry.name for entry in self._session.get_outputs()}
        self._outputs = (*OUTPUTS, *(name for name in STATISTICS if name in given))
        optional = {entry.name: entry.type for entry in self._session.get_overridable_initializers()}
        self._optional = frozenset(optional)
        self._follows_speakers = optional.items() >= SPEAKER.items()

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the emotions that the graph names, in the order of its logits; empty where it names none.

        Raises:
            BundleError: what it names is no list of texts
        """
        written = self._session.get_modelmeta().custom_metadata_map.get("labels", "[]")
        try:
            labels = json.loads(written)
        except (ValueError, RecursionError):
            labels = None
        if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            raise BundleError(f"{self._where} names no labels that can be read; export it again")
        return tuple(labels)

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        """Compute logits and attentions of a padded batch.

        Args:
            waveform: `(batch, time)` in [-1, 1] at `SAMPLE_RATE`
            samples: `(batch,)`, true lengths in samples, at least one
            speaker: normalises features and summaries, in place of the graph's own means and scale

        Raises:
            BundleError: the graph cannot be run on such a batch, or cannot follow a speaker
        """
        inputs = {"waveform": waveform, "samples": samples}
        if speaker is not None:
            inputs |= self._normalisation(speaker)
        try:
            outputs = self._session.run(self._outputs, inputs)
        except _FAULTS as fault:
            raise BundleError(
                f"{self._where}: cannot be run on a batch of shape {waveform.shape}: {fault}; export it again"
            ) from fault
        if outputs[0].shape != (len(waveform), self._n_emotions):
            raise BundleError(
                f"{self._where}: gives logits of shape {outputs[0].shape}, "
                f"expected {(len(waveform), self._n_emotions)}; export it again"
            )
        return EngineOutput(**dict(zip(self._outputs, outputs, strict=True)))

    def _normalisation(self, speaker: SpeakerStatistics) -> dict[str, FloatArray]:
        if not self._follows_speakers:
            raise BundleError(f"{self._where}: takes no {list(SPEAKER)} of a speaker; export it again")
        own = speaker.normalisation()
        # graphs of older bundles follow a speaker's mean summary, in units of their own, and no scale
        return {name: own[name][None].astype(np.float32) for name in own.keys() & self._optional}

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
    options.enable_cpu_mem_arena = False  # it keeps what the longest recording took
    options.log_severity_level = _FATAL
    return options
