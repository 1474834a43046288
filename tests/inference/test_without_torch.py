"""Using a recogniser needs none of the optional packages."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from prosodyn.inference import Recogniser
from prosodyn.inference.explain import explain

HIDE = """
import json, sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        hidden = {"torch", "onnx", "safetensors", "matplotlib", "av", "sklearn", "hmmlearn", "opensmile"}
        hidden |= {"transformers", "huggingface_hub"}
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)

sys.meta_path.insert(0, Hidden())
from prosodyn.errors import ProsodynError
from prosodyn.inference import Recogniser
bundle, path = sys.argv[1:]
"""

PREDICT = "print(json.dumps(dict(Recogniser.load(bundle).from_file(path).probabilities)))"

ENROL = "print(json.dumps(dict(Recogniser.load(bundle).enrol(path).from_file(path).probabilities)))"

EXPLAIN = """
from prosodyn.formats import explanation_to_json
from prosodyn.inference.explain import explain
print(explanation_to_json(explain(Recogniser.load(bundle), path)))
"""

FAIL = """
try:
    Recogniser.load(bundle)
except ProsodynError as fault:
    print(type(fault).__name__, fault)
"""


def run_hidden(code: str, bundle: Path, path: Path) -> str:
    """Run code in an interpreter that has only the core packages."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HIDE + code, str(bundle), str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_graph_answers_without_torch_as_the_network_does_with_it(
    bundle: Path, write_wav: Callable[..., Path]
) -> None:
    path = write_wav()
    found = json.loads(run_hidden(PREDICT, bundle, path))
    expected = Recogniser.load(bundle, "torch").from_file(path).probabilities
    assert found == pytest.approx(dict(expected), abs=1e-4)


def test_a_graph_follows_a_speaker_without_torch_as_the_network_does_with_it(
    bundle: Path, write_wav: Callable[..., Path], rng: np.random.Generator
) -> None:
    path = write_wav(waveform=0.1 * rng.standard_normal(64_000))
    found = json.loads(run_hidden(ENROL, bundle, path))
    expected = Recogniser.load(bundle, "torch").enrol(path).from_file(path).probabilities
    assert found == pytest.approx(dict(expected), abs=1e-4)


def test_an_answer_is_explained_without_torch_as_with_it(
    bundle: Path, write_wav: Callable[..., Path]
) -> None:
    path = write_wav()
    found = json.loads(run_hidden(EXPLAIN, bundle, path))
    expected = explain(Recogniser.load(bundle, "torch"), path)
    assert np.array(found["occlusion"]["cells"]) == pytest.approx(expected.occlusion.cells, abs=1e-3)


def test_weights_alone_say_what_to_install(
    bundle_without_graph: Path, write_wav: Callable[..., Path]
) -> None:
    message = run_hidden(FAIL, bundle_without_graph, write_wav())
    assert message.startswith("MissingExtraError")
    assert "pip install 'prosodyn[train]'" in message
