"""The built-in corpus `toy`: a fixture made in memory, so that tests and demonstrations need no download.

Six voices say six meaningless texts in four emotions. The emotion lies in the prosody alone,
in the directions that Banse and Scherer (1996, J. Personality and Social Psychology 70) measured
and Juslin and Laukka (2003, Psychological Bulletin 129) collected from 104 studies:
anger fast, loud, bright and rough, happiness high, lively and rising, sadness slow, soft, low,
falling and dull. It is not speech, and figures on it say nothing about speech.
"""

import dataclasses
import hashlib

import numpy as np

from prosodyn.corpora.prosody import Prosody
from prosodyn.corpora.voice import Speaker, speak
from prosodyn.errors import CorpusError, UnknownLabelError
from prosodyn.types import FloatArray, Utterance

EMOTIONS = {
    "anger": Prosody(
        level=3.0, span=4.5, final=-0.5, pace=5.1, loudness=7.0, punch=7.0,
        brightness=1.6, breath=-3.0, roughness=1.0, openness=1.14, precision=1.10,
    ),
    "happiness": Prosody(
        level=4.5, span=7.0, final=3.0, pace=4.9, loudness=3.0, punch=4.0,
        brightness=0.7, breath=0.0, roughness=0.0, openness=1.06, precision=1.05,
    ),
    "neutral": Prosody(),
    "sadness": Prosody(
        level=-1.0, span=1.5, final=-3.0, pace=3.6, loudness=-4.5, punch=1.5,
        brightness=-1.4, breath=5.0, roughness=0.3, openness=0.94, precision=0.85,
    ),
}  # fmt: skip

UNEVENNESS = Prosody(
    level=1.0, span=1.0, final=1.0, pace=0.3, loudness=2.0, punch=1.0,
    brightness=0.4, breath=2.0, roughness=0.3, openness=0.03, precision=0.05,
)  # fmt: skip
"""Standard deviation of each trait from one utterance to the next, whatever the emotion."""

SPEAKERS = (
    # name, pitch, tract, tilt_corner, breath, jitter, pace, gain, vividness
    Speaker("f1", 215.0, 1.17, 1_400.0, -31.0, 0.006, 1.00, +0.0, 1.00),
    Speaker("f2", 190.0, 1.12, 1_000.0, -27.0, 0.009, 0.94, -2.0, 0.85),
    Speaker("f3", 240.0, 1.20, 1_900.0, -33.0, 0.005, 1.06, +2.0, 1.15),
    Speaker("m1", 118.0, 1.00, 1_200.0, -31.0, 0.008, 1.00, +1.0, 1.00),
    Speaker("m2", 98.0, 0.95, 900.0, -28.0, 0.012, 0.95, -1.0, 0.90),
    Speaker("m3", 136.0, 1.04, 1_600.0, -30.0, 0.007, 1.05, +0.0, 1.10),
)
"""Three voices like women's, three like men's."""

TEXTS = (
    "ba-ti-so-na-le-mu",
    "ke-no-da-si-bu-la",
    "mi-to-le-ka-nu-se-da",
    "su-le-bi-ma-to-ne",
    "da-ku-mi-so-la-te-ni",
    "no-se-ba-li-ku-ta",
)

TAKES = 2
SLOWEST, FASTEST = 3.3, 5.8
"""Syllables a second, so that every utterance lasts between 1.0 s and 2.5 s."""


def utterances(seed: int = 0) -> tuple[Utterance, ...]:
    """Synthesise the whole corpus: six speakers, four emotions, six texts, two takes.

    Args:
        seed: another one gives the same design with other takes

    Returns:
        288 utterances of 1.0 s to 2.5 s, the same bytes for the same seed
    """
    return tuple(
        Utterance(
            id=f"{speaker.name}-{emotion}-{text}-{take + 1}",
            emotion=emotion,
            speaker=speaker.name,
            corpus="toy",
            waveform=recording(emotion, speaker.name, text, seed * TAKES + take),
            text=text,
        )
        for speaker in SPEAKERS
        for emotion in EMOTIONS
        for text in TEXTS
        for take in range(TAKES)
    )


def recording(emotion: str, speaker: str, text: str = TEXTS[0], seed: int = 0) -> FloatArray:
    """Synthesise one utterance.

    Args:
        emotion: one of `EMOTIONS`
        speaker: the name of one of `SPEAKERS`
        text: one of `TEXTS`, or other syllables of the same kind
        seed: of the small differences between two takes, not negative

    Returns:
        `(time,)` at `SAMPLE_RATE`, in (-1, 1)

    Raises:
        UnknownLabelError: another emotion
        CorpusError: another speaker, a syllable that the voices cannot say, a negative seed
    """
    voices = {voice.name: voice for voice in SPEAKERS}
    if emotion not in EMOTIONS:
        raise UnknownLabelError(f"toy: unknown emotion '{emotion}', expected one of {sorted(EMOTIONS)}")
    if speaker not in voices:
        raise CorpusError(f"toy: unknown speaker '{speaker}', expected one of {sorted(voices)}")
    if seed < 0:
        raise CorpusError(f"toy: the seed is {seed}, expected zero or more")
    key = hashlib.sha256(f"{emotion} {speaker} {text}".encode()).digest()
    rng = np.random.default_rng([seed, int.from_bytes(key[:8])])
    voice = voices[speaker]
    return speak(text, voice, _express(EMOTIONS[emotion], voice, rng), rng)


def _express(emotion: Prosody, speaker: Speaker, rng: np.random.Generator) -> Prosody:
    """Move from neutral towards an emotion, as far as this speaker goes today, and stray a little."""
    distance = speaker.vividness * rng.uniform(0.6, 1.4)
    neutral, full, deviation = (
        np.array(dataclasses.astuple(prosody)) for prosody in (Prosody(), emotion, UNEVENNESS)
    )
    traits = neutral + distance * (full - neutral) + deviation * rng.standard_normal(len(neutral))
    prosody = Prosody(*traits.tolist())
    pace = min(max(prosody.pace * speaker.pace, SLOWEST), FASTEST)
    return dataclasses.replace(prosody, pace=pace)
