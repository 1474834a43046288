"""Recordings that nobody can wait for: each is followed in its turn, and its timeline kept for a while."""

import asyncio
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from prosodyn.errors import ProsodynError
from prosodyn.inference import Recogniser, TimelineSettings
from prosodyn.serve.answers import Upload, follow, refuse_longer
from prosodyn.serve.problems import Problem, problem_of, too_busy
from prosodyn.serve.settings import ServeSettings
from prosodyn.serve.workers import Workers
from prosodyn.timeline import Timeline

State = Literal["waiting", "running", "done", "failed"]

_MOST_KEPT = 1000  # answers; the oldest are forgotten first
_STEP = 0.25  # seconds from one notice of progress to the next


class _CancelledError(Exception):
    """Somebody removed the job."""


class Job:
    """A recording that is followed, or was.

    Attributes:
        id: that nobody can guess
        name: the sender's own for the recording
        state: how far it is
        done: seconds of the recording that have been followed
        total: seconds that it lasts, where its header says so
        timeline: the answer
        problem: why there is none
        ended: when, by the clock that only goes forward
    """

    def __init__(self, name: str, path: Path, settings: TimelineSettings, any_sound: bool) -> None:
        self.id = secrets.token_urlsafe(16)
        self.name, self.path, self.settings, self.any_sound = name, path, settings, any_sound
        self.state: State = "waiting"
        self.done = 0.0
        self.total: float | None = None
        self.timeline: Timeline | None = None
        self.problem: Problem | None = None
        self.ended = 0.0
        self.is_cancelled = False

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more comes of it."""
        return self.state in {"done", "failed"}


class Jobs:
    """The jobs of a service; they run one after the other, beside what is answered at once."""

    def __init__(self, recogniser: Recogniser, workers: Workers, settings: ServeSettings) -> None:
        self._recogniser, self._workers, self._settings = recogniser, workers, settings
        self._jobs: dict[str, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def refuse_more(self) -> None:
        """Raise where as many wait as may.

        Raises:
            Problem: they do
        """
        n_open = sum(not job.is_over for job in self._jobs.values())
        if n_open >= self._settings.max_jobs:
            raise too_busy(f"{n_open} jobs wait or run", 30)

    def begin(self, job: Job) -> None:
        """Follow a recording when its turn comes; its file is removed afterwards."""
        self._forget()
        self._jobs[job.id] = job
        task = asyncio.create_task(self._run(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def find(self, identifier: str) -> Job:
        """Return a job.

        Raises:
            Problem: there is none, or it has been forgotten
        """
        self._forget()
        if identifier not in self._jobs:
            raise Problem(404, "no such job; answers are kept for a while only")
        return self._jobs[identifier]

    def remove(self, identifier: str) -> None:
        """Cancel a job, and forget its answer.

        Raises:
            Problem: there is none
        """
        self.find(identifier).is_cancelled = True
        del self._jobs[identifier]

    async def watch(self, job: Job) -> AsyncIterator[Job]:
        """Yield a job whenever it got on, and in the end; it is the same one each time."""
        told: tuple[State, float] | None = None
        while not job.is_over and not job.is_cancelled:
            if (job.state, job.done) != told:
                told = (job.state, job.done)
                yield job
            await asyncio.sleep(_STEP)
        yield job

    async def stop(self) -> None:
        """Break off what runs."""
        for job in self._jobs.values():
            job.is_cancelled = True
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, job: Job) -> None:
        try:
            job.timeline = await self._workers.run_patiently(self._follow, job)
            job.state = "done"
        except ProsodynError as fault:
            job.problem, job.state = problem_of(fault, {str(job.path): job.name}), "failed"
        except Problem as problem:
            job.problem, job.state = problem, "failed"
        except _CancelledError:
            job.problem, job.state = Problem(409, "the job was cancelled; send the recording again"), "failed"
        except asyncio.CancelledError:
            raise
        except Exception:
            job.problem, job.state = Problem(500, "the job failed for a reason that is not yours"), "failed"
            raise
        finally:
            job.ended = time.monotonic()
            shutil.rmtree(job.path.parent, ignore_errors=True)

    def _follow(self, job: Job) -> Timeline:
        def progress(done: float, total: float | None) -> None:
            job.done, job.total = done, total
            if job.is_cancelled:
                raise _CancelledError
            refuse_longer(done, self._settings.max_job_seconds, job.name)

        if job.is_cancelled:
            raise _CancelledError
        job.state = "running"
        return follow(self._recogniser, Upload(job.name, job.path), job.settings, job.any_sound, progress)

    def _forget(self) -> None:
        """Forget what ended long ago, and the oldest where there are too many."""
        over = [job for job in self._jobs.values() if job.is_over]
        now = time.monotonic()
        for place, job in enumerate(over):
            if now - job.ended > self._settings.keep_jobs or place < len(over) - _MOST_KEPT:
                del self._jobs[job.id]
