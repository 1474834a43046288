"""Markdown tables of results: every figure beside its protocol, never without it."""

from collections.abc import Mapping, Sequence

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.adaptation import COLUMNS, MEANINGS, Adaptation
from prosodyn.evaluation.cross_corpus import CROSSED
from prosodyn.evaluation.intervals import MIN_SPEAKERS
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.evaluation.reference import CLASSICAL, PAPER_SPLIT, PAPER_WA, TITLES, TOY_NOTE, is_toy
from prosodyn.evaluation.result_file import ResultFile, Run
from prosodyn.evaluation.scores import Scores

Place = tuple[str, str, Adaptation, tuple[str, ...]]
"""Protocol, recipe, adaptation, outside data: results that differ in any never share a row."""

PAPER_SYSTEMS = ("cnn_lstm", "dycnn_bilstm")


def table1(results: Sequence[ResultFile]) -> str:
    """Put the paper's Table 1 beside our figures.

    Args:
        results: of any corpora, networks, protocols and recipes, each at most once; pairs of corpora,
            classical systems, what went through a channel and what was selected on a test side have tables
            of their own

    Returns:
        Markdown: of each corpus a row with the paper's figures, then one for each protocol and recipe;
        a column for each system; then what the rows mean

    Raises:
        EvaluationError: two results for one cell
    """
    results = [result for result in results if _belongs(result.run)]
    cells = _cells(results)
    systems = [*PAPER_SYSTEMS, *sorted({system for _, system, _ in cells} - set(PAPER_SYSTEMS))]
    corpora = [*PAPER_WA, *sorted({corpus for corpus, _, _ in cells} - PAPER_WA.keys())]
    places = {corpus: _places_of(corpus, cells) for corpus in corpora}
    body = [
        row
        for corpus in corpora
        for row in (
            *([_paper_row(corpus, systems)] if corpus in PAPER_WA else []),
            *(_row(corpus, place, systems, cells) for place in places[corpus]),
        )
    ]
    header = ["corpus", "protocol, recipe", *(f"{_title(system)}: WA / UA" for system in systems)]
    legend = _legend(corpora, [place for corpus in corpora for place in places[corpus]])
    notes = [*_explain_figures(results), *legend, *_duplicates(results)]
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
    """Write WA and UA in percent, the 95 % interval of each, and the folds where some are missing."""
    return figures_of(result.scores) + partial_note(result.run)


def figures_of(scores: Scores) -> str:
    """Write WA and UA in percent, and the 95 % interval of each."""
    measures = ((scores.wa, scores.wa_interval), (scores.ua, scores.ua_interval))
    return " / ".join(f"{value:.1f} ({low:.1f}–{high:.1f})" for value, (low, high) in measures)


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
    is_plain = not run.selected_on_test and not run.channel
    return is_plain and run.protocol not in CROSSED and run.recipe != CLASSICAL


def _cells(results: Sequence[ResultFile]) -> dict[tuple[str, str, Place], ResultFile]:
    cells: dict[tuple[str, str, Place], ResultFile] = {}
    for result in results:
        run = result.run
        place = (run.corpus, run.system, (run.protocol, run.recipe, run.adaptation, run.outside_data))
        if place in cells:
            raise EvaluationError(
                f"two results for {run.corpus}, {run.system}, {run.protocol}, {run.recipe}; keep one of them"
            )
        cells[place] = result
    return cells


def _places_of(corpus: str, cells: Mapping[tuple[str, str, Place], ResultFile]) -> list[Place]:
    """Return where a corpus was measured: plain figures first, then adapted ones, then with other audio."""
    own = {place for name, _, place in cells if name == corpus}
    return sorted(own, key=lambda place: (place[2] != "none", place[3], place[1], place[0], place[2]))


def _row(
    corpus: str,
    place: Place,
    systems: Sequence[str],
    cells: Mapping[tuple[str, str, Place], ResultFile],
) -> list[str]:
    return [
        _title(corpus),
        _place_title(place),
        *(_cell(cells.get((corpus, each, place))) for each in systems),
    ]


def _paper_row(corpus: str, systems: Sequence[str]) -> list[str]:
    known = PAPER_WA[corpus]
    figures_of_paper = (f"{known[system]:.2f} / —" if system in known else "—" for system in systems)
    return [_title(corpus), "the paper's, split not stated", *figures_of_paper]


def _place_title(place: Place) -> str:
    protocol, recipe, adaptation, outside = place
    adapted = [COLUMNS[adaptation]] if adaptation in COLUMNS else []
    return ", ".join(
        [protocol, recipe, *adapted, *([f"with {' + '.join(sorted(outside))}"] if outside else [])]
    )


def _title(name: str) -> str:
    return TITLES.get(name, name)


def _cell(result: ResultFile | None) -> str:
    if result is None or result.together is None:
        return "—" if result is None else figures(result)
    n_networks = len(result.scores.seeds)
    return f"{figures(result)}; {n_networks} together: {figures_of(result.together)}"


def _explain_figures(results: Sequence[ResultFile]) -> list[str]:
    """Say what the figures of a cell are, and how sure."""
    lines = ["- WA / UA: percent, pooled over all tested utterances, mean over seeds; —: not run."]
    if any(result.together is not None for result in results):
        lines.append("- together: networks of several seeds, by the geometric mean of their probabilities.")
    if results:
        counts = sorted({len(result.scores.seeds) for result in results})
        lines.append(
            f"- In brackets: 95 % intervals, bootstrap over speakers where at least {MIN_SPEAKERS} were "
            "tested, else over utterances, which says nothing about new speakers; "
            f"seeds behind a figure: {' or '.join(map(str, counts))}."
        )
    return lines


def _legend(corpora: Sequence[str], places: Sequence[Place]) -> list[str]:
    """Say what the rows are, and what each protocol lets training and test share."""
    lines = [f"- {PAPER_SPLIT}"]
    for name in sorted({protocol for protocol, *_ in places}):
        protocol = find_protocol(name)
        lines.append(f"- `{name}`: {protocol.about}; training and test share {protocol.shares}.")
    for adaptation in sorted({adaptation for _, _, adaptation, _ in places}):
        if adaptation in COLUMNS:
            lines.append(
                f"- {COLUMNS[adaptation]}: unlabelled audio of the test speaker was {MEANINGS[adaptation]}."
            )
    if any(is_toy(corpus) for corpus in corpora):
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
