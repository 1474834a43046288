"""The command line answers what it can, names the rest, and ends with its exit code."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hostile.asking import within_limits
from hostile.catalogue import KINDS
from hostile.kinds import Kind
from prosodyn.cli.terminal import printable
from prosodyn.errors import AudioError

Say = Callable[[Kind], dict[str, Any]]

every_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


@every_kind
def test_each_kind_has_its_exit_code(kind: Kind, typed: Say) -> None:
    answer = typed(kind)
    assert answer.get("code") == (0 if kind.error is None else AudioError.exit_code), answer


def by_file(out: str) -> dict[str, dict[str, Any]]:
    return {answer["file"]: answer for answer in map(json.loads, out.splitlines())}


@every_kind
def test_the_recordings_before_and_after_are_answered(
    kind: Kind, typed: Say, good: tuple[Path, Path]
) -> None:
    answers = by_file(typed(kind)["out"])
    assert len(answers) == 3
    assert all(answers[str(path)].get("emotion") for path in good)


@every_kind
def test_what_is_broken_is_named_in_its_place_and_in_a_line_beside_the_output(
    kind: Kind, typed: Say, made: dict[str, Path]
) -> None:
    answer, path = typed(kind), str(made[kind.name])
    line = by_file(answer["out"])[path]
    if kind.error is None:
        # a header that promises more than a minute has it answered as a timeline
        assert line.keys() & {"emotion", "segments"}
        return
    assert line["error"].startswith(f"{path}: ")
    assert f"prosodyn: {printable(line['error'])}" in answer["err"].splitlines()


@every_kind
def test_no_traceback_and_nothing_that_steers_a_terminal_is_shown(kind: Kind, typed: Say) -> None:
    answer = typed(kind)
    assert "Traceback" not in answer["err"]
    for text in (answer["out"], answer["err"]):
        assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize("form", ["--json", "--jsonl", "--csv", None])
def test_all_kinds_at_once_are_one_batch(
    form: str | None, small_bundle: Path, made: dict[str, Path], good: tuple[Path, Path]
) -> None:
    first, second = good
    words = ["-m", "prosodyn", "predict", "--model", small_bundle, *([form] if form else [])]
    command = within_limits("-W", "error", *words, first, *made.values(), second)
    done = subprocess.run(command, capture_output=True, check=False, cwd=first.parent)
    said = done.stderr.decode("utf-8", "surrogateescape")
    assert done.returncode == AudioError.exit_code
    assert "Traceback" not in said
    assert said.count("prosodyn: /") == sum(kind.error is not None for kind in KINDS)
    assert all(os.fsencode(path) in done.stdout for path in good)


@pytest.mark.parametrize("verb", ["doctor", "timeline"])
def test_other_ways_to_ask_answer_all_kinds_as_one_batch(
    verb: str, small_bundle: Path, made: dict[str, Path], good: tuple[Path, Path]
) -> None:
    words = {
        "doctor": ["doctor", "--json"],
        "timeline": ["predict", "--timeline", "--jsonl", "--model", small_bundle],
    }[verb]
    first, second = good
    command = within_limits("-m", "prosodyn", *words, first, *made.values(), second)
    done = subprocess.run(command, capture_output=True, check=False, cwd=first.parent)
    said = done.stderr.decode("utf-8", "surrogateescape")
    assert done.returncode == AudioError.exit_code, said
    assert "Traceback" not in said
    lines = done.stdout.splitlines()
    answers = json.loads(done.stdout) if verb == "doctor" else list(map(json.loads, lines))
    assert {answer["file"] for answer in answers} >= {str(path) for path in good}
    assert len(answers) == len(made) + len(good)
