"""The verb `train` where the network hears by a model that no bundle holds."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Prosodyn = Callable[..., CompletedProcess[str]]


@pytest.fixture
def trained(
    prosodyn: Prosodyn,
    recordings: Path,
    tiny: Path,
    save_model: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> CompletedProcess[str]:
    """Return what is said when a bundle is trained on the states of a small model."""
    monkeypatch.setenv("PROSODYN_ENCODERS", str(save_model("wavlm").parent))
    described = 'kind = "transformers"\nmodel = "small"\nlicence = "MIT"\nblocks = [2]\n'
    tiny.with_name("own.toml").write_text(described, encoding="utf-8")
    text = tiny.read_text(encoding="utf-8").replace("n_mels = 16", 'n_mels = 16\nencoders = ["own.toml"]')
    tiny.write_text(text.replace("[network]", "[network]\nprojection = 4"), encoding="utf-8")
    return prosodyn("train", recordings, "--experiment", tiny, "--out", "mine")


def test_it_is_said_that_there_is_no_graph_and_what_a_user_needs(trained: CompletedProcess[str]) -> None:
    assert trained.returncode == 0, trained.stderr
    said = " ".join(trained.stdout.split())
    assert "it hears by own (small), which it does not hold: no graph was written" in said
    assert "pip install 'prosodyn[encoders]'" in said
    assert not Path("mine", "graph.onnx").exists()


@pytest.mark.usefixtures("trained")
def test_what_was_trained_answers(prosodyn: Prosodyn, recordings: Path) -> None:
    done = prosodyn("predict", "--model", "mine", recordings / "f1" / "anger" / "0.wav")

    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("trained")
def test_an_export_says_why_there_is_none(prosodyn: Prosodyn) -> None:
    done = prosodyn("export", "mine", "--onnx", "mine.onnx")

    assert done.returncode == 8
    assert "which is too large for a graph" in " ".join(done.stderr.split())
