"""Make the network of `prosodyn.sounds` from the encoder `yamnet`: `python benchmarks/sound_network.py`.

The encoder's file gives what every one of its 27 convolutions computes, and onnxruntime computes all of
that in any case. Here everything but the logits of the classes is cut away; the weights stay as they are,
integers of 8 bits. YAMNet learnt from patches of 96 frames, and relies on the zeros that its convolutions
find beyond their ends: run over a longer spectrogram, its upper half answers with logits of -100, and no
class is right. So the lower 15 convolutions, which do not mind, run once over everything, and the upper 12
over each patch, which is laid out of their columns by `patches`.

The encoder's file was made from `models/yamnet_spectra_in.tflite` of google-coral/coralmicro (c9f665b0),
whose SHA-256 begins with cd20c331; what it must be itself is written in
`src/prosodyn/encoders/declared/yamnet.toml`, and a file of another hash is refused.
"""

from pathlib import Path

import onnx
from onnx import TensorProto, helper
from onnx.utils import Extractor

from prosodyn.config import Encoder
from prosodyn.encoders import find_encoder, read_encoder
from prosodyn.files import write_bytes

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src" / "prosodyn" / "sounds" / "yamnet.onnx"

LAST_SHARED = "hidden_15"
"""What is computed once, whichever patches it is part of."""

ORIGIN = (
    "YAMNet by Google, Apache-2.0: models/yamnet_spectra_in.tflite of google-coral/coralmicro at c9f665b0, "
    "weights unchanged, activations in float, cut at the logits of the classes, averaged over a patch"
)


def cut(content: bytes) -> bytes:
    """Return an encoder's file that computes the mean logits of each patch, and nothing else."""
    model = Extractor(onnx.load_from_string(content)).extract_model(["features"], ["class_logits"])
    graph = model.graph
    place = 1 + next(i for i, node in enumerate(graph.node) if LAST_SHARED in node.output)
    for node in graph.node[place:]:
        node.input[:] = ["in patches" if name == LAST_SHARED else name for name in node.input]
    graph.initializer.append(helper.make_tensor("first axis", TensorProto.INT64, [1], [0]))
    laid_out = (
        # (1, channel, column, band) -> (1, channel, patch, column, band) -> (patch, channel, column, band)
        helper.make_node("Gather", [LAST_SHARED, "patches"], ["gathered"], axis=2),
        helper.make_node("Squeeze", ["gathered", "first axis"], ["squeezed"]),
        helper.make_node("Transpose", ["squeezed"], ["in patches"], perm=[1, 0, 2, 3]),
    )
    for node in reversed(laid_out):
        graph.node.insert(place, node)
    graph.node.append(helper.make_node("ReduceMean", ["class_logits"], ["logits"], axes=[2, 3], keepdims=0))
    graph.input.append(helper.make_tensor_value_info("patches", TensorProto.INT64, ["patch", "column"]))
    graph.output[0].CopyFrom(helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["patch", "class"]))
    del graph.value_info[:]
    model.doc_string = ORIGIN
    onnx.checker.check_model(model, full_check=True)
    shortened: bytes = model.SerializeToString(deterministic=True)
    return shortened


def main() -> None:
    encoder = find_encoder("yamnet")
    assert isinstance(encoder, Encoder)
    write_bytes(OUT, cut(read_encoder(encoder)))
    print(f"{OUT.relative_to(ROOT)}: {OUT.stat().st_size / 1e6:.2f} MB, from SHA-256 {encoder.sha256}")


if __name__ == "__main__":
    main()
