"""The figures of the seed paper, to stand beside ours (Lin, Hu, Zhu; Table 1 and section 3.2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

PAPER_WA: Mapping[str, Mapping[str, float]] = {
    "casia": {"cnn_lstm": 57.91, "dycnn_bilstm": 59.08},
    "emodb": {"cnn_lstm": 87.93, "dycnn_bilstm": 89.29},
    "iemocap": {"cnn_lstm": 68.28, "dycnn_bilstm": 71.25},
}
"""Table 1: corpus and system to weighted accuracy, percent. (The conclusion says 89.28 for EmoDB.)"""

CLASSICAL = "classical"
"""Recipe of the systems that are no networks."""

TOY_NOTE = "`toy` is synthesised for tests and demonstrations; its figures say nothing about speech."


def is_toy(corpus: str) -> bool:
    """Tell whether what results call a corpus is the fixture: whole, some of its emotions, or in a pair.

    Examples:
        >>> [is_toy(name) for name in ("toy", "toy-anger-fear", "emodb-to-toy", "toys")]
        [True, True, True, False]
    """
    return re.fullmatch(r"(.+-to-)?toy(-.+)?", corpus) is not None


PAPER_SPLIT = (
    "The paper does not say how it divided the corpora, nor whether a test speaker was heard in training, "
    "so its figures stand beside every protocol and are comparable with none for certain."
)

TITLES: Mapping[str, str] = {
    "ann": "ANN",
    "casia": "CASIA",
    "cnn_bilstm": "CNN + Bi-LSTM",
    "cnn_lstm": "CNN + LSTM",
    "cremad": "CREMA-D",
    "dycnn_bilstm": "DyCNN + Bi-LSTM",
    "dycnn_lstm": "DyCNN + LSTM",
    "emodb": "EmoDB",
    "emovo": "EMOVO",
    "esd": "ESD",
    "gmm": "GMM",
    "hmm": "HMM",
    "iemocap": "IEMOCAP",
    "knn": "k nearest neighbours",
    "nemo": "nEMO",
    "ravdess": "RAVDESS",
    "savee": "SAVEE",
    "svm": "SVM",
    "svm_compare": "ComParE + SVM",
    "svm_egemaps": "eGeMAPS + SVM",
    "svm_states": "encoders' pooled states + SVM",
    "tess": "TESS",
    "tree": "decision tree",
}
"""How tables write the names of corpora and systems; any other name stands as it is."""


@dataclass(frozen=True, slots=True)
class NamedRecall:
    """A recall that the paper's text names, as exactly as it names it.

    Attributes:
        percent: the figure
        relation: `exactly`, or what the text says of the figure

    Examples:
        >>> str(NamedRecall(50, "under"))
        'under 50'
    """

    percent: float
    relation: Literal["exactly", "under", "over", "near"] = "exactly"

    def __str__(self) -> str:
        """Return the figure as a table shows it."""
        return f"{self.percent:g}" if self.relation == "exactly" else f"{self.relation} {self.percent:g}"


PAPER_RECALLS: Mapping[str, Mapping[str, NamedRecall]] = {
    "casia": {
        "anger": NamedRecall(75),
        "happiness": NamedRecall(50, "under"),
        "sadness": NamedRecall(72),
        "surprise": NamedRecall(50, "under"),
    },
    "emodb": {
        "anger": NamedRecall(90, "over"),
        "disgust": NamedRecall(77),
        "fear": NamedRecall(90, "over"),
        "happiness": NamedRecall(90, "over"),
        "sadness": NamedRecall(96),
    },
    "iemocap": {
        "anger": NamedRecall(84),
        "happiness": NamedRecall(50),
        "sadness": NamedRecall(80, "near"),
    },
}
"""Corpus and emotion to the recall of the paper's own network, from the text on figures 5 to 7."""
