"""Training a network on the states of a model that no bundle holds, and answering with it."""

import dataclasses
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from prosodyn.bundle import read_card
from prosodyn.bundle.readme import render_readme
from prosodyn.config import Experiment, HubEncoder
from prosodyn.encoders import find_encoder
from prosodyn.errors import BundleError, ConfigError, ExportError, MissingExtraError
from prosodyn.export.from_bundle import export_bundle
from prosodyn.inference import Recogniser
from prosodyn.training import hearing
from prosodyn.training.experiment import load_experiment
from prosodyn.training.hearing import hear
from prosodyn.training.identity import settings_digest
from prosodyn.training.loop import RunPlace
from prosodyn.training.naming import Naming
from prosodyn.training.recipe import Lesson, build_module, train_network
from prosodyn.training.writing import write_trained
from prosodyn.types import Utterance

SaveModel = Callable[..., Path]
Utterances = tuple[Utterance, ...]

PLACE = RunPlace(torch.device("cpu"))
NAMING = Naming("tiny", "Knows little.", "CC0-1.0", "Two voices, which are not speech.", "prosodyn train")
FAMILIES = ["wav2vec2", "hubert", "wavlm", "whisper"]

DESCRIPTION = """
kind = "transformers"
model = "small"
licence = "MIT"
blocks = [1, 3]
"""


