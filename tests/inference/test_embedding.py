"""Embeddings: a row of numbers for each recording, alone as in company."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from prosodyn.bundle import Card
from prosodyn.errors import BundleError, ConfigError, UnreadableAudioError
from prosodyn.inference import Recogniser
from prosodyn.inference.embedding import Parts, embed, embedding_size
from prosodyn.types import EngineOutput, FloatArray, IntArray, SpeakerStatistics

Noise = Callable[[int], np.ndarray]

EMBEDDING, SUMMARY = 4, 3


class Told:
    """An engine whose embedding is the loudest sample, and whose summary is the true length."""

    name = "told"

    def __init__(self, has_embedding: bool = True, has_summary: bool = True) -> None:
        self.has_embedding, self.has_summary = has_embedding, has_summary

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        n = len(waveform)
        embedding = np.repeat(waveform.max(axis=1, keepdims=True), EMBEDDING, axis=1)
        summary = np.repeat(samples[:, None], SUMMARY, axis=1).astype(np.float32)
        empty = np.zeros((n, 0), dtype=np.float32)
        return EngineOutput(
            logits=np.zeros((n, 3), dtype=np.float32),
            embedding=embedding if self.has_embedding else empty,
            frame_attention=empty,
            kernel_attention=empty,
            summary=summary if self.has_summary else None,
        )


@pytest.fixture
def told(card: Card) -> Recogniser:
    return Recogniser(card, Told())


def test_a_row_is_the_networks_embedding(bundle: Path, noise: Noise) -> None:
    recogniser, waveform = Recogniser.load(bundle, "onnx"), noise(20_000)
    output = recogniser.engine.run(waveform[None], np.array([20_000]))
    assert embed(recogniser, [waveform]) == pytest.approx(output.embedding, abs=1e-5)


def test_a_recording_has_the_same_row_alone_as_in_company(bundle: Path, noise: Noise) -> None:
    recogniser = Recogniser.load(bundle, "onnx")
    waveforms = [noise(n) for n in (40_000, 9_000, 30_001, 16_000)]
    alone = np.concatenate([embed(recogniser, [waveform]) for waveform in waveforms])
    assert embed(recogniser, waveforms) == pytest.approx(alone, abs=1e-4)


def test_a_speaker_who_is_enrolled_changes_the_rows(bundle: Path, voice: list[FloatArray]) -> None:
    recogniser = Recogniser.load(bundle, "onnx")
    assert not np.allclose(embed(recogniser.enrol(voice), voice[:1]), embed(recogniser, voice[:1]))


@pytest.mark.parametrize(("parts", "size"), [("embedding", 4), ("summary", 3), ("all", 7)])
def test_the_parts_are_chosen(told: Recogniser, noise: Noise, parts: Parts, size: int) -> None:
    assert embed(told, [noise(16_000)], parts=parts).shape == (1, size)


def test_all_parts_stand_embedding_first(told: Recogniser) -> None:
    waveform = np.linspace(-0.5, 0.5, 8_000, dtype=np.float32)
    assert embed(told, [waveform]).tolist() == [[0.5] * EMBEDDING + [8_000.0] * SUMMARY]


def test_a_network_without_a_summary_gives_its_embedding(card: Card, noise: Noise) -> None:
    assert embed(Recogniser(card, Told(has_summary=False)), [noise(8_000)]).shape == (1, EMBEDDING)


def test_a_summary_that_is_not_there_is_refused(card: Card, noise: Noise) -> None:
    with pytest.raises(BundleError, match="is not shown a summary"):
        embed(Recogniser(card, Told(has_summary=False)), [noise(8_000)], parts="summary")


def test_a_classical_system_has_no_embedding(card: Card, noise: Noise) -> None:
    with pytest.raises(BundleError, match="classical system, which has no embedding"):
        embed(Recogniser(card, Told(has_embedding=False)), [noise(8_000)])


def test_parts_that_are_none_are_refused(told: Recogniser, noise: Noise) -> None:
    with pytest.raises(ConfigError, match="parts: expected one of"):
        embed(told, [noise(8_000)], parts="logits")  # type: ignore[arg-type]


def test_numbers_that_are_none_are_refused(card: Card, noise: Noise) -> None:
    class Broken(Told):
        def run(self, *args: object, **words: object) -> EngineOutput:
            output = super().run(*args, **words)  # type: ignore[arg-type]
            return dataclasses.replace(output, embedding=np.full_like(output.embedding, np.nan))

    with pytest.raises(BundleError, match="embedding of waveform 1 is not finite"):
        embed(Recogniser(card, Broken()), [noise(8_000)])


def test_a_bad_file_is_named(told: Recogniser, noise: Noise, tmp_path: Path) -> None:
    with pytest.raises(UnreadableAudioError, match=r"nowhere\.wav"):
        embed(told, [noise(8_000), tmp_path / "nowhere.wav"])


def test_no_recordings_are_no_rows(told: Recogniser) -> None:
    assert embed(told, []).shape == (0, EMBEDDING + SUMMARY)


def test_the_size_is_that_of_a_row(told: Recogniser) -> None:
    assert embedding_size(told) == EMBEDDING + SUMMARY
