"""Miniature official trees, made from the declarations: a few speakers say one sentence in every emotion."""

from collections.abc import Callable
from pathlib import Path

import pytest

from prosodyn import corpora
from prosodyn.corpora.declared import esd

STUB = b"RIFF, but nobody decodes it here"
MOST_SPEAKERS = 4


def iemocap_path(speaker: str, code: str) -> str:
    """Name an utterance in a dialogue for which the *other* actor wore the markers."""
    session, letter = speaker[:5], speaker[5]
    dialogue = f"{session}{'M' if letter == 'F' else 'F'}_impro01"
    number = ["ang", "hap", "exc", "neu", "sad"].index(code) if code in corpora.get("iemocap").labels else 99
    return f"Session{speaker[4]}/sentences/wav/{dialogue}/{dialogue}_{letter}{number:03d}.wav"


def esd_path(speaker: str, code: str) -> str:
    """Name the first sentence of an emotion's block."""
    block = esd.BLOCKS.index(code) if code in esd.BLOCKS else 0
    return f"{speaker}/{code}/{speaker}_{block * 350 + 1:06d}.wav"


OFFICIAL_PATHS: dict[str, Callable[[str, str], str]] = {
    "casia": lambda speaker, code: f"{speaker}/{code}/201.wav",
    "cremad": lambda speaker, code: f"AudioWAV/{speaker}_IEO_{code}_HI.wav",
    "emodb": lambda speaker, code: f"wav/{speaker}a01{code}a.wav",
    "emovo": lambda speaker, code: f"{speaker}/{code}-{speaker}-b1.wav",
    "esd": esd_path,
    "iemocap": iemocap_path,
    "nemo": lambda speaker, code: f"samples/{speaker}_{code}_1.wav",
    "ravdess": lambda speaker, code: f"Actor_{speaker}/03-01-{code}-01-01-01-{speaker}.wav",
    "savee": lambda speaker, code: f"AudioData/{speaker}/{code}01.wav",
    "tess": lambda speaker, code: f"{speaker}_{code}/{speaker}_back_{code}.wav",
}


class Tree:
    """A tree of recordings that a test makes and breaks."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, path: str, content: bytes = STUB) -> Path:
        """Write one file below the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def add_utterance(self, corpus: str, speaker: str, code: str, suffix: str = ".wav") -> Path:
        """Write one file as the corpus names it, and its label where labels stand in lists."""
        path = Path(OFFICIAL_PATHS[corpus](speaker, code))
        if corpus == "iemocap":
            self.label_iemocap(path.stem, code)
        return self.add(str(path.with_suffix(suffix)))

    def label_iemocap(self, utterance: str, code: str) -> None:
        """Append a label to the evaluation list of its dialogue."""
        dialogue = utterance.rpartition("_")[0]
        file = self.root / f"Session{utterance[4]}" / "dialog" / "EmoEvaluation" / f"{dialogue}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        head = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n" if not file.exists() else ""
        with file.open("a", encoding="utf-8") as lines:
            lines.write(f"{head}[6.2901 - 8.2357]\t{utterance}\t{code}\t[2.5000, 2.5000, 2.5000]\n")
            lines.write("C-E2:\tNeutral;\t()\nA-E3:\tval 3; act 2; dom  2;\t()\n\n")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Return an empty tree."""
    return Tree(tmp_path / "corpus")


@pytest.fixture
def miniature(tree: Tree) -> Callable[..., Tree]:
    """Return a function that writes one sentence for every label and some speakers of a corpus."""

    def write(name: str, suffix: str = ".wav") -> Tree:
        corpus = corpora.get(name)
        for speaker in list(corpus.genders)[:MOST_SPEAKERS]:
            for code in corpus.labels:
                tree.add_utterance(name, speaker, code, suffix)
        return tree

    return write
