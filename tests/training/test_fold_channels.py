"""One fold through a channel: answered by the bundle of the fold as recorded, and never taken for it."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from prosodyn.errors import TrainingError
from prosodyn.inference import Recogniser
from prosodyn.training.fold import FoldTask, run_fold
from prosodyn.types import Channel


def sent_through(task: FoldTask, channel: Channel) -> FoldTask:
    """Return the same fold through a channel, beside the one as recorded."""
    directory = task.directory.with_name(f"fold-{channel}")
    return dataclasses.replace(task, channel=channel, directory=directory, twins=(task.directory,))


def test_it_is_answered_by_the_bundle_of_the_fold_as_recorded(
    task: FoldTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run_fold(task)
    monkeypatch.delattr("prosodyn.training.recipe.train_network")

    sent = run_fold(sent_through(task, "telephone"))

    test = [dataclasses.replace(each, channel="telephone") for each in task.pick(task.split.test)]
    predictions = Recogniser.load(task.directory / "bundle").from_utterances(test)
    expected = [list(prediction.probabilities.values()) for prediction in predictions]
    np.testing.assert_allclose(sent.outcome.probabilities, expected, atol=1e-5)
    assert (sent.weights_sha256, sent.channel) == (plain.weights_sha256, "telephone")
    assert not np.allclose(sent.outcome.probabilities, plain.outcome.probabilities, atol=1e-5)


def test_where_there_is_no_such_bundle_the_same_is_trained(task: FoldTask) -> None:
    alone = run_fold(sent_through(task, "telephone"))

    assert (task.directory.with_name("fold-telephone") / "bundle").exists()
    assert alone.weights_sha256 == run_fold(task).weights_sha256


def test_where_answers_were_kept_without_their_bundle_the_same_is_trained(task: FoldTask) -> None:
    run_fold(task)
    shutil.rmtree(task.directory / "bundle")

    sent = run_fold(sent_through(task, "telephone"))

    assert sent.weights_sha256 == json.loads((task.directory / "outcome.json").read_text())["weights_sha256"]


def test_the_first_twin_that_has_a_bundle_of_the_lesson_answers(
    task: FoldTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = dataclasses.replace(
        task,
        experiment=dataclasses.replace(
            task.experiment,
            training=dataclasses.replace(task.experiment.training, seed=1),  # type: ignore[union-attr,arg-type]
        ),
        directory=task.directory.with_name("other"),
    )
    run_fold(other)
    plain = run_fold(task)
    monkeypatch.delattr("prosodyn.training.recipe.train_network")
    twins = (task.directory.with_name("nowhere"), other.directory, task.directory)

    sent = run_fold(dataclasses.replace(sent_through(task, "mp3"), twins=twins))

    assert sent.weights_sha256 == plain.weights_sha256


@pytest.mark.parametrize(("first", "second"), [("", "opus"), ("opus", ""), ("opus", "mp3")])
def test_answers_through_another_channel_are_not_taken(
    task: FoldTask, first: Channel, second: Channel
) -> None:
    run_fold(dataclasses.replace(task, channel=first))
    found, wanted = (f"through '{each}'" if each else "as recorded" for each in (first, second))

    with pytest.raises(TrainingError, match=f"was tested {found}, not {wanted}; choose another directory"):
        run_fold(dataclasses.replace(task, channel=second))


def test_finished_answers_through_a_channel_are_kept(task: FoldTask) -> None:
    first = run_fold(dataclasses.replace(task, channel="opus"))
    shutil.rmtree(task.directory / "bundle")

    again = run_fold(dataclasses.replace(task, channel="opus"))

    assert again.outcome == first.outcome
    assert (again.channel, again.tested) == ("opus", first.tested)


def test_an_outcome_of_a_channel_that_nobody_knows_is_refused(task: FoldTask) -> None:
    run_fold(task)
    path = task.directory / "outcome.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"channel": "radio"}), encoding="utf-8")

    with pytest.raises(TrainingError, match=r"holds no finished fold .*unknown channel 'radio'"):
        run_fold(task)
