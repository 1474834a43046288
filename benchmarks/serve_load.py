"""Asks a service as many would: recordings by POST, one after the other or at random, and live streams.

`benchmarks/serve.py` runs it; what it takes of the machine that it shares with the service is told.
"""

import asyncio
import itertools
import json
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from websockets.asyncio.client import connect

from prosodyn.serve.session import STEP
from prosodyn.types import SAMPLE_RATE, FloatArray

PIECE = 0.1  # seconds of a message of a live stream
BAR = 0.5  # seconds in which a recording of 3 s is to be answered
CLIENTS = 8  # that saturate it
WARM = 10.0  # seconds after which the memory of a service with live streams is that of its beginning


class Watched:
    """A process, and what it takes of the machine (Linux)."""

    def __init__(self, number: int) -> None:
        self._folder = Path("/proc", str(number))

    def seconds(self) -> float:
        """Return the processor time that it has taken."""
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Return the memory that it holds."""
        found = re.search(r"VmRSS:\s+(\d+)", (self._folder / "status").read_text())
        assert found is not None
        return int(found[1]) / 1024


class Client:
    """Sends recordings by POST, over connections that stay open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, content: bytes) -> int:
        """Return the status that a recording is answered with."""
        # the service closes what has been idle for long
        self._idle = [one for one in self._idle if not one[0].at_eof()]
        if self._idle:
            reader, writer = self._idle.pop()
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        told = "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/wav\r\n"
        writer.write(f"{told}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        size = re.search(r"content-length: (\d+)", head)
        assert size is not None
        await reader.readexactly(int(size[1]))
        if "connection: close" in head:
            writer.close()
        else:
            self._idle.append((reader, writer))
        return int(head.split()[1])

    def close(self) -> None:
        """Close all connections."""
        for _, writer in self._idle:
            writer.close()


async def one_by_one(port: int, contents: Sequence[bytes]) -> None:
    """Send recordings, each when the one before is answered."""
    client = Client(port)
    for content in contents:
        status = await client.post(content)
        assert status == 200, status
    client.close()


async def saturate(port: int, contents: Sequence[bytes], seconds: float) -> float:
    """Return how many recordings a second are answered at most."""
    client, until, n = Client(port), time.monotonic() + seconds, 0

    async def ask(first: int) -> None:
        nonlocal n
        for number in itertools.count(first):
            if time.monotonic() > until:
                return
            status = await client.post(contents[number % len(contents)])
            n += status == 200

    started = time.monotonic()
    await asyncio.gather(*map(ask, range(CLIENTS)))
    client.close()
    return n / (time.monotonic() - started)


async def arrive(port: int, contents: Sequence[bytes], rate: float, seconds: float) -> dict[str, Any]:
    """Let requests arrive at random, so many a second, and return how long they took since they were due.

    The percentiles are those of answers; a refusal is none, so that its share, and that of all requests that
    were answered in time, stand beside them.
    """
    client, rng = Client(port), np.random.default_rng(7)
    due = np.cumsum(rng.exponential(1 / rate, max(1, round(rate * seconds)))).tolist()
    took: dict[int, list[float]] = {}
    started = time.monotonic()

    async def ask(number: int) -> None:
        await asyncio.sleep(max(0, started + due[number] - time.monotonic()))
        status = await client.post(contents[number % len(contents)])
        took.setdefault(status, []).append(time.monotonic() - started - due[number])

    await asyncio.gather(*map(ask, range(len(due))))
    client.close()
    return {
        "a_second": round(rate, 1),
        "requests": len(due),
        "refused": len(took.get(429, ())),
        "share_refused": round(len(took.get(429, ())) / len(due), 3),
        "share_answered_in_time": round(sum(each <= BAR for each in took.get(200, ())) / len(due), 3),
        "other_statuses": sorted(set(took) - {200, 429}),
        "milliseconds": percentiles(took.get(200, [])),
        "milliseconds_of_refusals": percentiles(took.get(429, [])),
    }


def percentiles(seconds: Sequence[float]) -> dict[str, float] | None:
    if not seconds:
        return None
    found = np.percentile(1000 * np.array(seconds), [50, 95, 99, 100]).round(1).tolist()
    return dict(zip(("50", "95", "99", "most"), found, strict=True))


class Stream:
    """A live stream that sends sound as it would be made.

    Attributes:
        delays: seconds from the first piece that could have brought an event to the event
        late: by how many seconds a piece was sent too late, at most
    """

    def __init__(self, pcm: bytes) -> None:
        self.delays: list[float] = []
        self.late = self._told_until = 0.0
        self._pcm, self._sent, self._has_ended = pcm, list[float](), False

    async def send(self, port: int, n_pieces: int, wait: float) -> None:
        """Begin after a while, and send so many pieces."""
        size = round(PIECE * SAMPLE_RATE) * 2
        await asyncio.sleep(wait)
        address = f"ws://127.0.0.1:{port}/v1/live"
        async with connect(address, compression=None, ping_interval=None) as socket:
            listening, due = asyncio.create_task(self._listen(socket)), time.monotonic()
            for number in range(n_pieces):
                await asyncio.sleep(max(0, due - time.monotonic()))
                self._sent.append(time.monotonic())
                self.late = max(self.late, self._sent[-1] - due)
                place = number * size % (len(self._pcm) - size)
                await socket.send(self._pcm[place : place + size])
                due += PIECE
            await asyncio.sleep(1)
            self._has_ended = True
            await socket.send("end")
            await listening

    async def _listen(self, socket: Any) -> None:
        async for text in socket:
            event = json.loads(text)
            assert event["type"] != "problem", event
            if event["type"] == "timeline" and not self._has_ended:
                # an event comes half a second of sound after the one before
                possible = min(event["heard"], self._told_until + STEP)
                first = max(0, int(np.ceil(possible / PIECE - 1e-6)) - 1)
                self.delays.append(time.monotonic() - self._sent[first])
                self._told_until = event["heard"]


async def follow(port: int, service: Watched, waveform: FloatArray, n: int, seconds: float) -> dict[str, Any]:
    """Open live streams, which begin within three seconds, and return their delays and what they take."""
    pcm = (waveform * 32_767).astype("<i2")
    streams = [Stream(np.roll(pcm, number * len(pcm) // n).tobytes()) for number in range(n)]
    waits = np.random.default_rng(3).uniform(0, 3, n).tolist()
    held: list[float] = []

    async def weigh() -> None:
        await asyncio.sleep(min(WARM, seconds / 3))
        while True:
            held.append(service.megabytes())
            await asyncio.sleep(1)

    before, own, started = service.seconds(), time.process_time(), time.monotonic()
    weighing, n_pieces = asyncio.create_task(weigh()), round(seconds / PIECE)
    pairs = zip(streams, waits, strict=True)
    await asyncio.gather(*(each.send(port, n_pieces, wait) for each, wait in pairs))
    weighing.cancel()
    wall = time.monotonic() - started
    return {
        "streams": n,
        "seconds": seconds,
        "milliseconds": percentiles([delay for each in streams for delay in each.delays]),
        "generator_late_ms": round(1000 * max(each.late for each in streams), 1),
        "cores": {
            "service": round((service.seconds() - before) / wall, 2),
            "generator": round((time.process_time() - own) / wall, 2),
        },
        "megabytes": {"begin": round(held[0]), "most": round(max(held)), "end": round(held[-1])},
    }
