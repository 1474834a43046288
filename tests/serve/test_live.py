"""`WS /v1/live` answers as the library does, however its samples come."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from prosodyn.formats import entry
from prosodyn.inference import Recogniser, TimelineSettings
from prosodyn.serve import live_connection
from prosodyn.serve.schema import LiveEvent
from prosodyn.types import FloatArray
from serve.conftest import Start
from serve.raw import PING, frame, streaming
from serve.running import PATIENCE, Running, aside, until

EVENT: TypeAdapter[Any] = TypeAdapter(LiveEvent)


@contextmanager
def opened(running: Running, query: str = "") -> Iterator[ClientConnection]:
    """Open a live stream."""
    with connect(f"{running.address}/v1/live{query}", open_timeout=PATIENCE, compression=None) as socket:
        yield socket


def next_event(socket: ClientConnection) -> dict[str, Any]:
    """Return the next event, which is as the schema says."""
    text = socket.recv(PATIENCE)
    EVENT.validate_json(text)
    event: dict[str, Any] = json.loads(text)
    return event


def rest(socket: ClientConnection) -> list[dict[str, Any]]:
    """Return all events until the stream is closed."""
    found = []
    try:
        while True:
            found.append(next_event(socket))
    except ConnectionClosed:
        return found


def cut(content: bytes, sizes: Iterable[int]) -> Iterator[bytes]:
    """Yield a content in pieces of these sizes, again and again."""
    place, sizes = 0, list(sizes)
    while place < len(content):
        for size in sizes:
            yield content[place : place + size]
            place += size


def heard(running: Running, pieces: Iterable[bytes], query: str = "") -> list[dict[str, Any]]:
    """Return all events of a stream of these pieces."""
    with opened(running, query) as socket:
        receiving = aside(lambda: rest(socket))
        for piece in pieces:
            socket.send(piece)
        socket.send("end")
        found: list[dict[str, Any]] = receiving.result()
        assert socket.close_code == 1000
    return found


def settled(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [segment for event in events for segment in event.get("settled", ())]


def close_to(expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return segments with which others are equal, up to the rounding of a detector that hears in blocks."""
    return [
        {
            **segment,
            "confidence": pytest.approx(segment["confidence"], abs=1e-4),
            "probabilities": pytest.approx(segment["probabilities"], abs=1e-4),
        }
        for segment in expected
    ]


def pcm(samples: FloatArray) -> bytes:
    return (np.asarray(samples) * 32_767).astype("<i2").tobytes()


@pytest.fixture(scope="session")
def sent(spoken: FloatArray) -> bytes:
    """Return the sound of a stream as 16-bit samples."""
    return pcm(spoken)


@pytest.mark.parametrize("sizes", [[3_200], [1, 333, 7_001, 2], [200_000], [641]])
def test_a_stream_is_answered_as_its_recording(
    service: Running, recogniser: Recogniser, sent: bytes, sizes: list[int]
) -> None:
    events = heard(service, cut(sent, sizes))
    expected = recogniser.timeline(np.frombuffer(sent, "<i2"))
    assert settled(events) == close_to(entry(expected)["segments"])
    assert events[-1] == {"type": "end", "heard": expected.duration}


def test_real_answers_are_those_of_the_recording(real: Running, shipped: Recogniser, sent: bytes) -> None:
    sizes = np.random.default_rng(3).integers(1, 20_000, 40).tolist()
    expected = entry(shipped.timeline(np.frombuffer(sent, "<i2")))
    assert settled(heard(real, cut(sent, sizes))) == close_to(expected["segments"])


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
@pytest.mark.parametrize(("encoding", "dtype"), [("s16le", "<i2"), ("f32le", "<f4")])
def test_rates_and_encodings_are_those_of_the_samples(
    service: Running, recogniser: Recogniser, rate: int, encoding: str, dtype: str
) -> None:
    rng = np.random.default_rng(rate)
    noise = (0.1 * rng.standard_normal(4 * rate)).astype(np.float32)
    samples = np.frombuffer(pcm(noise), "<i2") if dtype == "<i2" else noise
    query = f"?rate={rate}&encoding={encoding}&any_sound=true"
    events = heard(service, cut(samples.tobytes(), rng.integers(1, 9_000, 30).tolist()), query)
    expected = recogniser.timeline(samples, sample_rate=rate, any_sound=True)
    assert settled(events) == close_to(entry(expected)["segments"])
    assert events[0] == {"type": "ready", "labels": list(recogniser.labels), "rate": rate}


def test_windows_are_as_they_are_asked_for(service: Running, recogniser: Recogniser, sent: bytes) -> None:
    events = heard(service, cut(sent, [5_000]), "?window=2&hop=2&any_sound=true")
    settings = TimelineSettings(window=2, hop=2)
    expected = recogniser.timeline(np.frombuffer(sent, "<i2"), settings, any_sound=True)
    assert settled(events) == close_to(entry(expected)["segments"])


