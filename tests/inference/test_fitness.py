"""Every answer says whether its recording was fit for one, and an unfit one is given no emotion."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from prosodyn.corpora import toy
from prosodyn.inference import Recogniser
from prosodyn.types import NO_SPEECH, UNCERTAIN, Utterance

Noise = Callable[[int], np.ndarray]
WriteWav = Callable[..., Path]
VOICE = toy.recording("neutral", "f1")


@pytest.fixture(scope="module")
def recogniser(bundle: Path) -> Recogniser:
    return Recogniser.load(bundle)


def test_an_ordinary_utterance_needs_no_remark(recogniser: Recogniser) -> None:
    prediction = recogniser.from_waveform(VOICE)
    assert (prediction.remarks, prediction.emotion) == ((), prediction.best_guess)


def test_what_is_found_is_remarked_on(recogniser: Recogniser, write_wav: WriteWav) -> None:
    path = write_wav(waveform=np.stack([VOICE, VOICE], axis=1))
    assert recogniser.from_file(path).remarks == ("2 channels averaged into one",)


def test_where_nobody_speaks_there_is_no_emotion(recogniser: Recogniser, noise: Noise) -> None:
    prediction = recogniser.from_waveform(noise(48_000))
    assert (prediction.emotion, prediction.is_uncertain) == (NO_SPEECH, True)
    assert prediction.best_guess in recogniser.labels


def test_too_short_a_recording_has_no_emotion(recogniser: Recogniser) -> None:
    prediction = recogniser.from_waveform(VOICE[8_000:11_200])
    assert prediction.emotion in {UNCERTAIN, NO_SPEECH}
    assert "shorter than 0.3 s: too little to hear an emotion in" in prediction.remarks


def test_a_long_recording_is_remarked_on(recogniser: Recogniser) -> None:
    prediction = recogniser.from_waveform(np.resize(VOICE, 61 * 16_000))
    assert prediction.remarks == ("longer than 60 s: it lasts 61 s, an answer is about one utterance",)


def test_samples_and_files_have_the_same_diagnosis(recogniser: Recogniser, write_wav: WriteWav) -> None:
    path = write_wav(waveform=0.005 * VOICE / np.abs(VOICE).max(), subtype="FLOAT")
    from_file = recogniser.from_file(path).diagnosis
    assert from_file is not None
    assert [finding.kind for finding in from_file.findings] == ["quiet"]
    assert (
        from_file
        == recogniser.from_waveform(
            (0.005 * VOICE / np.abs(VOICE).max()).astype(np.float32), source=str(path)
        ).diagnosis
    )


def test_an_utterance_of_a_corpus_is_taken_as_it_is(recogniser: Recogniser, noise: Noise) -> None:
    (prediction,) = recogniser.from_utterances([Utterance("u", "anger", "s", "c", waveform=noise(16_000))])
    assert (prediction.diagnosis, prediction.emotion) == (None, prediction.best_guess)
