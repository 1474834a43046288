"""The verb `train`: a bundle that can be used, runs that go on, and mistakes before any time is spent."""

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from prosodyn.bundle import read_card
from prosodyn.config import Experiment
from prosodyn.manifest import write_manifest
from prosodyn.training.experiment import load_experiment
from prosodyn.types import Utterance

Prosodyn = Callable[..., CompletedProcess[str]]
Interruption = Callable[[], AbstractContextManager[None]]


def test_the_bundle_knows_where_it_comes_from(bundle: Path, recordings: Path) -> None:
    card = read_card(bundle)
    assert (card.name, card.labels, card.corpora) == ("mine", ("anger", "sadness"), ("calls",))
    assert (card.provenance.n_utterances, card.provenance.n_speakers) == (12, 3)
    assert card.provenance.command.startswith(f"prosodyn train {recordings} ")


def test_the_bundle_can_be_used(prosodyn: Prosodyn, bundle: Path, recordings: Path) -> None:
    done = prosodyn("predict", "--model", bundle, "--engine", "onnx", recordings / "f1")
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1 + 4


def test_the_run_leaves_its_journal_and_no_checkpoint(bundle: Path) -> None:
    run = bundle.with_name("mine.run")
    assert [path.name for path in run.iterdir()] == ["journal.jsonl"]
    epochs = [json.loads(line)["epoch"] for line in (run / "journal.jsonl").read_text().splitlines()]
    assert epochs == [1, 2]


def test_it_says_what_to_do_next(prosodyn: Prosodyn, recordings: Path, tiny: Path) -> None:
    done = prosodyn("train", recordings, "--experiment", tiny, "--out", "new one", "--no-graph")
    assert done.returncode == 0
    assert "prosodyn predict --model 'new one' FILE" in done.stdout
    assert not Path("new one", "graph.onnx").exists()


def test_what_expects_enrolment_says_so_next(prosodyn: Prosodyn, recordings: Path, tiny: Path) -> None:
    arguments = ("--experiment", tiny, "--speakers", "followed", "--out", "mine", "--no-graph")
    done = prosodyn("train", recordings, *arguments)
    assert "prosodyn predict --model mine --enrol OTHER_RECORDINGS_OF_THE_SPEAKER FILE" in done.stdout
    assert read_card(Path("mine")).expects_enrolment
    scored = prosodyn("evaluate", recordings, "--bundle", "mine")
    assert "expects enrolment" in scored.stderr


def test_recordings_without_speakers_cannot_be_relative_to_them(
    prosodyn: Prosodyn, recordings: Path, tiny: Path
) -> None:
    tiny.write_text(tiny.read_text(encoding="utf-8") + 'normalisation = "speaker"\n', encoding="utf-8")
    for emotion in ("anger", "sadness"):
        shutil.copytree(recordings / "m1" / emotion, Path("nameless", emotion))
    done = prosodyn("train", "nameless", "--experiment", tiny, "--out", "mine")
    assert done.returncode == 7
    assert "4 of 4 recordings do not say who speaks" in done.stderr
    assert not Path("mine").exists()


def test_an_interrupted_run_goes_on_to_the_same_weights(
    prosodyn: Prosodyn, recordings: Path, tiny: Path, interrupted_after_an_epoch: Interruption
) -> None:
    words = ("train", recordings, "--experiment", tiny, "--no-graph", "--out")
    assert prosodyn(*words, "whole").returncode == 0
    with interrupted_after_an_epoch():
        stopped = prosodyn(*words, "halves")
    assert stopped.returncode == 130
    assert "goes on where it stopped" in stopped.stderr
    assert "going on where the run" in prosodyn(*words, "halves").stderr
    weights = [Path(name, "weights.safetensors").read_bytes() for name in ("whole", "halves")]
    assert weights[0] == weights[1]


def test_another_runs_checkpoint_is_refused(
    prosodyn: Prosodyn, recordings: Path, tiny: Path, interrupted_after_an_epoch: Interruption
) -> None:
    words = ("train", recordings, "--experiment", tiny, "--out", "mine")
    with interrupted_after_an_epoch():
        prosodyn(*words)
    done = prosodyn(*words, "--seed", 1)
    assert done.returncode == 7
    assert "other settings" in done.stderr


def test_a_bundle_is_tuned_to_other_classes(
    prosodyn: Prosodyn, bundle: Path, recordings: Path, tiny: Path
) -> None:
    done = prosodyn(
        "train", recordings, "--from", bundle, "--experiment", tiny, "--out", "tuned", "--no-graph"
    )
    assert done.returncode == 0
    assert read_card(Path("tuned")).network == read_card(bundle).network


