"""Markdown tables of results: every figure beside its protocol, never without it."""

from collections.abc import Sequence

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.adaptation import COLUMNS, MEANINGS, Adaptation
from prosodyn.evaluation.intervals import MIN_SPEAKERS
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.evaluation.reference import CLASSICAL, PAPER_SPLIT, PAPER_WA, TITLES, TOY_NOTE, is_toy
from prosodyn.evaluation.result_file import ResultFile, Run

Column = tuple[str, str, Adaptation, tuple[str, ...]]
"""Protocol, recipe, adaptation, outside data: results that differ in any never share a column."""


def table1(results: Sequence[ResultFile]) -> str:
    """Put the paper's Table 1 beside our figures.

    Args:
        results: of any corpora, networks, protocols and recipes, each at most once; pairs of corpora,
            classical systems and what was selected on a test side have tables of their own

    Returns:
        Markdown: a row per corpus and system, the paper's first; a column per protocol and recipe;
        then what the columns mean

    Raises:
        EvaluationError: two results for one cell
    """
    results = [result for result in results if _belongs(result.run)]
    cells = _cells(results)
    columns = sorted({column for _, _, column in cells}, key=_column_order)
    rows = [(corpus, system) for corpus in PAPER_WA for system in PAPER_WA[corpus]]
    rows += sorted({(corpus, system) for corpus, system, _ in cells} - set(rows))
    header = ["corpus", "system", "paper: WA", *map(_column_title, columns)]
    body = [
        [_title(corpus), _title(system), _paper(corpus, system)]
        + [_cell(cells.get((corpus, system, column))) for column in columns]
        for corpus, system in rows
    ]
    notes = [*_explain_figures(results), *_legend(rows, columns), *_duplicates(results)]
    return "\n".join([markdown_table(header, body), "", *notes])


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out a Markdown table, its columns padded so that the source reads well too.

    Examples:
        >>> print(markdown_table(["emotion", "recall"], [["anger", "75.0"]]))
        | emotion | recall |
        |---------|--------|
        | anger   | 75.0   |
    """
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (header, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    rule = "|".join("-" * (width + 2) for width in widths)
    return "\n".join([f"| {lines[0]} |", f"|{rule}|", *(f"| {line} |" for line in lines[1:])])


def figures(result: ResultFile) -> str:
    """Write WA and UA in percent, the 95 % interval of WA, and the folds where some are missing."""
    scores = result.scores
    low, high = scores.wa_interval
    return f"{scores.wa:.1f} / {scores.ua:.1f} ({low:.1f}–{high:.1f}){partial_note(result.run)}"


def partial_note(run: Run) -> str:
    """Say how many folds a figure holds, where it does not hold all.

    Examples:
        >>> from prosodyn.evaluation.result_file import Run
        >>> partial_note(Run("cnn_lstm", "emodb", "paper", "", "kfold10", False, (), 2, 10, 9.5, "", "0.1.0"))
        ' (2 of 10 folds)'
    """
    return "" if run.complete else f" ({run.folds_done} of {run.folds_total} folds)"


def adaptation_note(run: Run) -> str:
    """Say how a figure was adapted to the test speaker, where it was.

    Examples:
        >>> from prosodyn.evaluation.result_file import Run
        >>> run = Run("cnn_lstm", "own", "own", "", "loso", True, (), 2, 2, 9.5, "", "0.1.0", "enrolment")
        >>> adaptation_note(run)
        ', enrolled'
    """
    return f", {COLUMNS[run.adaptation]}" if run.adaptation in COLUMNS else ""


def _belongs(run: Run) -> bool:
    return run.protocol != "cross_corpus" and run.recipe != CLASSICAL and not run.selected_on_test


def _cells(results: Sequence[ResultFile]) -> dict[tuple[str, str, Column], ResultFile]:
    cells: dict[tuple[str, str, Column], ResultFile] = {}
    for result in results:
        run = result.run
        place = (run.corpus, run.system, (run.protocol, run.recipe, run.adaptation, run.outside_data))
        if place in cells:
            raise EvaluationError(
                f"two results for {run.corpus}, {run.system}, {run.protocol}, {run.recipe}; keep one of them"
            )
        cells[place] = result
    return cells


def _column_order(column: Column) -> tuple[bool, tuple[str, ...], str, str, Adaptation]:
    """Plain columns first, then adapted ones, then those that know other audio."""
    protocol, recipe, adaptation, outside = column
    return adaptation != "none", outside, recipe, protocol, adaptation


def _column_title(column: Column) -> str:
    protocol, recipe, adaptation, outside = column
    parts = [
        protocol,
        recipe,
        *([COLUMNS[adaptation]] if adaptation in COLUMNS else []),
        *([f"with {' + '.join(outside)}"] if outside else []),
    ]
    return f"{', '.join(parts)}: WA / UA"


def _title(name: str) -> str:
    return TITLES.get(name, name)


def _paper(corpus: str, system: str) -> str:
    known = PAPER_WA.get(corpus, {})
    return f"{known[system]:.2f}" if system in known else "—"


def _cell(result: ResultFile | None) -> str:
    return "—" if result is None else figures(result)


def _explain_figures(results: Sequence[ResultFile]) -> list[str]:
    """Say what the figures of a cell are, and how sure."""
    lines = ["- WA / UA: percent, pooled over all tested utterances, mean over seeds; —: not run."]
    if results:
        counts = sorted({len(result.scores.seeds) for result in results})
        lines.append(
            f"- In brackets: 95 % interval of WA, bootstrap over speakers where at least {MIN_SPEAKERS} were "
            "tested, else over utterances, which says nothing about new speakers; "
            f"seeds behind a figure: {' or '.join(map(str, counts))}."
        )
    return lines


def _legend(rows: Sequence[tuple[str, str]], columns: Sequence[Column]) -> list[str]:
    """Say what the columns are, and what each protocol lets training and test share."""
    lines = [f"- {PAPER_SPLIT}"]
    for name in dict.fromkeys(protocol for protocol, *_ in columns):
        protocol = find_protocol(name)
        lines.append(f"- `{name}`: {protocol.about}; training and test share {protocol.shares}.")
    for adaptation in dict.fromkeys(adaptation for _, _, adaptation, _ in columns):
        if adaptation in COLUMNS:
            lines.append(
                f"- {COLUMNS[adaptation]}: unlabelled audio of the test speaker was {MEANINGS[adaptation]}."
            )
    if any(is_toy(corpus) for corpus, _ in rows):
        lines.append(f"- {TOY_NOTE}")
    return lines


def _duplicates(results: Sequence[ResultFile]) -> list[str]:
    """Say what was tested although training had heard the recording; nothing where nobody listened."""
    heard = [result for result in results if result.audit.exact_duplicates is not None]
    if not heard:
        return []
    leaking = {
        f"{_title(result.run.corpus)} under `{result.run.protocol}`{partial_note(result.run)}: "
        f"{result.audit.exact_duplicates} exact, {result.audit.near_duplicates} near"
        for result in heard
        if result.audit.exact_duplicates or result.audit.near_duplicates
    }
    where = f"looked for in {len(heard)} of {len(results)} figures"
    return [f"- Duplicate recordings on both sides, {where}: {'; '.join(sorted(leaking)) or 'none'}."]
