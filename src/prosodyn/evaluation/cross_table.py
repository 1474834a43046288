"""The cross-corpus matrix: a row for what is heard, a column for what is tested, a table a system."""

from collections.abc import Sequence

from prosodyn.evaluation.cross_corpus import LINK
from prosodyn.evaluation.reference import TITLES
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import markdown_table

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
    crossed = [result for result in results if result.run.protocol == PROTOCOL]
    kinds = sorted({(result.run.system, result.run.recipe) for result in crossed})
    parts = [
        f"**{TITLES.get(system, system)}, `{recipe}`**\n\n"
        + _matrix([item for item in crossed if (item.run.system, item.run.recipe) == (system, recipe)])
        for system, recipe in kinds
    ]
    return "\n\n".join([*parts, "\n".join(EXPLAINED)]) if parts else ""


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
