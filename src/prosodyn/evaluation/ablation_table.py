"""What each part is worth: the same system without it, on the same folds, beside the whole."""

from collections.abc import Mapping, Sequence

from prosodyn.evaluation.paired_table import signed
from prosodyn.evaluation.reference import TITLES
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import figures, markdown_table

EXPLAINED = (
    "- Each row changes one thing about what its table names. Differences in points of percent; in brackets "
    "the 95 % interval, by a bootstrap over speakers that draws both alike.",
    "- *better*, *worse*: the interval of WA leaves zero out. Of a dozen such rows, one may by chance.",
)


def ablation_table(ablations: Sequence[ResultFile], changes: Mapping[str, str]) -> str:
    """Lay out every ablation beside what it was compared with, what costs most first.

    Args:
        ablations: results, each compared with one other, which is named as their rival
        changes: recipe to a sentence on what it changes; of any other recipe the network was changed

    Returns:
        Markdown, a table a rival; empty where there are none
    """
    rivals = sorted({result.paired[0].rival for result in ablations})
    tables = [
        _table(rival, [each for each in ablations if each.paired[0].rival == rival], changes)
        for rival in rivals
    ]
    return "\n\n".join([*tables, "\n".join(EXPLAINED)]) if tables else ""


def _table(rival: str, ablations: Sequence[ResultFile], changes: Mapping[str, str]) -> str:
    rows = [
        [
            _change(result, changes),
            figures(result),
            signed(pair.wa_difference, pair.wa_difference_interval),
            signed(pair.ua_difference, pair.ua_difference_interval),
            pair.verdict,
        ]
        for result in sorted(ablations, key=lambda result: result.paired[0].wa_difference)
        for pair in result.paired
    ]
    run = ablations[0].run
    place = f"{TITLES.get(run.corpus, run.corpus)}, `{run.protocol}`, against {rival}"
    header = ["change", "WA / UA", "WA difference", "UA difference", "verdict"]
    return f"**{place}**\n\n{markdown_table(header, rows)}"


def _change(result: ResultFile, changes: Mapping[str, str]) -> str:
    run = result.run
    return changes.get(run.recipe, f"{TITLES.get(run.system, run.system)} in its place.")
