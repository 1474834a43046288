"""Write what an evaluation found: Markdown for people, JSON for programs, figures for both."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.adaptation import MEANINGS
from prosodyn.evaluation.channel_table import channel_table
from prosodyn.evaluation.channels import ABOUT, run_suffix
from prosodyn.evaluation.channels import TITLES as CHANNEL_TITLES
from prosodyn.evaluation.intervals import interval_in_words
from prosodyn.evaluation.metrics import row_normalised
from prosodyn.evaluation.plots import plot_confusion
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.evaluation.reference import PAPER_RECALLS, TITLES, TOY_NOTE, is_toy
from prosodyn.evaluation.result_file import COST_SECONDS, ResultFile, Run
from prosodyn.evaluation.tables import adaptation_note, markdown_table, partial_note, table1
from prosodyn.files import write_text
from prosodyn.mapping import json_text

HumanRates = Mapping[str, Mapping[str, float]]
"""Corpus and emotion to the percentage of listeners who recognised it."""


def write_report(
    results: Sequence[ResultFile], directory: Path, human_rates: HumanRates | None = None
) -> Path:
    """Write `report.md`, `report.json` and a confusion matrix per result into a folder.

    The figures come last, so that without matplotlib the texts are there all the same.

    Args:
        results: one section each, in this order
        directory: made where it is missing; files of an older report are replaced
        human_rates: where listeners were asked, as for EmoDB

    Returns:
        the path of `report.md`

    Raises:
        EvaluationError: no results, or two results for one cell of the table
        OutputError: nothing can be written there
        MissingExtraError: matplotlib is not installed
    """
    if not results:
        raise EvaluationError("no results were given; a report needs at least one")
    report = directory / "report.md"
    write_text(directory / "report.json", json_text([result.to_mapping() for result in results]))
    write_text(report, render_report(results, human_rates))
    for result, name in zip(results, figure_names(results), strict=True):
        matrix = row_normalised(np.array(result.scores.confusion))
        plot_confusion(matrix, result.scores.labels, figure_title(result), directory / name)
    return report


def render_report(results: Sequence[ResultFile], human_rates: HumanRates | None = None) -> str:
    """Return the Markdown of a report; see `write_report`."""
    parts = ["# Evaluation"]
    if len(results) > 1:
        parts += [table1(results), *filter(None, [channel_table(results)])]
    for result, name in zip(results, figure_names(results), strict=True):
        parts += _section(result, name, (human_rates or {}).get(result.run.corpus, {}))
    return "\n\n".join(parts) + "\n"


def figure_names(results: Sequence[ResultFile]) -> list[str]:
    """Name the figure of each result: `confusion.png`, or numbered where there are several."""
    if len(results) == 1:
        return ["confusion.png"]
    return [
        f"confusion-{number:02}-{result.run.corpus}-{result.run.system}-{result.run.protocol}"
        f"{run_suffix(result.run.adaptation, result.run.channel)}.png"
        for number, result in enumerate(results, start=1)
    ]


def figure_title(result: ResultFile) -> str:
    """Say above a figure what was run and how, so that no two results look alike.

    For instance `DyCNN + Bi-LSTM on EmoDB, kfold10, paper, 1 of 10 folds`.
    """
    run = result.run
    chosen = ", epoch chosen on the test side" if run.selected_on_test else ""
    folds = "" if run.complete else f", {run.folds_done} of {run.folds_total} folds"
    heard = f"{adaptation_note(run)}{_channel_note(run)}"
    return f"{_title(result)}, {run.protocol}, {run.recipe}{heard}{chosen}{folds}"


def _channel_note(run: Run) -> str:
    return f", through {CHANNEL_TITLES[run.channel]}" if run.channel else ""


def _title(result: ResultFile) -> str:
    system, corpus = result.run.system, result.run.corpus
    return f"{TITLES.get(system, system)} on {TITLES.get(corpus, corpus)}"


def _section(result: ResultFile, figure: str, human_rates: Mapping[str, float]) -> list[str]:
    run = result.run
    return [
        f"## {_title(result)}, `{run.protocol}`{adaptation_note(run)}{_channel_note(run)}",
        _protocol(result),
        "### Accuracy",
        _accuracy(result),
        "### Recall of each emotion",
        _recalls(result, human_rates),
        "### Confusion matrix",
        "Percent of the row's emotion (what was said) that was taken for the column's.",
        _confusion(result),
        f"![Confusion matrix]({figure})",
        "### Cost",
        _cost(result),
        "### How to repeat",
        f"```\n{run.command}\n```",
        f"prosodyn {run.version}",
    ]


def _protocol(result: ResultFile) -> str:
    run, audit = result.run, result.audit
    counted = {"speakers": audit.speakers, "texts": audit.texts, "sessions": audit.sessions}
    counts = ", ".join(f"{'unknown' if n is None else n} {name}" for name, n in counted.items())
    lines = [
        f"- protocol: `{run.protocol}`, {find_protocol(run.protocol).about}",
        f"- training and test share: {audit.shares} (most in a fold: {counts})",
        f"- {audit.duplicates}",
        f"- folds: {run.folds_done} of {run.folds_total}",
        f"- seeds: {', '.join(map(str, result.scores.seeds))}",
        f"- recipe: `{run.recipe}`",
        f"- outside data: {', '.join(run.outside_data) or 'none'}",
        f"- unlabelled audio of the test speaker: {MEANINGS[run.adaptation]}",
        f"- scored: {result.n_scored} recordings"
        + (f" ({run.n_enrolled} enrolled)" if run.n_enrolled else ""),
    ]
    if run.channel:
        lines.append(f"- the test side was heard through {CHANNEL_TITLES[run.channel]}: {ABOUT[run.channel]}")
    if is_toy(run.corpus):
        lines.append(f"- {TOY_NOTE}")
    return "\n".join(lines)


def _accuracy(result: ResultFile) -> str:
    scores = result.scores
    rows = [
        [name, f"{value:.1f}{partial_note(result.run)}", interval_in_words(low, high)]
        for name, value, (low, high) in (
            ("weighted accuracy (WA)", scores.wa, scores.wa_interval),
            ("unweighted accuracy (UA)", scores.ua, scores.ua_interval),
            ("macro-F1", scores.macro_f1, scores.macro_f1_interval),
        )
    ]
    limit = "" if scores.interval_unit == "speakers" else "; they say nothing about new speakers"
    note = (
        "Pooled over all tested utterances, mean over seeds. "
        f"Intervals: bootstrap over {scores.interval_unit}{limit}."
    )
    return f"{markdown_table(['measure', 'percent', '95 % interval'], rows)}\n\n{note}"


def _recalls(result: ResultFile, human_rates: Mapping[str, float]) -> str:
    """Put each recall beside the paper's and the listeners', where there are any."""
    scores = result.scores
    paper = PAPER_RECALLS.get(result.run.corpus, {})
    columns: dict[str, Mapping[str, str]] = {
        "tested": {
            label: str(sum(row) // len(scores.seeds))
            for label, row in zip(scores.labels, scores.confusion, strict=True)
        },
        "recall, percent": {label: f"{value:.1f}" for label, value in scores.recalls.items()},
    }
    if paper:
        columns["paper's DyCNN + Bi-LSTM"] = {label: str(named) for label, named in paper.items()}
    if human_rates:
        columns["listeners"] = {label: f"{value:.1f}" for label, value in human_rates.items()}
    rows = [[label, *(column.get(label, "—") for column in columns.values())] for label in scores.labels]
    return markdown_table(["emotion", *columns], rows)


def _confusion(result: ResultFile) -> str:
    labels = result.scores.labels
    shares = row_normalised(np.array(result.scores.confusion))
    rows = [
        [label, *("—" if np.isnan(share) else f"{100 * share:.1f}" for share in row)]
        for label, row in zip(labels, shares, strict=True)
    ]
    return markdown_table(["", *labels], rows)


def _cost(result: ResultFile) -> str:
    cost = result.cost
    rows = [
        ["parameters", "—" if cost.n_parameters is None else f"{cost.n_parameters:,}"],
        ["multiply-adds", "—" if cost.n_multiply_adds is None else f"{cost.n_multiply_adds:,}"],
        ["latency", "—" if cost.latency_ms is None else f"{cost.latency_ms:.1f} ms"],
        ["training, all folds and seeds", f"{result.run.seconds_training:,.0f} s"],
    ]
    note = f"Multiply-adds (network only) and latency (one thread): for an utterance of {COST_SECONDS:g} s."
    if result.run.system == "dycnn_bilstm":
        note += (
            " Each direction of the Bi-LSTM has half the width of the baseline's LSTM, so that the sum "
            "may be below the baseline's, although the convolutions cost more."
        )
    return f"{markdown_table(['cost', 'of the system'], rows)}\n\n{note}"
