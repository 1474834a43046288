"""What is left of a figure when the test recordings come over a telephone, or through a lossy codec."""

from collections.abc import Mapping, Sequence

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.channels import ABOUT
from prosodyn.evaluation.channels import TITLES as CHANNEL_TITLES
from prosodyn.evaluation.reference import TITLES
from prosodyn.evaluation.result_file import ResultFile, Run
from prosodyn.evaluation.tables import adaptation_note, figures, markdown_table
from prosodyn.types import Channel

Place = tuple[object, ...]
"""All that two results have in common which differ in the channel alone."""

EXPLAINED = (
    "- WA / UA in percent, in brackets the 95 % intervals; —: not run.",
    "- The same trained networks answer in all columns. Whatever is tested goes through the channel, as does "
    "what is heard of a speaker before; what was trained on, as its recipe has it.",
)


def channel_table(results: Sequence[ResultFile]) -> str:
    """Put what was answered through channels beside what was answered as recorded.

    Args:
        results: of any channels; those of which nothing was answered through a channel are left out

    Returns:
        Markdown: a row for each corpus, system, protocol and recipe, a column for each channel; empty where
        nothing was answered through any

    Raises:
        EvaluationError: two results for one cell
    """
    rows: dict[Place, dict[Channel, ResultFile]] = {}
    for result in (each for each in results if not each.run.selected_on_test):
        # a mean over other seeds is of other networks
        cells = rows.setdefault((*_place(result.run), result.scores.seeds), {})
        if result.run.channel in cells:
            raise EvaluationError(
                f"two results for {', '.join(result_titles(result.run))}, "
                f"{CHANNEL_TITLES[result.run.channel]}; keep one of them"
            )
        cells[result.run.channel] = result
    shown = {place: cells for place, cells in rows.items() if any(cells)}
    if not shown:
        return ""
    through = [channel for channel in ABOUT if any(channel in cells for cells in shown.values())]
    columns: list[Channel] = ["", *through]
    header = ["corpus", "system", "protocol, recipe", *(CHANNEL_TITLES[channel] for channel in columns)]
    body = [_row(cells, columns) for cells in shown.values()]
    told = [f"- {CHANNEL_TITLES[channel]}: {ABOUT[channel]}." for channel in through]
    return "\n".join([markdown_table(header, body), "", *EXPLAINED, *told])


def _row(cells: Mapping[Channel, ResultFile], columns: Sequence[Channel]) -> list[str]:
    run = next(iter(cells.values())).run
    return [*result_titles(run), *(figures(cells[each]) if each in cells else "—" for each in columns)]


def _place(run: Run) -> Place:
    return run.corpus, run.system, run.protocol, run.recipe, run.adaptation, run.outside_data


def result_titles(run: Run) -> list[str]:
    """Return corpus, system, and protocol with recipe, as tables name them."""
    outside = f", with {' + '.join(sorted(run.outside_data))}" if run.outside_data else ""
    names = [TITLES.get(name, name) for name in (run.corpus, run.system)]
    return [*names, f"{run.protocol}, {run.recipe}{adaptation_note(run)}{outside}"]
