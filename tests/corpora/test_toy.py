from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from prosodyn.corpora import toy
from prosodyn.corpora.labels import EMOTIONS
from prosodyn.errors import CorpusError, UnknownLabelError
from prosodyn.types import SAMPLE_RATE, Utterance

SPEAKERS = tuple(speaker.name for speaker in toy.SPEAKERS)
Measure = Callable[[np.ndarray], float]


@pytest.fixture(scope="module")
def corpus() -> tuple[Utterance, ...]:
    return toy.utterances()


def pitch(waveform: np.ndarray) -> float:
    """Take the median of the autocorrelation's first peak over the loud frames, in Hz."""
    frames = np.lib.stride_tricks.sliding_window_view(waveform, 800)[::400] * np.hanning(800)
    energy = (frames**2).sum(axis=1)
    spectra = np.fft.rfft(frames[energy > 0.2 * energy.max()], 2048)
    # The upper half of the spectrum holds more noise than voice.
    spectra[:, 2048 * 1_000 // SAMPLE_RATE :] = 0.0
    correlation = np.fft.irfft(np.abs(spectra) ** 2)[:, : SAMPLE_RATE // 60]
    shortest = SAMPLE_RATE // 500
    return float(np.median(SAMPLE_RATE / (shortest + np.argmax(correlation[:, shortest:], axis=1))))


def level(waveform: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(waveform**2)))


def duration(waveform: np.ndarray) -> float:
    return len(waveform) / SAMPLE_RATE


def brightness(waveform: np.ndarray) -> float:
    """Compare the energy above 1 kHz with that below, in dB, over the loud frames."""
    frames = np.lib.stride_tricks.sliding_window_view(waveform, 512)[::256] * np.hanning(512)
    power = np.abs(np.fft.rfft(frames)) ** 2
    power = power[power.sum(axis=1) > 0.2 * power.sum(axis=1).max()].sum(axis=0)
    return float(10 * np.log10(power[32:].sum() / power[:32].sum()))


def mean_of(corpus: tuple[Utterance, ...], measure: Measure, speaker: str, emotion: str) -> float:
    return float(
        np.mean(
            [
                measure(utterance.waveform)
                for utterance in corpus
                if utterance.waveform is not None
                and (utterance.speaker, utterance.emotion) == (speaker, emotion)
            ]
        )
    )


def test_the_same_seed_gives_the_same_bytes(corpus: tuple[Utterance, ...]) -> None:
    again = toy.recording("anger", "f1", toy.TEXTS[0], seed=0)
    assert corpus[0].waveform is not None
    assert corpus[0].waveform.tobytes() == again.tobytes()


def test_another_seed_gives_another_take() -> None:
    first, second = (toy.recording("anger", "f1", seed=seed) for seed in (0, 1))
    assert first.tobytes() != second.tobytes()


def test_corpora_of_two_seeds_share_no_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toy, "SPEAKERS", toy.SPEAKERS[:1])
    monkeypatch.setattr(toy, "TEXTS", ("ba-ti",))
    waveforms = [utterance.waveform for seed in (0, 1, 2) for utterance in toy.utterances(seed)]
    assert len({waveform.tobytes() for waveform in waveforms if waveform is not None}) == 3 * 4 * 2


def test_every_speaker_says_every_text_in_every_emotion_twice(corpus: tuple[Utterance, ...]) -> None:
    said = Counter((utterance.speaker, utterance.emotion, utterance.text) for utterance in corpus)
    assert len(said) == 6 * 4 * 6
    assert set(said.values()) == {2}


def test_ids_are_unique(corpus: tuple[Utterance, ...]) -> None:
    assert len({utterance.id for utterance in corpus}) == len(corpus)


def test_emotions_belong_to_the_vocabulary() -> None:
    assert set(toy.EMOTIONS) <= set(EMOTIONS)


def test_every_waveform_is_sound_in_range(corpus: tuple[Utterance, ...]) -> None:
    for utterance in corpus:
        assert utterance.waveform is not None
        assert utterance.waveform.dtype == np.float32
        assert 0.01 < np.abs(utterance.waveform).max() < 1.0
        assert 1.0 <= duration(utterance.waveform) <= 2.5


@pytest.mark.parametrize("speaker", SPEAKERS)
@pytest.mark.parametrize("emotion", ["anger", "happiness"])
def test_excited_speech_is_higher_than_sad_speech(
    corpus: tuple[Utterance, ...], speaker: str, emotion: str
) -> None:
    assert mean_of(corpus, pitch, speaker, emotion) > 1.15 * mean_of(corpus, pitch, speaker, "sadness")


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_anger_is_louder_than_neutral_and_neutral_than_sadness(
    corpus: tuple[Utterance, ...], speaker: str
) -> None:
    anger, neutral, sadness = (
        mean_of(corpus, level, speaker, emotion) for emotion in ("anger", "neutral", "sadness")
    )
    assert anger > neutral + 3.0
    assert neutral > sadness + 2.0


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_anger_is_faster_than_neutral_and_neutral_than_sadness(
    corpus: tuple[Utterance, ...], speaker: str
) -> None:
    anger, neutral, sadness = (
        mean_of(corpus, duration, speaker, emotion) for emotion in ("anger", "neutral", "sadness")
    )
    assert anger < neutral < sadness


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_anger_is_brighter_than_sadness(corpus: tuple[Utterance, ...], speaker: str) -> None:
    assert (
        mean_of(corpus, brightness, speaker, "anger") > mean_of(corpus, brightness, speaker, "sadness") + 3.0
    )


def test_speakers_differ_in_pitch(corpus: tuple[Utterance, ...]) -> None:
    measured = {speaker: mean_of(corpus, pitch, speaker, "neutral") for speaker in SPEAKERS}
    assert sorted(SPEAKERS, key=measured.__getitem__) == ["m2", "m1", "m3", "f2", "f1", "f3"]


def test_a_plain_classifier_is_neither_lost_nor_perfect_on_new_speakers(
    corpus: tuple[Utterance, ...],
) -> None:
    waveforms = [utterance.waveform for utterance in corpus if utterance.waveform is not None]
    features = np.array([[np.log(pitch(w)), level(w), duration(w), brightness(w)] for w in waveforms])
    truth = np.array([utterance.emotion for utterance in corpus])
    speakers = np.array([utterance.speaker for utterance in corpus])
    right = 0
    for speaker in SPEAKERS:
        train, test = speakers != speaker, speakers == speaker
        centre, scale = features[train].mean(axis=0), features[train].std(axis=0)
        scaled = (features - centre) / scale
        means = np.array([scaled[train & (truth == emotion)].mean(axis=0) for emotion in toy.EMOTIONS])
        nearest = np.argmin(((scaled[test, None] - means) ** 2).sum(axis=-1), axis=1)
        right += int(np.sum(np.array(list(toy.EMOTIONS))[nearest] == truth[test]))
    assert 0.5 < right / len(corpus) < 0.9


def test_an_unknown_emotion_is_named() -> None:
    with pytest.raises(UnknownLabelError, match="'boredom', expected one of"):
        toy.recording("boredom", "f1")


def test_an_unknown_speaker_is_named() -> None:
    with pytest.raises(CorpusError, match="'x9', expected one of"):
        toy.recording("anger", "x9")


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(CorpusError, match="seed is -2"):
        toy.utterances(seed=-1)
