"""Corpora of emotional speech: the declared ones, one's own recordings, and the built-in fixture `toy`.

names()                the declared corpora
get("emodb")           what one declares: licence, citation, labels, counts
load("emodb")          its utterances, or an error that names what is missing
load_any("my/calls")   the same for a corpus, a folder or a manifest
verify(corpus, root)   everything that is wrong with a copy, in one report
"""

from pathlib import Path

from prosodyn.corpora.base import UNKNOWN_SPEAKER, Corpus, Download, KnownFault, Variant
from prosodyn.corpora.checking import VerifyReport, verify
from prosodyn.corpora.folder import read_folder
from prosodyn.corpora.genders import genders_of
from prosodyn.corpora.labels import EMOTIONS, common_emotions, normalise_label
from prosodyn.corpora.listed import read_listed
from prosodyn.corpora.reading import read
from prosodyn.corpora.registry import find_root, get, names
from prosodyn.errors import CorpusError, CorpusNotFoundError
from prosodyn.files import reaching
from prosodyn.types import Utterance

__all__ = [
    "EMOTIONS",
    "UNKNOWN_SPEAKER",
    "Corpus",
    "Download",
    "KnownFault",
    "Variant",
    "VerifyReport",
    "common_emotions",
    "find_root",
    "genders_of",
    "get",
    "load",
    "load_any",
    "names",
    "normalise_label",
    "read_folder",
    "read_listed",
    "verify",
]

TOY = "toy"
"""The built-in fixture; it is made in memory and has no declaration."""

FOLDER = "folder:"
"""Marks a folder whose name is also that of a corpus."""


def load(
    name: str, root: Path | None = None, variant: str | None = None, allow_partial: bool = False
) -> tuple[Utterance, ...]:
    """Load a corpus by name.

    Args:
        name: a declared corpus, or `toy`
        root: its folder, by default where `find_root` finds it
        variant: one of its variants, by default the first
        allow_partial: take what is there, where utterances or speakers are missing

    Returns:
        sorted by id; the fixture in its own order

    Raises:
        CorpusNotFoundError: it lies nowhere that was looked at
        CorpusIncompleteError: other counts than declared
        CorpusError: an unknown name or variant, or a tree that is not as declared
    """
    if name == TOY:
        _refuse_options("toy is made in memory", root=root, variant=variant, allow_partial=allow_partial)
        from prosodyn.corpora import toy

        return toy.utterances()
    return read(get(name), find_root(name, root), variant, allow_partial)


def load_any(
    spec: str, root: Path | None = None, variant: str | None = None, allow_partial: bool = False
) -> tuple[Utterance, ...]:
    """Load what a user names: a corpus, else a folder of recordings, else a manifest.

    Args:
        spec: `emodb`, `my/calls`, `calls.csv`; `folder:emodb` is a folder of that name
        root: for a corpus, its folder
        variant: for a corpus, one of its variants
        allow_partial: for a corpus, take what is there

    Raises:
        CorpusNotFoundError: nothing of this name
        CorpusError: what is there cannot be used
    """
    if spec == TOY or spec in names():
        return load(spec, root, variant, allow_partial)
    path = Path(spec.removeprefix(FOLDER))
    _refuse_options(
        f"{spec}: is no corpus with declared counts", root=root, variant=variant, allow_partial=allow_partial
    )
    with reaching(path, CorpusNotFoundError):
        is_folder, is_file = path.is_dir(), path.is_file()
    if is_folder or spec.startswith(FOLDER):
        return read_folder(path)
    if is_file:
        return read_listed(path)
    raise CorpusNotFoundError(
        f"{spec}: no folder, no manifest and no corpus; the corpora are {[*names(), TOY]}"
    )


def _refuse_options(reason: str, **options: Path | str | bool | None) -> None:
    """Refuse what has no meaning here, rather than ignore it."""
    for option, value in options.items():
        if value not in {None, False}:
            raise CorpusError(f"{reason} and takes no {option.replace('_', '-')}; leave it out")
