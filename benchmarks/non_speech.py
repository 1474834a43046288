"""Count how often what is no speech is given an emotion: `python benchmarks/non_speech.py`.

Five kinds of sound are generated, a hundred of each: white noise, tones, near silence, babble, and pieces of
0.2 s out of a voice. Real noise and music are the half of the free recordings that no threshold was chosen
on (see `speech_threshold.py`), without those of people. An answer is confident if it names an emotion: the
recogniser's own threshold has let it pass. What is generated is also followed as a timeline, where it is
confident if any segment names an emotion. The folder of corpora is that of PROSODYN_CORPORA.
"""

import argparse
import json
import runpy
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from prosodyn import __version__
from prosodyn.audio import load
from prosodyn.corpora import toy
from prosodyn.errors import AudioError, SilentAudioError
from prosodyn.files import write_text
from prosodyn.inference import Recogniser
from prosodyn.types import SAMPLE_RATE, FloatArray

HERE = Path(__file__).resolve().parent
OUT = HERE / "sounds" / "non-speech.json"
N_OF_EACH = 100
REAL = ("free/noise", "free/music")

listed: dict[str, Any] = runpy.run_path(str(HERE / "speech_threshold.py"))

Draw = Callable[[np.random.Generator], FloatArray]
Say = Callable[[Recogniser, FloatArray], str]


def white_noise(rng: np.random.Generator) -> FloatArray:
    return _at_some_level(rng.standard_normal(_length(rng)), rng)


def tone(rng: np.random.Generator) -> FloatArray:
    """Draw a tone of 60 to 4000 Hz with up to five harmonics, steady or gliding."""
    time = np.arange(_length(rng)) / SAMPLE_RATE
    pitch = 60 * (4_000 / 60) ** rng.uniform()
    glide = rng.choice([0.0, rng.uniform(-0.3, 0.3)])
    phase = 2 * np.pi * pitch * (time + glide * time**2 / 2)
    harmonics = range(1, rng.integers(2, 7))
    return _at_some_level(sum(np.sin(each * phase) / each for each in harmonics), rng)


def near_silence(rng: np.random.Generator) -> FloatArray:
    """Draw a hiss of -90 to -50 dB below full scale, as of an open microphone, with a hum under it."""
    hiss = rng.standard_normal(_length(rng))
    hum = rng.uniform(0, 2) * np.sin(2 * np.pi * 50 * np.arange(len(hiss)) / SAMPLE_RATE)
    return np.asarray(10 ** (rng.uniform(-90, -50) / 20) * (hiss + hum), dtype=np.float32)


def babble(rng: np.random.Generator) -> FloatArray:
    """Draw six to twelve generated voices at once."""
    length = _length(rng)
    voices = [
        np.roll(np.resize(_voice(rng), length), rng.integers(length)) for _ in range(rng.integers(6, 13))
    ]
    return _at_some_level(sum(voices), rng)


def short_clip(rng: np.random.Generator) -> FloatArray:
    voice = _voice(rng)
    start = rng.integers(len(voice) - SAMPLE_RATE // 5)
    return voice[start : start + SAMPLE_RATE // 5]


GENERATED: dict[str, Draw] = {
    "white noise": white_noise,
    "tones": tone,
    "near silence": near_silence,
    "babble": babble,
    "0.2 s of a voice": short_clip,
}


def answer(recogniser: Recogniser, waveform: FloatArray) -> str:
    try:
        prediction = recogniser.from_waveform(waveform)
    except SilentAudioError:
        return "refused as silent"
    return "an emotion" if prediction.emotion in recogniser.labels else prediction.emotion


def follow(recogniser: Recogniser, waveform: FloatArray) -> str:
    try:
        segments = recogniser.timeline(waveform).segments
    except SilentAudioError:
        return "refused as silent"
    found = {segment.emotion for segment in segments}
    return "an emotion" if found & set(recogniser.labels) else " and ".join(sorted(found))


def generated(recogniser: Recogniser, say: Say) -> dict[str, Counter[str]]:
    rng = np.random.default_rng(0)
    return {
        kind: Counter(say(recogniser, draw(rng)) for _ in range(N_OF_EACH))
        for kind, draw in GENERATED.items()
    }


def real_sounds(folder: str) -> Iterator[FloatArray]:
    for name in listed["names_in"](folder):
        if listed["chooses"](name) or any(part in name for part in listed["PEOPLE"]):
            continue
        try:
            yield load(listed["corpora_root"]() / name, longest=600).waveform
        except AudioError as fault:
            print(f"left out: {fault}")


def percent(found: Counter[str]) -> float:
    return round(100 * found["an emotion"] / found.total(), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="open", help="a bundle")
    options = parser.parse_args()
    recogniser = Recogniser.load(options.model)
    made, followed = (generated(recogniser, say) for say in (answer, follow))
    real = {folder: Counter(answer(recogniser, sound) for sound in real_sounds(folder)) for folder in REAL}
    result = {
        "command": f"python benchmarks/non_speech.py --model {options.model}",
        "version": __version__,
        "bundle": recogniser.card.weights_sha256,
        "generated": made,
        "generated with an emotion": sum(found["an emotion"] for found in made.values()),
        "timelines": followed,
        "timelines with an emotion": sum(found["an emotion"] for found in followed.values()),
        "real": real,
        "real with an emotion, %": percent(sum(real.values(), Counter())),
    }
    text = json.dumps(result, indent=2) + "\n"
    write_text(OUT, text)
    print(text)


def _length(rng: np.random.Generator) -> int:
    return int(rng.integers(SAMPLE_RATE, 6 * SAMPLE_RATE))


def _voice(rng: np.random.Generator) -> FloatArray:
    emotion = list(toy.EMOTIONS)[rng.integers(len(toy.EMOTIONS))]
    speaker = toy.SPEAKERS[rng.integers(len(toy.SPEAKERS))].name
    return toy.recording(emotion, speaker, seed=int(rng.integers(1_000)))


def _at_some_level(sound: Any, rng: np.random.Generator) -> FloatArray:
    level = 0.5 * 50 ** -rng.uniform()
    return np.asarray(level * sound / np.abs(sound).max(), dtype=np.float32)


if __name__ == "__main__":
    main()
