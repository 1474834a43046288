"""Recordings that nobody can wait for: each is followed in its turn, and its timeline kept for a while."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Literal

from prosodyn.errors import ProsodynError
from prosodyn.inference import Recogniser, TimelineSettings
from prosodyn.serve.answers import Upload, follow, too_long
from prosodyn.serve.metrics import Metrics
from prosodyn.serve.observed import note_fault
from prosodyn.serve.problems import Problem, own_fault, problem_of, too_busy
from prosodyn.serve.settings import ServeSettings
from prosodyn.serve.workers import Workers
from prosodyn.timeline import Timeline

State = Literal["waiting", "running", "done", "failed"]

_MOST_KEPT = 1000  # answers; the oldest are forgotten first
_STEP = 0.25  # seconds from one look at the progress to the next
_TOLD_AGAIN = 15.0  # seconds; a job that waits long is told of, too, so that nobody in between hangs up
_NOTICES = 1.0  # seconds for a job that runs to notice that it is cancelled
_JOB_LASTS = 30  # seconds until it is worth asking for a job again


class _CancelledError(Exception):
    """Somebody removed the job, or the service is being stopped."""


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
        task: follows it when its turn comes
    """

    def __init__(self, upload: Upload, settings: TimelineSettings, any_sound: bool) -> None:
        self.id = secrets.token_urlsafe(16)
        self.name, self.path, self.settings, self.any_sound = upload.name, upload.path, settings, any_sound
        self.state: State = "waiting"
        self.done = 0.0
        self.total: float | None = None
        self.timeline: Timeline | None = None
        self.problem: Problem | None = None
        self.task: asyncio.Task[None] | None = None
        self.is_cancelled = False

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more comes of it."""
        return self.state in {"done", "failed"}

    def fail(self, problem: Problem) -> None:
        """End without an answer."""
        self.problem, self.state = problem, "failed"

    def cancel(self) -> None:
        """Break off; one that runs notices when it tells its progress the next time."""
        self.is_cancelled = True
        if self.state == "waiting" and self.task is not None:
            self.task.cancel()


class Jobs:
    """The jobs of a service; they run one after the other, beside what is answered at once."""

    def __init__(
        self, recogniser: Recogniser, workers: Workers, metrics: Metrics, settings: ServeSettings
    ) -> None:
        self._recogniser, self._workers = recogniser, workers
        self._metrics, self._settings = metrics, settings
        self._jobs: dict[str, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def refuse_more(self) -> None:
        """Raise where as many wait as may.

        Raises:
            Problem: they do
        """
        if len(self._tasks) >= self._settings.max_jobs:
            self._metrics.refused.inc()
            raise too_busy(f"{len(self._tasks)} jobs wait or run", _JOB_LASTS)

    def begin(self, job: Job) -> None:
        """Follow a recording when its turn comes; its file is removed then."""
        self._jobs[job.id] = job
        job.task = asyncio.create_task(self._run(job))
        self._tasks.add(job.task)
        self._metrics.jobs.inc()
        job.task.add_done_callback(self._tasks.discard)

    def find(self, identifier: str) -> Job:
        """Return a job.

        Raises:
            Problem: there is none, or it has been forgotten
        """
        if identifier not in self._jobs:
            raise Problem(404, "no such job; answers are kept for a while only")
        return self._jobs[identifier]

    def remove(self, identifier: str) -> None:
        """Cancel a job, and forget its answer.

        Raises:
            Problem: there is none
        """
        self.find(identifier).cancel()
        del self._jobs[identifier]

    async def watch(self, job: Job) -> AsyncIterator[Job]:
        """Yield a job whenever it got on, and in the end; it is the same one each time."""
        now = asyncio.get_running_loop().time
        told: tuple[State, float] | None = None
        due = now()
        while not job.is_over:
            if (job.state, job.done) != told or now() > due:
                told, due = (job.state, job.done), now() + _TOLD_AGAIN
                yield job
            await asyncio.sleep(_STEP)
        yield job

    def cancel(self) -> None:
        """Break off what waits or runs."""
        for job in self._jobs.values():
            job.cancel()

    async def stop(self) -> None:
        """Break off what waits or runs, and forget everything."""
        self.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_NOTICES)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._jobs.clear()

    async def _run(self, job: Job) -> None:
        try:
            job.timeline = await self._workers.run("patient", self._follow, job)
            job.state = "done"
            self._metrics.sound.labels("job").inc(job.timeline.duration)
        except ProsodynError as fault:
            job.fail(problem_of(fault, {str(job.path): job.name}))
        except Problem as problem:
            job.fail(problem)
        except (_CancelledError, asyncio.CancelledError):
            job.fail(Problem(409, "the job was cancelled; send the recording again"))
        except Exception as fault:  # noqa: BLE001 - whatever it is, whoever asks is told
            note_fault("a job", fault)
            job.fail(own_fault())
        finally:
            job.path.unlink(missing_ok=True)
            self._metrics.jobs.dec()
            self._keep(job)

    def _follow(self, job: Job) -> Timeline:
        def progress(done: float, total: float | None) -> None:
            job.done, job.total = done, total
            if job.is_cancelled:
                raise _CancelledError
            if max(done, total or 0.0) > self._settings.max_job_seconds:
                raise too_long(self._settings.max_job_seconds, job.name)

        if job.is_cancelled:
            raise _CancelledError
        job.state = "running"
        return follow(self._recogniser, Upload(job.name, job.path), job.settings, job.any_sound, progress)

    def _keep(self, job: Job) -> None:
        """Keep what came of a job for as long as was said, and no more of them than there is room for."""
        asyncio.get_running_loop().call_later(self._settings.keep_jobs, self._jobs.pop, job.id, None)
        over = [each.id for each in self._jobs.values() if each.is_over]
        for identifier in over[: max(0, len(over) - _MOST_KEPT)]:
            del self._jobs[identifier]
