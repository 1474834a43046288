"""Recordings that arrive together are answered together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from prosodyn.inference.clip import Clip
from prosodyn.serve.metrics import Metrics
from prosodyn.serve.settings import ServeSettings
from prosodyn.serve.workers import Workers
from prosodyn.types import Prediction

Answer = Callable[[Sequence[Clip]], Sequence[Prediction]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A recording, and who waits for its answer."""

    clip: Clip
    waiting: "asyncio.Future[Prediction]"


class Batcher:
    """A bounded queue in front of a recogniser.

    As many batches are answered at a time as there are threads, each with its share of what waits. Company is
    waited for where some is on its way, and no longer than `batch_wait`: who comes alone is answered at once.
    """

    def __init__(self, answer: Answer, workers: Workers, metrics: Metrics, settings: ServeSettings) -> None:
        """Take a recogniser; `start` begins to answer."""
        self._recognise, self._workers, self._metrics, self._settings = answer, workers, metrics, settings
        self._asked: asyncio.Queue[_Asked] = asyncio.Queue(settings.max_requests * settings.n_workers)
        self._n_coming = 0
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to answer, a batch a worker at a time."""
        self._tasks = [asyncio.create_task(self._serve()) for _ in range(self._settings.n_workers)]

    async def stop(self) -> None:
        """Answer nothing more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def answer(self, hearing: Awaitable[Clip]) -> Prediction:
        """Answer a recording, in company where there is some.

        Args:
            hearing: reads it

        Raises:
            BundleError: as `Recogniser.from_file`
        """
        self._n_coming += 1
        try:
            clip = await hearing
        finally:
            self._n_coming -= 1
        asked = _Asked(clip, asyncio.get_running_loop().create_future())
        await self._asked.put(asked)
        return await asked.waiting

    async def _serve(self) -> None:
        while True:
            batch = [each for each in await self._gather() if not each.waiting.done()]
            if not batch:
                continue
            self._metrics.batch.observe(len(batch))
            clips = [each.clip for each in batch]
            try:
                answers = await self._workers.run("prompt", self._recognise, clips)
            except Exception as fault:  # noqa: BLE001 - whoever waits is told, and the others are served
                for each in batch:
                    _settle(each.waiting, fault)
            else:
                for each, answer in zip(batch, answers, strict=True):
                    _settle(each.waiting, answer)

    async def _gather(self) -> list[_Asked]:
        batch = [await self._asked.get()]
        until = asyncio.get_running_loop().time() + self._settings.batch_wait
        try:
            async with asyncio.timeout_at(until):
                while len(batch) < self._share(len(batch)):
                    batch.append(await self._asked.get())
        except TimeoutError:
            pass
        return batch

    def _share(self, n_held: int) -> int:
        """Return how many recordings a batch may hold, so that the other threads have some, too."""
        n_in_sight = n_held + self._asked.qsize() + self._n_coming
        return min(self._settings.max_batch, -(-n_in_sight // self._settings.n_workers))


def _settle(waiting: "asyncio.Future[Prediction]", outcome: Prediction | Exception) -> None:
    if waiting.done():  # whoever asked has gone
        return
    if isinstance(outcome, Exception):
        waiting.set_exception(outcome)
    else:
        waiting.set_result(outcome)
