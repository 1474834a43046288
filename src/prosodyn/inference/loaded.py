"""Recognisers that stay loaded, for whoever names one again and again."""

from functools import lru_cache
from pathlib import Path

from prosodyn.bundle import DEFAULT, find
from prosodyn.bundle.store import CARD
from prosodyn.errors import BundleError
from prosodyn.files import reaching
from prosodyn.inference.engines import EngineKind
from prosodyn.inference.recogniser import Recogniser

KEPT = 4
"""Recognisers that stay loaded at a time; the one that was not used for longest goes."""


def loaded(name_or_path: Path | str = DEFAULT, engine: EngineKind = "auto") -> Recogniser:
    """Load a recogniser as `Recogniser.load` does, once; a bundle that was written anew is loaded anew.

    What is copied and sent between processes, such as an estimator, can so hold a name instead of a network.

    Args:
        name_or_path: as of `Recogniser.load`
        engine: as of `Recogniser.load`

    Raises:
        BundleError: as `Recogniser.load`
        MissingExtraError: as `Recogniser.load`
        ConfigError: as `Recogniser.load`
    """
    folder = find(name_or_path)
    with reaching(folder, BundleError):
        written = (folder / CARD).stat().st_mtime_ns
    return _load(folder.absolute(), engine, written)


@lru_cache(maxsize=KEPT)
def _load(folder: Path, engine: EngineKind, written: int) -> Recogniser:  # noqa: ARG001
    return Recogniser.load(folder, engine)
