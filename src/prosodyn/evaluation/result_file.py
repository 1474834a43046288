"""One run of the benchmark as one flat JSON object, from which every table is generated."""

import json
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from prosodyn.errors import ConfigError, EvaluationError
from prosodyn.evaluation.adaptation import Adaptation
from prosodyn.evaluation.belief import Belief
from prosodyn.evaluation.paired import Paired
from prosodyn.evaluation.scores import Scores
from prosodyn.evaluation.sharing import Audit
from prosodyn.files import write_text
from prosodyn.mapping import from_mapping, json_text, to_mapping
from prosodyn.types import Channel

T = typing.TypeVar("T")

COST_SECONDS = 3.0
"""Length of the utterance for which multiply-adds and latency are stated."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was run.

    Attributes:
        system: such as `cnn_lstm`, `dycnn_bilstm`, `svm_compare`
        corpus: such as `emodb`
        recipe: name of the experiment
        settings_sha256: of the experiment's settings, so that a result of other settings is not taken for one
        protocol: such as `loso`, see `protocols.PROTOCOLS`
        adapted: True where unlabelled audio of the test speaker was used
        outside_data: corpora and encoders beyond the corpus itself
        folds_done: folds that were run
        folds_total: folds of the protocol
        seconds_training: of all folds and seeds together
        command: repeats the run
        version: of prosodyn
        adaptation: what was done with unlabelled audio of the test speaker, see `adaptation.MEANINGS`
        n_enrolled: test recordings that were heard for enrolment, and are not scored
        n_scored: test recordings that are scored; None in results from before it was written down
        selected_on_test: True where the epoch was chosen on the test side, as no honest figure is
        channel: what the test side went through before it was answered, see `channels`; empty for nothing
    """

    system: str
    corpus: str
    recipe: str
    settings_sha256: str
    protocol: str
    adapted: bool
    outside_data: tuple[str, ...]
    folds_done: int
    folds_total: int
    seconds_training: float
    command: str
    version: str
    adaptation: Adaptation = "none"
    n_enrolled: int = 0
    n_scored: int | None = None
    selected_on_test: bool = False
    channel: Channel = ""

    @property
    def complete(self) -> bool:
        """Tell whether every fold was run."""
        return self.folds_done == self.folds_total


@dataclass(frozen=True, slots=True)
class Cost:
    """What one answer costs, for an utterance of `COST_SECONDS`; None where it does not apply.

    Attributes:
        n_parameters: trained numbers in the system
        n_multiply_adds: of one answer, front end left out
        latency_ms: median time of one answer in milliseconds, one utterance at a time, one thread
    """

    n_parameters: int | None
    n_multiply_adds: int | None
    latency_ms: float | None


