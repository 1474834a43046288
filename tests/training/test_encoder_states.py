"""Training a network on the states of encoders, and what its bundle holds."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from prosodyn.bundle import read_card, read_weights, write_bundle
from prosodyn.config import Experiment, NetworkConfig
from prosodyn.encoders import find_encoder
from prosodyn.errors import BundleError, ConfigError
from prosodyn.export.from_bundle import export_bundle
from prosodyn.inference import Recogniser
from prosodyn.training import hearing
from prosodyn.training.experiment import load_experiment
from prosodyn.training.hearing import hear, in_versions
from prosodyn.training.loop import RunPlace
from prosodyn.training.naming import Naming
from prosodyn.training.recipe import Lesson, build_module, train_network
from prosodyn.training.writing import write_trained
from prosodyn.types import Channel, Utterance

Utterances = tuple[Utterance, ...]

PLACE = RunPlace(torch.device("cpu"))
NAMING = Naming("tiny", "Knows little.", "CC0-1.0", "Two voices, which are not speech.", "prosodyn train")


@pytest.fixture
def lesson(experiment: Experiment, utterances: Utterances, small_encoders: Path) -> Lesson:
    """Return a lesson by the first speaker, heard by two encoders of random weights."""
    encoders = (find_encoder("speech-embedding"), find_encoder("yamnet"))
    shown = dataclasses.replace(
        experiment,
        front_end=dataclasses.replace(experiment.front_end, narrow_band=True, encoders=encoders),
        network=dataclasses.replace(
            experiment.network, projection=4, channels=(4, 4), residual=True, summary_size=5
        ),
        augment=dataclasses.replace(experiment.augment, n_masks=0),
    )
    return Lesson(shown, utterances[:8])


def test_a_bundle_answers_alike_by_both_engines_without_the_files_of_its_encoders(
    tmp_path: Path, lesson: Lesson, small_encoders: Path
) -> None:
    write_trained(tmp_path / "tiny", train_network(lesson, PLACE), lesson, NAMING)
    shutil.rmtree(small_encoders)

    found = [Recogniser.load(tmp_path / "tiny", engine=kind) for kind in ("onnx", "torch")]
    waveform = lesson.train[0].waveform
    assert waveform is not None
    by_graph, by_torch = (each.from_waveform(waveform, 16_000) for each in found)

    for emotion, probability in by_graph.probabilities.items():
        assert by_torch.probabilities[emotion] == pytest.approx(probability, abs=1e-5)


def test_a_bundle_is_exported_anew_without_the_files_of_its_encoders(
    tmp_path: Path, lesson: Lesson, small_encoders: Path
) -> None:
    write_trained(tmp_path / "tiny", train_network(lesson, PLACE), lesson, NAMING, graph=False)
    shutil.rmtree(small_encoders)

    assert export_bundle(tmp_path / "tiny").labels == lesson.labels


def test_a_bundle_can_be_fine_tuned_without_the_files_of_its_encoders(
    tmp_path: Path, lesson: Lesson, small_encoders: Path
) -> None:
    trained = train_network(lesson, PLACE)
    write_trained(tmp_path / "tiny", trained, lesson, NAMING, graph=False)
    shutil.rmtree(small_encoders)

    module = build_module(dataclasses.replace(lesson, start=tmp_path / "tiny"))

    for name, tensor in trained.state_dict().items():
        assert torch.equal(module.state_dict()[name], tensor)


def test_the_card_tells_which_encoders_are_in_it(tmp_path: Path, lesson: Lesson) -> None:
    card = write_trained(tmp_path / "tiny", train_network(lesson, PLACE), lesson, NAMING, graph=False)

    assert card.front_end is not None
    told = [(each.name, each.licence, each.folder) for each in card.front_end.encoders]
    assert told == [("speech-embedding", "Apache-2.0", ""), ("yamnet", "Apache-2.0", "")]


def test_the_weights_of_encoders_are_counted_and_not_trained(lesson: Lesson) -> None:
    module = build_module(lesson)

    of_encoders = (27 + 2 * 81) + (27 + 81)  # three and two convolutions of three channels
    trained = sum(parameter.numel() for parameter in module.network.parameters())
    assert module.n_parameters == trained + of_encoders


def test_weights_without_their_encoder_are_refused(tmp_path: Path, lesson: Lesson) -> None:
    write_trained(tmp_path / "tiny", train_network(lesson, PLACE), lesson, NAMING, graph=False)
    card = read_card(tmp_path / "tiny")
    weights = dict(read_weights(tmp_path / "tiny", card))
    del weights["listener.front_end.states.layers.1.file"]
    write_bundle(tmp_path / "tiny", card, weights)

    with pytest.raises(BundleError, match="weights: hold no encoder 'yamnet'"):
        Recogniser.load(tmp_path / "tiny", engine="torch")


@pytest.mark.parametrize("channels", [(), ("telephone", "opus")], ids=["as recorded", "through channels"])
def test_states_that_were_heard_before_come_from_the_cache(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch, channels: tuple[Channel, ...]
) -> None:
    listener, versions = build_module(lesson).listener, in_versions(lesson.train, channels)
    first = hear(versions, listener)
    monkeypatch.setattr(hearing, "features_of", pytest.fail)

    again = hear(versions, listener)

    for name, heard in first.items():
        assert heard.features.dtype == torch.float16
        assert torch.equal(again[name].features, heard.features)
        assert torch.equal(again[name].summary, heard.summary)


def test_the_summary_is_that_of_the_spectrograms_then_mean_and_deviation_of_each_state(
    lesson: Lesson,
) -> None:
    listener = build_module(lesson).listener
    heard = next(iter(hear(lesson.train, listener).values()))

    states = heard.features.double().numpy()
    expected = np.concatenate([states.mean(axis=1), states.std(axis=1)])
    np.testing.assert_allclose(heard.summary[-len(expected) :], expected, atol=2e-3)
    assert len(heard.summary) == listener.summary_size
    assert listener.summary is not None
    assert listener.summary_size == listener.summary.size + len(expected)


def test_an_experiment_names_encoders_and_settings_describe_them(tmp_path: Path, tiny: Path) -> None:
    text = tiny.read_text().replace("n_mels = 16", 'n_mels = 16\nencoders = ["yamnet"]')
    tiny.write_text(text.replace("[network]", "[network]\nprojection = 4"))

    experiment = load_experiment(str(tiny))

    assert experiment.front_end.encoders == (find_encoder("yamnet"),)
    assert experiment.outside_data == ("yamnet",)


def test_encoders_without_a_projection_are_refused(tiny: Path) -> None:
    tiny.write_text(tiny.read_text().replace("n_mels = 16", 'n_mels = 16\nencoders = ["yamnet"]'))

    with pytest.raises(ConfigError, match=r"network\.projection: expected at least 1 where front_end"):
        load_experiment(str(tiny))


def test_an_unknown_encoder_is_refused_by_name(tiny: Path) -> None:
    tiny.write_text(tiny.read_text().replace("n_mels = 16", 'n_mels = 16\nencoders = ["hubert"]'))

    with pytest.raises(ConfigError, match="no 'hubert', expected one of"):
        load_experiment(str(tiny))


def test_the_licence_names_the_encoders_that_a_bundle_holds(tmp_path: Path, lesson: Lesson) -> None:
    card = write_trained(tmp_path / "tiny", train_network(lesson, PLACE), lesson, NAMING, graph=False)

    told = "; the encoder 'speech-embedding' in it: Apache-2.0; the encoder 'yamnet' in it: Apache-2.0"
    assert card.licence == f"CC0-1.0{told}"
    tuned = dataclasses.replace(lesson, start=tmp_path / "tiny")
    again = write_trained(tmp_path / "tuned", build_module(tuned), tuned, NAMING, graph=False)
    assert again.licence.count("the encoder 'yamnet'") == 1


def test_states_are_not_stretched_as_if_they_were_bands(lesson: Lesson) -> None:
    stretched = dataclasses.replace(lesson.experiment.augment, vocal_tract=0.1)

    with pytest.raises(ConfigError, match=r"augment\.vocal_tract: expected 0 where front_end\.encoders"):
        dataclasses.replace(lesson.experiment, augment=stretched)


def test_a_projection_sees_no_views() -> None:
    with pytest.raises(ConfigError, match=r"network\.views: expected \('plain',\)"):
        NetworkConfig(projection=4, views=("plain", "centred"))
