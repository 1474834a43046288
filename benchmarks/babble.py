"""Fit what tells many voices at once from one voice: `python benchmarks/babble.py`.

One voice is every utterance that `speech_threshold.py` hears, as it is, over a telephone and in noise, and
generated voices of `toy`; many are 5 to 20 of them at once, at random levels. Both are cut into the same
halves by name, generated ones by seed. On one half the weights of a logistic regression are fitted, on the
median logits of the groups over the hops with speech, and the limit, which one voice in noise or a generated
one passes in 2 of 100 recordings at most. The figures are of the other half. The folder of corpora is that of
PROSODYN_CORPORA.
"""

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from prosodyn.audio import load, through
from prosodyn.corpora import toy
from prosodyn.errors import AudioError
from prosodyn.files import write_text
from prosodyn.sounds import GROUPS, SoundClassifier, speech_probability
from prosodyn.types import FloatArray

HERE = Path(__file__).resolve().parent
OUT = HERE / "sounds" / "babble.json"

LENGTH = 64_000  # samples
N_REAL, N_TOY = (5, 8, 12, 20), (5, 6, 8, 10)
N_MIXTURES = 40
N_GENERATED = 240
FALSE_ALARMS = 0.02

listed: dict[str, Any] = runpy.run_path(str(HERE / "speech_threshold.py"))


class Heard(NamedTuple):
    """Median logits of the groups over the hops with speech, and of what."""

    kind: str
    chooses: bool
    logits: FloatArray

    @property
    def is_one(self) -> bool:
        return self.kind.startswith("one")


def listen(kind: str, chooses: bool, waveform: FloatArray, classifier: SoundClassifier) -> Iterator[Heard]:
    logits = classifier.classify(waveform)
    spoken = speech_probability(logits) >= 0.5
    if spoken.any():
        yield Heard(kind, chooses, np.median(logits[spoken], axis=0))


def ways_of_one(waveform: FloatArray, name: str) -> Iterator[tuple[str, FloatArray]]:
    yield "one, as it is", waveform
    yield "one, telephone", through(waveform, "telephone")
    for way, ratio in listed["RATIOS"].items():
        yield f"one, {way}", listed["in_noise"](waveform, ratio, name)


def mixed(waveforms: list[FloatArray], rng: np.random.Generator) -> FloatArray:
    """Lay voices over each other, each as loud as the others, at a level drawn from 0.02 to 0.5."""
    total = sum(
        np.roll(np.resize(each, LENGTH), rng.integers(LENGTH)) / np.sqrt(np.mean(each**2) + 1e-9)
        for each in waveforms
    )
    level = 0.5 * 25 ** -rng.uniform()
    return np.asarray(level * total / np.abs(total).max(), dtype=np.float32)


def hear_one(classifier: SoundClassifier, waveforms: dict[str, FloatArray]) -> Iterator[Heard]:
    for name, waveform in waveforms.items():
        for kind, sound in ways_of_one(waveform, name):
            yield from listen(kind, listed["chooses"](name), sound, classifier)
    for chooses in (True, False):
        rng = np.random.default_rng(10 + int(chooses))
        for place in range(N_GENERATED):
            yield from listen("one, generated", chooses, generated(place, rng), classifier)


def hear_many(classifier: SoundClassifier, waveforms: dict[str, FloatArray]) -> Iterator[Heard]:
    for chooses in (True, False):
        rng = np.random.default_rng(int(chooses))
        voices = [waveform for name, waveform in waveforms.items() if listed["chooses"](name) == chooses]
        for _ in range(N_MIXTURES):
            for n_voices in N_REAL:
                drawn = [voices[place] for place in rng.integers(len(voices), size=n_voices)]
                yield from listen(f"{n_voices} voices", chooses, mixed(drawn, rng), classifier)
        for _ in range(N_MIXTURES // 4):
            for n_voices in N_TOY:
                drawn = [generated(place, rng) for place in range(n_voices)]
                yield from listen(f"{n_voices} generated voices", chooses, mixed(drawn, rng), classifier)


def generated(place: int, rng: np.random.Generator) -> FloatArray:
    emotion = list(toy.EMOTIONS)[rng.integers(len(toy.EMOTIONS))]
    speaker = toy.SPEAKERS[place % len(toy.SPEAKERS)].name
    return toy.recording(emotion, speaker, seed=int(rng.integers(1_000)))


def read_voices() -> dict[str, FloatArray]:
    waveforms = {}
    for folder, limit in listed["SPEECH"].items():
        for name in listed["names_in"](folder)[:limit]:
            try:
                waveforms[name] = load(listed["corpora_root"]() / name).waveform
            except AudioError as fault:
                print(f"left out: {fault}")
    return waveforms


def fit(heard: list[Heard]) -> tuple[NDArray[np.float64], float]:
    """Return weights of the groups, and the offset at which one voice in noise is at the limit."""
    ours = [each for each in heard if each.chooses]
    logits = np.stack([each.logits for each in ours])
    one = np.array([each.is_one for each in ours])
    fitted = LogisticRegression(C=0.1, class_weight="balanced", max_iter=5_000).fit(logits, ~one)
    weights = np.round(fitted.coef_[0].astype(np.float64), 2)
    hardest = [np.array([part in each.kind for each in ours]) & one for part in ("noise", "generated")]
    limits = [np.quantile(logits[kind] @ weights, 1 - FALSE_ALARMS) for kind in hardest]
    return weights, -round(float(max(limits)), 1)


def main() -> None:
    classifier, waveforms = SoundClassifier(), read_voices()
    heard = [*hear_one(classifier, waveforms), *hear_many(classifier, waveforms)]
    weights, offset = fit(heard)
    rest = [each for each in heard if not each.chooses]
    kinds = dict.fromkeys(each.kind for each in rest)
    scores = {kind: [each.logits @ weights + offset for each in rest if each.kind == kind] for kind in kinds}
    result = {
        "command": "python benchmarks/babble.py",
        "fitted weights": dict(zip(GROUPS, weights.tolist(), strict=True)),
        "fitted offset": offset,
        "taken for babble in the other half, %": {
            kind: round(100 * float(np.mean(np.array(found) > 0)), 1) for kind, found in scores.items()
        },
        "recordings": {kind: len(found) for kind, found in scores.items()},
    }
    text = json.dumps(result, indent=2) + "\n"
    write_text(OUT, text)
    print(text)


if __name__ == "__main__":
    main()
