"""What lies elsewhere: URLs of S3 and the like, opened through fsspec."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import ModuleType
from typing import IO, Any, cast

from prosodyn.errors import (
    CorpusError,
    MissingExtraError,
    OutputError,
    ProsodynError,
    UnreadableAudioError,
)
from prosodyn.files import is_hidden

_URL = re.compile(
    r"((?:simplecache|filecache|blockcache|cached)(?=::)|[A-Za-z][A-Za-z0-9+.-]+(?=://))", re.IGNORECASE
)
"""What begins a URL: a scheme, or one of fsspec's own that keep copies of what another URL names."""


def scheme_of(path: str) -> str | None:
    """Return the scheme of a URL, None for a path of this machine.

    Examples:
        >>> scheme_of("s3://calls/monday.wav"), scheme_of("calls/monday.wav")
        ('s3', None)
        >>> scheme_of("call::1.wav"), scheme_of("simplecache::s3://calls/monday.wav")
        (None, 'simplecache')
    """
    match = _URL.match(path)
    return match[1].lower() if match else None


def refuse_unreachable(schemes: tuple[str, ...]) -> None:
    """Raise, before any work, where a package is missing that URLs need.

    A scheme that no package knows is no matter of a package: each recording with it fails by itself.

    Raises:
        MissingExtraError: fsspec is not installed
        CorpusError: what fsspec needs for one of the schemes is not installed
    """
    for scheme in schemes:
        try:
            _fsspec().get_filesystem_class(scheme)
        except ImportError as fault:
            if isinstance(fault, ProsodynError):
                raise
            raise CorpusError(f"{scheme}://: {fault}") from fault
        except ValueError:
            continue


def refuse_unknown(scheme: str) -> None:
    """Raise where no package knows such a scheme.

    Raises:
        MissingExtraError: fsspec is not installed
        CorpusError: no package knows it, or the one that does is not installed
    """
    refuse_unreachable((scheme,))
    try:
        _fsspec().get_filesystem_class(scheme)
    except ValueError as fault:
        raise CorpusError(f"{scheme}://: {fault}; name a path, or a URL of a known kind") from fault


def open_remote(url: str, error: type[ProsodynError]) -> IO[bytes]:
    """Open a URL for reading.

    Raises:
        ProsodynError: it cannot be opened, as `error`
        MissingExtraError: fsspec is not installed
    """
    try:
        return cast("IO[bytes]", _fsspec().open(url, "rb").open())
    except Exception as fault:
        raise _unreachable(url, fault, error) from fault


def walk_remote(url: str) -> Iterator[tuple[str, list[str]]]:
    """Give each folder below a URL that is not hidden, relative to it, with the names of its files.

    Raises:
        CorpusError: it cannot be listed
        MissingExtraError: fsspec is not installed
    """
    try:
        store, root = _fsspec().core.url_to_fs(url)
        for folder, inner, names in store.walk(root, on_error="raise"):
            inner[:] = sorted(name for name in inner if not is_hidden(name))
            yield str(folder)[len(str(root)) :].strip("/"), list(names)
    except MissingExtraError:
        raise
    except Exception as fault:
        raise _unreachable(url, fault, CorpusError) from fault


def fetch(url: str, scratch: Path) -> Path:
    """Copy a remote recording to a file of this machine, which the caller removes.

    Args:
        url: of the recording
        scratch: folder to copy it to

    Raises:
        UnreadableAudioError: it cannot be fetched
        OutputError: there is no room for it
    """
    with open_remote(url, UnreadableAudioError) as source:
        try:
            with NamedTemporaryFile(dir=scratch, suffix=_ending(url), delete=False) as copy:
                path = Path(copy.name)
                try:
                    _copy(source, copy, url)
                except BaseException:
                    path.unlink()
                    raise
        except OSError as fault:
            raise OutputError(
                f"{scratch}: has no room for a copy of {url}: {fault.strerror}; make room, or name another "
                "place by TMPDIR"
            ) from fault
    return path


def _copy(source: IO[bytes], copy: Any, url: str) -> None:
    while True:
        try:
            block = source.read(shutil.COPY_BUFSIZE)  # type: ignore[attr-defined]
        except Exception as fault:
            raise _unreachable(url, fault, UnreadableAudioError) from fault
        if not block:
            return
        copy.write(block)


def _ending(url: str) -> str:
    ending = Path(url.split("?", maxsplit=1)[0]).suffix
    return ending if re.fullmatch(r"\.\w{1,8}", ending) else ""


def _unreachable(url: str, fault: Exception, error: type[ProsodynError]) -> ProsodynError:
    if isinstance(fault, ProsodynError):
        return fault
    said = " ".join(str(fault).split()) or type(fault).__name__
    if isinstance(fault, FileNotFoundError):
        return error(f"{url}: does not exist; check the spelling")
    return error(f"{url}: cannot be fetched: {said}; check the address, and that you may read it")


def _fsspec() -> ModuleType:
    try:
        import fsspec
    except ImportError as fault:
        raise MissingExtraError("fsspec", "remote", "reading what lies elsewhere") from fault
    return cast(ModuleType, fsspec)
