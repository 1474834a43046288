"""A bundle in half precision: smaller, and the same by either engine."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from prosodyn.bundle import read_card, read_graph, read_weights, write_bundle
from prosodyn.config import Experiment
from prosodyn.encoders import find_encoder
from prosodyn.export.from_bundle import export_bundle
from prosodyn.inference import Recogniser
from prosodyn.model import WaveformNetwork
from prosodyn.training.loop import RunPlace
from prosodyn.training.naming import Naming
from prosodyn.training.recipe import Lesson, build_module, train_network
from prosodyn.training.writing import write_trained
from prosodyn.types import Utterance

PLACE = RunPlace(torch.device("cpu"))
SINGLE = Naming("tiny", "Knows little.", "CC0-1.0", "Two voices, which are not speech.", "prosodyn train")
HALF = dataclasses.replace(SINGLE, precision="half")


@pytest.fixture
def lesson(experiment: Experiment, utterances: tuple[Utterance, ...], small_encoders: Path) -> Lesson:
    """Return a lesson by the first speaker, heard by two encoders of random weights."""
    encoders = (find_encoder("speech-embedding"), find_encoder("yamnet"))
    shown = dataclasses.replace(
        experiment,
        front_end=dataclasses.replace(experiment.front_end, encoders=encoders),
        network=dataclasses.replace(
            experiment.network, projection=16, channels=(16, 16), residual=True, summary_size=20
        ),
        augment=dataclasses.replace(experiment.augment, n_masks=0),
    )
    return Lesson(shown, utterances[:8])


@pytest.fixture
def trained(lesson: Lesson) -> WaveformNetwork:
    return train_network(lesson, PLACE)


@pytest.fixture
def half(tmp_path: Path, lesson: Lesson, trained: WaveformNetwork, small_encoders: Path) -> Path:
    """Return a bundle in half precision, after the files of its encoders are gone."""
    write_trained(tmp_path / "half", trained, lesson, HALF)
    write_trained(tmp_path / "single", trained, lesson, SINGLE)
    shutil.rmtree(small_encoders)
    return tmp_path / "half"


def answer(bundle: Path, lesson: Lesson, engine: str) -> dict[str, float]:
    waveform = lesson.train[0].waveform
    assert waveform is not None
    recogniser = Recogniser.load(bundle, engine=engine)  # type: ignore[arg-type]
    return dict(recogniser.from_waveform(waveform, 16_000).probabilities)


def test_both_engines_answer_alike(half: Path, lesson: Lesson) -> None:
    assert answer(half, lesson, "onnx") == pytest.approx(answer(half, lesson, "torch"), abs=1e-5)


def test_it_answers_nearly_as_in_single_precision(half: Path, lesson: Lesson) -> None:
    whole = answer(half.with_name("single"), lesson, "onnx")
    assert answer(half, lesson, "onnx") == pytest.approx(whole, abs=1e-2)


def test_weights_and_graph_take_less_room(half: Path) -> None:
    for name in ("weights.safetensors", "graph.onnx"):
        small, whole = ((folder / name).stat().st_size for folder in (half, half.with_name("single")))
        assert small < 0.8 * whole


def test_the_card_tells_and_the_settings_do_not_know(half: Path) -> None:
    cards = [read_card(folder) for folder in (half, half.with_name("single"))]
    assert [card.precision for card in cards] == ["half", "single"]
    assert cards[0].provenance.settings == cards[1].provenance.settings


def test_a_new_card_leaves_the_rest_as_it_is(half: Path, tmp_path: Path) -> None:
    card = read_card(half)
    described = dataclasses.replace(card, description="Measured since.")
    again = write_bundle(tmp_path / "again", described, read_weights(half, card), read_graph(half, card))
    assert dataclasses.replace(again, description=card.description) == card


def test_it_can_be_fine_tuned(half: Path, lesson: Lesson) -> None:
    module = build_module(dataclasses.replace(lesson, start=half))
    for name, array in read_weights(half, read_card(half)).items():
        np.testing.assert_array_equal(module.state_dict()[name].numpy(), array)


def test_it_can_be_exported_without_the_files_of_its_encoders(half: Path) -> None:
    assert export_bundle(half).difference <= 1e-4
