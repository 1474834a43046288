"""One ONNX graph from waveform to logits: front end, normalisation and network in one file."""

import copy
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Literal

import torch
from torch import Tensor

from prosodyn.bundle import LARGE
from prosodyn.errors import ExportError, MissingExtraError
from prosodyn.export.compact import compact, numbers_of
from prosodyn.export.each import GROWING, of_one, over_batch
from prosodyn.export.simplify import simplify
from prosodyn.features.encoders import OnnxLayers, StoredIntegers, stored_integers
from prosodyn.model import WaveformNetwork, WaveformOutput
from prosodyn.types import SAMPLE_RATE

OPSET = 17
"""Version of the operators; onnxruntime runs it from 1.13 on."""

OUTPUTS = WaveformOutput._fields

Storage = Literal["plain", "compact", "int8"]
"""How a graph stores its large constants."""

# the one speaker of a whole batch, or one an utterance
_FREE_AXES = {
    "waveform": {0: "batch", 1: "time"},
    "samples": {0: "batch"},
    "feature_mean": {0: "speaker"},
    "feature_scale": {0: "speaker"},
    "summary_mean": {0: "speaker"},
    "summary_scale": {0: "speaker"},
    "logits": {0: "batch"},
    "embedding": {0: "batch"},
    "frame_attention": {0: "batch", 1: "frame"},
    "kernel_attention": {0: "batch"},
    "utterance_mean": {0: "batch"},
    "utterance_variance": {0: "batch"},
    "n_frames": {0: "batch"},
    "summary": {0: "batch"},
}

# each has been looked into: `check_parity` would see what they warn of
_EXPECTED_WARNINGS = (
    "You are using the legacy TorchScript-based ONNX export",
    "The feature will be removed",
    "Converting a tensor to a Python boolean might cause the trace to be incorrect",
    "Constant folding - Only steps=1 can be constant folded",
    "Exporting a model to ONNX with a batch_size other than 1, with a variable length with LSTM",
)


def export_onnx(network: WaveformNetwork, labels: Sequence[str], storage: Storage = "plain") -> bytes:
    """Export a network; the same weights give the same bytes.

    Inputs are `waveform (batch, time)`, `samples (batch,)` and, where a speaker's own normalisation shall
    replace the network's, `feature_mean` and `feature_scale`, `(1, feature)` or `(batch, feature)`, and for
    a network that is shown it `summary_mean` and `summary_scale` of standardised summaries, `(1, summary)`
    or `(batch, summary)`. Outputs are those of `WaveformOutput`. Batch and time are free. The metadata hold
    `labels`, an array in JSON, and `sample_rate` in Hz.

    Args:
        network: stays as it is
        labels: emotions in the order of the logits
        storage: `plain` holds every constant as it is used, for whatever reads the file; `compact`, what
            bundles in half precision have, stores large ones in less room, see `export.compact`; `int8`
            rounds the large weights to 8 bits besides, and so answers a little differently

    Returns:
        content of an ONNX file

    Raises:
        ExportError: other labels than logits
        MissingExtraError: onnx is not installed
    """
    head = network.network.head
    if len(labels) != head.out_features:
        raise ExportError(f"export: {len(labels)} labels for {head.out_features} logits; name each emotion")
    onnx = _import_onnx()
    one = onnx.load_from_string(_trace(network))
    simplify(one.graph)
    if storage != "plain":
        compact(one, _integers_in(network), _large_weights(network) if storage == "int8" else ())
    model = over_batch(one, _FREE_AXES, tuple(_speaker_inputs(network)))
    for name, default in _speaker_inputs(network).items():
        # an input that has an initialiser of its name is optional
        model.graph.initializer.append(onnx.numpy_helper.from_array(default.cpu().numpy(), name))
    widths = {"embedding": head.in_features, "summary": network.summary_normaliser.mean.shape[1]}
    for name, width in widths.items():
        model.graph.output[OUTPUTS.index(name)].type.tensor_type.shape.dim[1].dim_value = width
    model.producer_name, model.producer_version = "prosodyn", ""
    metadata = {"labels": json.dumps(list(labels), ensure_ascii=False), "sample_rate": str(SAMPLE_RATE)}
    onnx.helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _trace(network: WaveformNetwork) -> bytes:
    """Trace the network as it hears one utterance, whose length stays free, also for recurrent layers."""
    network = copy.deepcopy(network).cpu().eval()
    waveform, samples = torch.zeros(1, SAMPLE_RATE), torch.tensor([SAMPLE_RATE])
    own = _speaker_inputs(network)
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        for message in _EXPECTED_WARNINGS:
            warnings.filterwarnings("ignore", message=message)
        path = Path(folder, "graph.onnx")
        torch.onnx.export(
            network,
            (waveform, samples, *own.values()),
            path,
            input_names=[of_one(name) for name in ("waveform", "samples", *own)],
            output_names=[of_one(name) for name in OUTPUTS],
            dynamic_axes={of_one(name): {1: _FREE_AXES[name][1]} for name in ("waveform", GROWING)},
            opset_version=OPSET,
            dynamo=False,
        )
        return path.read_bytes()


def _integers_in(network: WaveformNetwork) -> list[StoredIntegers]:
    """Return the weights that the files of the encoders in a network hold as integers."""
    encoders = [each for each in network.modules() if isinstance(each, OnnxLayers)]
    return [stored for each in encoders for stored in stored_integers(each.file.cpu().numpy().tobytes())]


def _large_weights(network: WaveformNetwork) -> frozenset[bytes]:
    """Return what is learnt in a network and in its encoders: no statistics and no spectrograms."""
    encoders = [each for each in network.modules() if isinstance(each, OnnxLayers)]
    learnt = (*network.parameters(), *(each.weight(name) for each in encoders for name in each.names))
    return frozenset(numbers_of(each.detach().cpu().numpy()) for each in learnt if each.numel() >= LARGE)


def _speaker_inputs(network: WaveformNetwork) -> dict[str, Tensor]:
    """Return what a speaker's own may take the place of."""
    normalisation = {"feature_mean": network.normaliser.mean, "feature_scale": network.normaliser.scale}
    if network.listener.summary_size:
        mean = network.summary_normaliser.mean
        normalisation |= {"summary_mean": torch.zeros_like(mean), "summary_scale": torch.ones_like(mean)}
    return normalisation


def _import_onnx() -> ModuleType:
    try:
        import onnx
    except ImportError as fault:
        raise MissingExtraError("onnx", "train", "exporting a graph") from fault
    return onnx
