"""The type hints are shipped: who uses the package is checked by them."""

import os
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path

import pytest

import prosodyn

ROOT = Path(__file__).resolve().parents[1]

CONSUMER = """
import numpy as np

import prosodyn

recogniser: prosodyn.Recogniser = prosodyn.load("open", engine="onnx")
prediction: prosodyn.Prediction = recogniser.from_file("call.wav")
confidence: float = prediction.confidence
shares: dict[str, float] = prosodyn.signal_probabilities(np.zeros((1, 16_000)), 16_000)
try:
    prosodyn.corpora.load("toy")
except prosodyn.errors.CorpusError as fault:
    code: int = fault.exit_code
prosodyn.load(engine="tensorflow")
"""


def test_the_package_says_that_it_is_typed() -> None:
    assert resources.files(prosodyn).joinpath("py.typed").is_file()


def test_the_wheel_takes_the_whole_package() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert wheel["targets"]["wheel"] == {"packages": ["src/prosodyn"]}


def test_no_rule_of_git_keeps_the_marker_out_of_the_wheel() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so nothing is ignored")
    asked = ["git", "check-ignore", "src/prosodyn/py.typed"]
    assert subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode == 1


def test_a_consumers_one_mistake_is_found(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    (tmp_path / "consumer.py").write_text(CONSUMER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", "cache", "consumer.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(prosodyn.__file__).parents[1])},
    )
    (fault, told) = done.stdout.splitlines()
    assert fault.startswith(f'consumer.py:{CONSUMER.count(chr(10))}: error: Argument "engine"')
    assert told.startswith("Found 1 error")
