"""What each part is worth: the same system without it, on the same folds, beside the whole."""

from collections.abc import Mapping, Sequence

from prosodyn.evaluation.paired import SIGNIFICANT
from prosodyn.evaluation.paired_table import signed, told_p
from prosodyn.evaluation.reference import TITLES
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import figures, markdown_table

_EXPLAINED = (
    "- Each row changes what it says about the first one. Differences in points of percent; in brackets "
    "the 95 % interval, by a bootstrap over speakers that draws both alike.",
    "- One seed each: how a training happens to go is not in these intervals.",
    "- p: of a sign-flip test over speakers, row by row. *better*, *worse*: the interval of WA leaves zero "
    f"out, and p is below {SIGNIFICANT:g}; of {{n_rows}} rows, {{by_chance:.1f}} would be by chance.",
)


def ablation_table(results: Sequence[ResultFile], changes: Mapping[str, str], name: tuple[str, str]) -> str:
    """Lay out every ablation below what it was taken from, what costs most first.

    Args:
        results: the whole, and ablations, each compared with it and nothing else
        changes: recipe to a sentence on it; of the whole's own recipe the network was changed
        name: system and recipe of the whole

    Returns:
        Markdown; empty where there are no ablations
    """
    by_name = {(result.run.system, result.run.recipe): result for result in results}
    whole = by_name.pop(name, None)
    if whole is None or not by_name:
        return ""
    ablations = sorted(by_name.values(), key=lambda result: result.paired[0].wa_difference)
    rows = [
        [changes[whole.run.recipe], figures(whole), "—", "—", "—", ""],
        *(_row(result, _change(result, whole, changes)) for result in ablations),
    ]
    place = f"{TITLES.get(whole.run.corpus, whole.run.corpus)}, `{whole.run.protocol}`"
    header = ["change", f"{place}, WA / UA", "WA difference", "UA difference", "p", "verdict"]
    told = "\n".join(_EXPLAINED).format(n_rows=len(ablations), by_chance=SIGNIFICANT * len(ablations))
    return f"{markdown_table(header, rows)}\n\n{told}"


def _row(result: ResultFile, change: str) -> list[str]:
    (pair,) = result.paired
    return [
        change,
        figures(result),
        signed(pair.wa_difference, pair.wa_difference_interval),
        signed(pair.ua_difference, pair.ua_difference_interval),
        told_p(pair),
        pair.verdict,
    ]


def _change(result: ResultFile, whole: ResultFile, changes: Mapping[str, str]) -> str:
    run = result.run
    if run.recipe == whole.run.recipe:
        return f"{TITLES.get(run.system, run.system)} in its place."
    return changes[run.recipe]
