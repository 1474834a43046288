"""Bundles that are broken, or that somebody made to do harm."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import onnx
from onnx import helper

Spoil = Callable[[Path], None]
CARD, GRAPH = "card.json", "graph.onnx"


class BundleKind(NamedTuple):
    """What is done to a good bundle, and a pattern in the message that it has to end in."""

    name: str
    spoil: Spoil
    says: str

    def __str__(self) -> str:
        return self.name


def with_card(change: Callable[[str], str | bytes]) -> Spoil:
    """Return what writes another text in place of the card's."""

    def spoil(bundle: Path) -> None:
        changed = change((bundle / CARD).read_text(encoding="utf-8"))
        (bundle / CARD).write_bytes(changed if isinstance(changed, bytes) else changed.encode())

    return spoil


def with_values(**values: Any) -> Spoil:
    """Return what sets values of the card."""
    return with_card(lambda text: json.dumps(json.loads(text) | values))


def without(key: str) -> Spoil:
    return with_card(lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != key}))


def with_graph(change: Callable[[bytes], bytes], is_described: bool = True) -> Spoil:
    """Return what writes another graph, and its hash into the card."""

    def spoil(bundle: Path) -> None:
        changed = change((bundle / GRAPH).read_bytes())
        (bundle / GRAPH).write_bytes(changed)
        if is_described:
            with_values(graph_sha256=hashlib.sha256(changed).hexdigest())(bundle)

    return spoil


def with_model(change: Callable[[onnx.ModelProto], object]) -> Spoil:
    """Return what changes the graph as such."""

    def rewrite(content: bytes) -> bytes:
        model = onnx.load_from_string(content)
        change(model)
        changed: bytes = model.SerializeToString()
        return changed

    return with_graph(rewrite)


def in_place_of(name: str, put: Callable[[Path], object]) -> Spoil:
    """Return what removes a file of the bundle and puts something in its place."""

    def spoil(bundle: Path) -> None:
        (bundle / name).unlink()
        put(bundle / name)

    return spoil


def empty_it(bundle: Path) -> None:
    for path in bundle.iterdir():
        path.unlink()


def outside_file(model: onnx.ModelProto) -> None:
    """Let the weights be read from a file that is no part of the bundle."""
    tensor = model.graph.initializer[1]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    for key, value in {"location": "/etc/passwd", "offset": "0", "length": "8"}.items():
        tensor.external_data.add(key=key, value=value)


def four_gib_of_holes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**32)


BUNDLE_KINDS = (
    BundleKind("no card", lambda bundle: (bundle / CARD).unlink(), "is no bundle"),
    BundleKind("an empty folder", empty_it, "is no bundle"),
    BundleKind("a card that is a folder", in_place_of(CARD, Path.mkdir), "is no bundle"),
    BundleKind("a card that is a pipe", in_place_of(CARD, os.mkfifo), "is no bundle"),
    BundleKind("an empty card", with_card(lambda _: ""), "is not JSON"),
    BundleKind("half a card", with_card(lambda text: text[: len(text) // 2]), "is not JSON"),
    BundleKind("a card of garbage", with_card(lambda _: b"\xff\xfe\x00"), "is not UTF-8"),
    BundleKind("a card that is a list", with_card(lambda _: "[]"), "holds no object"),
    BundleKind("a card of brackets", with_card(lambda _: "[" * 200_000), "is not JSON"),
    BundleKind("a card of one number", with_card(lambda _: "9" * 100_000), "is not JSON"),
    BundleKind("a card of 20 MB", with_values(labels=["a" * 20_000_000]), "labels"),
    BundleKind(
        "a card of many unknown keys", with_values(**dict.fromkeys(map(str, range(9_999)))), "unknown key"
    ),
    BundleKind("a card of tomorrow", with_values(format_version=99), "of format 99"),
    BundleKind("a card without labels", without("labels"), "'labels' is missing"),
    BundleKind("labels that are numbers", with_values(labels=[1, 2]), "labels: expected str"),
    BundleKind("the same label twice", with_values(labels=["anger", "anger"]), "different names"),
    BundleKind("other labels than the graph's", with_values(labels=["fear", "joy"]), "the card says"),
    BundleKind("more labels than logits", with_values(labels=["a", "b", "c"]), "the card has 3 labels"),
    BundleKind("a temperature of nothing", with_values(temperature=0), "temperature"),
    BundleKind("a temperature without end", with_values(temperature=float("inf")), "temperature"),
    BundleKind("a name that leads elsewhere", with_values(name="../../x"), "the name is"),
    BundleKind("a name that steers a terminal", with_values(name="\x1b[2J\n"), "the name is"),
    BundleKind("no graph", lambda bundle: (bundle / GRAPH).unlink(), "cannot be read"),
    BundleKind("a graph that is a pipe", in_place_of(GRAPH, os.mkfifo), "is no file"),
    BundleKind(
        "a graph without end", in_place_of(GRAPH, lambda path: path.symlink_to("/dev/zero")), "is no file"
    ),
    BundleKind("a graph of 4 GiB", in_place_of(GRAPH, four_gib_of_holes), "too large"),
    BundleKind(
        "a graph of another bundle", with_graph(lambda graph: graph + b"\0", False), "is not the file that"
    ),
    BundleKind("an empty graph", with_graph(lambda _: b""), "is not a graph"),
    BundleKind("half a graph", with_graph(lambda graph: graph[: len(graph) // 2]), "is not a graph"),
    BundleKind("a graph of garbage", with_graph(lambda _: b"\x08" * 5_000), "is not a graph"),
    BundleKind("a graph of text", with_graph(lambda _: b"import os\n" * 99), "is not a graph"),
    BundleKind("a graph of another input", with_model(lambda m: m.graph.input.pop()), "takes"),
    BundleKind("a graph of no embedding", with_model(lambda m: m.graph.output.pop(1)), "does not give"),
    BundleKind(
        "a step that nobody knows", with_model(lambda m: setattr(m.graph.node[0], "op_type", "Evil")), "graph"
    ),
    BundleKind("weights outside the bundle", with_model(outside_file), "is not a graph"),
    BundleKind(
        "labels that are no list",
        with_model(lambda m: helper.set_model_props(m, {"labels": "7"})),
        "the graph names no labels that",
    ),
    BundleKind(
        "labels that are no json",
        with_model(lambda m: helper.set_model_props(m, {"labels": "{"})),
        "the graph names no labels that",
    ),
    BundleKind(
        "logits that are no numbers",
        with_model(lambda m: setattr(m.graph.initializer[1], "raw_data", b"\xff" * 8)),
        "not finite",
    ),
)


def make_bundles(root: Path, good: Path) -> dict[str, Path]:
    """Make a bundle of each kind from a good one, and return their folders by the kinds' names."""
    made = {}
    for number, kind in enumerate(BUNDLE_KINDS):
        made[kind.name] = shutil.copytree(good, root / f"{number:02d}")
        kind.spoil(made[kind.name])
    return made
