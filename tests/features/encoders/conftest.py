"""Small encoders of random weights, as ONNX files; and the folder of the real ones."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from prosodyn.config import Encoder, SpectrogramConfig

BuildGraph = Callable[..., bytes]

N_BANDS = 8


def write_graph(nodes: list[onnx.NodeProto], arrays: dict[str, np.ndarray], outputs: list[str]) -> bytes:
    """Return the content of an ONNX file from `features (batch, 1, frame, band)`."""
    shape = ["batch", 1, "frame", N_BANDS]
    graph = helper.make_graph(
        nodes,
        "encoder",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["b", "c", "t", "f"]) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


@pytest.fixture
def valid_graph(rng: np.random.Generator) -> bytes:
    """Return an encoder that loses frames at both ends, as the speech embedding does."""
    arrays = {
        "kernel_1": rng.standard_normal((4, 1, 3, 3)).astype(np.float32),
        "bias_1": rng.standard_normal(4).astype(np.float32),
        "least": np.full((1, 1, 1, 1), -0.4, dtype=np.float32),
        "kernel_2": rng.standard_normal((5, 4, 3, 1)).astype(np.float32),
    }
    nodes = [
        helper.make_node("Conv", ["features", "kernel_1", "bias_1"], ["conv_1"], pads=[0, 1, 0, 1]),
        helper.make_node("LeakyRelu", ["conv_1"], ["leaky"], alpha=0.2),
        helper.make_node("Max", ["leaky", "least"], ["hidden_1"]),
        helper.make_node("MaxPool", ["hidden_1"], ["pool"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["pool", "kernel_2"], ["conv_2"], dilations=[2, 1]),
        helper.make_node("Sigmoid", ["conv_2"], ["hidden_2"]),
    ]
    return write_graph(nodes, arrays, ["hidden_1", "hidden_2"])


@pytest.fixture
def padded_graph(rng: np.random.Generator) -> bytes:
    """Return an encoder that pads with zeros and whose weights are integers, as YAMNet does."""
    arrays = {
        "integers": rng.integers(-127, 128, (4, 1, 3, 3)).astype(np.int8),
        "scale": rng.uniform(0.001, 0.02, 4).astype(np.float32),
        "zero": rng.integers(-5, 6, 4).astype(np.int8),
        "low": np.float32(0.0),
        "high": np.float32(6.0),
        "depthwise": rng.standard_normal((4, 1, 3, 3)).astype(np.float32),
        "bias": rng.standard_normal(4).astype(np.float32),
    }
    nodes = [
        helper.make_node("DequantizeLinear", ["integers", "scale", "zero"], ["kernel"], axis=0),
        helper.make_node("Conv", ["features", "kernel", "bias"], ["c1"], pads=[0, 0, 1, 1], strides=[2, 2]),
        helper.make_node("Clip", ["c1", "low", "high"], ["hidden_1"]),
        helper.make_node("Conv", ["hidden_1", "depthwise", "bias"], ["c2"], pads=[1, 1, 1, 1], group=4),
        helper.make_node("Relu", ["c2"], ["positive"]),
        helper.make_node("Add", ["positive", "hidden_1"], ["hidden_2"]),
    ]
    return write_graph(nodes, arrays, ["hidden_1", "hidden_2"])


@pytest.fixture
def further_graph(rng: np.random.Generator) -> bytes:
    """Return an encoder of the steps that the others do without."""
    fitted = {name: rng.uniform(0.5, 1.5, 4).astype(np.float32) for name in ("scale", "bias", "mean", "var")}
    arrays = {
        "kernel": rng.standard_normal((4, 1, 3, 3)).astype(np.float32),
        "same": rng.uniform(-0.2, 0.2, (4, 4, 3, 3)).astype(np.float32),
        "by": np.full((1, 1, 1, 1), 1.3, dtype=np.float32),
        **fitted,
    }
    nodes = [
        helper.make_node("Sub", ["by", "features"], ["less"]),
        helper.make_node("Conv", ["less", "kernel"], ["conv"]),
        helper.make_node("BatchNormalization", ["conv", *fitted], ["norm"], epsilon=0.01),
        helper.make_node("Conv", ["norm", "same"], ["padded"], pads=[1, 1, 1, 1]),
        helper.make_node("Elu", ["padded"], ["hidden_1"], alpha=0.7),
        helper.make_node("Div", ["hidden_1", "by"], ["part"]),
        helper.make_node("HardSwish", ["part"], ["swish"]),
        helper.make_node("Max", ["by", "swish"], ["larger"]),
        helper.make_node("Mul", ["larger", "hidden_1"], ["product"]),
        helper.make_node("AveragePool", ["product"], ["pool"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Identity", ["pool"], ["hidden_2"]),
    ]
    return write_graph(nodes, arrays, ["hidden_1", "hidden_2"])


@pytest.fixture
def two(tmp_path: Path, valid_graph: bytes, padded_graph: bytes) -> list[Encoder]:
    """Return an encoder of either kind."""
    shown = SpectrogramConfig(n_mels=8, f_min=100.0, f_max=4000.0)
    encoders = []
    for name, graph in (("valid", valid_graph), ("padded", padded_graph)):
        (tmp_path / f"{name}.onnx").write_bytes(graph)
        blocks = ("hidden_1", "hidden_2")
        encoders.append(Encoder(name, f"{name}.onnx", "CC0-1.0", blocks, shown, folder=str(tmp_path)))
    return encoders


@pytest.fixture(params=["valid", "padded", "further"])
def graph(request: pytest.FixtureRequest) -> bytes:
    content: bytes = request.getfixturevalue(f"{request.param}_graph")
    return content


@pytest.fixture(scope="session")
def encoder_root() -> Path:
    """Return the folder of the real encoders, or skip the test where it is not."""
    named = os.environ.get("PROSODYN_ENCODERS")
    root = Path(named) if named else Path(__file__).resolve().parents[4] / "shared" / "encoders"
    if not root.is_dir():
        pytest.skip(f"no encoders in {root}; set PROSODYN_ENCODERS to the folder that holds them")
    return root
