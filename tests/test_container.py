"""The container's steps, run as a script in a clean environment; no container engine is needed."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from prosodyn.corpora import toy
from prosodyn.types import SAMPLE_RATE

ROOT = Path(__file__).resolve().parents[1]
LINES = re.sub(r"\\\n\s*", "", (ROOT / "container" / "Dockerfile").read_text()).splitlines()
ENTRY = next(json.loads(line.removeprefix("ENTRYPOINT ")) for line in LINES if line.startswith("ENTRYPOINT"))
HEALTH = next(json.loads(line.partition("CMD ")[2]) for line in LINES if line.startswith("HEALTHCHECK"))


def without_ours() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def reaches_registry(folder: Path) -> bool:
    """Tell whether a package that there certainly is can be had; whatever else fails is a fault of ours."""
    words = ["-m", "pip", "download", "--quiet", "--no-cache-dir", "--no-deps", "--dest", folder, "h11"]
    return subprocess.run([sys.executable, *words], env=without_ours(), check=False).returncode == 0


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the step that installs, as the Dockerfile has it."""
    if not reaches_registry(tmp_path_factory.mktemp("probe")):
        pytest.skip("no registry to install from")
    made = tmp_path_factory.mktemp("container") / "prosodyn"
    step = next(line for line in LINES if "install.sh" in line).removeprefix("RUN ")
    command = step.replace("/usr/local/prosodyn", str(made)).replace("/source", str(ROOT))
    asked = {**without_ours(), "PYTHON": sys.executable}
    run = subprocess.run(command, shell=True, env=asked, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return made


@pytest.fixture(scope="module")
def address(environment: Path) -> Iterator[str]:
    """Start what the container starts, at a port that is free."""
    command = [part.replace("/usr/local/prosodyn", str(environment)) for part in ENTRY]
    asked = [*command, "--port", "0"]
    with subprocess.Popen(
        asked, stdout=subprocess.PIPE, text=True, env=without_ours(), cwd=environment
    ) as started:
        assert started.stdout is not None
        line = started.stdout.readline()
        port = re.search(r":(\d+)/", line)
        assert port is not None, line
        yield f"http://127.0.0.1:{port[1]}"
        started.terminate()
        assert started.wait(30) == 0


def test_it_is_well_and_answers(environment: Path, address: str, tmp_path: Path) -> None:
    asked = [part.replace("/usr/local/prosodyn", str(environment)) for part in HEALTH]
    asked[-1] = address.rpartition(":")[2]
    assert subprocess.run(asked, check=False).returncode == 0
    soundfile.write(tmp_path / "a.wav", toy.recording("anger", toy.SPEAKERS[0].name, seed=0), SAMPLE_RATE)
    request = urllib.request.Request(
        f"{address}/v1/predict?name=a.wav",
        (tmp_path / "a.wav").read_bytes(),
        {"Content-Type": "audio/wav"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert json.load(answer)[0]["file"] == "a.wav"


def test_a_service_that_is_not_there_is_not_well(environment: Path) -> None:
    asked = [part.replace("/usr/local/prosodyn", str(environment)) for part in HEALTH]
    assert subprocess.run([*asked[:-1], "9"], check=False).returncode == 1


def test_the_health_check_needs_nothing_of_the_package() -> None:
    text = (ROOT / "container" / "health.py").read_text()
    assert re.findall(r"^(?:import|from) (\S+)", text, re.MULTILINE) == ["http.client", "sys"]


def test_recordings_leave_room_in_memory_and_no_foreign_name_leads_there() -> None:
    text = (ROOT / "container" / "compose.yaml").read_text()
    sizes = [int(size) for size in re.findall(r"(?:size=|mem_limit: )(\d+)g", text)]
    assert len(sizes) == 2
    assert sizes[0] <= sizes[1] / 2
    assert '"--allow-host", "${PROSODYN_HOST:-localhost}"' in text


def test_nobody_special_runs_it_and_all_it_needs_is_copied() -> None:
    users = [line.removeprefix("USER ") for line in LINES if line.startswith("USER")]
    assert users == ["prosodyn"]
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"]
    assert all((ROOT / each).exists() for each in allowed)
    copied = {"src", "pyproject.toml", "README.md", "LICENSE"}
    assert copied | {"container/install.sh", "container/health.py"} == set(allowed)
