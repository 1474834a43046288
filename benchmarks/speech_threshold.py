"""Choose where speech begins, and measure how often that is wrong: `python benchmarks/speech_threshold.py`.

Speech is what is audible (no more than 25 dB below the loudest hop) in utterances of five corpora and of free
recordings; non-speech is every hop of free noise and music. Both are heard as they are and over a telephone
line, speech also in noise. What people do besides speaking, and places full of people, stand apart.

Half of the recordings, by the hash of their names, chooses the threshold: the least mean of misses (over all
ways of hearing) and false alarms. The other half is what the figures are of. The folder of corpora is that of
PROSODYN_CORPORA.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prosodyn import __version__
from prosodyn.audio import SUFFIXES, load, through
from prosodyn.errors import AudioError
from prosodyn.files import write_text
from prosodyn.inference.diagnose import LEAST_SPEECH
from prosodyn.sounds import GROUPS, VOICE, SoundClassifier
from prosodyn.sounds.classifier import HOP
from prosodyn.sounds.detector import THRESHOLD
from prosodyn.types import FloatArray

OUT = Path(__file__).resolve().parent / "sounds" / "speech-threshold.json"

SPEECH = {"emodb": 60, "casia": 60, "ravdess": 60, "nemo": 60, "cremad": 60, "free/speech": 200}
"""Where speech is, and how many recordings are taken, the first by the hash of their names."""

NON_SPEECH = ("free/noise", "free/music")
PEOPLE = ("Baby_cry", "Person_sneeze", "miaowing", "tavern", "main_square")
"""Parts of the names of recordings of people in the folders of non-speech."""

RATIOS = {"noise at 10 dB": 10, "noise at 5 dB": 5, "noise at 0 dB": 0}
WAYS = ("as it is", "telephone", *RATIOS)
AUDIBLE = 25.0  # dB
CANDIDATES = np.round(np.arange(-6, 3, 0.05), 2)


class Heard(NamedTuple):
    """What the network says about one recording, heard in one way.

    Attributes:
        source: folder of the corpus, or `people`
        name: path within the folder of corpora
        way: one of `WAYS`
        voices: logits of a voice in the hops that count
    """

    source: str
    name: str
    way: str
    voices: NDArray[np.float32]

    @property
    def is_speech(self) -> bool:
        return self.source in SPEECH

    @property
    def chooses(self) -> bool:
        return chooses(self.name)


def digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def chooses(name: str) -> bool:
    """Tell whether a recording belongs to the half that the threshold is chosen on."""
    return digest(name)[0] % 2 == 0


def corpora_root() -> Path:
    return Path(os.environ["PROSODYN_CORPORA"])


def names_in(folder: str) -> list[str]:
    root = corpora_root()
    found = [path for path in (root / folder).rglob("*") if path.suffix in SUFFIXES]
    return sorted((path.relative_to(root).as_posix() for path in found), key=digest)


@cache
def noises(choosing: bool) -> list[FloatArray]:
    """Return recordings of noise without people, of either half, to be laid under speech."""
    names = [name for name in names_in("free/noise/esc10") if not any(part in name for part in PEOPLE)]
    own_half = [name for name in names if chooses(name) == choosing]
    return [load(corpora_root() / name).waveform for name in own_half[:40]]


def in_noise(waveform: FloatArray, ratio: float, name: str) -> FloatArray:
    """Lay noise under speech, at a ratio in dB over the whole recording."""
    choice = noises(chooses(name))
    noise = np.resize(choice[digest(name)[1] % len(choice)], len(waveform))
    gain = np.sqrt(np.mean(waveform**2) / max(float(np.mean(noise**2)), 1e-12) / 10 ** (ratio / 10))
    mixed = waveform + gain * noise
    return np.asarray(mixed / max(1.0, float(np.abs(mixed).max())), dtype=np.float32)


def hear(folder: str, name: str, classifier: SoundClassifier) -> Iterator[Heard]:
    try:
        waveform = load(corpora_root() / name).waveform
    except AudioError as fault:
        print(f"left out: {fault}")
        return
    people = folder in NON_SPEECH and any(part in name for part in PEOPLE)
    voices = [list(GROUPS).index(group) for group in VOICE]
    levels = np.array([np.mean(part**2) for part in np.split(waveform, range(HOP, len(waveform), HOP))])
    audible = levels > levels.max() * 10 ** (-AUDIBLE / 10)
    for way in WAYS if folder in SPEECH else WAYS[:2]:
        sound = waveform
        if way in RATIOS:
            sound = in_noise(waveform, RATIOS[way], name)
        elif way == "telephone":
            sound = through(waveform, way)
        logits = classifier.classify(sound)[:, voices].max(axis=1)
        yield Heard(
            "people" if people else folder, name, way, logits[audible] if folder in SPEECH else logits
        )


def hear_everything() -> list[Heard]:
    classifier = SoundClassifier()
    limits = {**SPEECH, **dict.fromkeys(NON_SPEECH)}
    return [
        heard
        for folder, limit in limits.items()
        for name in names_in(folder)[:limit]
        for heard in hear(folder, name, classifier)
    ]


def share_above(heard: list[Heard], threshold: float) -> float:
    """Return the share of hops that are taken for speech."""
    return float(np.mean(np.concatenate([each.voices for each in heard]) > threshold))


def choose(everything: list[Heard]) -> tuple[float, float]:
    """Return the threshold with the least mean of misses and false alarms, and that mean."""
    ours = [each for each in everything if each.chooses and each.source != "people"]
    speech = [[each for each in ours if each.is_speech and each.way == way] for way in WAYS]
    other = [each for each in ours if not each.is_speech]
    errors = [
        (np.mean([1 - share_above(each, level) for each in speech]) + share_above(other, level)) / 2
        for level in CANDIDATES
    ]
    best = int(np.argmin(errors))
    return float(CANDIDATES[best]), float(errors[best])


def percent(share: float) -> float:
    return round(100 * share, 1)


def figures(everything: list[Heard], threshold: float) -> dict[str, dict[str, dict[str, float]]]:
    """Return shares of the other half: misses of speech, and what else is taken for speech, percent."""
    table: dict[str, dict[str, dict[str, float]]] = {}
    for source in (*SPEECH, *NON_SPEECH, "people"):
        for way in WAYS:
            heard = [
                each for each in everything if each.source == source and each.way == way and not each.chooses
            ]
            if not heard:
                continue
            above = share_above(heard, threshold)
            whole = float(np.mean([np.mean(each.voices > threshold) >= LEAST_SPEECH for each in heard]))
            kind = "missed" if source in SPEECH else "taken for speech"
            table.setdefault(source, {})[way] = {
                "recordings": len(heard),
                "hops": sum(len(each.voices) for each in heard),
                f"hops {kind}, %": percent(1 - above if source in SPEECH else above),
                f"recordings {kind}, %": percent(1 - whole if source in SPEECH else whole),
            }
    return table


def summary(everything: list[Heard], threshold: float) -> dict[str, float]:
    """Return misses by way of hearing, over all sources of speech, and false alarms, in percent of hops."""
    rest = [each for each in everything if not each.chooses and each.source != "people"]
    found = {
        f"missed, {way}": percent(
            1 - share_above([each for each in rest if each.is_speech and each.way == way], threshold)
        )
        for way in WAYS
    }
    for way in WAYS[:2]:
        other = [each for each in rest if not each.is_speech and each.way == way]
        found[f"false alarms, {way}"] = percent(share_above(other, threshold))
    return found


def main() -> None:
    everything = hear_everything()
    chosen, error = choose(everything)
    result = {
        "command": "python benchmarks/speech_threshold.py",
        "version": __version__,
        "halves": "even first byte of the SHA-256 of the path within the folder of corpora: chooses",
        "chosen": chosen,
        "mean error where it was chosen, %": percent(error),
        "in use": THRESHOLD,
        "the other half": summary(everything, THRESHOLD),
        "the other half by source": figures(everything, THRESHOLD),
    }
    text = json.dumps(result, indent=2) + "\n"
    write_text(OUT, text)
    print(text)


if __name__ == "__main__":
    main()
