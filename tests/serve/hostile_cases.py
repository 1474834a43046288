"""Requests and frames that are broken in ways that nobody thought of, drawn by a seed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from serve.raw import BINARY, CLOSE, PING, TEXT, UPGRADE, frame, head

Generator = np.random.Generator

PATHS = (
    "/v1/predict",
    "/v1/jobs",
    "/v1/models",
    "/healthz",
    "/metrics",
    "/docs",
    "/openapi.json",
    "/",
    "/v1/live",
)
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW", "G\x00T")
VALUES = (
    "",
    "true",
    "0",
    "-1",
    "1e999",
    "nan",
    "%00",
    "%ff%fe",
    "ü",
    "'--",
    "<b>",
    "../..",
    "json",
    "srt",
    "9" * 400,
)
NAMES = ("timeline", "format", "window", "hop", "any_sound", "name", "rate", "encoding", "token", "x")
KINDS = (
    "audio/wav",
    "audio/",
    "multipart/form-data; boundary=x",
    'multipart/form-data; boundary="',
    "multipart/form-data",
    "video/mp4",
    "application/octet-stream",
    "text/plain",
    "application/json; charset=\xff",
    "",
)


@dataclass(frozen=True)
class Case:
    """Something hostile that is sent on a connection of its own.

    Attributes:
        sent: bytes, in one piece after the other
        n: requests and frames in it
        stream: query of the live stream that the frames are sent on; None where it is requests
    """

    sent: tuple[bytes, ...]
    n: int
    stream: bytes | None = None


def cases(wav: bytes, n: int, seed: int) -> Iterator[Case]:
    """Yield cases until they hold so many requests and frames."""
    rng = np.random.default_rng(seed)
    makers: tuple[Callable[[Generator, bytes], Case], ...] = (
        *(odd_request, odd_request),
        *(spoilt_recording, spoilt_recording, spoilt_recording),
        *(spoilt_form, spoilt_form),
        spoilt_head,
        spoilt_chunks,
        spoilt_upgrade,
        stream_of_frames,
        noise,
    )
    n_made = 0
    while n_made < n:
        case = makers[rng.integers(len(makers))](rng, wav)
        n_made += case.n
        yield case


def one_of(rng: Generator, choices: tuple[str, ...]) -> str:
    return choices[rng.integers(len(choices))]


def query(rng: Generator) -> str:
    n = max(0, rng.integers(-3, 4))
    told = "&".join(f"{one_of(rng, NAMES)}={one_of(rng, VALUES)}" for _ in range(n))
    return f"?{told}" if told else ""


def spoilt(rng: Generator, content: bytes) -> bytes:
    """Return a content in which bytes are changed, lost, doubled or cut off."""
    changed = bytearray(content)
    for _ in range(rng.integers(1, 8)):
        place = int(rng.integers(0, max(1, len(changed))))
        kind = rng.integers(5)
        if kind == 0:
            changed[place : place + 1] = rng.bytes(1)
        elif kind == 1:
            del changed[place : place + int(rng.integers(1, 9))]
        elif kind == 2:
            changed[place:place] = changed[place : place + int(rng.integers(1, 50))]
        elif kind == 3:
            changed[place : place + 4] = b"\xff\xff\xff\x7f"
        elif rng.random() < 0.3:
            del changed[place:]
    return bytes(changed)


def sized(path: str, kind: str, body: bytes) -> bytes:
    return head(path, f"Content-Type: {kind}", f"Content-Length: {len(body)}") + body


def odd_request(rng: Generator, wav: bytes) -> Case:
    """Ask for something by an odd method, at an odd path, with an odd body."""
    path = one_of(
        rng, (*PATHS, "/v1/jobs/x", "/page/..%2f", "//", "/%00", "/v1/predict/", "/" + "a/" * 200)
    ) + query(rng)
    body = (b"", wav, rng.bytes(200), b"{}")[rng.integers(4)]
    lines = (
        f"Content-Type: {one_of(rng, KINDS)}",
        f"Content-Length: {len(body)}",
        f"X: {one_of(rng, VALUES)}",
    )
    return Case((head(path, *lines, method=one_of(rng, METHODS)) + body,), 1)


def spoilt_recording(rng: Generator, wav: bytes) -> Case:
    """Send a recording that is damaged, mostly in its header."""
    content = spoilt(rng, wav[:60]) + wav[60:] if rng.random() < 0.7 else spoilt(rng, wav)
    return Case((sized(one_of(rng, PATHS[:2]) + query(rng), "audio/wav", content),), 1)


def spoilt_form(rng: Generator, wav: bytes) -> Case:
    """Send a form that is damaged."""
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%d.wav"\r\n\r\n' % rng.integers(99)
    form = (part + wav[: rng.integers(0, 3_000)] + b"\r\n") * int(rng.integers(1, 5)) + b"--x--\r\n"
    path = one_of(rng, PATHS[:2]) + query(rng)
    body = spoilt(rng, form) if rng.random() < 0.7 else form
    return Case((sized(path, "multipart/form-data; boundary=x", body),), 1)


def spoilt_head(rng: Generator, wav: bytes) -> Case:
    """Send a request whose head is damaged."""
    told = head(
        one_of(rng, PATHS) + query(rng),
        "Content-Type: audio/wav",
        "Content-Length: 4",
        "Expect: 100-continue",
    )
    return Case((spoilt(rng, told) + b"RIFF",), 1)


def spoilt_chunks(rng: Generator, wav: bytes) -> Case:
    """Send a body in chunks that are damaged."""
    body = b"".join(b"%x\r\n%s\r\n" % (size, rng.bytes(size)) for size in rng.integers(1, 60, 4).tolist())
    told = head(one_of(rng, PATHS[:2]), "Content-Type: audio/wav", "Transfer-Encoding: chunked")
    return Case((told, spoilt(rng, body + b"0\r\n\r\n")), 1)


def spoilt_upgrade(rng: Generator, wav: bytes) -> Case:
    """Open a stream in a damaged way."""
    return Case((spoilt(rng, UPGRADE % query(rng).encode()),), 1)


def stream_of_frames(rng: Generator, wav: bytes) -> Case:
    """Open a stream, and send frames of which some are damaged."""
    n = int(rng.integers(2, 12))
    frames = [odd_frame(rng, wav) for _ in range(n)]
    asked = query(rng).encode() if rng.random() < 0.3 else b""
    return Case(tuple(frames), n, asked)


def odd_frame(rng: Generator, wav: bytes) -> bytes:
    kind = rng.integers(8)
    if kind < 3:
        return frame(wav[: rng.integers(0, 4_000)], BINARY)
    if kind == 3:
        return frame(rng.bytes(rng.integers(0, 60)), (TEXT, PING, CLOSE, 0, 5)[rng.integers(5)])
    if kind == 4:
        return frame(rng.bytes(40), first=int(rng.integers(256)), masked=rng.random() < 0.8)
    if kind == 5:
        return frame(b"x", size=int(2 ** rng.integers(0, 63)))
    return spoilt(rng, frame(rng.bytes(rng.integers(0, 300))))


def noise(rng: Generator, wav: bytes) -> Case:
    """Send whatever."""
    return Case((rng.bytes(rng.integers(1, 400)) + b"\r\n\r\n",), 1)
