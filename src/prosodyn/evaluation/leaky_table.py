"""How much a figure gains from choosing the epoch on the test side, which no honest figure does."""

from collections.abc import Sequence

from prosodyn.evaluation.reference import TITLES
from prosodyn.evaluation.result_file import ResultFile, Run
from prosodyn.evaluation.tables import adaptation_note, figures, markdown_table

EXPLAINED = (
    "- Selected on test: the epoch with the best UA of the very recordings that are then scored, as many "
    "papers have it. **Not a result**, and not comparable with any other table of this page."
)


def leaky_table(results: Sequence[ResultFile]) -> str:
    """Put every figure that was selected on the test side beside the honest one.

    Returns:
        Markdown; empty where nothing was selected on a test side
    """
    honest = {_place(result.run): result for result in results if not result.run.selected_on_test}
    leaky = [result for result in results if result.run.selected_on_test]
    if not leaky:
        return ""
    rows = [[*_titles(result.run), _honest(honest, result.run), figures(result)] for result in leaky]
    header = ["corpus", "system", "protocol, recipe", "honest: WA / UA", "selected on test: WA / UA"]
    return f"{markdown_table(header, rows)}\n\n{EXPLAINED}"


def _place(run: Run) -> tuple[object, ...]:
    return run.corpus, run.system, run.protocol, run.recipe, run.adaptation, run.outside_data


def _honest(honest: dict[tuple[object, ...], ResultFile], run: Run) -> str:
    found = honest.get(_place(run))
    return "—" if found is None else figures(found)


def _titles(run: Run) -> list[str]:
    names = [TITLES.get(name, name) for name in (run.corpus, run.system)]
    return [*names, f"{run.protocol}, {run.recipe}{adaptation_note(run)}"]
