"""What in the folder of the results a run has written itself; nothing else is ever removed or replaced.

Whoever runs an archive may name any folder with `--out`, one with recordings of their own as well. A plan
says that the folder is ours. Before there is one, a run that was killed while it listed has left its lock and
parts of the list, and nothing else.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from prosodyn.errors import OutputError
from prosodyn.files import PARTIAL, reaching
from prosodyn.scale.places import Places
from prosodyn.scale.remote import scheme_of

_NUMBER = r"\d{6,}"
_PART = re.compile(rf"part-{_NUMBER}\.parquet")
_NOTE = re.compile(rf"shard-{_NUMBER}")
_PARTIAL_SHARD = re.compile(rf"\.shard-{_NUMBER}\.parquet\.\w+{re.escape(PARTIAL)}")
_SIGNATURE = re.compile(rb"process \d+ on [^\n]*\n?")


def refuse_foreign(places: Places, source: str) -> None:
    """Raise, before anything is made, where a run would touch what is not its own.

    Args:
        places: of the results
        source: absolute path or URL of what is to be answered

    Raises:
        OutputError: the source lies where results are written, or something else does
    """
    with reaching(places.folder, OutputError):
        if not scheme_of(source):
            _refuse_source(places, Path(source))
        if places.lock.exists() and not _is_our_lock(places.lock):
            raise _foreign(places, places.lock)
        if places.plan.exists():
            return  # whether it is a plan of ours is found out by reading it
        for path in _strange(places):
            raise _foreign(places, path)


def _refuse_source(places: Places, source: Path) -> None:
    own, above = source.resolve(), places.folder.resolve()
    names = (places.lists, places.notes, places.shards, places.plan, places.summary, places.failed)
    for place in names:
        if own.is_relative_to(above / place.name):
            raise OutputError(f"{source}: lies where results are written, in {place}; choose another --out")


def _strange(places: Places) -> Iterator[Path]:
    """Give what cannot be of a run that was killed before it had a plan."""
    yield from (path for path in (places.summary, places.failed, places.plot) if path.exists())
    for folder in (places.lists, places.shards, places.notes):
        if folder.exists() and not folder.is_dir():
            yield folder
        is_ours = folder == places.lists and places.lock.exists()
        for path in folder.glob("*"):
            if not (is_ours and _PART.fullmatch(path.name) and path.is_file()):
                yield path


def _foreign(places: Places, path: Path) -> OutputError:
    return OutputError(
        f"{path}: is there already, and of no run of {places.folder}; choose another --out, or move it"
    )


def _is_our_lock(lock: Path) -> bool:
    """Tell whether a run has held it; one on a full disk could not sign."""
    if not lock.is_file():
        return False
    with lock.open("rb") as file:
        held = file.read(1000)
    return not held or _SIGNATURE.fullmatch(held) is not None


def remove_list(places: Places) -> None:
    """Remove the parts of a list that was not finished.

    Raises:
        OSError: they cannot be removed
    """
    _remove(places.lists, _PART)


def remove_unfinished(places: Places) -> None:
    """Remove what a killed run has left: its notes, and files that were being written.

    Raises:
        OSError: it cannot be removed
    """
    _remove(places.notes, _NOTE)
    _remove(places.shards, _PARTIAL_SHARD)
    whole = (places.plan, places.summary, places.failed, places.plot)
    names = "|".join(re.escape(path.name) for path in whole)
    _remove(places.folder, re.compile(rf"\.({names})\.\w+{re.escape(PARTIAL)}"))


def _remove(folder: Path, ours: re.Pattern[str]) -> None:
    for path in [path for path in folder.glob("*") if ours.fullmatch(path.name)]:
        if path.is_file():
            path.unlink(missing_ok=True)
