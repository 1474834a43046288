import numpy as np
import pytest

from prosodyn.corpora.prosody import CONSONANTS, VOWELS, Prosody, Score, write_score
from prosodyn.errors import CorpusError

TEXT = "ba-ti-so-na-le-mu"


@pytest.fixture
def score(rng: np.random.Generator) -> Score:
    return write_score(TEXT, Prosody(), rng)


def test_the_pace_sets_the_duration_between_the_silences(rng: np.random.Generator) -> None:
    score = write_score(TEXT, Prosody(pace=4.0), rng)
    assert 6 / 4.0 + 2 * 0.06 <= score.duration <= 6 / 4.0 + 2 * 0.12


def test_times_run_forward(score: Score) -> None:
    assert all(np.all(np.diff(times) > 0) for times in (score.peaks, score.anchors, score.knots))


def test_the_voice_falls_silent_before_the_end(score: Score) -> None:
    assert score.voicing[-1] == 0.0
    assert score.knots[-1] < score.duration


def test_the_accent_before_the_last_syllable_is_the_strongest(score: Score) -> None:
    assert int(np.argmax(score.accents)) == 4


def test_only_voiceless_and_burst_consonants_make_noise(score: Score) -> None:
    assert len(score.noises) == 3  # of b, t and s; not of n, l and m


def test_formants_go_from_the_consonant_to_the_vowel(score: Score) -> None:
    assert score.formants[0] == pytest.approx(CONSONANTS["b"].locus)
    assert score.formants[1] == pytest.approx(VOWELS["a"])


def test_lazy_articulation_brings_the_vowels_together(rng: np.random.Generator) -> None:
    lazy = write_score("ti-ta", Prosody(precision=0.5), rng).formants[1::3, 1]
    careful = write_score("ti-ta", Prosody(precision=1.0), rng).formants[1::3, 1]
    assert np.ptp(lazy) == pytest.approx(0.5 * np.ptp(careful))


@pytest.mark.parametrize("text", ["", "hello", "ba--ti", "ab-ti", "ba-ti-", "BA-ti"])
def test_what_cannot_be_said_is_named(text: str, rng: np.random.Generator) -> None:
    with pytest.raises(CorpusError, match="cannot say"):
        write_score(text, Prosody(), rng)
