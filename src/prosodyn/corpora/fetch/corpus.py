"""Fetch a corpus that its owners offer openly: download, verify, unpack, move into place.

Everything happens in `<corpus>.part` beside the final folder, which appears at the end, whole.
An interrupted fetch goes on where it stopped.
"""

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from prosodyn.corpora.base import Corpus, Download
from prosodyn.corpora.fetch.disk import writing
from prosodyn.corpora.fetch.transfer import PATIENCE, Patience, Progress, forget, length, transfer
from prosodyn.corpora.fetch.unpack import unpack
from prosodyn.errors import FetchError
from prosodyn.files import reaching

RECORD = ".prosodyn.json"
"""Names, in the folder of a corpus, the downloads that it was made from."""


def fetch(
    corpus: Corpus, destination: Path, *, progress: Progress | None = None, patience: Patience = PATIENCE
) -> Path:
    """Download and unpack a corpus from its official address; do nothing where that is done already.

    Args:
        corpus: the declaration
        destination: the folder that holds the corpora; made where it is missing
        progress: told the bytes of all archives so far, never fewer than before, and in all where
            that is known
        patience: how long and how often to try

    Returns:
        the folder of the corpus, `destination / corpus.name`

    Raises:
        FetchError: the corpus cannot be fetched, or the network, the server, the archive or the disk is at
            fault
    """
    if not corpus.download:
        raise FetchError(f"{corpus.name}: cannot be fetched (licence: {corpus.licence}); {corpus.how_to_get}")
    folder = destination / corpus.name
    with reaching(destination, FetchError):
        complete = _is_complete(folder, corpus)
    if complete:
        return folder
    workshop = destination / f"{corpus.name}.part"
    try:
        _require_free(folder)
        with writing(workshop):
            workshop.mkdir(parents=True, exist_ok=True)
        meter = _Meter(corpus.download, progress)
        archives = [
            _obtain(download, workshop, meter.of(number), patience)
            for number, download in enumerate(corpus.download)
        ]
        _unpack_all(archives, corpus, workshop / "unpacked")
    except FetchError as fault:
        raise FetchError(f"{corpus.name}: {fault} (owners' page: {corpus.homepage})") from fault
    with writing(folder):
        (workshop / "unpacked").replace(folder)
        shutil.rmtree(workshop)
    return folder


class _Meter:
    """Adds up the bytes of several downloads and never runs backwards."""

    def __init__(self, downloads: Sequence[Download], progress: Progress | None) -> None:
        self._progress = progress
        self._arrived = [0] * len(downloads)
        self._sizes = [download.size for download in downloads]
        self._furthest = 0

    def of(self, number: int) -> Progress:
        """Return the callback of one download."""

        def report(arrived: int, size: int | None) -> None:
            self._arrived[number] = arrived
            self._sizes[number] = size
            self._furthest = max(self._furthest, sum(self._arrived))
            if self._progress is not None:
                known = [size for size in self._sizes if size is not None]
                self._progress(self._furthest, sum(known) if len(known) == len(self._sizes) else None)

        return report


def _is_complete(folder: Path, corpus: Corpus) -> bool:
    """Tell whether the folder was made from exactly these downloads."""
    record = folder / RECORD
    return record.is_file() and record.read_text(encoding="utf-8") == _record(corpus)


def _record(corpus: Corpus) -> str:
    return json.dumps([dataclasses.asdict(download) for download in corpus.download], indent=1)


def _require_free(folder: Path) -> None:
    """Refuse to touch what somebody else has put there."""
    with writing(folder):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    if folder.exists():
        raise FetchError(
            f"{folder}: is there already, and is not what would be fetched; use it as it is, or move it away"
        )


def _obtain(download: Download, workshop: Path, progress: Progress, patience: Patience) -> Path:
    """Return the verified archive of a download."""
    name = hashlib.sha256(download.url.encode()).hexdigest()[:16]
    archive = workshop / f"{name}.{download.archive}"
    if not archive.exists():
        part = archive.with_name(f"{archive.name}.part")
        transfer(download.url, part, download.size, progress, patience)
        _check(download, part)
        with writing(archive):
            part.replace(archive)
        forget(part)
    progress(length(archive), length(archive))
    return archive


def _check(download: Download, part: Path) -> None:
    """Compare what has arrived with the declaration; delete it where they differ."""
    compared: list[tuple[str, int | str, int | str]] = []
    if download.size is not None:
        compared.append(("size", download.size, length(part)))
    for algorithm, declared in (("sha256", download.sha256), ("md5", download.md5)):
        if declared is not None:
            compared.append((algorithm, declared.lower(), _digest(part, algorithm)))
    for quality, expected, found in compared:
        if expected != found:
            forget(part)
            raise FetchError(
                f"{download.url}: wrong {quality}: expected {expected}, got {found}; what arrived has been "
                "deleted: run it again, and if it stays wrong, the owners have changed the file"
            )


def _digest(part: Path, algorithm: str) -> str:
    with part.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def _unpack_all(archives: Sequence[Path], corpus: Corpus, folder: Path) -> None:
    """Unpack the archives into a fresh folder and note there what it was made from."""
    with writing(folder):
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir()
    for archive, download in zip(archives, corpus.download, strict=True):
        unpack(archive, download.archive, folder)
    with writing(folder):
        (folder / RECORD).write_text(_record(corpus), encoding="utf-8")
