"""What `import prosodyn` offers, and what it costs."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import prosodyn

ROOT = Path(__file__).resolve().parents[1]

HEAVY = {"torch", "onnxruntime", "matplotlib", "numpy", "typer"}

MEASURE = """
import json, sys, time
start = time.perf_counter()
import prosodyn
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "modules": sorted(sys.modules)}))
"""

USE_WITHOUT_EXTRAS = """
import sys
for name in "torch onnx matplotlib av sounddevice safetensors sklearn hmmlearn opensmile".split():
    sys.modules[name] = None
import prosodyn
print(*(getattr(prosodyn, name) for name in prosodyn.__all__), sep="\\n")
"""


def run_python(code: str) -> str:
    """Run code in a fresh interpreter and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_public_names_are_sorted() -> None:
    assert sorted(prosodyn.__all__) == prosodyn.__all__


@pytest.mark.parametrize("name", prosodyn.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(prosodyn, name) is not None


def test_an_editor_sees_every_public_name() -> None:
    assert set(prosodyn.__all__) <= set(dir(prosodyn))


def test_a_misspelt_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Recognizer'"):
        prosodyn.Recognizer  # noqa: B018


def test_load_is_the_recognisers() -> None:
    assert prosodyn.load == prosodyn.Recogniser.load


def test_importing_is_quick() -> None:
    best = min(json.loads(run_python(MEASURE))["seconds"] for _ in range(3))
    assert best < 0.2


def test_importing_loads_nothing_heavy() -> None:
    assert not HEAVY & set(json.loads(run_python(MEASURE))["modules"])


def test_every_public_name_works_without_extras() -> None:
    assert "Recogniser" in run_python(USE_WITHOUT_EXTRAS)


def test_the_version_is_the_same_everywhere() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", changelog, re.MULTILINE)
    cited = re.search(r"^version: (\S+)$", citation, re.MULTILINE)
    assert newest
    assert cited
    assert newest[1] == cited[1] == prosodyn.__version__


def test_no_extra_is_a_core_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core = {re.split(r"[<>=]", line)[0] for line in project["dependencies"]}
    assert core == {"numpy", "soundfile", "soxr", "onnxruntime", "typer", "rich"}
