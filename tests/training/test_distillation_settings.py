"""What an experiment says of its distillation."""

import dataclasses
from pathlib import Path

import pytest

from prosodyn.encoders import find_encoder
from prosodyn.errors import ConfigError
from prosodyn.training.experiment import load_experiment
from prosodyn.training.recipe import Lesson, build_module
from prosodyn.types import Utterance


def test_the_shipped_experiment_can_be_read_and_stays_small() -> None:
    experiment = load_experiment("distilled")

    assert experiment.distils
    assert experiment.outside_data == ("free/speech", "free/noise", "speech-embedding", "yamnet", "swift-f0")
    module = build_module(Lesson(dataclasses.replace(experiment, distillation=None), tuple(two_emotions())))
    assert module.n_parameters < 2_000_000


def two_emotions() -> list[Utterance]:
    return [Utterance(emotion, emotion, "s", "own") for emotion in ("anger", "sadness")]


def test_an_experiments_file_names_teachers_and_settings_describe_them(tiny: Path) -> None:
    text = '\n[distillation]\nspeech = ["free/calls"]\nencoders = ["yamnet"]\n'
    tiny.write_text(tiny.read_text(encoding="utf-8") + text, encoding="utf-8")

    experiment = load_experiment(str(tiny))

    assert experiment.distillation is not None
    assert experiment.distillation.encoders == (find_encoder("yamnet"),)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('speech = ["/somewhere/speech"]', "distillation.speech: expected names of corpora, or folders"),
        ('speech = ["../speech"]', "distillation.speech: expected names of corpora, or folders"),
        ('speech = ["a"]', "distillation.encoders: expected one or more where weights.states is above zero"),
        ('speech = ["a"]\nweights.states = 0\nencoders = ["yamnet"]', "and none where it is zero"),
        (
            'speech = ["a"]\nweights = {states = 0, f0 = 0, voicing = 0, energy = 0}',
            "distillation.weights: expected one above zero",
        ),
        (
            'speech = ["a"]\nencoders = ["yamnet"]\nnoise = ["b"]',
            "distillation.noise: expected folders where",
        ),
        (
            'speech = ["a"]\nencoders = ["yamnet"]\naugment.speed = 0.1',
            "unknown key 'distillation.augment.speed'",
        ),
        (
            'speech = ["a"]\nencoders = ["yamnet"]\naugment.most_snr = -1',
            "most_snr: expected at least least_snr",
        ),
        ('speech = ["a"]\nencoders = ["yamnet"]\ntraining.rate = 1', "unknown key 'training.rate'"),
        (
            'speech = ["a"]\nencoders = ["yamnet"]\ntraining.level = -9',
            "speech is as loud as it is",
        ),
        (
            'speech = ["a"]\nencoders = ["yamnet"]\ntraining.selection = "best_validation"',
            "nothing is held back there that could select",
        ),
    ],
)
def test_what_cannot_be_distilled_is_refused_when_it_is_read(tiny: Path, lines: str, message: str) -> None:
    tiny.write_text(f"{tiny.read_text(encoding='utf-8')}\n[distillation]\n{lines}\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=message):
        load_experiment(str(tiny))


def test_a_network_on_an_encoders_states_is_not_distilled(tiny: Path) -> None:
    text = tiny.read_text(encoding="utf-8").replace("n_mels = 16", 'name = "mfcc"')
    tiny.write_text(f'{text}\n[distillation]\nspeech = ["a"]\nencoders = ["yamnet"]\n', encoding="utf-8")

    with pytest.raises(ConfigError, match="a front_end 'logmel' without encoders"):
        load_experiment(str(tiny))
