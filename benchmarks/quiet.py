"""Measure what quiet around a voice, and a voice that is quiet, do to `open`: `python benchmarks/quiet.py`.

Sixty recordings of EmoDB, which it has learnt from, are answered as they are and with noise on both sides, so
many dB below the loudest moment of the voice: how many are answered by their emotion, and how many sound
strange. Then six of one speaker, all of one emotion, follow one another with pauses, and a timeline tells how
much of what was said sounds strange. Last, the recordings are made quieter as a whole, and answered as a
recogniser does, which knows how loud the recordings were that it learnt from, and as its network does alone.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from prosodyn import __version__, corpora
from prosodyn.audio import utterance_waveform
from prosodyn.audio.quiet import loudest
from prosodyn.files import write_text
from prosodyn.inference import Recogniser
from prosodyn.inference.engines import LevelledEngine
from prosodyn.types import NO_SPEECH, SAMPLE_RATE, FloatArray, Utterance

OUT = Path(__file__).resolve().parent / "sounds" / "quiet.json"
SEED, N, N_JOINED = 0, 60, 6
DEPTHS = (60.0, 40.0, 30.0, 20.0)  # dB: a studio, a bedroom, an office, a street
PAUSE_DEPTH = 40.0
GAINS = (0.0, -10.0, -20.0, -30.0, -40.0)  # dB
QUIET = (0.0, 0.25, 0.5, 1.0)  # seconds on either side
PAUSES = (0.4, 1.0)  # seconds
SPEAKERS = ("03", "08", "09", "10")


def main() -> None:
    rng = np.random.default_rng(SEED)
    recogniser, utterances = Recogniser.load("open"), corpora.load("emodb")
    chosen = [utterances[at] for at in rng.choice(len(utterances), N, replace=False)]
    told = {
        "command": "python benchmarks/quiet.py",
        "version": __version__,
        "seed": SEED,
        "recordings": N,
        "seconds_on_either_side_by_dB_below_the_voice": {
            f"{depth:g}": {f"{each:g}": with_edges(recogniser, chosen, each, depth, rng) for each in QUIET}
            for depth in DEPTHS
        },
        "share_strange_by_seconds_of_pause": {
            f"{each:g}": with_pauses(recogniser, utterances, each, rng) for each in PAUSES
        },
        "by_dB_of_gain": {f"{each:g}": with_gain(recogniser, chosen, each) for each in GAINS},
        "by_dB_of_gain_without_levels": {
            f"{each:g}": with_gain(without_levels(recogniser), chosen, each) for each in GAINS
        },
    }
    text = json.dumps(told, indent=2) + "\n"
    write_text(OUT, text)
    print(text)


def with_edges(
    recogniser: Recogniser,
    chosen: Sequence[Utterance],
    seconds: float,
    depth: float,
    rng: np.random.Generator,
) -> dict[str, int]:
    """Count right answers, and recordings that sound strange, with quiet on either side."""

    def surrounded(voice: FloatArray) -> FloatArray:
        before, after = (quiet(seconds, loudest(voice) - depth, rng) for _ in range(2))
        return np.concatenate([before, voice, after])

    return count(recogniser, chosen, surrounded)


def with_gain(recogniser: Recogniser, chosen: Sequence[Utterance], gain: float) -> dict[str, int]:
    """Count right answers, and recordings that sound strange, where all of them are so much louder."""
    return count(recogniser, chosen, lambda voice: voice * np.float32(10 ** (gain / 20)))


def count(
    recogniser: Recogniser, chosen: Sequence[Utterance], change: Callable[[FloatArray], FloatArray]
) -> dict[str, int]:
    """Count right answers, and recordings that sound strange, after a change."""
    found = {"right": 0, "strange": 0}
    for utterance in chosen:
        answer = recogniser.from_waveform(change(utterance_waveform(utterance)))
        found["right"] += answer.emotion == utterance.emotion
        found["strange"] += answer.is_strange
    return found


def without_levels(recogniser: Recogniser) -> Recogniser:
    """Return a recogniser that hears everything as loud as it is."""
    assert isinstance(recogniser.engine, LevelledEngine)
    return Recogniser(recogniser.card, recogniser.engine.inner, doubt=recogniser.doubt)


def with_pauses(
    recogniser: Recogniser, utterances: Sequence[Utterance], seconds: float, rng: np.random.Generator
) -> list[float]:
    """Return, of each speaker, the share of what was said that sounds strange, with pauses in between."""
    shares = []
    for speaker in SPEAKERS:
        own = [each for each in utterances if (each.speaker, each.emotion) == (speaker, "anger")]
        voices = [utterance_waveform(each) for each in own[:N_JOINED]]
        level = max(map(loudest, voices)) - PAUSE_DEPTH
        parts = [part for voice in voices for part in (voice, quiet(seconds, level, rng))]
        segments = recogniser.timeline(np.concatenate(parts)).segments
        spoken = [each for each in segments if each.emotion != NO_SPEECH]
        strange = sum(each.duration for each in spoken if each.is_strange)
        shares.append(round(strange / sum(each.duration for each in spoken), 2))
    return shares


def quiet(seconds: float, level: float, rng: np.random.Generator) -> FloatArray:
    noise = rng.standard_normal(round(seconds * SAMPLE_RATE))
    return np.asarray(10 ** (level / 20) * noise, dtype=np.float32)


if __name__ == "__main__":
    main()
