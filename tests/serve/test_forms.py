"""A form is read the same however it is cut, and whatever is wrong with it is said."""

import itertools
from email.message import EmailMessage
from email.policy import HTTP
from pathlib import Path

import numpy as np
import pytest

from prosodyn.serve.forms import Form
from prosodyn.serve.problems import Problem

KIND = "multipart/form-data; boundary=xyz"
CONTENTS = {"a.wav": b"first\r\n--xy\r\n", "b.wav": b"", "喂.wav": bytes(range(256)) * 40}


def part(name: str, content: bytes, field: str = "file") -> bytes:
    told = f'--xyz\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
    return f"{told}Content-Type: audio/wav\r\n\r\n".encode() + content + b"\r\n"


BODY = b"".join(part(name, content) for name, content in CONTENTS.items()) + b"--xyz--\r\n"


def read(body: bytes, folder: Path, sizes: list[int] | None = None, kind: str = KIND) -> dict[str, bytes]:
    """Return the recordings of a form that comes in pieces of these sizes."""
    numbers = itertools.count()
    form = Form(kind, lambda: folder / str(next(numbers)), max_files=3)
    sizes = sizes or [len(body) or 1]
    place = number = 0
    try:
        while place < len(body):
            size = sizes[number % len(sizes)]
            form.take(body[place : place + size])
            place, number = place + size, number + 1
    finally:
        form.close()
    return {each.name: each.path.read_bytes() for each in form.end()}


@pytest.mark.parametrize("sizes", [None, [1], [2, 3, 5], [64], [1_000]])
def test_the_pieces_change_nothing(tmp_path: Path, sizes: list[int] | None) -> None:
    assert read(BODY, tmp_path, sizes) == CONTENTS


def test_another_writer_of_forms_is_understood(tmp_path: Path) -> None:
    message = EmailMessage(HTTP)
    message["Content-Type"] = "multipart/form-data"
    for name in ("a.wav", "c.wav"):
        inner = EmailMessage(HTTP)
        inner.set_content(b"sound", "audio", "wav", cte="binary")
        del inner["Content-Disposition"]
        inner.add_header("Content-Disposition", "form-data", name="file", filename=name)
        message.attach(inner)
    head, _, body = message.as_bytes().partition(b"\r\n\r\n")
    kind = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))["Content-Type"]
    assert read(body, tmp_path, kind=kind) == {"a.wav": b"sound", "c.wav": b"sound"}


def test_a_field_without_a_file_name_is_a_recording_all_the_same(tmp_path: Path) -> None:
    body = b'--xyz\r\nContent-Disposition: form-data; name="file"\r\n\r\nsound\r\n--xyz--\r\n'
    assert read(body, tmp_path) == {"recording": b"sound"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "breaks off"),
        (BODY[:-10], "breaks off"),
        (BODY[:100], "breaks off"),
        (b"no form", "cannot be read"),
        (b"--abc\r\n\r\n", "cannot be read"),
        (b"--xyz\r\nno header\r\n\r\n--xyz--\r\n", "cannot be read"),
        (b"--xyz\r\n" + 20 * b"X: y\r\n" + b"\r\n\r\n--xyz--\r\n", "cannot be read"),
        (b"--xyz\r\nX: " + 10_000 * b"y" + b"\r\n\r\n\r\n--xyz--\r\n", "cannot be read"),
        (part("x.wav", b"", "files") + b"--xyz--\r\n", "no field 'files'"),
        (BODY[:-9] + b"\r\n" + part("x.wav", b"", "") + b"--xyz--\r\n", "no field ''"),
        (part("x.wav", b"") * 4 + b"--xyz--\r\n", "more than 3 recordings"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, body: bytes, told: str) -> None:
    with pytest.raises(Problem, match=told):
        read(body, tmp_path)


def test_spoilt_forms_end_in_a_problem_or_in_recordings(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    for number in range(400):
        body = bytearray(BODY[: rng.integers(1, len(BODY))] if number % 3 else BODY)
        for place in rng.integers(0, len(body), rng.integers(1, 6)):
            body[place] = rng.integers(0, 256)
        folder = tmp_path / str(number)
        folder.mkdir()
        assert status_of(bytes(body), folder, rng.integers(1, 500, 4).tolist()) in {200, 400, 413}
        assert len(list(folder.iterdir())) <= 3


def status_of(body: bytes, folder: Path, sizes: list[int]) -> int:
    try:
        read(body, folder, sizes)
    except Problem as problem:
        return problem.status
    return 200
