"""How a session hears pieces, whatever their sizes: step by step, and no thread is woken for less."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from prosodyn.inference import Recogniser
from prosodyn.serve.metrics import Metrics
from prosodyn.serve.service import Service
from prosodyn.serve.session import STEP, Session


class Counted:
    """Workers that work at once, and count what they were given."""

    def __init__(self) -> None:
        self.n_samples: list[int] = []

    async def run(self, _pool: str, function: Callable[..., Any], *arguments: Any) -> Any:
        self.n_samples += [len(each) for each in arguments]
        return function(*arguments)


def hear(
    recogniser: Recogniser, pieces: list[bytes], rate: int = 16_000
) -> tuple[list[Any], Counted, Metrics]:
    """Return the events, what was given to the workers, and the metrics."""
    workers, metrics = Counted(), Metrics()
    service = cast(Service, SimpleNamespace(workers=workers, metrics=metrics))

    async def converse() -> list[Any]:
        session = Session(service, recogniser.stream(rate, any_sound=True), "s16le")
        now = asyncio.get_running_loop().time()
        events = [event for piece in pieces for event in await session.hear(piece, now - 2.0)]
        return [*events, *await session.end()]

    return asyncio.run(converse()), workers, metrics


def sound(seconds: float, rate: int = 16_000) -> bytes:
    noise = 3_000 * np.random.default_rng(3).standard_normal(round(seconds * rate))
    return noise.astype("<i2").tobytes()


@pytest.mark.parametrize("size", [1_600, 3_201, 1_000_000])
def test_there_is_an_event_every_half_second_however_it_comes(recogniser: Recogniser, size: int) -> None:
    sent = sound(5)
    events, workers, _ = hear(recogniser, [sent[at : at + size] for at in range(0, len(sent), size)])
    times = [event["heard"] for event in events[:-1] if event["type"] == "timeline"]
    assert all(STEP <= late - early < STEP + size / 32_000 for early, late in pairwise([0.0, *times[:-1]]))
    assert max(workers.n_samples) <= STEP * 16_000
    assert len(workers.n_samples) <= 2 * 5 / STEP


def test_an_odd_rate_has_its_events_too(recogniser: Recogniser) -> None:
    events, _, _ = hear(recogniser, [sound(3, 11_025)], 11_025)
    assert len([event for event in events[:-2] if event["type"] == "timeline"]) == 5


def test_the_delay_counts_from_when_a_piece_came(recogniser: Recogniser) -> None:
    _, _, metrics = hear(recogniser, [sound(0.5)])
    (lag,) = metrics.lag.collect()
    total = next(sample.value for sample in lag.samples if sample.name.endswith("_sum"))
    assert 2.0 <= total < 30.0
