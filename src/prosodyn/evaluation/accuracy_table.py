"""The short answer: what the seed's network reaches on each corpus, from scratch and after others."""

import dataclasses
from collections.abc import Mapping, Sequence

from prosodyn.evaluation.adaptation import Adaptation
from prosodyn.evaluation.cross_corpus import CROSSED
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.evaluation.reference import PAPER_SPLIT, PAPER_WA, TITLES, is_toy
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import figures, markdown_table

SYSTEM = "dycnn_bilstm"

BOTH = "pretrained+recommended"
"""What `reproduce --together` calls the recipe of networks of both."""

THREE = f"{BOTH}+without-corpora"
"""And of networks that were pretrained by the encoders alone, too."""

RECIPES = {
    "recommended": "from scratch",
    "pretrained": "pretrained",
    BOTH: "both together",
    THREE: "three kinds together",
}
"""The recipes that are told of, and what they are called."""

WAYS: Mapping[Adaptation, str] = {
    "none": "strangers",
    "all": "strangers, adapted",
    "self_training": "strangers, self-trained",
}
"""What may be learnt of a stranger without labels, and the columns' names."""

HEADER = ["corpus", "network", "split not stated", *WAYS.values(), "random 10-fold"]


def accuracy_table(results: Sequence[ResultFile]) -> str:
    """Put the seed's figures beside ours, a column for each question that can be asked.

    Args:
        results: of any systems; those of the seed's network that hold all folds are shown

    Returns:
        Markdown: of each corpus the paper's row and one for each recipe, then what the columns mean; empty
        where there is nothing of ours
    """
    ours = [result for result in results if _belongs(result)]
    corpora = sorted({result.run.corpus for result in ours})
    if not corpora:
        return ""
    rows = [row for corpus in corpora for row in _rows(corpus, ours)]
    outside = sorted({name for result in ours for name in result.run.outside_data})
    notes = [
        "- WA / UA in percent, in brackets the 95 % intervals; —: not run.",
        "- strangers: no speaker is on both sides, and no network, epoch or scaler was chosen on the test "
        "side (recipes were settled on other divisions of the same corpora, after earlier versions had been "
        "run); adapted: all unlabelled recordings of a test speaker were heard before (transductive, as is "
        "usual); self-trained: and what was answered about them taught once more.",
        "- random 10-fold: training and test share speakers, for comparison with older papers alone; recipes "
        "were settled after earlier versions had been run there, too.",
        f"- {PAPER_SPLIT}",
    ]
    if any(result.together is not None for result in ours):
        notes.append("- together: networks of several seeds, by the geometric mean of their probabilities.")
    if any(result.run.recipe == BOTH for result in ours):
        notes.append("- both together: the networks of both answer, each kind with the same weight.")
    if any(result.run.recipe == THREE for result in ours):
        notes.append(
            "- three kinds together: likewise, with those of `pretrained` that heard no other corpora."
        )
    if outside:
        notes.append(f"- pretrained: by {', '.join(outside)}, of which never the corpus under test.")
    return "\n".join([markdown_table(HEADER, rows), "", *notes])


def _belongs(result: ResultFile) -> bool:
    run = result.run
    is_asked = run.system == SYSTEM and run.recipe in RECIPES and run.adaptation in WAYS
    is_plain = not run.selected_on_test and not run.channel and run.protocol not in CROSSED
    return is_asked and run.complete and is_plain and not is_toy(run.corpus)


def _rows(corpus: str, results: Sequence[ResultFile]) -> list[list[str]]:
    title = TITLES.get(corpus, corpus)
    paper = PAPER_WA.get(corpus, {}).get(SYSTEM)
    rows = [] if paper is None else [[title, "the paper's", f"{paper:.2f} / —", *["—"] * (len(WAYS) + 1)]]
    for recipe, name in RECIPES.items():
        own = [result for result in results if (result.run.corpus, result.run.recipe) == (corpus, recipe)]
        rows += [[title, name, "—", *_columns(own)]] if own else []
        rows += _together_rows(title, name, own)
    return rows


def _together_rows(title: str, name: str, own: Sequence[ResultFile]) -> list[list[str]]:
    """Show what the networks of several seeds reach together, where they did."""
    joined = [dataclasses.replace(each, scores=each.together) for each in own if each.together is not None]
    if not joined:
        return []
    numbers = sorted({len(each.scores.seeds) for each in own if each.together is not None})
    return [[title, f"{name}, {' or '.join(map(str, numbers))} together", "—", *_columns(joined)]]


def _columns(results: Sequence[ResultFile]) -> list[str]:
    """Return the cells of the questions that can be asked."""
    of_strangers = [each for each in results if _is_of_strangers(each)]
    return [
        *(_cell([each for each in of_strangers if each.run.adaptation == way]) for way in WAYS),
        _cell([each for each in results if each.run.protocol == "kfold10"]),
    ]


def _is_of_strangers(result: ResultFile) -> bool:
    return find_protocol(result.run.protocol).new_speakers


def _cell(results: Sequence[ResultFile]) -> str:
    return "; ".join(figures(result) for result in results) or "—"
