"""A bundle that answers in a moment, and what a child process says to every kind."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

from hostile.asking import are_permissions_binding, ask
from hostile.catalogue import KINDS, make_all
from hostile.kinds import WAV, Kind
from prosodyn.bundle import Card, Provenance, write_bundle
from prosodyn.config import FrontEndConfig, NetworkConfig

LABELS = ("anger", "sadness")


def graph() -> bytes:
    """Return a graph that keeps the contract and tells loud from quiet, which takes no time."""

    def value(name: str, kind: int, *shape: str | int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    real, whole = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
    nodes = [
        helper.make_node("Abs", ["waveform"], ["magnitude"]),
        helper.make_node("ReduceMean", ["magnitude", "time"], ["embedding"], keepdims=1),
        helper.make_node("MatMul", ["embedding", "weight"], ["logits"]),
        helper.make_node("Softmax", ["embedding"], ["frame_attention"]),
        helper.make_node("Softmax", ["embedding"], ["kernel_attention"]),
    ]
    names = ("embedding", "frame_attention", "kernel_attention")
    made = helper.make_graph(
        nodes,
        "loudness",
        [value("waveform", real, "batch", "time"), value("samples", whole, "batch")],
        [value("logits", real, "batch", 2), *(value(name, real, "batch", 1) for name in names)],
        [
            onnx.numpy_helper.from_array(np.array([1], np.int64), "time"),
            onnx.numpy_helper.from_array(np.array([[1, -1]], np.float32), "weight"),
        ],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    helper.set_model_props(model, {"labels": '["anger", "sadness"]'})
    content: bytes = model.SerializeToString()
    return content


@pytest.fixture(scope="session")
def small_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a bundle that no test changes."""
    directory = tmp_path_factory.mktemp("bundles") / "small"
    card = Card(
        name="small",
        description="Tells loud from quiet.",
        labels=LABELS,
        front_end=FrontEndConfig(),
        network=NetworkConfig(),
        corpora=("toy",),
        licence="CC0-1.0",
        limits="Knows nothing of emotions.",
        provenance=Provenance("none", {}, "none", 7, "0", "0", 0, 0, "2025-01-31"),
        n_parameters=2,
    )
    write_bundle(directory, card, {"weight": np.ones((1, 2), np.float32)}, graph())
    return directory


@pytest.fixture(scope="session")
def permissions_bind(tmp_path_factory: pytest.TempPathFactory) -> bool:
    return are_permissions_binding(tmp_path_factory.mktemp("permissions"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the path of every kind."""
    return make_all(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return two recordings that are answered without a remark."""
    folder = tmp_path_factory.mktemp("good")
    for name in ("first.wav", "second.wav"):
        (folder / name).write_bytes(WAV)
    return folder / "first.wav", folder / "second.wav"


Say = Callable[[Kind], dict[str, Any]]


@pytest.fixture(scope="session")
def heard(small_bundle: Path, made: dict[str, Path], permissions_bind: bool) -> Say:
    """Return what tells how the library answered a kind."""
    return looking_up(ask(small_bundle, ({"path": str(path)} for path in made.values())), permissions_bind)


@pytest.fixture(scope="session")
def typed(small_bundle: Path, made: dict[str, Path], good: tuple[Path, Path], permissions_bind: bool) -> Say:
    """Return what tells how the command line answered a kind between two good recordings."""
    first, second = map(str, good)
    words = ["predict", "--model", str(small_bundle), "--jsonl", first]
    requests = ({"words": [*words, str(path), second]} for path in made.values())
    return looking_up(ask(small_bundle, requests), permissions_bind)


def looking_up(answers: Iterable[dict[str, Any]], permissions_bind: bool) -> Say:
    by_name = dict(zip((kind.name for kind in KINDS), answers, strict=True))

    def look_up(kind: Kind) -> dict[str, Any]:
        if kind.needs_permissions and not permissions_bind:
            pytest.skip("whoever runs this may read everything, and cannot give that up")
        return by_name[kind.name]

    return look_up
