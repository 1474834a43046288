"""Draw the pages' figures that need no corpus: `python benchmarks/figures.py`."""

from pathlib import Path

from prosodyn.corpora import toy
from prosodyn.evaluation.plots import plot_waveform_and_spectrogram
from prosodyn.types import SAMPLE_RATE

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"


def main() -> None:
    plot_waveform_and_spectrogram(
        toy.recording("anger", "f1"),
        SAMPLE_RATE,
        "Anger, synthesised by the built-in corpus toy",
        FIGURES / "recording.png",
    )


if __name__ == "__main__":
    main()