def test_a_bundle_is_tuned_gently_unless_told_otherwise(
    prosodyn: Prosodyn, bundle: Path, recordings: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def load(name: str, *_: object) -> Experiment:
        asked.append(name)
        return load_experiment(str(tiny))

    monkeypatch.setattr("prosodyn.training.experiment.load_experiment", load)
    done = prosodyn("train", recordings, "--from", bundle, "--out", "tuned", "--no-graph")
    assert done.returncode == 0
    assert asked == ["finetune"]


def test_speakers_are_held_back_for_validation(prosodyn: Prosodyn, recordings: Path, tiny: Path) -> None:
    done = prosodyn(
        "train", recordings, "--experiment", tiny, "--validation-share", 0.3, "--out", "mine", "--no-graph"
    )
    assert "8 recordings of 2 speakers" in done.stdout
    lines = Path("mine.run", "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line)["validation_ua"] is not None for line in lines)


def test_recordings_of_unknown_speakers_are_called_so(
    prosodyn: Prosodyn, recordings: Path, tiny: Path
) -> None:
    Path("flat").mkdir()
    for emotion in ("anger", "sadness"):
        Path("flat", emotion).symlink_to(recordings / "f1" / emotion)
    done = prosodyn("train", "flat", "--experiment", tiny, "--out", "mine", "--no-graph")
    assert "4 recordings of unknown speakers" in done.stdout
    assert "unknown speakers" in read_card(Path("mine")).limits


def test_a_manifest_is_a_source(prosodyn: Prosodyn, recordings: Path, tiny: Path) -> None:
    utterances = [
        Utterance(str(number), path.parts[-2], path.parts[-3], "calls", path)
        for number, path in enumerate(sorted(recordings.rglob("*.wav")))
    ]
    write_manifest("calls.csv", utterances)
    done = prosodyn(
        "train", "calls.csv", "--experiment", tiny, "--out", "mine", "--no-graph", "--licence", "CC0-1.0"
    )
    assert "12 recordings of 3 speakers" in done.stdout
    assert read_card(Path("mine")).licence == "CC0-1.0"


def test_a_run_that_fails_before_its_first_epoch_leaves_nothing(
    prosodyn: Prosodyn, recordings: Path, tiny: Path
) -> None:
    shutil.copytree(recordings, "calls")
    next(Path("calls").rglob("*.wav")).write_bytes(b"no audio")
    done = prosodyn("train", "calls", "--experiment", tiny, "--out", "mine")
    assert done.returncode == 3
    assert [path.name for path in Path().iterdir()] == ["calls"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nowhere"], 4),
        (["empty"], 4),
        (["--root", "nowhere", "emodb"], 4),
        (["RECORDINGS", "--root", "nowhere"], 4),
        (["RECORDINGS", "--experiment", "nothing"], 2),
        (["RECORDINGS", "--experiment", "broken.toml"], 2),
        (["RECORDINGS", "--experiment", "unknown-key.toml"], 2),
        (["RECORDINGS", "--experiment", "absent.toml"], 2),
        (["RECORDINGS", "--device", "mps"], 2),
        (["RECORDINGS", "--system", "transformer"], 2),
        (["RECORDINGS", "--name", "My Own!"], 2),
        (["RECORDINGS", "--validation-share", "1.5"], 2),
        (["RECORDINGS", "--from", "nowhere"], 6),
        (["RECORDINGS", "--from", "nowhere", "--system", "cnn_lstm"], 2),
        (["RECORDINGS", "--validation-share", "0.99"], 5),
        (["RECORDINGS", "--out", "empty"], 10),
        (["RECORDINGS", "--out", "a-file/mine"], 10),
    ],
)
def test_a_mistake_is_told_in_one_line_before_any_training(
    prosodyn: Prosodyn, recordings: Path, tiny: Path, words: list[str], code: int
) -> None:
    Path("empty").mkdir()
    Path("a-file").write_text("")
    Path("broken.toml").write_text("about = ")
    Path("unknown-key.toml").write_text("[training]\nepoch = 3\n")
    named = [str(recordings) if word == "RECORDINGS" else word for word in words]
    usual = {"--experiment": tiny, "--out": "mine"}
    others = [word for option, value in usual.items() if option not in words for word in (option, value)]
    done = prosodyn("train", *others, *named)
    assert done.returncode == code
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "Usage" in done.stderr or (done.stderr.startswith("prosodyn: ") and done.stderr.count("\n") == 1)
    assert not Path("mine").exists()
    assert not Path("mine.run").exists()


def hold_out(tiny: Path) -> Path:
    change = tiny.read_text(encoding="utf-8").replace("[training]", "[training]\nheld_out_folds = 3")
    tiny.write_text(change, encoding="utf-8")
    return tiny


def test_a_recogniser_that_held_speakers_out_knows_how_far_to_be_believed(
    prosodyn: Prosodyn, recordings: Path, tiny: Path
) -> None:
    done = prosodyn("train", recordings, "--experiment", hold_out(tiny), "--out", "mine")

    assert done.returncode == 0
    held_out = read_card("mine").held_out
    assert held_out is not None
    assert len(held_out.right) == 12
    assert not list(Path().glob("mine.run/held-out-*"))


def test_nobody_to_hold_out_is_named_before_any_time_is_spent(
    prosodyn: Prosodyn, recordings: Path, tiny: Path
) -> None:
    alone = next(recordings.iterdir())  # a folder per emotion, and nobody named

    done = prosodyn("train", alone, "--experiment", hold_out(tiny), "--out", "mine")

    assert done.returncode == 7
    assert "does not say who speaks" in done.stderr
    assert not Path("mine.run").exists()