def as_it_is_made(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces of 16-bit samples no sooner than they would be recorded."""
    due = time.monotonic()
    for piece in pieces:
        due += len(piece) / 32_000
        time.sleep(max(0, due - time.monotonic()))
        yield piece


def test_what_is_heard_is_told_every_half_second(service: Running, sent: bytes) -> None:
    events = heard(service, as_it_is_made(cut(sent[:96_000], [3_200])))
    times = [event["heard"] for event in events if event["type"] == "timeline"]
    assert times[:5] == pytest.approx([0.5, 1.0, 1.5, 2.0, 2.5], abs=0.21)


def test_what_is_not_settled_is_told_as_provisional(service: Running, sent: bytes) -> None:
    events = heard(service, cut(sent, [3_200]), "?any_sound=true")
    assert any(event["provisional"] for event in events if event["type"] == "timeline")


def test_a_stream_without_sound_ends(service: Running) -> None:
    assert [event["type"] for event in heard(service, [])] == ["ready", "timeline", "end"]
    assert settled(heard(service, [b"\0"])) == []  # half a sample is none


def refused(running: Running, query: str = "", *sent: bytes | str) -> tuple[dict[str, Any], int | None]:
    """Return the problem that ends a stream, and its code."""
    with opened(running, query) as socket:
        try:
            for each in sent:
                socket.send(each)
        except ConnectionClosed:
            pass
        last = rest(socket)[-1]
        assert last["type"] == "problem"
        return last, socket.close_code


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("?rate=many", 422, "rate:"),
        ("?encoding=mp3", 422, "encoding:"),
        ("?rate=100", 422, "sampled at 100 Hz"),
        ("?rate=-1", 422, "Hz"),
        ("?rate=99999999999999999999", 422, ""),
        ("?window=0", 400, "timeline.window"),
        ("?hop=nan", 400, "timeline.hop"),
        ("?any_sound=perhaps", 422, "any_sound"),
    ],
)
def test_a_parameter_that_cannot_be_ends_it(service: Running, query: str, status: int, told: str) -> None:
    problem, code = refused(service, query)
    assert (problem["status"], code) == (status, 1008)
    assert told in problem["detail"]


@pytest.mark.parametrize("text", ["stop", "", "{}", "end."])
def test_another_text_ends_it(service: Running, text: str) -> None:
    problem, code = refused(service, "", text)
    assert (problem["status"], code) == (400, 1008)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_samples_that_are_none_end_it(service: Running, value: float) -> None:
    samples = np.full(8_000, value, "<f4").tobytes()
    problem, code = refused(service, "?encoding=f32le", samples)
    assert (problem["status"], code) == (422, 1008)
    assert problem["detail"].startswith("live: ")


def test_more_streams_than_may_be_open_are_429(start: Start) -> None:
    running = start(max_streams=1)
    with opened(running) as first:
        next_event(first)
        problem, code = refused(running)
        assert (problem["status"], problem["retry_after"], code) == (429, 10, 1013)
    until(lambda: running.service.n_streams == 0)
    assert heard(running, [])


@pytest.mark.parametrize("sends", [b"", None])
def test_a_stream_without_sound_for_long_ends(start: Start, sends: bytes | None) -> None:
    running = start(stream_timeout=0.4)
    with opened(running) as socket:
        started, found = time.monotonic(), []
        receiving = aside(lambda: found.extend(rest(socket)))
        while sends is not None and receiving.thread.is_alive():
            try:
                socket.send(sends)  # without a sample it is no sound
            except ConnectionClosed:
                break
            time.sleep(0.05)
        receiving.result()
    assert found[-1]["status"] == 408
    assert 0.3 < time.monotonic() - started < 12


def test_a_stream_outlives_the_patience_with_a_connection(start: Start, sent: bytes) -> None:
    running = start(head_timeout=0.2, upload_timeout=0.2, read_timeout=0.2)
    events = heard(running, as_it_is_made(cut(sent[:32_000], [3_200])))
    assert events[-1] == {"type": "end", "heard": 1.0}


def test_whoever_answers_no_ping_has_gone(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_connection, "_PING", 0.3)
    running = start()
    with opened(running) as there:
        next_event(there)
        with streaming(running):  # which answers nothing
            until(lambda: running.service.n_streams == 2)
            until(lambda: running.service.n_streams == 1)
        there.send("end")
        assert rest(there)[-1]["type"] == "end"


def test_whoever_reads_no_answers_is_not_waited_for(start: Start) -> None:
    running = start(read_timeout=0.5)
    with streaming(running) as stuck:
        stuck.settimeout(0.2)
        with suppress(OSError):
            while True:
                stuck.sendall(1_000 * frame(bytes(125), PING))
        until(lambda: running.service.n_streams == 0)


def test_whoever_leaves_frees_the_place(start: Start, sent: bytes) -> None:
    running = start(max_streams=1)
    for _ in range(3):
        with opened(running) as socket:
            next_event(socket)
            socket.send(sent[:50_000])
        until(lambda: running.service.n_streams == 0)


def test_a_sender_who_is_too_fast_is_slowed_down(start: Start, sent: bytes) -> None:
    running = start()
    with running.engine.held(), opened(running, "?any_sound=true") as socket:
        next_event(socket)
        socket.socket.settimeout(1)
        # what was taken lies in the buffers of two sockets, in one message and in one piece
        assert taken_of(socket, sent[:320_000], 400) < 100


def taken_of(socket: ClientConnection, piece: bytes, n_pieces: int) -> int:
    """Return how many of so many pieces are taken."""
    for number in range(n_pieces):
        try:
            socket.send(piece)
        except (TimeoutError, ConnectionClosed):
            return number
    return n_pieces


def test_a_fault_of_ours_is_told_as_one(start: Start, sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    running = start()

    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(running.engine, "run", fail)
    problem, code = refused(running, "?any_sound=true", sent)
    assert (problem["status"], code) == (500, 1011)
    assert "secret" not in problem["detail"]
