"""The recordings that a user names, and what they are called in results and cards."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prosodyn.cli.terminal import printable, remark
from prosodyn.errors import ConfigError, CorpusError, CorpusNotFoundError
from prosodyn.files import write_bytes

if TYPE_CHECKING:
    from prosodyn.types import Utterance

NAMED = 3
"""Files left out that are named; more are counted."""


@dataclass(frozen=True, slots=True)
class Source:
    """A corpus, a folder or a manifest, as it was typed.

    Attributes:
        spec: name or path
        root: of a corpus, where it does not lie in the usual places
        variant: of a corpus
        allow_partial: of a corpus, take what is there
        emotions: only these; none for all
    """

    spec: str
    root: Path | None = None
    variant: str | None = None
    allow_partial: bool = False
    emotions: tuple[str, ...] = ()

    @property
    def declared(self) -> bool:
        """Tell whether it is a corpus that declares its licence and its counts."""
        from prosodyn import corpora

        return self.spec in corpora.names()

    @property
    def name(self) -> str:
        """Return what results call it: what is not the usual whole is named, so that no table mixes them."""
        from prosodyn import corpora

        parts = [self.spec]
        if self.declared:
            parts += [] if self.variant in {None, corpora.get(self.spec).variant} else [str(self.variant)]
            parts += ["partial"] if self.allow_partial else []
        elif self.spec != corpora.TOY:
            parts = [Path(self.spec.removeprefix(corpora.FOLDER)).resolve().stem]
        return "-".join([*parts, *sorted(self.emotions)])

    def load(self) -> tuple["Utterance", ...]:
        """Read the list of utterances.

        Raises:
            ConfigError: one emotion alone was asked for
            CorpusError: nothing of this name, something that cannot be used, or without such an emotion
        """
        from prosodyn.corpora import FOLDER, TOY, load_any

        if len(self.emotions) == 1:
            raise ConfigError(f"--emotions: '{self.emotions[0]}' alone; it takes two to tell apart")
        everything = load_any(self.spec, self.root, self.variant, self.allow_partial)
        folder = Path(self.spec.removeprefix(FOLDER))
        if not self.declared and self.spec != TOY and folder.is_dir():
            remark_on_others(folder)
        if not self.emotions:
            return everything
        present = {utterance.emotion for utterance in everything}
        absent = sorted(set(self.emotions) - present)
        if absent:
            raise CorpusError(
                f"{self.spec}: holds no {', '.join(absent)}; it holds {', '.join(sorted(present))}"
            )
        return tuple(utterance for utterance in everything if utterance.emotion in self.emotions)

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


def remark_on_others(folder: Path) -> None:
    """Say which files of a folder are left out, because their names are not those of recordings.

    Raises:
        CorpusError: a folder that may not be read
    """
    from prosodyn.corpora.tree import other_files

    others = [path.relative_to(folder).as_posix() for path in other_files(folder)]
    if others:
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        named = ", ".join(others[:NAMED]) + more
        remark(printable(f"{folder}: left out, not named like a recording: {len(others)} ({named})"))


def make_folder(folder: Path) -> None:
    """Make a folder, and make sure that it can be written to, before any time is spent.

    Raises:
        OutputError: it cannot
    """
    probe = folder / ".prosodyn-probe"
    write_bytes(probe, b"")
    probe.unlink()


def listed(text: str | None) -> tuple[str, ...]:
    """Split what was typed with commas between, each name once."""
    parts = (part.strip() for part in (text or "").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def read_seeds(text: str | None) -> tuple[int, ...]:
    """Read seeds that were typed with commas between.

    Raises:
        ConfigError: one that is no seed
    """
    seeds = []
    for part in listed(text):
        if not part.isdecimal() or int(part) >= 2**32:
            raise ConfigError(
                f"--seeds: '{part}' is none; give whole numbers from 0 to {2**32 - 1}, such as 0,1,2"
            )
        seeds.append(int(part))
    return tuple(dict.fromkeys(seeds))


def as_name(text: str) -> str:
    """Turn a text into what a bundle may be called."""
    return re.sub(r"[^a-z0-9_.-]+", "-", text.lower()).strip("-._") or "recogniser"
