"""From syllables and a prosody to a score: when each sound begins and what the mouth does.

Part of the fixture voice (`prosodyn.corpora.voice`); it knows nothing of sound.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prosodyn.errors import CorpusError

Reals = NDArray[np.float64]

NEUTRAL_VOWEL = np.array([500.0, 1_500.0, 2_500.0])
VOWELS = {
    "a": (730.0, 1_090.0, 2_440.0),
    "e": (530.0, 1_840.0, 2_480.0),
    "i": (270.0, 2_290.0, 3_010.0),
    "o": (570.0, 840.0, 2_410.0),
    "u": (300.0, 870.0, 2_240.0),
}
"""Hz, the first three formants of men's vowels (Peterson and Barney 1952, table II)."""


@dataclass(frozen=True, slots=True)
class Consonant:
    """How a syllable begins.

    Attributes:
        share: of the syllable's duration
        voicing: amplitude of the voice until the release, the vowel's being one
        noise: amplitude of the noise, the voice's root mean square being one
        noise_share: the last part of the consonant that is noise, zero to one
        centre: of the noise, Hz
        locus: first three formants in Hz, where the vowel's formants come from
    """

    share: float
    voicing: float
    noise: float
    noise_share: float
    centre: float
    locus: tuple[float, float, float]


CONSONANTS = {
    "b": Consonant(0.30, 0.15, 0.10, 0.15, 900.0, (250.0, 800.0, 2_200.0)),
    "d": Consonant(0.30, 0.15, 0.15, 0.15, 3_800.0, (250.0, 1_750.0, 2_700.0)),
    "k": Consonant(0.42, 0.00, 0.30, 0.35, 1_900.0, (300.0, 2_000.0, 2_300.0)),
    "l": Consonant(0.30, 0.50, 0.00, 0.00, 0.0, (350.0, 1_100.0, 2_700.0)),
    "m": Consonant(0.35, 0.40, 0.00, 0.00, 0.0, (260.0, 1_000.0, 2_200.0)),
    "n": Consonant(0.33, 0.40, 0.00, 0.00, 0.0, (260.0, 1_600.0, 2_600.0)),
    "s": Consonant(0.48, 0.00, 0.25, 0.90, 5_600.0, (350.0, 1_700.0, 2_600.0)),
    "t": Consonant(0.40, 0.00, 0.30, 0.30, 4_200.0, (300.0, 1_750.0, 2_700.0)),
}


@dataclass(frozen=True, slots=True)
class Prosody:
    """How an utterance is spoken; the defaults are a matter-of-fact statement.

    Attributes:
        level: semitones above the speaker's resting pitch
        span: semitones that an accent rises
        final: semitones that the last syllable moves
        pace: syllables a second
        loudness: dB
        punch: dB that an accented syllable is louder
        brightness: octaves that the corner of the spectral tilt rises
        breath: dB of more aspiration noise
        roughness: octaves of more jitter
        openness: factor of the first formant
        precision: factor of the vowels' distance from the neutral vowel
    """

    level: float = 0.0
    span: float = 3.0
    final: float = -2.0
    pace: float = 4.4
    loudness: float = 0.0
    punch: float = 3.0
    brightness: float = 0.0
    breath: float = 0.0
    roughness: float = 0.0
    openness: float = 1.0
    precision: float = 1.0


@dataclass(frozen=True, slots=True)
class Noise:
    """A burst or a hiss: start and duration in seconds, amplitude, centre in Hz."""

    start: float
    duration: float
    amplitude: float
    centre: float


@dataclass(frozen=True, slots=True)
class Score:
    """An utterance on the time axis, before any sound.

    Attributes:
        duration: seconds
        peaks: `(syllable,)`, the middle of each vowel, seconds
        accents: `(syllable,)`, zero to 1.3
        anchors: `(anchor,)`, where the formants are known, seconds
        formants: `(anchor, 3)`, Hz, of a vocal tract of 17.5 cm
        knots: `(knot,)`, where the voice's amplitude is known, seconds
        voicing: `(knot,)`
        noises: of the consonants
    """

    duration: float
    peaks: Reals
    accents: Reals
    anchors: Reals
    formants: Reals
    knots: Reals
    voicing: Reals
    noises: tuple[Noise, ...]


def write_score(text: str, prosody: Prosody, rng: np.random.Generator) -> Score:
    """Lay out the syllables of a text in time.

    Args:
        text: syllables of a consonant and a vowel, joined by hyphens, such as `ba-ti-so`
        prosody: pace, accents and articulation
        rng: source of the unevenness of the syllables

    Raises:
        CorpusError: a syllable that the voice cannot say
    """
    syllables = _parse(text)
    accents = _accents(len(syllables))
    lengths = (0.9 + 0.2 * accents) * rng.uniform(0.88, 1.12, len(syllables))
    lengths *= len(syllables) / prosody.pace / lengths.sum()
    starts = rng.uniform(0.06, 0.12) + np.cumsum(lengths) - lengths
    consonants = [CONSONANTS[consonant] for consonant, _ in syllables]
    releases = starts + lengths * [consonant.share for consonant in consonants]
    ends = starts + lengths

    vowels = np.array([VOWELS[vowel] for _, vowel in syllables])
    targets = NEUTRAL_VOWEL + prosody.precision * (vowels - NEUTRAL_VOWEL)
    loci = np.array([consonant.locus for consonant in consonants])
    steady, leaving = releases + 0.3 * (ends - releases), ends - 0.2 * (ends - releases)
    formants = np.stack([loci, targets, targets], axis=1).reshape(-1, 3) * [prosody.openness, 1.0, 1.0]

    closed = np.array([consonant.voicing for consonant in consonants])
    strength = 10 ** (prosody.punch * (accents - 0.5) / 20)
    knots = np.stack([starts + 0.01, releases, releases + 0.02, ends - 0.015], axis=1)
    voicing = np.stack([closed, closed, strength, 0.8 * strength], axis=1)
    voicing[-1, -1] = 0.0
    noises = tuple(
        Noise(release - duration, duration, consonant.noise, consonant.centre)
        for consonant, start, release in zip(consonants, starts, releases, strict=True)
        if (duration := consonant.noise_share * (release - start)) > 0.0
    )
    return Score(
        duration=ends[-1] + rng.uniform(0.06, 0.12),
        peaks=0.5 * (releases + ends),
        accents=accents,
        anchors=np.stack([0.5 * (starts + releases), steady, leaving], axis=1).ravel(),
        formants=formants,
        knots=knots.ravel(),
        voicing=voicing.ravel(),
        noises=noises,
    )


def _parse(text: str) -> list[tuple[str, str]]:
    """Split a text into pairs of consonant and vowel."""
    letters = f"[{''.join(CONSONANTS)}][{''.join(VOWELS)}]"
    syllables = text.split("-")
    for syllable in syllables:
        if not re.fullmatch(letters, syllable):
            raise CorpusError(
                f"toy text '{text}': cannot say '{syllable}'; a syllable is one of {sorted(CONSONANTS)} "
                f"and one of {sorted(VOWELS)}, joined by hyphens, such as 'ba-ti-so'"
            )
    return [(syllable[0], syllable[1]) for syllable in syllables]


def _accents(n_syllables: int) -> Reals:
    """Accent every other syllable, the one before the last two most."""
    accents = np.where(np.arange(n_syllables) % 2 == 0, 1.0, 0.0)
    accents[-1] = 0.0
    accents[max(0, n_syllables - 2)] = 1.3
    return accents
