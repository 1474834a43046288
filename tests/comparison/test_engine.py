"""The engine: from the arrays on disk to logits, without the libraries that fitted them."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from prosodyn.bundle import Card, ComparisonSystem, Provenance, write_bundle
from prosodyn.comparison.engine import ClassicalEngine
from prosodyn.comparison.feature_sets import build_feature_set
from prosodyn.comparison.fitted import FittedSystem
from prosodyn.comparison.method import Examples
from prosodyn.comparison.systems import SYSTEMS
from prosodyn.config import FrontEndConfig
from prosodyn.corpora import toy
from prosodyn.errors import BundleError
from prosodyn.inference import Recogniser
from prosodyn.types import SpeakerStatistics

LABELS = ("anger", "sadness")
SYSTEM_NAMES = ("ann", "gmm", "hmm", "knn", "svm", "tree")
SMALL = 2

WITHOUT_LIBRARIES = """
import sys
for name in ("sklearn", "hmmlearn", "opensmile", "onnx"):
    sys.modules[name] = None
import json
from prosodyn.inference import Recogniser
path, *bundles = sys.argv[1:]
print(json.dumps([dict(Recogniser.load(bundle).from_file(path).probabilities) for bundle in bundles]))
"""


def front_end_of(name: str) -> FrontEndConfig:
    declared = SYSTEMS[name].front_end
    assert declared is not None
    return dataclasses.replace(declared, n_mels=16, n_mfcc=4)


@pytest.fixture(scope="session")
def systems() -> dict[str, FittedSystem]:
    """Return every system, fitted to eight toy recordings."""
    spoken = [(emotion, speaker, take) for emotion in LABELS for speaker in ("f1", "m1") for take in (0, 1)]
    waveforms = [toy.recording(emotion, speaker, seed=take) for emotion, speaker, take in spoken]
    targets = np.array([LABELS.index(emotion) for emotion, _, _ in spoken])
    fitted = {}
    for name in SYSTEM_NAMES:
        feature_set = build_feature_set(SYSTEMS[name].feature_set, front_end_of(name))
        examples = Examples([feature_set(waveform) for waveform in waveforms], targets, 2)
        fitted[name] = FittedSystem.fit(SYSTEMS[name].method, examples, SMALL, 0)
    return fitted


@pytest.fixture(scope="session")
def cards() -> dict[str, Card]:
    return {
        name: Card(
            name="small",
            description="Knows two emotions.",
            labels=LABELS,
            front_end=front_end_of(name),
            network=None,
            corpora=("toy",),
            licence="CC0-1.0",
            limits="Has heard eight recordings.",
            provenance=Provenance("none", {}, "none", 0, "0", "0", 8, 2, "2025-01-31"),
            n_parameters=1,
            comparison=ComparisonSystem(name, {SYSTEMS[name].parameter: SMALL}),
        )
        for name in SYSTEM_NAMES
    }


WriteSystem = Callable[..., Path]


@pytest.fixture
def write_system(tmp_path: Path, systems: dict[str, FittedSystem], cards: dict[str, Card]) -> WriteSystem:
    """Return a function that writes the bundle of a system, with another card where one is given."""

    def write(name: str, card: Card | None = None) -> Path:
        write_bundle(tmp_path / name, card or cards[name], systems[name].arrays())
        return tmp_path / name

    return write


@pytest.mark.parametrize("name", SYSTEM_NAMES)
def test_the_bundle_answers_as_the_fitted_system_does(
    name: str, systems: dict[str, FittedSystem], write_system: WriteSystem
) -> None:
    waveform = toy.recording("anger", "f2")
    feature_set = build_feature_set(SYSTEMS[name].feature_set, front_end_of(name))

    prediction = Recogniser.load(write_system(name)).from_waveform(waveform)

    weights = np.exp(systems[name].logits([feature_set(waveform)])[0])
    assert list(prediction.probabilities.values()) == pytest.approx(weights / weights.sum(), abs=1e-5)


@pytest.mark.parametrize("name", SYSTEM_NAMES)
def test_padding_and_neighbours_change_nothing(
    name: str, systems: dict[str, FittedSystem], rng: np.random.Generator
) -> None:
    engine = ClassicalEngine(build_feature_set(SYSTEMS[name].feature_set, front_end_of(name)), systems[name])
    waveforms = [toy.recording(emotion, "f2") for emotion in LABELS]
    samples = np.array([len(each) for each in waveforms])
    padded = rng.standard_normal((2, samples.max() + 4_000)).astype(np.float32)
    for row, waveform in zip(padded, waveforms, strict=True):
        row[: len(waveform)] = waveform

    together = engine.run(padded, samples).logits

    alone = [engine.run(each[None], samples[i : i + 1]).logits[0] for i, each in enumerate(waveforms)]
    np.testing.assert_allclose(together, alone, rtol=1e-5)


def test_there_are_logits_and_nothing_else(systems: dict[str, FittedSystem]) -> None:
    engine = ClassicalEngine(build_feature_set("statistics", front_end_of("svm")), systems["svm"])

    output = engine.run(np.zeros((3, 1_000), dtype=np.float32), np.array([1_000, 10, 1]))

    assert output.logits.shape == (3, 2)
    assert [output.embedding.shape, output.frame_attention.shape] == [(3, 0), (3, 0)]
    assert output.kernel_attention.shape == (3, 0, 0)


def test_answering_needs_no_library_that_fits(
    write_system: WriteSystem, write_wav: Callable[..., Path]
) -> None:
    path = str(write_wav(waveform=toy.recording("anger", "f2")))
    bundles = [str(write_system(name)) for name in SYSTEM_NAMES]

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_LIBRARIES, path, *bundles],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    for bundle, found in zip(bundles, json.loads(done.stdout), strict=True):
        assert found == pytest.approx(dict(Recogniser.load(bundle).from_file(path).probabilities))


def test_a_bundle_holds_no_graph_and_nothing_pickled(write_system: WriteSystem) -> None:
    names = sorted(path.name for path in write_system("svm").iterdir())
    assert names == ["README.md", "card.json", "weights.safetensors"]


def test_a_system_of_another_version_is_refused_by_name(
    write_system: WriteSystem, cards: dict[str, Card]
) -> None:
    card = dataclasses.replace(cards["svm"], comparison=ComparisonSystem("forest", {}))
    bundle = write_system("svm", card)
    with pytest.raises(BundleError, match=r"holds the system 'forest', expected one of .*'svm'"):
        Recogniser.load(bundle)


def test_a_card_without_the_front_end_it_needs_is_refused(
    write_system: WriteSystem, cards: dict[str, Card]
) -> None:
    bundle = write_system("svm", dataclasses.replace(cards["svm"], front_end=None))
    with pytest.raises(BundleError, match="front_end: expected one to give the statistics"):
        Recogniser.load(bundle)


def test_the_arrays_of_another_system_are_refused(write_system: WriteSystem, cards: dict[str, Card]) -> None:
    bundle = write_system("svm", cards["tree"])
    with pytest.raises(BundleError, match=r"svm: holds the arrays .* expected .*method\.log_shares"):
        Recogniser.load(bundle)


@pytest.mark.parametrize("kind", ["onnx", "torch"])
def test_an_engine_for_networks_is_refused(write_system: WriteSystem, kind: str) -> None:
    bundle = write_system("svm")
    with pytest.raises(BundleError, match=f"holds no network for the engine '{kind}'; use 'auto'"):
        Recogniser.load(bundle, kind)


def test_nobody_can_be_enrolled(write_system: WriteSystem) -> None:
    recogniser = Recogniser.load(write_system("svm"))
    with pytest.raises(BundleError, match="holds the comparison system 'svm', expected a network"):
        recogniser.enrol([toy.recording("anger", "f2")] * 5)


def test_a_speaker_is_refused_not_ignored(systems: dict[str, FittedSystem]) -> None:
    engine = ClassicalEngine(build_feature_set("statistics", front_end_of("svm")), systems["svm"])
    speaker = SpeakerStatistics.of(np.ones((16, 3)))
    with pytest.raises(BundleError, match="follows no speaker"):
        engine.run(np.zeros((1, 1_000), dtype=np.float32), np.array([1_000]), speaker)
