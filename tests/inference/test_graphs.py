"""Graphs that were exported before there was enrolment answer as ever, and say what they cannot do."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from prosodyn.bundle import read_card, read_graph, read_weights, write_bundle
from prosodyn.errors import BundleError
from prosodyn.inference import Recogniser
from prosodyn.inference.engines.onnx import STATISTICS
from prosodyn.types import FloatArray

Noise = Callable[[int], np.ndarray]


def rewrite_graph(bundle: Path, target: Path, change: Callable[[onnx.ModelProto], None]) -> Path:
    """Write a bundle again whose graph has been changed."""
    card = read_card(bundle)
    model = onnx.load_from_string(read_graph(bundle, card))
    change(model)
    write_bundle(target, card, read_weights(bundle, card), model.SerializeToString())
    return target


def drop_statistics(model: onnx.ModelProto) -> None:
    kept = [output for output in model.graph.output if output.name not in STATISTICS]
    del model.graph.output[:]
    model.graph.output.extend(kept)


@pytest.fixture
def old_bundle(bundle: Path, tmp_path: Path) -> Path:
    """Return a bundle whose graph was exported before there was enrolment."""
    return rewrite_graph(bundle, tmp_path / "old", drop_statistics)


def test_a_graph_from_before_there_was_enrolment_still_answers(
    old_bundle: Path, bundle: Path, noise: Noise
) -> None:
    asked = noise(16_000)
    old, new = (Recogniser.load(directory, "onnx") for directory in (old_bundle, bundle))
    assert old.from_waveform(asked) == new.from_waveform(asked)


def test_a_graph_from_before_there_was_enrolment_says_so_when_it_is_asked_for(
    old_bundle: Path, voice: list[FloatArray]
) -> None:
    with pytest.raises(BundleError, match=r"^small: its graph is too old for enrolment.* export it again"):
        Recogniser.load(old_bundle, "onnx").enrol(voice)


def test_the_weights_beside_an_old_graph_can_be_enrolled(
    old_bundle: Path, bundle: Path, voice: list[FloatArray], noise: Noise
) -> None:
    asked = noise(16_000)
    old, new = (Recogniser.load(each, "torch").enrol(voice) for each in (old_bundle, bundle))
    assert old.from_waveform(asked) == new.from_waveform(asked)


def test_a_graph_from_before_there_were_summaries_can_be_enrolled(
    bundle: Path, tmp_path: Path, voice: list[FloatArray], noise: Noise
) -> None:
    def drop_summary(model: onnx.ModelProto) -> None:
        assert model.graph.output.pop().name == "summary"

    asked = noise(16_000)
    older = Recogniser.load(rewrite_graph(bundle, tmp_path / "older", drop_summary), "onnx").enrol(voice)
    assert older.from_waveform(asked) == Recogniser.load(bundle, "onnx").enrol(voice).from_waveform(asked)


def test_a_graph_that_cannot_follow_a_speaker_is_named(
    bundle: Path, tmp_path: Path, voice: list[FloatArray], noise: Noise
) -> None:
    def fix_the_mean(model: onnx.ModelProto) -> None:
        kept = [entry for entry in model.graph.input if entry.name != "feature_mean"]
        del model.graph.input[:]
        model.graph.input.extend(kept)

    deaf = Recogniser.load(rewrite_graph(bundle, tmp_path / "deaf", fix_the_mean), "onnx").enrol(voice)
    with pytest.raises(BundleError, match=r"takes no .*'feature_mean'.* of a speaker; export it again"):
        deaf.from_waveform(noise(16_000))
