"""What an answer costs, system by system."""

from collections.abc import Sequence

from prosodyn.evaluation.reference import TITLES
from prosodyn.evaluation.result_file import COST_SECONDS, Cost, ResultFile
from prosodyn.evaluation.tables import adaptation_note, markdown_table

EXPLAINED = (
    f"- For an utterance of {COST_SECONDS:g} s, from waveform to logits, on one thread; multiply-adds less "
    "those of the front end, which are the most where encoders are one. Latencies of one recipe and protocol "
    "are measured in turns and can be compared with each other, and with no others."
)


def cost_table(results: Sequence[ResultFile]) -> str:
    """Lay out parameters, multiply-adds and latency of every network.

    Returns:
        Markdown; empty where no costs are stated
    """
    # whatever an answer is asked about, it costs the same
    plain = [result for result in results if not (result.run.channel or result.run.selected_on_test)]
    rows = [_row(result, result.cost) for result in plain if result.cost.n_parameters is not None]
    if not rows:
        return ""
    header = ["corpus", "protocol, recipe", "system", "parameters", "multiply-adds", "latency"]
    return f"{markdown_table(header, rows)}\n\n{EXPLAINED}"


def _row(result: ResultFile, cost: Cost) -> list[str]:
    run = result.run
    return [
        TITLES.get(run.corpus, run.corpus),
        f"{run.protocol}, {run.recipe}{adaptation_note(run)}",
        TITLES.get(run.system, run.system),
        f"{cost.n_parameters:,}",
        "—" if cost.n_multiply_adds is None else f"{cost.n_multiply_adds / 1e6:.1f} M",
        "—" if cost.latency_ms is None else f"{cost.latency_ms:.1f} ms",
    ]
