"""A recording is heard as loud as those that were learnt from."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from prosodyn.audio.quiet import loudest
from prosodyn.bundle import Card, read_card, read_graph, read_weights, write_bundle
from prosodyn.corpora import toy
from prosodyn.errors import BundleError
from prosodyn.export.from_bundle import export_bundle
from prosodyn.inference import Recogniser
from prosodyn.inference.engines.levelled import LevelledEngine, fixed_to
from prosodyn.inference.engines.onnx import OnnxEngine
from prosodyn.inference.explain import explain
from prosodyn.training.familiar import learn_levels
from prosodyn.types import EngineOutput, FloatArray, IntArray, SpeakerStatistics, Utterance

LEVELS = (-15.0, -5.0)


class Keeps:
    """An engine that keeps what it is given."""

    name = "keeps"

    def __init__(self) -> None:
        self.heard = np.zeros((0, 0), np.float32)

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        del samples, speaker
        self.heard = waveform
        none = np.zeros((len(waveform), 0), np.float32)
        return EngineOutput(none, none, none, none[:, None])


def at(level: float, n_samples: int = 16_000) -> FloatArray:
    """Return noise whose loudest moment has a level, dB of full scale."""
    noise = np.random.default_rng(0).standard_normal(n_samples).astype(np.float32)
    noise -= noise.mean()
    return noise * np.float32(10 ** ((level - loudest(noise)) / 20))


def heard(*waveforms: FloatArray) -> list[FloatArray]:
    """Return what an engine is given of a padded batch, without the padding."""
    samples = np.array([len(waveform) for waveform in waveforms])
    batch = np.stack([np.pad(each, (0, samples.max() - len(each))) for each in waveforms])
    before, engine = batch.copy(), Keeps()
    LevelledEngine(engine, LEVELS).run(batch, samples)
    assert np.array_equal(batch, before)
    for row, length in zip(engine.heard, samples, strict=True):
        assert not row[length:].any()
    return [row[:length] for row, length in zip(engine.heard, samples, strict=True)]


@pytest.mark.parametrize(("level", "expected"), [(-50, -15), (-20, -15), (-10, -10), (0, -5)])
def test_what_is_too_quiet_or_too_loud_comes_to_the_nearest_usual_level(
    level: float, expected: float
) -> None:
    (found,) = heard(at(level))
    assert loudest(found) == pytest.approx(expected, abs=0.01)


def test_each_of_a_batch_has_its_own_level() -> None:
    found = heard(at(-50, 8_000), at(-10))
    assert [loudest(each) for each in found] == pytest.approx([-15, -10], abs=0.01)


def test_an_offset_is_taken_off() -> None:
    np.testing.assert_allclose(heard(at(-40) + np.float32(0.2))[0], heard(at(-40))[0], atol=1e-4)


@pytest.mark.parametrize("level", [0.0, 0.5])
def test_silence_stays_silence(level: float) -> None:
    assert not heard(np.full(16_000, level, np.float32))[0].any()


def test_parts_are_heard_as_loud_as_in_the_whole() -> None:
    whole = np.concatenate([at(-30), at(-60)])
    engine = Keeps()
    part = whole.copy()
    part[:16_000] = 0
    fixed_to(LevelledEngine(engine, LEVELS), whole).run(part[None], np.array([32_000]))
    assert loudest(engine.heard[0]) == pytest.approx(-45, abs=0.1)


def test_another_engine_stays_as_it_is() -> None:
    engine = Keeps()
    assert fixed_to(engine, at(-30)) is engine


@pytest.fixture
def levelled(bundle: Path, card: Card, tmp_path: Path) -> Path:
    """Return a bundle that knows how loud the recordings were that it learnt from."""
    written = read_card(bundle)
    told = dataclasses.replace(card, levels=LEVELS, name="levelled")
    write_bundle(tmp_path / "levelled", told, read_weights(bundle, written), read_graph(bundle, written))
    return tmp_path / "levelled"


@pytest.mark.parametrize("engine", ["onnx", "torch"])
def test_a_bundle_that_knows_levels_answers_alike_at_any(levelled: Path, engine: str) -> None:
    recogniser = Recogniser.load(levelled, engine)  # type: ignore[arg-type]
    quiet, usual = (recogniser.from_waveform(at(level)) for level in (-40, -15))
    assert quiet.probabilities == pytest.approx(usual.probabilities, abs=1e-5)
    assert recogniser.engine.name == engine


def test_an_explanation_hears_every_part_as_loud_as_in_the_whole(
    levelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recogniser = Recogniser.load(levelled)
    whole = at(-50, 32_000)
    whole[2_800:4_600] *= 10  # within the second moment: what is left without it is much quieter
    gains: set[float] = set()
    run = OnnxEngine.run

    def spy(engine: OnnxEngine, waveform: FloatArray, *others: object) -> EngineOutput:
        # what is never hidden: the last samples, but where the last moment is
        gains.update(
            np.round(waveform[:, -9_000:-8_000].std(axis=1) / whole[-9_000:-8_000].std(), 1).tolist()
        )
        return run(engine, waveform, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(OnnxEngine, "run", spy)
    explain(recogniser, whole)
    assert 5 < max(gains) < 7  # 15 dB; what is left of the bands differs a little


def test_levels_are_those_of_nearly_all_recordings_without_their_offsets() -> None:
    levels = np.linspace(-40, -10, 101)
    utterances = [
        Utterance(str(level), "anger", "f1", "toy", waveform=at(level, 3_200) + np.float32(0.1))
        for level in levels
    ]
    assert learn_levels(utterances) == pytest.approx((-39.7, -10.3), abs=0.05)


def test_levels_come_back_from_the_card(levelled: Path) -> None:
    assert read_card(levelled).levels == LEVELS
    assert "| Levels | loudest 20 ms at -15 to -5 dB" in (levelled / "README.md").read_text(encoding="utf-8")


def test_one_level_is_told_as_one(tmp_path: Path, card: Card) -> None:
    write_bundle(
        tmp_path / "levelled",
        dataclasses.replace(card, levels=(-9.0, -9.0), name="levelled"),
        {"weight": np.ones((2, 3), dtype=np.float32)},
    )
    page = (tmp_path / "levelled" / "README.md").read_text(encoding="utf-8")
    assert "| Levels | loudest 20 ms at -9 dB of full scale; all recordings are brought there |" in page


def test_an_exported_graph_tells_the_levels(levelled: Path) -> None:
    exported = export_bundle(levelled)
    session = onnxruntime.InferenceSession(exported.graph)
    assert json.loads(session.get_modelmeta().custom_metadata_map["levels"]) == list(LEVELS)
    assert exported.levels == LEVELS


@pytest.mark.parametrize("levels", [(-5.0, -15.0), (float("nan"), 0.0), (-15.0, float("inf"))])
def test_levels_that_are_none_are_refused(card: Card, levels: tuple[float, float]) -> None:
    with pytest.raises(BundleError, match=r"^card: the levels are "):
        dataclasses.replace(card, levels=levels)


@pytest.mark.parametrize("size", [1_000, 16_001, 70_000])
def test_a_stream_of_what_hears_no_quiet_is_its_timeline(size: int) -> None:
    recogniser = Recogniser.load("open")  # knows levels, too
    voices = [toy.recording(emotion, "f1") for emotion in ("anger", "sadness", "neutral")]
    parts = [
        part
        for gain, voice in zip((1, 0.03, 0.3), voices, strict=True)
        for part in (gain * voice, voice[:1] * 0)
    ]
    waveform = np.concatenate([np.pad(part, 12_000) for part in parts]).astype(np.float32)
    stream = recogniser.stream()
    pieces = [waveform[place : place + size] for place in range(0, len(waveform), size)]
    found = [*(segment for piece in pieces for segment in stream.push(piece)), *stream.flush()]
    expected = recogniser.timeline(waveform).segments
    assert [(each.start, each.end, each.emotion) for each in found] == [
        (each.start, each.end, each.emotion) for each in expected
    ]
    for one, other in zip(found, expected, strict=True):
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-5)


def test_whoever_is_enrolled_is_heard_at_any_level(levelled: Path) -> None:
    recogniser = Recogniser.load(levelled)
    quiet, usual = (
        recogniser.enrol([at(level, 160_000)]).from_waveform(at(-20)).probabilities for level in (-40, -15)
    )
    assert quiet == pytest.approx(usual, abs=1e-5)