@pytest.fixture
def describe(save_model: SaveModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return a function that saves a model in the folder of encoders, and describes it elsewhere."""

    def write(family: str = "wav2vec2", blocks: str = "[1, 3]") -> Path:
        monkeypatch.setenv("PROSODYN_ENCODERS", str(save_model(family).parent))
        path = tmp_path / "own.toml"
        path.write_text(DESCRIPTION.replace("[1, 3]", blocks))
        return path

    return write


@pytest.fixture
def plan(experiment: Experiment, utterances: Utterances) -> Callable[[Path], Lesson]:
    """Return a function that plans a lesson of two steps by the first speaker, heard by an encoder."""

    def write(path: Path) -> Lesson:
        shown = dataclasses.replace(
            experiment,
            front_end=dataclasses.replace(experiment.front_end, encoders=(find_encoder(str(path)),)),
            network=dataclasses.replace(experiment.network, projection=4, summary_size=5),
            augment=dataclasses.replace(experiment.augment, n_masks=0),
            training=dataclasses.replace(experiment.training, epochs=0, steps=2),
        )
        return Lesson(shown, utterances[:8])

    return write


@pytest.fixture
def lesson(describe: Callable[..., Path], plan: Callable[[Path], Lesson]) -> Lesson:
    return plan(describe())


@pytest.fixture
def bundle(tmp_path: Path, lesson: Lesson) -> Path:
    write_trained(tmp_path / "tiny", train_network(lesson, PLACE), lesson, NAMING)
    return tmp_path / "tiny"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_bundle_answers_as_the_network_that_was_trained(
    tmp_path: Path, describe: Callable[..., Path], plan: Callable[[Path], Lesson], family: str
) -> None:
    lesson = plan(describe(family))
    module = train_network(lesson, PLACE)
    write_trained(tmp_path / "tiny", module, lesson, NAMING)
    waveform = lesson.train[0].waveform
    assert waveform is not None

    found = Recogniser.load(tmp_path / "tiny").from_waveform(waveform, 16_000)

    with torch.inference_mode():
        logits = module(torch.tensor(waveform)[None], torch.tensor([len(waveform)])).logits
    expected = dict(zip(lesson.labels, torch.softmax(logits[0].double(), dim=0).tolist(), strict=True))
    assert dict(found.probabilities) == pytest.approx(expected, abs=1e-6)


def test_a_bundle_names_the_model_and_does_not_hold_it(bundle: Path) -> None:
    card = read_card(bundle)

    assert card.front_end is not None
    (encoder,) = card.front_end.encoders
    assert isinstance(encoder, HubEncoder)
    assert (encoder.name, encoder.model, encoder.blocks, encoder.folder) == ("own", "small", (1, 3), "")
    assert len(encoder.sha256) == 64
    assert card.licence == "CC0-1.0; the encoder 'own', which it answers with: MIT"
    assert not (bundle / "graph.onnx").exists()
    assert not any("front_end" in name for name in train_state(bundle))


def train_state(bundle: Path) -> list[str]:
    from safetensors import safe_open

    with safe_open(bundle / "weights.safetensors", "numpy") as file:
        return list(file.keys())


def test_the_model_card_names_the_model_and_its_licence(bundle: Path) -> None:
    card = read_card(bundle)
    assert card.front_end is not None
    told = (
        f"| Encoder | own, MIT, SHA-256 {card.front_end.encoders[0].sha256}; not part of this bundle: `small`"
    )

    assert told in render_readme(card)


def test_the_weights_of_the_model_are_counted_and_not_trained(lesson: Lesson) -> None:
    module = build_module(lesson)

    trained = sum(parameter.numel() for parameter in module.parameters())
    assert module.n_parameters == trained + module.listener.n_parameters
    assert module.listener.n_parameters > 5_000


def test_another_model_in_its_place_is_refused(bundle: Path, save_model: SaveModel) -> None:
    save_model("wav2vec2", seed=4)

    with pytest.raises(BundleError, match="small: is not the encoder 'own': the SHA-256 of its files is"):
        Recogniser.load(bundle)


def test_a_bundle_whose_model_is_not_here_says_what_to_do(bundle: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "models")

    with pytest.raises(BundleError, match=r"small: the encoder 'own' is not here; put .* PROSODYN_ENCODERS$"):
        Recogniser.load(bundle)


def test_a_bundle_without_transformers_says_what_to_install(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'prosodyn\[encoders\]'"):
        Recogniser.load(bundle)


def test_the_engine_onnx_says_what_to_do(bundle: Path) -> None:
    with pytest.raises(BundleError, match=r"has no graph, since it hears by the encoder 'own'.*'torch'"):
        Recogniser.load(bundle, engine="onnx")


def test_an_export_is_refused(bundle: Path) -> None:
    with pytest.raises(ExportError, match="the encoder 'own', which is too large for a graph"):
        export_bundle(bundle)


def test_a_bundle_can_be_fine_tuned(bundle: Path, lesson: Lesson, tmp_path: Path) -> None:
    tuned = dataclasses.replace(lesson, start=bundle)
    card = write_trained(tmp_path / "tuned", train_network(tuned, PLACE), tuned, NAMING)

    assert card.licence.count("the encoder 'own'") == 1
    assert Recogniser.load(tmp_path / "tuned").labels == lesson.labels


def test_blocks_out_of_range_are_refused_before_anything_is_heard(
    describe: Callable[..., Path], plan: Callable[[Path], Lesson]
) -> None:
    with pytest.raises(ConfigError, match=r"blocks: expected numbers from 0 to 3, .* found 4"):
        train_network(plan(describe(blocks="[1, 4]")), PLACE)


def test_states_that_were_heard_before_come_from_the_cache(
    lesson: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROSODYN_CACHE", str(tmp_path / "cache"))
    listener = build_module(lesson).listener
    told: list[tuple[int, int]] = []
    first = hear(lesson.train, listener, lambda *reached: told.append(reached))
    monkeypatch.setattr(hearing, "features_of", pytest.fail)

    again = hear(lesson.train, listener)

    assert told == [(done, 8) for done in range(1, 9)]
    for name, heard in first.items():
        assert heard.features.dtype == torch.float16
        assert torch.equal(again[name].features, heard.features)


def test_a_model_joins_an_encoder_of_an_onnx_file(
    lesson: Lesson, small_encoders: Path, tmp_path: Path
) -> None:
    (tmp_path / "models" / "small").rename(small_encoders / "small")
    encoders = (find_encoder("yamnet"), *lesson.experiment.front_end.encoders)
    front_end = dataclasses.replace(lesson.experiment.front_end, encoders=encoders)
    joined = dataclasses.replace(
        lesson, experiment=dataclasses.replace(lesson.experiment, front_end=front_end)
    )

    module = train_network(joined, PLACE)
    write_trained(tmp_path / "joined", module, joined, NAMING)
    (small_encoders / "yamnet.onnx").unlink()

    assert module.listener.block_sizes[2:] == (16, 16)
    assert Recogniser.load(tmp_path / "joined").card.licence.endswith(
        "the encoder 'yamnet' in it: Apache-2.0; the encoder 'own', which it answers with: MIT"
    )


def test_an_experiment_names_the_description_that_lies_beside_it(
    describe: Callable[..., Path], tiny: Path, tmp_path: Path
) -> None:
    describe()
    text = tiny.read_text().replace("n_mels = 16", 'n_mels = 16\nencoders = ["own.toml"]')
    tiny.write_text(text.replace("[network]", "[network]\nprojection = 4"))

    experiment = load_experiment(str(tiny))

    assert experiment.front_end.encoders == (find_encoder(str(tmp_path / "own.toml")),)
    assert experiment.outside_data == ("own",)


def test_settings_are_those_of_the_model_and_not_of_its_place(lesson: Lesson) -> None:
    (encoder,) = lesson.experiment.front_end.encoders

    def digest_with(**changes: object) -> str:
        other = dataclasses.replace(encoder, **changes)  # type: ignore[arg-type]
        front_end = dataclasses.replace(lesson.experiment.front_end, encoders=(other,))
        return settings_digest(dataclasses.replace(lesson.experiment, front_end=front_end))

    assert digest_with(model="moved", folder="elsewhere", licence="CC0-1.0") == digest_with()
    assert digest_with(sha256="ab") != digest_with()
    assert digest_with(blocks=(1,)) != digest_with()


def test_the_experiment_of_the_examples_is_one(
    save_model: SaveModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_model("wav2vec2", "facebook/wav2vec2-base", num_hidden_layers=9)
    monkeypatch.setenv("PROSODYN_ENCODERS", str(folder.parents[1]))
    examples = Path(__file__).resolve().parents[2] / "docs" / "examples"

    experiment = load_experiment(str(examples / "on_wav2vec2.toml"))

    assert experiment.outside_data == ("wav2vec2",)
