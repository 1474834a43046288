"""Classical systems beside the networks on the same folds: a table a corpus and protocol, best UA first."""

from collections.abc import Sequence

from prosodyn.evaluation.adaptation import COLUMNS, Adaptation
from prosodyn.evaluation.reference import CLASSICAL, TITLES
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import figures, markdown_table

Place = tuple[str, str, Adaptation]
"""Corpus, protocol, adaptation: what systems are compared in."""


def comparison_table(results: Sequence[ResultFile]) -> str:
    """Rank the systems wherever a classical one was run.

    Args:
        results: of any systems; what holds only some of its folds is left out, since ranks need equal folds

    Returns:
        Markdown; empty where there is no classical system
    """
    plain = [result for result in results if not result.run.selected_on_test and not result.run.channel]
    whole = [result for result in plain if result.run.complete]
    places = sorted({_place(result) for result in whole if result.run.recipe == CLASSICAL})
    return "\n\n".join(
        _ranking(place, [result for result in whole if _place(result) == place]) for place in places
    )


def _place(result: ResultFile) -> Place:
    return result.run.corpus, result.run.protocol, result.run.adaptation


def _ranking(place: Place, results: Sequence[ResultFile]) -> str:
    corpus, protocol, adaptation = place
    adapted = f", {COLUMNS[adaptation]}" if adaptation in COLUMNS else ""
    ranked = sorted(results, key=lambda result: -result.scores.ua)
    rows = [[_title(result), figures(result)] for result in ranked]
    header = ["system, the best UA first", "WA / UA"]
    return f"**{TITLES.get(corpus, corpus)}, `{protocol}`{adapted}**\n\n{markdown_table(header, rows)}"


def _title(result: ResultFile) -> str:
    title = TITLES.get(result.run.system, result.run.system)
    return title if result.run.recipe == CLASSICAL else f"{title}, `{result.run.recipe}`"