@dataclass(frozen=True, slots=True)
class ResultFile:
    """Everything that a table or a report says about one run.

    Attributes:
        run: what was run
        scores: how well it did
        cost: what an answer costs
        audit: what the protocol shares between the sides
        paired: the system beside others, on the same recordings
        together: what the networks of all seeds score when they answer together; None where there is one
        belief: whether the answers could be believed; None where no speakers were held out to learn it from

    Raises:
        EvaluationError: figures that cannot belong together
    """

    run: Run
    scores: Scores
    cost: Cost
    audit: Audit
    paired: tuple[Paired, ...] = ()
    together: Scores | None = None
    belief: Belief | None = None

    def __post_init__(self) -> None:
        where = f"{self.run.corpus}, {self.run.system}, {self.run.protocol}"
        if not 1 <= self.run.folds_done <= self.run.folds_total:
            raise EvaluationError(
                f"{where}: {self.run.folds_done} of {self.run.folds_total} folds cannot have been run"
            )
        n_labels = len(self.scores.labels)
        if [len(row) for row in self.scores.confusion] != [n_labels] * n_labels:
            raise EvaluationError(f"{where}: the confusion matrix is not {n_labels} by {n_labels}")
        if self.run.adapted != (self.run.adaptation != "none"):
            raise EvaluationError(
                f"{where}: adapted is {self.run.adapted}, but the adaptation is '{self.run.adaptation}'"
            )
        if self.run.n_scored not in {None, self.n_scored}:
            raise EvaluationError(
                f"{where}: n_scored is {self.run.n_scored}, but the confusion matrix holds {self.n_scored}"
            )
        for name in ("wa", "ua", "macro_f1"):
            if not 0 <= getattr(self.scores, name) <= 100:
                raise EvaluationError(f"{where}: {name} is {getattr(self.scores, name)}, expected percent")

    @property
    def n_scored(self) -> int:
        """Count the test recordings that are scored, each once, whatever the number of seeds."""
        return sum(map(sum, self.scores.confusion)) // max(1, len(self.scores.seeds))

    def to_mapping(self) -> dict[str, Any]:
        """Return the flat object that JSON holds: fields of the parts side by side, then the nested ones."""
        figures = to_mapping(self.run) | to_mapping(self.scores) | to_mapping(self.cost)
        paired = {"paired": [to_mapping(each) for each in self.paired]} if self.paired else {}
        together = {"together": to_mapping(self.together)} if self.together is not None else {}
        belief = {"belief": to_mapping(self.belief)} if self.belief is not None else {}
        return figures | {"audit": to_mapping(self.audit)} | paired | together | belief


def result_from_mapping(values: Mapping[str, Any], where: str) -> ResultFile:
    """Build a result from the flat object that JSON holds, strictly.

    Args:
        values: the object
        where: names it in error messages

    Raises:
        EvaluationError: a key that is unknown or missing, or a value of the wrong type
    """
    rest = dict(values)
    if "adaptation" not in rest:  # results from before there was enrolment
        rest["adaptation"] = "all" if rest.get("adapted") is True else "none"
    try:
        run, scores, cost = _take(Run, rest, where), _take(Scores, rest, where), _take(Cost, rest, where)
        pairs, together = rest.pop("paired", []), rest.pop("together", None)
        belief = rest.pop("belief", None)
        if set(rest) != {"audit"} or not isinstance(pairs, list):
            raise ConfigError(
                f"{where}: expected only the key 'audit', a list 'paired', 'together' and 'belief' besides, "
                f"found {sorted(rest)}"
            )
        audit = from_mapping(Audit, rest["audit"], f"{where}: audit")
        paired = tuple(from_mapping(Paired, each, f"{where}: paired") for each in pairs)
        joined = None if together is None else from_mapping(Scores, together, f"{where}: together")
        believed = None if belief is None else from_mapping(Belief, belief, f"{where}: belief")
        return ResultFile(run, scores, cost, audit, paired, joined, believed)
    except ConfigError as fault:
        raise EvaluationError(str(fault)) from fault


def write_result(result: ResultFile, path: Path) -> None:
    """Write a result as JSON, whole or not at all, with keys in the order of the classes.

    Raises:
        OutputError: nothing can be written there
    """
    write_text(path, json_text(result.to_mapping()))


def read_result(path: Path) -> ResultFile:
    """Read a result from JSON.

    Raises:
        EvaluationError: the file cannot be read, or is not exactly a result
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as fault:
        raise EvaluationError(f"{path}: cannot be read as JSON: {fault}; run the benchmark again") from fault
    if not isinstance(values, dict):
        raise EvaluationError(f"{path}: holds no object; run the benchmark again")
    return result_from_mapping(values, str(path))


def read_results(folder: Path) -> list[ResultFile]:
    """Read every result of a folder, sorted by file name.

    Raises:
        EvaluationError: a file cannot be read, or is not exactly a result
    """
    return [read_result(path) for path in sorted(folder.glob("*.json"))]


def _take(part: type[T], rest: dict[str, Any], where: str) -> T:
    """Build a part from its own keys, and take them out of what is left."""
    own = {field.name: rest.pop(field.name) for field in fields(typing.cast(Any, part)) if field.name in rest}
    return from_mapping(part, own, where)
