"""Draw the pages' figures, none of which needs a corpus: `python benchmarks/figures.py`."""

from pathlib import Path

import numpy as np

from prosodyn.corpora import toy
from prosodyn.evaluation.metrics import row_normalised
from prosodyn.evaluation.plots import plot_confusion, plot_waveform_and_spectrogram
from prosodyn.evaluation.reference import TITLES
from prosodyn.evaluation.result_file import read_result
from prosodyn.types import SAMPLE_RATE

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "figures"
RESULTS = ROOT / "benchmarks" / "results"
MATRICES = (("emodb", "kfold10"), ("emodb", "loso"), ("casia", "loso"), ("ravdess", "groups_of_4"))
"""Corpora and protocols of the confusion matrices that are shown."""


def main() -> None:
    plot_waveform_and_spectrogram(
        toy.recording("anger", "f1"),
        SAMPLE_RATE,
        "Anger, synthesised by the built-in corpus toy",
        FIGURES / "recording.png",
    )
    for corpus, protocol in MATRICES:
        draw_confusion(corpus, protocol)


def draw_confusion(corpus: str, protocol: str) -> None:
    """Draw how the paper's network, trained by our recipe, takes each emotion, as its Figures 5 to 7 do."""
    scores = read_result(RESULTS / f"{corpus}-dycnn_bilstm-recommended-{protocol}.json").scores
    title = f"DyCNN + Bi-LSTM on {TITLES[corpus]}, {protocol}, recommended"
    shares = row_normalised(np.array(scores.confusion))
    plot_confusion(shares, scores.labels, title, FIGURES / f"confusion-{corpus}-{protocol}.png")


if __name__ == "__main__":
    main()
