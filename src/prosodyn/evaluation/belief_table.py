"""Whether confidence and sets of emotions could be believed, protocol by protocol."""

from collections.abc import Sequence

from prosodyn.bundle import COVERAGE
from prosodyn.evaluation.belief import Belief
from prosodyn.evaluation.calibration import N_BINS
from prosodyn.evaluation.channel_table import result_titles
from prosodyn.evaluation.channels import TITLES
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import markdown_table

HEADER = ("corpus", "system", "protocol, recipe", "heard", "ECE", "coverage", "emotions in a set")

EXPLAINED = (
    f"- ECE: how far confidence lies from the share of right answers, on average over {N_BINS} bins of equal "
    "mass; in percent, in brackets the 95 % interval over speakers, of fewer than eight over utterances. "
    "Chance adds to it, and to a resample most, so that the interval may lie above the figure.",
    f"- Coverage: how many of the sets of emotions hold the true one; {100 * COVERAGE:.0f} % was asked for.",
    "- Temperature and sets are learnt on the training side of each fold alone, from speakers held out.",
)


def belief_table(results: Sequence[ResultFile]) -> str:
    """Lay out what was measured; empty where nothing was."""
    rows = [
        [*result_titles(each.run), TITLES[each.run.channel], *_figures(each.belief)]
        for each in results
        if each.belief is not None
    ]
    return "\n".join([markdown_table(HEADER, rows), "", *EXPLAINED]) if rows else ""


def _figures(belief: Belief) -> list[str]:
    return [
        f"{100 * belief.ece:.1f} ({_interval(belief.ece_interval)})",
        f"{100 * belief.coverage:.1f} ({_interval(belief.coverage_interval)})",
        f"{belief.set_size:.2f}",
    ]


def _interval(interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{100 * low:.1f}–{100 * high:.1f}"
