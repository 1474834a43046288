"""Ask whether explanations hold: `python benchmarks/explanations.py`, with PROSODYN_CORPORA.

The deletion test (Petsiuk, Das and Saenko, BMVC 2018): of recordings that are drawn by seed 0, a fifth of all
cells is hidden at once, the most telling ones, the loudest, or some drawn at random, and the evidence that is
left is compared. What ships, `open`, has learnt from EmoDB, and has never heard nEMO and RAVDESS. Nobody asks
what is true, since an explanation is of the answer.
"""

import json
from pathlib import Path

import numpy as np

from prosodyn.audio import load
from prosodyn.corpora import find_root
from prosodyn.corpora.tree import audio_files
from prosodyn.explanation import Numbers
from prosodyn.files import write_text
from prosodyn.inference import Recogniser
from prosodyn.inference.explain import explain
from prosodyn.inference.occlusion import BANDS, HOP, SAMPLE_RATE, Hiding, analyse
from prosodyn.types import FloatArray

OUT = Path(__file__).resolve().parent / "explanations" / "deletion.json"
CORPORA = ("emodb", "nemo", "ravdess")
N_RECORDINGS = 20
N_DRAWS = 5
DELETED = 0.2


def loudness(waveform: FloatArray, shape: tuple[int, int]) -> Numbers:
    """Return the energy in each cell, `(band, moment)`."""
    energy = np.abs(analyse(waveform)) ** 2
    instants = (np.arange(len(energy)) * HOP) / len(waveform)
    moment = np.clip((instants * shape[1]).astype(int), 0, shape[1] - 1)
    band = np.searchsorted(BANDS, np.fft.rfftfreq(2 * energy.shape[1] - 2, 1 / SAMPLE_RATE), "right") - 1
    total = np.zeros(shape)
    np.add.at(total, (np.clip(band, 0, shape[0] - 1)[None], moment[:, None]), energy)
    return total


def losses(recogniser: Recogniser, path: Path, rng: np.random.Generator) -> dict[str, float]:
    """Return the bits that hiding a fifth costs, by how that fifth is chosen."""
    waveform = load(path).waveform
    found = explain(recogniser, waveform)
    cells = found.occlusion.cells
    hiding = Hiding(waveform, cells.shape[1])

    def loss(worth: Numbers) -> float:
        order = np.argsort(-worth, axis=None, kind="stable")[: round(DELETED * worth.size)]
        mask = np.isin(np.arange(worth.size), order).reshape(worth.shape)
        left = recogniser.from_waveform(hiding.without(mask)).probabilities
        rest = max(1 - left[found.prediction.best_guess], 1e-12)
        return found.evidence - float(np.log2(max(left[found.prediction.best_guess], 1e-12) / rest))

    return {
        "the most telling": loss(cells),
        "the loudest": loss(loudness(waveform, cells.shape)),
        "at random": float(np.mean([loss(rng.random(cells.shape)) for _ in range(N_DRAWS)])),
    }


def measure(recogniser: Recogniser, corpus: str) -> dict[str, object]:
    rng = np.random.default_rng(0)
    paths = audio_files(find_root(corpus))
    drawn = [paths[place] for place in sorted(rng.choice(len(paths), N_RECORDINGS, replace=False))]
    rows = [losses(recogniser, path, rng) for path in drawn]
    wins = {
        other: sum(row["the most telling"] > row[other] for row in rows)
        for other in rows[0].keys() - {"the most telling"}
    }
    return {
        "recordings": len(rows),
        "bits lost, mean": {name: round(float(np.mean([row[name] for row in rows])), 2) for name in rows[0]},
        "recordings in which the most telling cost more than": dict(sorted(wins.items())),
    }


def main() -> None:
    recogniser = Recogniser.load("open")
    result = {
        "command": "python benchmarks/explanations.py",
        "deleted": DELETED,
        "seed": 0,
        "draws at random": N_DRAWS,
        "corpora": {corpus: measure(recogniser, corpus) for corpus in CORPORA},
    }
    text = json.dumps(result, indent=2) + "\n"
    write_text(OUT, text)
    print(text)


if __name__ == "__main__":
    main()
