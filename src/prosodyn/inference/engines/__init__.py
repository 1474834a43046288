"""Engines: from waveform to logits, a network by onnxruntime or by torch, a classical system by numpy."""

from pathlib import Path
from typing import Literal, get_args

from prosodyn.bundle import Card, read_graph
from prosodyn.errors import BundleError, ConfigError, MissingExtraError
from prosodyn.inference.engines.levelled import LevelledEngine
from prosodyn.types import Engine

EngineKind = Literal["auto", "onnx", "torch"]


def build_engine(kind: EngineKind, directory: Path, card: Card) -> Engine:
    """Build an engine for a bundle.

    Args:
        kind: `auto` takes `onnx` where the bundle has a graph, else `torch`; a classical system has
            one engine only, which `auto` takes
        directory: of the bundle
        card: of the bundle

    Raises:
        ConfigError: there is no engine of this kind
        BundleError: the bundle lacks what the engine needs, or it is broken
        MissingExtraError: the engine needs a package that is not installed
    """
    if kind not in get_args(EngineKind):
        raise ConfigError(f"engine: expected one of {list(get_args(EngineKind))}, found '{kind}'")
    if not card.labels:
        raise BundleError(
            f"{directory}: has learnt no emotion yet, so that it answers nothing; train it on by "
            "'prosodyn train --from', or choose another bundle"
        )
    engine = _build(kind, directory, card)
    return engine if card.levels is None else LevelledEngine(engine, card.levels)


def _build(kind: EngineKind, directory: Path, card: Card) -> Engine:
    if card.comparison is not None:
        return _build_classical(kind, directory, card)
    if kind == "onnx" or (kind == "auto" and card.graph_sha256):
        return _build_onnx(directory, card)
    return _build_torch(directory, card)


def _build_onnx(directory: Path, card: Card) -> Engine:
    from prosodyn.inference.engines.onnx import OnnxEngine

    if card.front_end is not None and card.front_end.hub_encoders:
        name = card.front_end.hub_encoders[0].name
        raise BundleError(
            f"{directory}: has no graph, since it hears by the encoder '{name}', which is too large for one; "
            "use the engine 'torch', which needs pip install 'prosodyn[encoders]' and the encoder's files"
        )
    where = f"{directory}: the graph"
    engine = OnnxEngine(read_graph(directory, card), len(card.labels), where)
    if engine.labels != card.labels:
        raise BundleError(
            f"{where} answers with {list(engine.labels)}, the card says {list(card.labels)}; "
            "copy the whole bundle again"
        )
    return engine


def _build_torch(directory: Path, card: Card) -> Engine:
    try:
        from prosodyn.inference.engines.torch import TorchEngine
    except ImportError as fault:
        raise MissingExtraError("torch", "train", f"{directory}: the engine 'torch'") from fault
    return TorchEngine.from_bundle(directory, card)


def _build_classical(kind: EngineKind, directory: Path, card: Card) -> Engine:
    from prosodyn.comparison.engine import ClassicalEngine

    if kind != "auto":
        raise BundleError(f"{directory}: holds no network for the engine '{kind}'; use 'auto'")
    return ClassicalEngine.from_bundle(directory, card)


__all__ = ["EngineKind", "LevelledEngine", "build_engine"]
