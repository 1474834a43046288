"""What a run of the benchmark leaves: progress, figures in a line, a folder with the report."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from prosodyn.cli.terminal import remark, say
from prosodyn.errors import MissingExtraError

if TYPE_CHECKING:
    from prosodyn.cli.progress import Bars
    from prosodyn.evaluation.report import HumanRates
    from prosodyn.evaluation.result_file import ResultFile
    from prosodyn.evaluation.scores import Scores
    from prosodyn.training.journal import EpochReport
    from prosodyn.training.running import FoldReport

HEARING, LISTENING = "recordings heard", "looking for duplicates"


def follow_folds(bars: "Bars") -> Callable[["FoldReport"], None]:
    """Return what shows the folds of a benchmark, and the epochs of the one that runs here."""

    def show(report: "FoldReport") -> None:
        if report.heard is not None:
            bars.show(HEARING, *report.heard)
            return
        if report.epoch is not None:
            bars.drop(HEARING)
            bars.show(report.fold, report.epoch.epoch, report.epoch.n_epochs, say_epoch(report.epoch))
            return
        bars.drop(report.fold)
        bars.show("folds", report.done, report.total)

    return show


def follow_listening(bars: "Bars") -> Callable[[int, int], None]:
    """Return what shows how many recordings have been heard in search of duplicates."""

    def show(done: int, total: int) -> None:
        bars.show(LISTENING, done, total)
        if done == total:
            bars.drop(LISTENING)

    return show


def say_epoch(report: "EpochReport") -> str:
    """Put an epoch into a few words."""
    ua = "" if report.validation_ua is None else f", validation UA {100 * report.validation_ua:.1f} %"
    return f"epoch {report.epoch} of {report.n_epochs}, loss {report.loss:.3f}{ua}"


def say_scores(scores: "Scores") -> None:
    """Write WA and UA with their intervals."""
    from prosodyn.evaluation.intervals import interval_in_words

    for name, value, (low, high) in (
        ("WA", scores.wa, scores.wa_interval),
        ("UA", scores.ua, scores.ua_interval),
    ):
        interval = interval_in_words(low, high)
        say(f"{name} {value:5.1f} %   95 % interval {interval}, over {scores.interval_unit}")


def say_result(result: "ResultFile") -> None:
    """Write what was run, under which protocol, and how well it did."""
    from prosodyn.evaluation.adaptation import MEANINGS
    from prosodyn.evaluation.channels import ABOUT, TITLES
    from prosodyn.evaluation.protocols import find_protocol
    from prosodyn.evaluation.reference import TOY_NOTE, is_toy

    run = result.run
    say(f"{run.system} on {run.corpus}, recipe {run.recipe}")
    say(
        f"{run.protocol}: {find_protocol(run.protocol).about}; "
        f"training and test share {result.audit.shares}; {run.folds_done} of {run.folds_total} folds"
    )
    if run.adapted:
        say(f"unlabelled audio of the test speaker: {MEANINGS[run.adaptation]}; {result.n_scored} are scored")
    if run.channel:
        say(f"the test side was heard through {TITLES[run.channel]}: {ABOUT[run.channel]}")
    if run.selected_on_test:
        say("NOT A RESULT: the epoch was chosen on the test side, whose scores these are")
    say(result.audit.duplicates)
    say_scores(result.scores)
    if is_toy(run.corpus):
        say(TOY_NOTE)


def publish(results: Sequence["ResultFile"], folder: Path, human_rates: "HumanRates | None" = None) -> Path:
    """Write the report; without matplotlib, its texts.

    Returns:
        the path of `report.md`
    """
    from prosodyn.evaluation.report import write_report

    try:
        return write_report(results, folder, human_rates)
    except MissingExtraError as fault:
        remark(f"prosodyn: no figures in {folder}: {fault}")
        return folder / "report.md"
