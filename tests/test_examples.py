"""Every example in `docs/examples` runs as it stands, beside the files that it names."""

import runpy
import shutil
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prosodyn.bundle import shipped_names
from prosodyn.corpora import toy

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
FOLDER = ROOT / "docs" / "examples"
EXAMPLES = sorted(FOLDER.glob("*.py"))

LEAVES = {
    "measure_on_unseen_speakers.py": "report/report.md",
    "recognise_a_folder.py": "answers.csv",
    "train_on_your_own.py": "my-bundle/graph.onnx",
}


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """Return the address of a service as people start it."""
    words = [sys.executable, "-m", "prosodyn", "serve", "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        try:
            yield started.stdout.readline().split()[3].rstrip("/")
        finally:
            started.terminate()


@pytest.fixture
def _beside_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_wav: Callable[..., Path]
) -> None:
    """Work in a folder with a recording, a folder of recordings, and an experiment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    write_wav("call.wav", toy.recording("anger", "f1"))
    for speaker in ("f1", "m1"):
        for emotion in ("anger", "sadness"):
            write_wav(f"calls/{speaker}/{emotion}/1.wav", toy.recording(emotion, speaker))
    shutil.copy(FOLDER / "small.toml", "small.toml")


@pytest.mark.usefixtures("_beside_recordings")
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_runs_and_prints(
    path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    text = path.read_text(encoding="utf-8")
    if ("prosodyn.load()" in text or "PROSODYN_SERVICE" in text) and not shipped_names():
        pytest.skip("no bundle comes with this checkout")
    if "PROSODYN_SERVICE" in text:
        monkeypatch.setenv("PROSODYN_SERVICE", request.getfixturevalue("service"))
    runpy.run_path(str(path), run_name="__main__")
    left = LEAVES.get(path.name)
    assert Path(left).exists() if left else capsys.readouterr().out


@pytest.mark.parametrize(("n_channels", "width"), [(2, 2), (1, 1), (1, 3), (0, 0)])
def test_other_samples_are_not_sent_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_channels: int, width: int
) -> None:
    monkeypatch.chdir(tmp_path)
    if n_channels:
        with wave.open("call.wav", "wb") as call:
            call.setparams((n_channels, width, 16_000, 0, "NONE", ""))
            call.writeframes(bytes(1_200))
    else:
        Path("call.wav").write_bytes(b"no sound")
    with pytest.raises(SystemExit, match=r"^call\.wav: .*16.bit.*; convert it$"):
        runpy.run_path(str(FOLDER / "live_by_websocket.py"), run_name="__main__")


def test_a_token_is_sent_live_as_a_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from websockets.sync import client

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROSODYN_TOKEN", "sesame")
    with wave.open("call.wav", "wb") as call:
        call.setparams((1, 2, 16_000, 0, "NONE", ""))
    asked: list[tuple[str, dict[str, str]]] = []

    def connect(address: str, additional_headers: dict[str, str]) -> None:
        asked.append((address, additional_headers))
        raise SystemExit

    monkeypatch.setattr(client, "connect", connect)
    with pytest.raises(SystemExit):
        runpy.run_path(str(FOLDER / "live_by_websocket.py"), run_name="__main__")
    ((address, headers),) = asked
    assert headers == {"Authorization": "Bearer sesame"}
    assert "sesame" not in address


def test_the_examples_leave_what_is_expected_of_them() -> None:
    assert set(LEAVES) <= {path.name for path in EXAMPLES}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_linked_from_the_readme(path: Path) -> None:
    assert f"](docs/examples/{path.name})" in README.read_text(encoding="utf-8")


def test_the_readme_shows_an_example_as_it_is() -> None:
    _, code = (FOLDER / "recognise_a_recording.py").read_text(encoding="utf-8").split('"""\n\n', 1)
    assert f"```python\n{code}```\n" in README.read_text(encoding="utf-8")
