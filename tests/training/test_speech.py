"""What a student hears of unlabelled speech, and what its teachers say of it."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from prosodyn.config import Experiment
from prosodyn.encoders import find_encoder
from prosodyn.features.encoders import HOP, EncoderFrontEnd
from prosodyn.features.prosody import ENERGY, F0, VOICED, VOICING, ProsodyContours
from prosodyn.model import WaveformNetwork
from prosodyn.training.speech import HeardSpeech, SpeechSide, Teachers, cut, hear_speech, standardise_prosody
from prosodyn.training.student_lesson import speech_side
from prosodyn.types import Utterance

Utterances = tuple[Utterance, ...]
LONGEST = 0.5
"""Seconds; toy utterances are longer."""


@pytest.fixture
def speech(utterances: Utterances) -> Utterances:
    """Return four recordings of two corpora, of which two have the same name."""
    other = dataclasses.replace(utterances[1], id=utterances[0].id, corpus="other")
    quiet = dataclasses.replace(utterances[2], corpus="other", waveform=0.1 * waveform_of(utterances[2]))
    return (utterances[0], other, quiet, utterances[3])


def waveform_of(utterance: Utterance) -> np.ndarray:
    assert utterance.waveform is not None
    return utterance.waveform


@pytest.fixture
def teachers(small_encoders: Path) -> Teachers:
    return Teachers(EncoderFrontEnd([find_encoder("speech-embedding"), find_encoder("yamnet")]), None)


@pytest.fixture
def module(experiment: Experiment) -> WaveformNetwork:
    return WaveformNetwork(experiment.front_end, dataclasses.replace(experiment.network, summary_size=3), 2)


@pytest.fixture
def heard(speech: Utterances, module: WaveformNetwork, teachers: Teachers) -> HeardSpeech:
    return hear_speech(speech, module.listener, teachers, LONGEST)


def build_side(
    module: WaveformNetwork, heard: HeardSpeech, experiment: Experiment, normalisation: str
) -> SpeechSide:
    training = dataclasses.replace(experiment.training, normalisation=normalisation)
    return speech_side(module, heard, dataclasses.replace(experiment, training=training))


def test_a_long_recording_is_cut_into_even_pieces() -> None:
    waveform = np.arange(20_000, dtype=np.float32)

    pieces = cut(waveform, LONGEST)

    assert [len(each) for each in pieces] == [6667, 6667, 6666]
    assert np.array_equal(np.concatenate(pieces), waveform)


def test_every_piece_has_a_name_of_its_own(heard: HeardSpeech, speech: Utterances) -> None:
    names = [piece.id for piece in heard.pieces]

    assert len(set(names)) == len(names) == len(heard.states) > len(speech)


def test_the_teachers_hear_the_very_piece(heard: HeardSpeech, speech: Utterances, teachers: Teachers) -> None:
    assert teachers.encoders is not None
    (_, second, *_) = cut(waveform_of(speech[0]), LONGEST)

    with torch.inference_mode():
        states, lengths = teachers.encoders(torch.tensor(second)[None], torch.tensor([len(second)]))

    assert int(lengths) == -(-len(second) // HOP) == heard.states[1].shape[1]
    torch.testing.assert_close(heard.states[1].float(), states[0], atol=1e-2, rtol=1e-2)


def test_what_teachers_said_is_not_asked_again(
    heard: HeardSpeech,
    speech: Utterances,
    module: WaveformNetwork,
    teachers: Teachers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(EncoderFrontEnd, "forward", pytest.fail)

    again = hear_speech(speech, module.listener, teachers, LONGEST)

    assert all(torch.equal(*each) for each in zip(again.states, heard.states, strict=True))


def test_progress_counts_recordings(speech: Utterances, module: WaveformNetwork, teachers: Teachers) -> None:
    told: list[tuple[int, int]] = []

    hear_speech(speech, module.listener, teachers, LONGEST, lambda *counted: told.append(counted))

    assert told == [(n, 4) for n in range(1, 5)]


def test_states_are_standardised_over_all_true_frames(
    module: WaveformNetwork, heard: HeardSpeech, experiment: Experiment
) -> None:
    side = build_side(module, heard, experiment, "corpus")

    batch = side.batch(range(len(side)))
    said = torch.cat([row[:n] for row, n in zip(batch.states, batch.n_frames, strict=True)])

    raw = torch.cat([each.float() for each in heard.states], dim=1).T
    lively = raw.std(dim=0) > 1e-3
    expected = ((raw - raw.mean(dim=0)) / raw.std(dim=0, correction=0)).clamp(-5, 5)
    torch.testing.assert_close(said[:, lively], expected[:, lively], atol=2e-2, rtol=2e-2)


def test_padding_of_a_batch_is_zero(
    module: WaveformNetwork, heard: HeardSpeech, experiment: Experiment
) -> None:
    batch = build_side(module, heard, experiment, "corpus").batch(range(len(heard.pieces)))

    assert batch.n_frames.min() < batch.n_frames.max()
    for features, n, states, n_frames in zip(
        batch.features, batch.lengths, batch.states, batch.n_frames, strict=True
    ):
        assert not features[:, n:].any()
        assert not states[n_frames:].any()


def test_each_corpus_may_be_normalised_by_itself(
    module: WaveformNetwork, heard: HeardSpeech, experiment: Experiment
) -> None:
    side = build_side(module, heard, experiment, "each_corpus")

    for corpus in ("toy", "other"):
        rows = [row for row, piece in enumerate(heard.pieces) if piece.corpus == corpus]
        frames = torch.cat([side.features[row].float() for row in rows], dim=1)
        torch.testing.assert_close(side.mean[rows[0]], frames.mean(dim=1), atol=1e-3, rtol=1e-3)
        torch.testing.assert_close(side.scale[rows[0]], frames.std(dim=1, correction=0), atol=1e-3, rtol=1e-3)


def test_the_normalisation_of_the_whole_stays_in_the_module(
    module: WaveformNetwork, heard: HeardSpeech, experiment: Experiment
) -> None:
    build_side(module, heard, experiment, "each_corpus")

    every = torch.cat([each.features.float() for each in heard.heard.values()], dim=1)
    torch.testing.assert_close(module.normaliser.mean[0], every.mean(dim=1), atol=1e-3, rtol=1e-3)
    assert module.summary_normaliser.mean.any()


def test_a_batch_is_cut_into_pieces_of_like_length(
    module: WaveformNetwork, heard: HeardSpeech, experiment: Experiment
) -> None:
    batch = build_side(module, heard, experiment, "corpus").batch(range(len(heard.pieces)))

    parts = list(batch.pieces(3))

    assert sum(len(part.lengths) for part in parts) == len(batch.lengths)
    assert all(len(part.lengths) <= 3 for part in parts)
    assert all(part.features.shape[2] == part.lengths.max() for part in parts)
    assert all(part.states.shape[1] == part.n_frames.max() for part in parts)


def test_f0_is_standardised_where_there_is_a_voice_and_energy_everywhere() -> None:
    generator = torch.Generator().manual_seed(1)
    contours = [torch.rand(3, n, generator=generator) for n in (4, 9, 30)]
    for each in contours:
        each[F0] = (each[F0] - 0.5) * (each[VOICING] >= VOICED)

    every = torch.cat(standardise_prosody(contours), dim=1)

    voiced = every[VOICING] >= VOICED
    assert float(every[F0, voiced].square().mean()) == pytest.approx(1.0, abs=1e-5)
    assert not every[F0, ~voiced].any()
    assert float(every[ENERGY].mean()) == pytest.approx(0.0, abs=1e-5)
    assert float(every[ENERGY].std(correction=0)) == pytest.approx(1.0, abs=1e-5)
    assert torch.equal(every[VOICING], torch.cat(contours, dim=1)[VOICING])


def test_encoders_and_prosody_speak_of_the_same_frames(
    speech: Utterances, module: WaveformNetwork, teachers: Teachers
) -> None:
    pytest.importorskip("swift_f0", reason="needs pip install 'prosodyn[distillation]'")
    both = dataclasses.replace(teachers, prosody=ProsodyContours())

    found = hear_speech(speech, module.listener, both, LONGEST)

    assert [each.shape[1] for each in found.states] == [each.shape[1] for each in found.prosody]
