"""Is one system better than another? Only where the paired interval says so, and of enough speakers."""

from collections.abc import Sequence

from prosodyn.evaluation.intervals import MIN_SPEAKERS
from prosodyn.evaluation.paired import SIGNIFICANT, Paired
from prosodyn.evaluation.reference import TITLES
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import adaptation_note, markdown_table, partial_note

EXPLAINED = (
    "- Differences in points of percent, the first system less the second; in brackets the 95 % interval, "
    "by a bootstrap that draws both alike.",
    "- p: of a sign-flip test over speakers. *better*, *worse*: the interval of WA leaves zero out, and p is "
    f"below {SIGNIFICANT:g}. Chance of the training is in neither, but for the mean over several seeds. "
    f"With fewer than {MIN_SPEAKERS} speakers nothing is claimed; the difference of each is shown.",
)


def paired_table(results: Sequence[ResultFile]) -> str:
    """Lay out every comparison of two systems.

    Returns:
        Markdown; empty where no two systems were compared
    """
    plain = [result for result in results if not result.run.channel]
    rows = [_row(result, paired) for result in plain for paired in result.paired]
    if not rows:
        return ""
    header = ["corpus", "protocol, recipe", "systems", "WA difference", "UA difference", "p", "verdict"]
    return "\n".join([markdown_table(header, rows), "", *EXPLAINED])


def _row(result: ResultFile, paired: Paired) -> list[str]:
    run = result.run
    return [
        TITLES.get(run.corpus, run.corpus),
        f"{run.protocol}, {run.recipe}{adaptation_note(run)}{partial_note(run)}",
        f"{TITLES.get(run.system, run.system)} less {TITLES.get(paired.rival, paired.rival)}",
        signed(paired.wa_difference, paired.wa_difference_interval),
        signed(paired.ua_difference, paired.ua_difference_interval),
        told_p(paired),
        told_verdict(paired),
    ]


def signed(difference: float, interval: tuple[float, float]) -> str:
    """Write a difference with its interval, both with their signs."""
    low, high = interval
    return f"{difference:+.1f} ({low:+.1f} to {high:+.1f})"


def told_p(paired: Paired) -> str:
    """Write p, where there are speakers enough for it to say something."""
    if paired.difference_unit != "speakers":
        return "—"
    return f"{paired.p_value:.3f}" if paired.p_value >= 0.001 else "< 0.001"


def told_verdict(paired: Paired) -> str:
    """Write what may be said aloud; of few speakers, each one's difference instead."""
    if paired.difference_unit == "speakers":
        return paired.verdict
    each = ", ".join(f"{speaker} {points:+.1f}" for speaker, points in paired.by_speaker.items())
    return f"{paired.verdict}: {each}"
