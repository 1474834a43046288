"""What many papers did: keep the epoch that answers the TEST side best. It leaks, to show by how much.

Nothing that is sealed imports this module. Its results carry `selected_on_test` and stand in a table of
their own, never beside honest figures.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from prosodyn.config import Experiment
from prosodyn.errors import ConfigError
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.training.benchmark import Benchmark, measure
from prosodyn.training.fold import FoldTask
from prosodyn.training.pretraining import after_pretraining
from prosodyn.training.recipe import Lesson
from prosodyn.training.running import FoldReport
from prosodyn.training.teaching import AnyLesson


@dataclass(frozen=True, slots=True)
class LeakyFoldTask(FoldTask):
    """A fold whose test side is validated on, epoch by epoch."""

    @property
    def lesson(self) -> AnyLesson:
        """Return a lesson that keeps the epoch with the best UA of the test side.

        Raises:
            ConfigError: a classical system, which has no epochs
        """
        if not isinstance(self.experiment, Experiment):
            raise ConfigError(f"select on test: {self.experiment.system} has no epochs to choose from")
        training = dataclasses.replace(self.experiment.training, selection="best_validation")
        lesson = Lesson(
            dataclasses.replace(self.experiment, training=training),
            self.pick((*self.split.train, *self.split.validation)),
            self.pick(self.split.test),
        )
        return after_pretraining(lesson, self.pretraining)


def run_leaky_benchmark(
    benchmark: Benchmark,
    progress: Callable[[FoldReport], None] | None = None,
    listening: Callable[[int, int], None] | None = None,
) -> ResultFile:
    """Run a benchmark as `run_benchmark` does, but keep the epoch that is best on the test side.

    Raises:
        ConfigError: a classical system, which has no epochs, or a channel, since what is chosen on the test
            side would be chosen on recordings as they are
        ProsodynError: as `run_benchmark`
    """
    if benchmark.channel:
        raise ConfigError(f"select on test: tests recordings as they are, not through {benchmark.channel}")
    tasks = [
        LeakyFoldTask(**{field.name: getattr(task, field.name) for field in dataclasses.fields(task)})
        for task in dataclasses.replace(benchmark, twins=()).tasks()
    ]
    result = measure(benchmark, tasks, progress, listening)
    return dataclasses.replace(result, run=dataclasses.replace(result.run, selected_on_test=True))
