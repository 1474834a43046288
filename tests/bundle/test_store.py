"""A bundle is on disk whole or not at all, and what is read is what was written."""

import dataclasses
import hashlib
import json
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from prosodyn.bundle import Card, read_card, read_graph, read_weights, write_bundle
from prosodyn.errors import BundleError, MissingExtraError, OutputError

Weights = dict[str, np.ndarray]

GRAPH = b"a graph, as far as the disk is concerned"


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def put_in_place(directory: Path, name: str, content: bytes, key: str) -> Card:
    """Exchange a file of a bundle together with its hash, as a forger would."""
    (directory / name).write_bytes(content)
    values = json.loads((directory / "card.json").read_text(encoding="utf-8"))
    values[key] = hashlib.sha256(content).hexdigest()
    (directory / "card.json").write_text(json.dumps(values), encoding="utf-8")
    return read_card(directory)


@pytest.fixture
def directory(tmp_path: Path, card: Card, weights: Weights) -> Path:
    """Return a complete bundle."""
    write_bundle(tmp_path / "mine", card, weights, GRAPH)
    return tmp_path / "mine"


def test_the_card_that_is_read_is_the_one_that_was_written(
    tmp_path: Path, card: Card, weights: Weights
) -> None:
    written = write_bundle(tmp_path / "mine", card, weights, GRAPH)
    assert read_card(tmp_path / "mine") == written


def test_the_written_card_adds_nothing_but_the_hashes(directory: Path, card: Card) -> None:
    assert dataclasses.replace(read_card(directory), weights_sha256="", graph_sha256="") == card


def test_the_hash_is_that_of_the_file(directory: Path) -> None:
    content = (directory / "weights.safetensors").read_bytes()
    assert read_card(directory).weights_sha256 == hashlib.sha256(content).hexdigest()


def test_a_bundle_holds_these_files(directory: Path) -> None:
    assert names_in(directory) == ["README.md", "card.json", "graph.onnx", "weights.safetensors"]


@pytest.mark.parametrize("name", ["head.weight", "attention.temperature", "norm.num_batches_tracked"])
def test_weights_keep_values_shape_and_type(directory: Path, weights: Weights, name: str) -> None:
    found = read_weights(directory, read_card(directory))[name]
    np.testing.assert_array_equal(found, weights[name])
    assert (found.shape, found.dtype) == (weights[name].shape, weights[name].dtype)


def test_weights_that_lie_crosswise_in_memory_keep_their_order(
    tmp_path: Path, card: Card, weights: Weights
) -> None:
    crosswise = {"head.weight": weights["head.weight"].T}
    written = write_bundle(tmp_path / "mine", card, crosswise)
    np.testing.assert_array_equal(
        read_weights(tmp_path / "mine", written)["head.weight"], weights["head.weight"].T
    )


@pytest.fixture
def halves(rng: np.random.Generator) -> np.ndarray:
    """Return a large array of numbers that half precision can tell exactly."""
    return rng.standard_normal((40, 50)).astype(np.float16).astype(np.float32)


def test_halves_come_back_as_the_same_numbers_in_single_precision(
    tmp_path: Path, card: Card, halves: np.ndarray
) -> None:
    half = dataclasses.replace(card, precision="half")
    written = write_bundle(tmp_path / "mine", half, {"weight": halves})
    found = read_weights(tmp_path / "mine", written)["weight"]
    np.testing.assert_array_equal(found, halves)
    assert found.dtype == np.float32
    assert not found.flags.writeable


def test_halves_take_half_the_room(tmp_path: Path, card: Card, halves: np.ndarray) -> None:
    sizes = []
    for precision in ("single", "half"):
        write_bundle(tmp_path, dataclasses.replace(card, precision=precision), {"weight": halves})  # type: ignore[arg-type]
        sizes.append((tmp_path / "weights.safetensors").stat().st_size)
    assert sizes[0] - sizes[1] == pytest.approx(2 * halves.size, abs=8)


def test_nothing_is_rounded_that_is_no_half(
    tmp_path: Path, card: Card, weights: Weights, rng: np.random.Generator
) -> None:
    weights["mean"] = rng.standard_normal((1, 5_000)).astype(np.float32)
    weights["huge"] = np.full((1, 5_000), 1e6, dtype=np.float32)
    written = write_bundle(tmp_path / "mine", dataclasses.replace(card, precision="half"), weights)
    found = read_weights(tmp_path / "mine", written)
    for name, array in weights.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def test_a_bundle_in_half_precision_is_the_same_bytes_when_it_is_written_again(
    tmp_path: Path, card: Card, halves: np.ndarray
) -> None:
    half = dataclasses.replace(card, precision="half")
    written = write_bundle(tmp_path / "mine", half, {"weight": halves})
    again = write_bundle(tmp_path / "again", written, read_weights(tmp_path / "mine", written))
    assert again == written


def test_the_same_bundle_is_the_same_bytes(directory: Path, card: Card, weights: Weights) -> None:
    again = directory.with_name("again")
    write_bundle(again, card, weights, GRAPH)
    assert all((again / name).read_bytes() == (directory / name).read_bytes() for name in names_in(directory))


