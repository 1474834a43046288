"""The cross-corpus matrix: a row for what is heard, a column for what is tested.

A table holds one system, by one recipe, adapted to the test speakers in one way, or not at all.
"""

from collections.abc import Sequence

from prosodyn.evaluation.cross_corpus import LINK
from prosodyn.evaluation.reference import TITLES, TOY_NOTE, is_toy
from prosodyn.evaluation.result_file import ResultFile, Run
from prosodyn.evaluation.tables import adaptation_note, markdown_table

PROTOCOL = "cross_corpus"

EXPLAINED = (
    "- UA in percent over the emotions that both corpora name; how many these are, and the UA of guessing; "
    "—: not run.",
    "- Rows are trained on, columns tested; no speaker, sentence or microphone is shared.",
)


def cross_tables(results: Sequence[ResultFile]) -> str:
    """Lay out every result of the protocol `cross_corpus`.

    Args:
        results: of any protocols; others are left out

    Returns:
        Markdown; empty where there is no such result
    """
    crossed = [result for result in results if _belongs(result)]
    matrices: dict[str, list[ResultFile]] = {}
    for result in sorted(crossed, key=_order):
        matrices.setdefault(_heading(result.run), []).append(result)
    parts = [f"**{heading}**\n\n{_matrix(alike)}" for heading, alike in matrices.items()]
    toy = [f"- {TOY_NOTE}"] if any(is_toy(result.run.corpus) for result in crossed) else []
    return "\n\n".join([*parts, "\n".join([*EXPLAINED, *toy])]) if parts else ""


def _order(result: ResultFile) -> tuple[str, str, bool, str]:
    """Put plain results before adapted ones."""
    run = result.run
    return run.system, run.recipe, run.adapted, run.adaptation


def _heading(run: Run) -> str:
    """Say all that results of one matrix have in common."""
    return f"{TITLES.get(run.system, run.system)}, `{run.recipe}`{adaptation_note(run)}"


def _belongs(result: ResultFile) -> bool:
    return result.run.protocol == PROTOCOL and not result.run.selected_on_test


def _matrix(results: Sequence[ResultFile]) -> str:
    cells = {tuple(result.run.corpus.split(LINK, maxsplit=1)): _cell(result) for result in results}
    names = sorted({name for pair in cells for name in pair})
    header = ["trained on", *(TITLES.get(name, name) for name in names)]
    rows = [
        [TITLES.get(heard, heard), *(cells.get((heard, tested), "—") for tested in names)] for heard in names
    ]
    return markdown_table(header, rows)


def _cell(result: ResultFile) -> str:
    n_emotions = len(result.scores.labels)
    low, high = result.scores.ua_interval
    return f"{result.scores.ua:.1f} ({low:.1f}–{high:.1f}); {n_emotions}, {100 / n_emotions:.1f}"
