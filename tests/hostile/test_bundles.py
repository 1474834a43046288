"""A broken bundle is told by name, in one line and with its exit code, and answers nothing."""

import dataclasses
import hashlib
import json
import re
import struct
from pathlib import Path
from typing import Any

import pytest

from hostile.asking import ask
from hostile.bundle_kinds import BUNDLE_KINDS, BundleKind, make_bundles
from prosodyn.bundle import read_card, read_weights
from prosodyn.errors import BundleError

LONGEST_LINE = 21_000
"""Characters: a message is for people, however much a file holds."""

every_kind = pytest.mark.parametrize("kind", BUNDLE_KINDS, ids=str)


@pytest.fixture(scope="module")
def said(
    tmp_path_factory: pytest.TempPathFactory, small_bundle: Path, good: tuple[Path, Path]
) -> dict[str, dict[str, Any]]:
    """Return what the command line says with each kind of bundle."""
    made = make_bundles(tmp_path_factory.mktemp("broken"), small_bundle)
    requests = (
        {"words": ["predict", "--model", str(bundle), "--jsonl", str(good[0])]} for bundle in made.values()
    )
    return dict(zip(made, ask(small_bundle, requests), strict=True))


@every_kind
def test_a_broken_bundle_has_its_exit_code_and_answers_nothing(
    kind: BundleKind, said: dict[str, dict[str, Any]]
) -> None:
    answer = said[kind.name]
    assert (answer.get("code"), answer.get("out")) == (BundleError.exit_code, ""), answer


@every_kind
def test_a_broken_bundle_is_told_in_one_line(kind: BundleKind, said: dict[str, dict[str, Any]]) -> None:
    (line,) = said[kind.name]["err"].splitlines()
    assert line.startswith("prosodyn: ")
    assert re.search(kind.says, line)
    assert line.isprintable()
    assert len(line) < LONGEST_LINE


def header(text: str, size: int | None = None, content: bytes = b"") -> bytes:
    """Return a file of safetensors whose header, and its size, may lie."""
    encoded = text.encode()
    return struct.pack("<Q", len(encoded) if size is None else size) + encoded + content


def tensor(dtype: str, shape: list[int], first: int, last: int) -> str:
    return json.dumps({"weight": {"dtype": dtype, "shape": shape, "data_offsets": [first, last]}})


WEIGHTS_KINDS = {
    "nothing": b"",
    "seven bytes": b"\xff" * 7,
    "a header of 16 EB": header("{}", 2**64 - 1),
    "a header of 1 GB": header("{}", 2**30),
    "a header of garbage": header("\x00\xff"),
    "a header of brackets": header("[" * 90_000),
    "more than there is": header(tensor("F32", [2**40], 0, 2**42)),
    "a shape that lies": header(tensor("F32", [9], 0, 4), content=bytes(4)),
    "a shape that overflows": header(tensor("F32", [2**33, 2**33], 0, 4), content=bytes(4)),
    "an end before the beginning": header(tensor("F32", [1], 4, 0), content=bytes(4)),
    "numbers that nobody knows": header(tensor("F99", [1], 0, 4), content=bytes(4)),
    "numbers that numpy lacks": header(tensor("BF16", [2], 0, 4), content=bytes(4)),
    "a pickle": b"\x80\x04\x95" + bytes(99),
}


@pytest.mark.parametrize("content", WEIGHTS_KINDS.values(), ids=WEIGHTS_KINDS)
def test_weights_that_the_card_describes_and_that_are_none_are_told(
    content: bytes, small_bundle: Path, tmp_path: Path
) -> None:
    (tmp_path / "weights.safetensors").write_bytes(content)
    described = dataclasses.replace(
        read_card(small_bundle), weights_sha256=hashlib.sha256(content).hexdigest()
    )
    with pytest.raises(BundleError, match=r"weights\.safetensors: is not safetensors that numpy can hold: "):
        read_weights(tmp_path, described)


def test_weights_of_another_bundle_are_told(small_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "weights.safetensors").write_bytes(b"others")
    with pytest.raises(BundleError, match=r"weights\.safetensors: is not the file that card\.json describes"):
        read_weights(tmp_path, read_card(small_bundle))
