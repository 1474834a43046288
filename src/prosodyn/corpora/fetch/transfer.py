"""Bring one file over HTTP to the disk, and go on where an earlier attempt stopped.

A transfer goes on only where the server vouches that the file is still the same: the ETag or the
Last-Modified of the first answer is kept beside the part and sent as If-Range (RFC 9110, section
13.1.5). A server that gives neither is asked for the whole file again.
"""

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from pathlib import Path

from prosodyn.corpora.fetch.connection import (
    PassingError,
    RangeError,
    network_fault,
    open_url,
    total_of_range,
)
from prosodyn.corpora.fetch.disk import append, require_space, writing
from prosodyn.errors import FetchError

Progress = Callable[[int, int | None], None]
"""Called with the bytes so far and, where known, the bytes in all."""

CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a server.

    Attributes:
        timeout: seconds without a byte
        pauses: seconds before each new try; counted anew once a try has brought more of the file
    """

    timeout: float = 30.0
    pauses: tuple[float, ...] = (1.0, 4.0, 15.0)


PATIENCE = Patience()


def transfer(
    url: str, part: Path, size: int | None, progress: Progress, patience: Patience = PATIENCE
) -> None:
    """Download a file, or what is missing of it.

    Args:
        url: http or https
        part: where it grows; what lies there from an earlier run is used if it is still valid
        size: bytes in all, where that is declared
        progress: told the bytes of this file; an exception that it raises ends the transfer
        patience: how long and how often to try

    Raises:
        FetchError: the address, the server, the network or the disk is at fault
    """
    furthest = length(part)
    pauses = iter(patience.pauses)
    while True:
        try:
            _attempt(url, part, size, progress, patience.timeout)
        except PassingError as fault:
            reached = length(part)
            if reached > furthest:
                furthest, pauses = reached, iter(patience.pauses)
            pause = next(pauses, None)
            if pause is None:
                raise FetchError(
                    f"{url}: {fault}; check the network and run it again: "
                    f"it goes on after {reached} bytes where the server allows it"
                ) from fault
            time.sleep(pause)
        else:
            return


def length(path: Path) -> int:
    """Return the bytes of a file, zero where there is none."""
    return path.stat().st_size if path.exists() else 0


def forget(part: Path) -> None:
    """Delete a part and what is known of it."""
    with writing(part):
        part.unlink(missing_ok=True)
        _validator_file(part).unlink(missing_ok=True)


def _attempt(url: str, part: Path, size: int | None, progress: Progress, timeout: float) -> None:
    """Download until the end or the first fault; what has arrived stays in the part."""
    have, validator = length(part), _read_validator(part)
    if have == size:
        progress(have, size)
        return
    resume = {"Range": f"bytes={have}-", "If-Range": validator} if have and validator else {}
    try:
        response = open_url(url, resume, timeout)
    except RangeError as fault:
        if fault.total != have:
            forget(part)
            raise PassingError("the file has changed on the server") from fault
        progress(have, have)
        return
    with response:
        start = _start(response, part, have)
        total = _total(response, start)
        if size is not None and total not in {None, size}:
            raise FetchError(
                f"{url}: has {total} bytes where {size} are declared: the owners have changed the file; "
                "update prosodyn or get the corpus by hand"
            )
        expected = total if size is None else size
        require_space(part.parent, (expected or 0) - start)
        _receive(response, part, start, expected, progress)


def _start(response: http.client.HTTPResponse, part: Path, have: int) -> int:
    """Return the byte at which the body begins; a server without ranges sends the whole file."""
    if response.status != HTTPStatus.PARTIAL_CONTENT:
        return 0
    promised = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
    if not promised or _validator(response.headers) not in {"", _read_validator(part)}:
        forget(part)
        raise PassingError("the server sends another part than it was asked for")
    return have


def _total(response: http.client.HTTPResponse, start: int) -> int | None:
    """Return the bytes of the whole file, where the server says so."""
    remaining = response.headers.get("Content-Length", "")
    promised = start + int(remaining) if remaining.isdecimal() else None
    return total_of_range(response.headers) or promised


def _receive(
    response: http.client.HTTPResponse, part: Path, start: int, total: int | None, progress: Progress
) -> None:
    """Write the body behind the first `start` bytes of the part."""
    received = start
    with writing(part):
        file = part.open("ab" if start else "wb")
    with file:
        if not start:
            _write_validator(part, response.headers)
        while chunk := _read(response):
            append(file, chunk, part)
            received += len(chunk)
            progress(received, total)
    if total is not None and received < total:
        raise PassingError(f"the connection ended after {received} of {total} bytes")


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(CHUNK)
    except (OSError, http.client.HTTPException) as fault:
        raise network_fault(response.geturl(), fault) from fault


def _validator(headers: Message) -> str:
    """Return what If-Range may hold, empty where the server gives nothing; a weak ETag will not do."""
    etag = headers.get("ETag", "")
    return etag if etag.startswith('"') else headers.get("Last-Modified", "")


def _validator_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.if-range")


def _write_validator(part: Path, headers: Message) -> None:
    with writing(part):
        _validator_file(part).write_text(_validator(headers), encoding="utf-8")


def _read_validator(part: Path) -> str:
    """Return what was kept beside the part, empty where there is nothing."""
    kept = _validator_file(part)
    return kept.read_text(encoding="utf-8").strip() if kept.exists() else ""
