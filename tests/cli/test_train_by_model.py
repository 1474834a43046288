"""The verb `train` where the network hears by a model that no bundle holds."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from prosodyn.encoders import hub_model

Prosodyn = Callable[..., CompletedProcess[str]]


DESCRIBED = 'kind = "transformers"\nmodel = "small"\nlicence = "MIT"\nblocks = [2]\n'


@pytest.fixture
def by_model(tiny: Path, save_model: Callable[..., Path]) -> Path:
    """Return the folder of a small model, by whose states `tiny` hears; a file there describes it."""
    folder = save_model("wavlm").parent
    folder.joinpath("own.toml").write_text(DESCRIBED, encoding="utf-8")
    text = tiny.read_text(encoding="utf-8")
    text = text.replace("n_mels = 16", f'n_mels = 16\nencoders = ["{folder / "own.toml"}"]')
    tiny.write_text(text.replace("[network]", "[network]\nprojection = 4"), encoding="utf-8")
    return folder


@pytest.fixture
def trained(
    prosodyn: Prosodyn, recordings: Path, tiny: Path, by_model: Path, monkeypatch: pytest.MonkeyPatch
) -> CompletedProcess[str]:
    """Return what is said when a bundle is trained on the states of a small model."""
    monkeypatch.setenv("PROSODYN_ENCODERS", str(by_model))
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


@pytest.fixture
def nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a model lie beside its description alone, and no other test have found it."""
    monkeypatch.delenv("PROSODYN_ENCODERS", raising=False)
    monkeypatch.setattr(hub_model, "_described", {})


@pytest.mark.usefixtures("nowhere_else", "by_model")
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_model_beside_its_description_is_found_by_who_evaluates(
    prosodyn: Prosodyn, recordings: Path, tiny: Path, jobs: int
) -> None:
    """In other processes, too, which answer for speakers who are held out."""
    held_out = tiny.read_text(encoding="utf-8").replace("[training]", "[training]\nheld_out_folds = 2")
    tiny.write_text(held_out, encoding="utf-8")

    done = prosodyn("evaluate", recordings, "--protocol", "loso", "--experiment", tiny, "--jobs", jobs)

    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("nowhere_else")
def test_it_is_said_where_a_user_finds_a_model_beside_its_description(
    prosodyn: Prosodyn, recordings: Path, tiny: Path, by_model: Path
) -> None:
    done = prosodyn("train", recordings, "--experiment", tiny, "--out", "mine")

    assert f"next: PROSODYN_ENCODERS={by_model} prosodyn predict --model mine FILE" in done.stdout
