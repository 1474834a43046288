"""The cross-corpus matrix: a row for what is heard, one corpus or several, a column for what is tested.

A table holds one system, by one recipe, adapted to the test speakers in one way, or not at all.
"""

from collections.abc import Sequence

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.cross_corpus import CROSSED, parts_of_pair
from prosodyn.evaluation.reference import TITLES, TOY_NOTE, is_toy
from prosodyn.evaluation.result_file import ResultFile, Run
from prosodyn.evaluation.tables import adaptation_note, markdown_table, partial_note

EXPLAINED = (
    "- UA in percent over the emotions that both sides name; how many these are, and the UA of guessing; "
    "—: not run.",
    "- Rows are trained on, columns tested: other speakers, sentences and microphones.",
)


def cross_tables(results: Sequence[ResultFile]) -> str:
    """Lay out every result of the protocols `cross_corpus` and `leave_one_corpus_out`.

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
    heard, _ = parts_of_pair(run.corpus)
    besides = [name for name in run.outside_data if name not in heard]
    outside = f", with {' + '.join(besides)}" if besides else ""
    return f"{TITLES.get(run.system, run.system)}, `{run.recipe}`{adaptation_note(run)}{outside}"


def _belongs(result: ResultFile) -> bool:
    return result.run.protocol in CROSSED and not result.run.selected_on_test and not result.run.channel


def _matrix(results: Sequence[ResultFile]) -> str:
    cells: dict[tuple[tuple[str, ...], str], str] = {}
    for result in results:
        pair = parts_of_pair(result.run.corpus)
        if pair in cells:
            raise EvaluationError(
                f"two results for {result.run.corpus}, {result.run.recipe}; keep one of them"
            )
        cells[pair] = _cell(result)
    columns = sorted({tested for _, tested in cells})
    header = ["trained on", *(TITLES.get(tested, tested) for tested in columns)]
    rows = [
        [_title(heard), *(cells.get((heard, tested), "—") for tested in columns)]
        for heard in sorted({heard for heard, _ in cells}, key=lambda names: (len(names), names))
    ]
    return markdown_table(header, rows)


def _title(heard: Sequence[str]) -> str:
    return ", ".join(TITLES.get(name, name) for name in heard)


def _cell(result: ResultFile) -> str:
    n_emotions = len(result.scores.labels)
    low, high = result.scores.ua_interval
    return (
        f"{result.scores.ua:.1f} ({low:.1f}–{high:.1f}){partial_note(result.run)}; "
        f"{n_emotions}, {100 / n_emotions:.1f}"
    )
