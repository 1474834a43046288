"""What ends a live stream, and what does not: its limits, by samples, seconds and bytes."""

import time
from contextlib import suppress

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from prosodyn.formats import entry
from prosodyn.inference import Recogniser
from serve.conftest import Start
from serve.running import Running, aside, events_of


def test_a_message_may_hold_more_than_a_minute(service: Running, recogniser: Recogniser) -> None:
    noise = (3_000 * np.random.default_rng(2).standard_normal(70 * 16_000)).astype("<i2")
    with connect(f"{service.address}/v1/live", compression=None) as stream:
        hearing = aside(lambda: events_of(stream))
        stream.send(noise.tobytes())
        stream.send("end")
        events = hearing.result()
    assert events[-1] == {"type": "end", "heard": 70.0}
    segments = [segment for event in events for segment in event.get("settled", ())]
    assert segments == entry(recogniser.timeline(noise))["segments"]


def test_a_message_beyond_the_limit_is_413(start: Start) -> None:
    running = start(max_message_bytes=2_000)
    with connect(f"{running.address}/v1/live", compression=None) as stream:
        hearing = aside(lambda: events_of(stream))
        stream.send(bytes(2_000))
        stream.send(bytes(2_001))
        last = hearing.result()[-1]
    assert (last["type"], last["status"], stream.close_code) == ("problem", 413, 1009)
    assert last["detail"].startswith("a message of more than 0.002 MB")


def test_whoever_is_still_sending_hears_why_it_ended(start: Start) -> None:
    running = start(max_message_bytes=2_000)
    for _ in range(5):  # more than any buffer holds, so that much is unread when it ends
        with connect(f"{running.address}/v1/live", compression=None) as stream:
            hearing = aside(lambda stream=stream: events_of(stream))
            with suppress(ConnectionClosed):
                stream.send(bytes(8_000_000))
            last = hearing.result()[-1]
        assert (last["type"], last["status"], stream.close_code) == ("problem", 413, 1009)


def test_bytes_that_make_no_sample_are_no_sound(start: Start) -> None:
    running = start(stream_timeout=1.0)
    with connect(f"{running.address}/v1/live?encoding=f32le", compression=None) as stream:
        hearing, started = aside(lambda: events_of(stream)), time.monotonic()
        with suppress(ConnectionClosed):
            for _ in range(3):  # of the four of a sample
                stream.send(b"\0")
                time.sleep(0.45)
        last = hearing.result()[-1]
        took = time.monotonic() - started
    assert last["status"] == 408
    assert "no sound came for 1 s" in last["detail"]
    assert took < 1.9  # and not a second after the last of them


@pytest.mark.parametrize("by", ["sound", "clock"])
def test_a_stream_that_lasts_too_long_is_413_after_its_last_events(start: Start, by: str) -> None:
    running = start(max_stream_seconds=1.0)
    with connect(f"{running.address}/v1/live?any_sound=true", compression=None) as stream:
        hearing = aside(lambda: events_of(stream))
        if by == "clock":
            stream.send(bytes(3_200))
            time.sleep(1.1)
        stream.send(bytes(32_000) if by == "sound" else bytes(3_200))
        *events, last = hearing.result()
    assert (last["type"], last["status"], stream.close_code) == ("problem", 413, 1008)
    assert last["detail"] == "lasts more than 1 s; open another stream"
    assert events[-1]["type"] == "timeline"
    assert events[-1]["provisional"] == []
    assert [event for event in events if event["type"] == "end"] == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("rates=8000", "no parameter 'rates'; known are rate, encoding, window, hop, any_sound, token"),
        ("rate=8000&rate=16000", "the parameter 'rate' is given 2 times"),
    ],
)
def test_a_parameter_that_is_unknown_or_doubled_ends_it(service: Running, query: str, told: str) -> None:
    with connect(f"{service.address}/v1/live?{query}") as stream:
        (last,) = events_of(stream)
    assert (last["status"], stream.close_code) == (400, 1008)
    assert told in last["detail"]
