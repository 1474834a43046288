"""Recordings that arrive together are answered together."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prosodyn.inference.clip import Clip
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
    """A bounded queue in front of a recogniser; nobody waits for company longer than `batch_wait`."""

    def __init__(self, answer: Answer, workers: Workers, settings: ServeSettings) -> None:
        """Take a recogniser; `start` begins to answer."""
        self._recognise, self._workers, self._settings = answer, workers, settings
        self._asked: asyncio.Queue[_Asked] = asyncio.Queue(settings.max_requests)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to answer, a batch a worker at a time."""
        self._tasks = [asyncio.create_task(self._serve()) for _ in range(self._settings.n_workers)]

    async def stop(self) -> None:
        """Answer nothing more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def answer(self, clip: Clip) -> Prediction:
        """Answer a recording, in company where there is some.

        Raises:
            BundleError: as `Recogniser.from_file`
        """
        asked = _Asked(clip, asyncio.get_running_loop().create_future())
        await self._asked.put(asked)
        return await asked.waiting

    async def _serve(self) -> None:
        while True:
            batch = [each for each in await self._gather() if not each.waiting.done()]
            if not batch:
                continue
            try:
                answers = await self._workers.run(self._recognise, [each.clip for each in batch])
            except Exception as fault:  # noqa: BLE001 - whoever waits is told, and the others are served
                for each in batch:
                    _settle(each.waiting, fault)
            else:
                for each, answer in zip(batch, answers, strict=True):
                    _settle(each.waiting, answer)

    async def _gather(self) -> list[_Asked]:
        batch = [await self._asked.get()]
        until = asyncio.get_running_loop().time() + self._settings.batch_wait
        while len(batch) < self._settings.max_batch:
            try:
                async with asyncio.timeout_at(until):
                    batch.append(await self._asked.get())
            except TimeoutError:
                break
        return batch


def _settle(waiting: "asyncio.Future[Prediction]", outcome: Prediction | Exception) -> None:
    if waiting.done():  # whoever asked has gone
        return
    if isinstance(outcome, Exception):
        waiting.set_exception(outcome)
    else:
        waiting.set_result(outcome)
