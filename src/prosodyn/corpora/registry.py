"""Know every declared corpus, and find its folder.

A module in `prosodyn.corpora.declared` that defines `CORPUS` is registered by being there.
"""

import functools
import importlib
import os
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from prosodyn.corpora import declared
from prosodyn.corpora.base import Corpus
from prosodyn.errors import CorpusError, CorpusNotFoundError
from prosodyn.files import reaching

ENVIRONMENT_VARIABLE = "PROSODYN_CORPORA"
"""Names the folder that holds one folder per corpus."""

USUAL_FOLDER = Path("corpora")
"""Looked in after the environment variable, from the working folder."""


def names() -> tuple[str, ...]:
    """List the declared corpora, sorted."""
    return tuple(_declared())


def get(name: str) -> Corpus:
    """Return the declaration of a corpus.

    Raises:
        CorpusError: no corpus of this name is declared
    """
    if name not in _declared():
        raise CorpusError(f"unknown corpus '{name}', expected one of {list(names())}")
    return _declared()[name]


def find_root(name: str, root: Path | None = None) -> Path:
    """Find the folder of a corpus.

    Without an explicit root this is the corpus's name, in any case, in `$PROSODYN_CORPORA`, else in
    `corpora`.

    Args:
        name: a declared corpus
        root: the folder itself, if the caller knows it

    Raises:
        CorpusError: no corpus of this name is declared
        CorpusNotFoundError: it lies in none of these places
    """
    corpus = get(name)
    if root is not None:
        with reaching(root, CorpusNotFoundError):
            is_folder = root.is_dir()
        if not is_folder:
            raise CorpusNotFoundError(f"{root}: no such folder, {name} should be there. {corpus.how_to_get}")
        return root
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    parents = (*([Path(named)] if named else []), USUAL_FOLDER)
    for parent in parents:
        with reaching(parent, CorpusNotFoundError):
            found = _child(parent, name)
        if found is not None:
            return found
    looked = ", ".join(str(parent / name) for parent in parents)
    raise CorpusNotFoundError(
        f"{name}: not found, looked for {looked}; give its folder or set {ENVIRONMENT_VARIABLE} "
        f"to the folder above it. {corpus.how_to_get}"
    )


@functools.cache
def _declared() -> Mapping[str, Corpus]:
    modules = sorted(module.name for module in pkgutil.iter_modules(declared.__path__))
    corpora = (importlib.import_module(f"{declared.__name__}.{module}").CORPUS for module in modules)
    return MappingProxyType({corpus.name: corpus for corpus in corpora})


def _child(parent: Path, name: str) -> Path | None:
    """Return the folder of this name, else the only one that differs from it in case alone."""
    if (parent / name).is_dir():
        return parent / name
    if not parent.is_dir():
        return None
    alike = [path for path in parent.iterdir() if path.name.lower() == name and path.is_dir()]
    return alike[0] if len(alike) == 1 else None
