"""A server on this machine that hands out files as well or as badly as a test asks it to."""

import io
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Shelf:
    """What the server has and how it behaves; the lists are used up, one entry an answer.

    Attributes:
        address: of the server
        files: content by path
        headers: sent with every file
        ranges: whether a part of a file may be asked for
        careless: whether it sends a part of a file that has changed
        cuts: bytes of the body after which the connection breaks
        statuses: sent instead of a file
        lie: added to the length that is promised
        silent: whether it accepts a request and never answers
        locations: where paths redirect to
        asked: headers of the requests so far
    """

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=lambda: {"ETag": '"first"'})
    ranges: bool = True
    careless: bool = False
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    lie: int = 0
    silent: bool = False
    locations: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def first_bytes(self) -> list[int]:
        """Return where each request so far began to read."""
        return [int(asked.get("Range", "bytes=0-")[6:].split("-")[0]) for asked in self.asked]


class Clerk(BaseHTTPRequestHandler):
    """Answers one request from the shelf."""

    protocol_version = "HTTP/1.1"
    shelf: Shelf

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay quiet."""

    def do_GET(self) -> None:
        """Hand out a file, a part of it, or a refusal."""
        shelf = self.shelf
        shelf.asked.append(dict(self.headers))
        self.close_connection = True
        if shelf.silent:
            shelf.closing.wait(5.0)
        elif shelf.statuses:
            self.refuse(shelf.statuses.pop(0))
        elif self.path in shelf.locations:
            self.refuse(302, Location=shelf.locations[self.path])
        elif self.path not in shelf.files:
            self.refuse(404)
        else:
            self.hand_out(shelf.files[self.path])

    def refuse(self, status: int, **headers: str) -> None:
        """Send a status and no body."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def hand_out(self, content: bytes) -> None:
        """Send a file from the byte that is asked for, or break off."""
        shelf, start, status = self.shelf, 0, 200
        vouched = (None, shelf.headers.get("ETag"), shelf.headers.get("Last-Modified"))
        unchanged = shelf.careless or self.headers.get("If-Range") in vouched
        if shelf.ranges and unchanged and "Range" in self.headers:
            start, status = int(self.headers["Range"][6:].split("-")[0]), 206
            if start >= len(content):
                self.refuse(416, Content_Range=f"bytes */{len(content)}")
                return
        body = content[start:]
        self.send_response(status)
        for name, value in shelf.headers.items():
            self.send_header(name, value)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(body) + shelf.lie))
        self.end_headers()
        self.wfile.write(body[: shelf.cuts.pop(0)] if shelf.cuts else body)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """Return the shelf of a running server."""
    monkeypatch.setenv("no_proxy", "*")
    shelf = Shelf()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("ShelfClerk", (Clerk,), {"shelf": shelf}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    shelf.address = f"http://127.0.0.1:{server.server_port}"
    yield shelf
    shelf.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


def _make_zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _make_tar(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def pack() -> Callable[[str, dict[str, bytes]], bytes]:
    """Return a function from a kind of archive, names and contents to the archive."""
    return lambda kind, members: {"zip": _make_zip, "tar.gz": _make_tar}[kind](members)