def test_the_graph_comes_back(directory: Path) -> None:
    assert read_graph(directory, read_card(directory)) == GRAPH


def test_a_bundle_without_a_graph_says_so(tmp_path: Path, card: Card, weights: Weights) -> None:
    written = write_bundle(tmp_path / "mine", card, weights)
    with pytest.raises(BundleError, match="has no graph; use the engine 'torch'"):
        read_graph(tmp_path / "mine", written)


def test_folders_above_are_made(tmp_path: Path, card: Card, weights: Weights) -> None:
    write_bundle(tmp_path / "runs" / "first" / "mine", card, weights)
    assert read_card(tmp_path / "runs" / "first" / "mine").name == card.name


def test_an_older_bundle_is_replaced_whole(directory: Path, card: Card, weights: Weights) -> None:
    write_bundle(directory, dataclasses.replace(card, name="newer"), weights)
    assert read_card(directory).name == "newer"
    assert names_in(directory) == ["README.md", "card.json", "weights.safetensors"]


def test_nothing_else_is_left_behind(directory: Path, card: Card, weights: Weights) -> None:
    write_bundle(directory, card, weights)
    assert names_in(directory.parent) == [directory.name]


def test_an_older_bundle_stays_when_the_disk_is_full(
    directory: Path, card: Card, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_nothing(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_nothing)
    with pytest.raises(OutputError, match="cannot be written: No space left on device"):
        write_bundle(directory, dataclasses.replace(card, name="newer"), weights)
    assert read_card(directory).name == card.name
    assert names_in(directory.parent) == [directory.name]


def test_an_older_bundle_comes_back_when_the_newer_cannot_take_its_place(
    directory: Path, card: Card, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def refuse_the_newer(path: Path, target: Path) -> Path:
        if path.name == "complete":
            raise OSError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_the_newer)
    with pytest.raises(OutputError, match="cannot be written: Permission denied"):
        write_bundle(directory, dataclasses.replace(card, name="newer"), weights)
    assert read_card(directory).name == card.name


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path, card: Card, weights: Weights) -> None:
    (tmp_path / "thesis.tex").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match=r"holds 'thesis\.tex', which no bundle does; choose"):
        write_bundle(tmp_path, card, weights)
    assert names_in(tmp_path) == ["thesis.tex"]


def test_a_file_is_not_replaced(tmp_path: Path, card: Card, weights: Weights) -> None:
    (tmp_path / "mine").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match="is a file; choose another folder"):
        write_bundle(tmp_path / "mine", card, weights)


def test_an_empty_folder_is_filled(tmp_path: Path, card: Card, weights: Weights) -> None:
    write_bundle(tmp_path, card, weights)
    assert read_card(tmp_path).name == card.name


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(
    tmp_path: Path, card: Card, weights: Weights, value: float
) -> None:
    weights["head.weight"][1, 2] = value
    with pytest.raises(BundleError, match=r"the weights 'head\.weight' are not finite"):
        write_bundle(tmp_path / "mine", card, weights)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("name", ["weights.safetensors", "graph.onnx"])
@pytest.mark.parametrize("fault", ["altered", "truncated", "missing", "a folder"])
def test_a_file_that_is_not_the_cards_is_refused(directory: Path, name: str, fault: str) -> None:
    path = directory / name
    content = path.read_bytes()
    path.unlink()
    if fault == "a folder":
        path.mkdir()
    elif fault != "missing":
        path.write_bytes(content[:-1] + (b"?" if fault == "altered" else b""))
    read = read_graph if name == "graph.onnx" else read_weights
    card = read_card(directory)
    with pytest.raises(BundleError, match=name):
        read(directory, card)


@pytest.mark.parametrize("length", [0, 7, 60, -1])
def test_truncated_weights_with_a_forged_hash_are_refused(directory: Path, length: int) -> None:
    content = (directory / "weights.safetensors").read_bytes()[:length]
    card = put_in_place(directory, "weights.safetensors", content, "weights_sha256")
    with pytest.raises(BundleError, match="is not safetensors"):
        read_weights(directory, card)


def test_weights_of_a_type_that_numpy_lacks_are_refused(directory: Path) -> None:
    header = json.dumps({"w": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}).encode()
    content = struct.pack("<Q", len(header)) + header + bytes(4)
    card = put_in_place(directory, "weights.safetensors", content, "weights_sha256")
    with pytest.raises(BundleError, match=r"is not safetensors that numpy can hold: 'BF16'"):
        read_weights(directory, card)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{}", b"GIF89a"])
def test_a_broken_card_is_refused_with_its_path(directory: Path, content: bytes) -> None:
    (directory / "card.json").write_bytes(content)
    with pytest.raises(BundleError, match=r"mine.card\.json: "):
        read_card(directory)


def test_a_missing_card_is_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"card\.json: cannot be read: No such file"):
        read_card(tmp_path)


def test_weights_without_safetensors_say_what_to_install(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = read_card(directory)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'prosodyn\[train\]'"):
        read_weights(directory, card)


def test_the_graph_needs_no_safetensors(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    assert read_graph(directory, read_card(directory)) == GRAPH
