"""Draw the pages' figures, none of which needs a corpus: `python benchmarks/figures.py`."""

from pathlib import Path

import numpy as np

from prosodyn.corpora import toy
from prosodyn.evaluation.metrics import row_normalised
from prosodyn.evaluation.plots import plot_confusion, plot_reliability, plot_waveform_and_spectrogram
from prosodyn.evaluation.reference import TITLES
from prosodyn.evaluation.result_file import read_result
from prosodyn.formats import OverviewBuilder, plot_timeline
from prosodyn.timeline import Segment, Timeline
from prosodyn.types import SAMPLE_RATE, UNCERTAIN

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
    draw_reliability()
    draw_timeline()


def draw_reliability() -> None:
    """Draw whether the confidence of the recogniser that ships may be believed about strangers."""
    belief = read_result(RESULTS / "emodb-dycnn_bilstm-open-loso.json").belief
    assert belief is not None
    title = "DyCNN + Bi-LSTM on EmoDB, loso, open"
    plot_reliability(belief, title, FIGURES / "reliability-emodb-loso.png")


def draw_confusion(corpus: str, protocol: str) -> None:
    """Draw how the paper's network, trained by our recipe, takes each emotion, as its Figures 5 to 7 do."""
    scores = read_result(RESULTS / f"{corpus}-dycnn_bilstm-recommended-{protocol}.json").scores
    title = f"DyCNN + Bi-LSTM on {TITLES[corpus]}, {protocol}, recommended"
    shares = row_normalised(np.array(scores.confusion))
    plot_confusion(shares, scores.labels, title, FIGURES / f"confusion-{corpus}-{protocol}.png")


def draw_timeline() -> None:
    """Draw two synthetic voices who take turns, with answers that nobody computed, to show what there is."""
    labels = ("anger", "happiness", "neutral", "sadness")
    turns = (
        ("neutral", "f1", "neutral", 0.9),
        ("anger", "m1", "anger", 0.8),
        ("neutral", "f1", UNCERTAIN, 0.4),
        ("anger", "m1", "anger", 0.95),
        ("sadness", "f1", "sadness", 0.6),
        ("happiness", "m1", "happiness", 0.7),
    )
    builder, segments, seconds = OverviewBuilder(), [], 0.0
    for played, speaker, answer, confidence in turns:
        waveform = toy.recording(played, speaker)
        rest = dict.fromkeys((label for label in labels if label != played), (1 - confidence) / 3)
        end = seconds + len(waveform) / SAMPLE_RATE
        voice = {"f1": "agent", "m1": "caller"}[speaker]
        segments.append(Segment(seconds, end, answer, {played: confidence, **rest}, voice))
        builder.push(waveform)
        builder.push(np.zeros(SAMPLE_RATE // 2, np.float32))
        seconds = end + 0.5
    title = "Two synthetic voices; the answers are made up, to show what a picture can say"
    timeline = Timeline(title, labels, seconds, tuple(segments))
    plot_timeline(timeline, builder.overview(), FIGURES / "timeline.png")


if __name__ == "__main__":
    main()
