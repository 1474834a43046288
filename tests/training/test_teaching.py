"""The half of a fold that teaches, and what it is not told."""

import dataclasses
import json
import pickle
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest

import prosodyn
from prosodyn.bundle import read_card
from prosodyn.errors import TrainingError
from prosodyn.training.fold import FoldTask, answer_fold, run_fold
from prosodyn.training.teaching import TAUGHT, find_taught, teach


def test_what_was_trained_before_a_kill_is_answered_by(
    task: FoldTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach(task.teaching)
    monkeypatch.delattr("prosodyn.training.recipe.train_network")

    assert run_fold(task).weights_sha256 == read_card(task.directory / "bundle").weights_sha256


def test_the_process_that_trains_is_sent_nothing_of_the_test_side(task: FoldTask) -> None:
    sent = pickle.dumps(task.teaching)

    assert all(name.encode() in sent for name in (*task.split.train, *task.split.validation))
    assert not any(name.encode() in sent for name in task.split.test)


def test_a_bundle_that_was_changed_after_its_training_answers_nothing(task: FoldTask) -> None:
    taught = teach(task.teaching)
    other = dataclasses.replace(task, directory=task.directory.with_name("other"))
    training = dataclasses.replace(task.experiment.training, seed=1)
    teach(
        dataclasses.replace(
            other, experiment=dataclasses.replace(task.experiment, training=training)
        ).teaching
    )
    shutil.rmtree(taught.bundle)
    (other.directory / "bundle").rename(taught.bundle)

    with pytest.raises(TrainingError, match="was changed after its training"):
        answer_fold(task, taught)
    with pytest.raises(TrainingError, match="is not what the training wrote"):
        run_fold(task)


@pytest.mark.parametrize("content", ["", "[]", "{}"])
def test_a_broken_note_of_a_training_is_a_named_error(task: FoldTask, content: str) -> None:
    task.directory.mkdir()
    (task.directory / "taught.json").write_text(content, encoding="utf-8")

    with pytest.raises(TrainingError, match=r"taught\.json: tells of no finished training .* delete it"):
        run_fold(task)


def test_a_training_tells_what_it_was_made_with(task: FoldTask) -> None:
    teach(task.teaching)

    made_with = json.loads((task.directory / TAUGHT).read_text(encoding="utf-8"))["made_with"]
    assert made_with["prosodyn"] == prosodyn.__version__
    assert made_with["torch"] == version("torch")
    assert (made_with["device"], made_with["processes"]) == ("cpu", 1)


def test_a_training_of_other_settings_is_not_overwritten(task: FoldTask) -> None:
    teach(task.teaching)
    training = dataclasses.replace(task.experiment.training, seed=1)
    other = dataclasses.replace(task, experiment=dataclasses.replace(task.experiment, training=training))

    with pytest.raises(TrainingError, match="was run with other settings or recordings"):
        teach(other.teaching)


def test_a_training_whose_bundle_was_lost_between_two_renamings_is_done_again(tmp_path: Path) -> None:
    told = {"fingerprint": "same", "weights_sha256": "0", "seconds_training": 1.0}
    (tmp_path / TAUGHT).write_text(json.dumps(told))
    assert find_taught(tmp_path, "same") is None
