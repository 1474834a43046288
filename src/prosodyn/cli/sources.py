"""The recordings that a user names, and what they are called in results and cards."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prosodyn.errors import CorpusNotFoundError
from prosodyn.files import write_bytes

if TYPE_CHECKING:
    from prosodyn.types import Utterance


@dataclass(frozen=True, slots=True)
class Source:
    """A corpus, a folder or a manifest, as it was typed.

    Attributes:
        spec: name or path
        root: of a corpus, where it does not lie in the usual places
        variant: of a corpus
        allow_partial: of a corpus, take what is there
    """

    spec: str
    root: Path | None = None
    variant: str | None = None
    allow_partial: bool = False

    @property
    def declared(self) -> bool:
        """Tell whether it is a corpus that declares its licence and its counts."""
        from prosodyn import corpora

        return self.spec in corpora.names()

    @property
    def name(self) -> str:
        """Return what results call it; a variant that is not the usual one is named."""
        from prosodyn import corpora

        if self.declared:
            usual = self.variant in {None, corpora.get(self.spec).variant}
            return self.spec if usual else f"{self.spec}-{self.variant}"
        if self.spec == corpora.TOY:
            return self.spec
        return Path(self.spec.removeprefix(corpora.FOLDER)).resolve().stem

    def load(self) -> tuple["Utterance", ...]:
        """Read the list of utterances.

        Raises:
            CorpusError: nothing of this name, or something that cannot be used
        """
        from prosodyn.corpora import load_any

        return load_any(self.spec, self.root, self.variant, self.allow_partial)

    def human_rates(self) -> dict[str, dict[str, float]] | None:
        """Return how many listeners recognised each emotion, in percent, where the corpus says so."""
        if self.spec != "emodb":
            return None
        from prosodyn.corpora import find_root
        from prosodyn.corpora.declared.emodb import human_recognition

        try:
            rates = human_recognition(find_root(self.spec, self.root))
        except CorpusNotFoundError:
            return None  # a copy without this list is complete otherwise
        by_emotion: dict[str, list[float]] = {}
        for utterance in self.load():
            by_emotion.setdefault(utterance.emotion, []).append(rates[utterance.id])
        return {
            self.name: {emotion: sum(found) / len(found) for emotion, found in sorted(by_emotion.items())}
        }


def make_folder(folder: Path) -> None:
    """Make a folder, and make sure that it can be written to, before any time is spent.

    Raises:
        OutputError: it cannot
    """
    probe = folder / ".prosodyn-probe"
    write_bytes(probe, b"")
    probe.unlink()


def as_name(text: str) -> str:
    """Turn a text into what a bundle may be called."""
    return re.sub(r"[^a-z0-9_.-]+", "-", text.lower()).strip("-._") or "recogniser"
