"""Pages whose tables are generated: each table stands between two markers that name it."""

import re
from collections.abc import Callable, Mapping, Sequence

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.accuracy_table import accuracy_table
from prosodyn.evaluation.belief_table import belief_table
from prosodyn.evaluation.channel_table import channel_table
from prosodyn.evaluation.comparison_table import comparison_table
from prosodyn.evaluation.cost_table import cost_table
from prosodyn.evaluation.cross_table import cross_tables
from prosodyn.evaluation.leaky_table import leaky_table
from prosodyn.evaluation.paired_table import paired_table
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import table1

TABLES: Mapping[str, Callable[[Sequence[ResultFile]], str]] = {
    "accuracy": accuracy_table,
    "table1": table1,
    "paired": paired_table,
    "cost": cost_table,
    "comparison": comparison_table,
    "cross_corpus": cross_tables,
    "channels": channel_table,
    "belief": belief_table,
    "selected_on_test": leaky_table,
}
"""What may stand on a page, by the name in its markers."""

BLOCK = re.compile(r"<!-- (?P<name>\w+):begin -->.*?<!-- (?P=name):end -->", re.DOTALL)
MARKER = re.compile(r"<!-- \w+:(?:begin|end) -->")


def render_page(page: str, results: Sequence[ResultFile], others: Mapping[str, str] | None = None) -> str:
    """Put today's tables where a page has room for them.

    Args:
        page: Markdown with one or more places such as `<!-- table1:begin -->` … `<!-- table1:end -->`
        results: what the tables show
        others: further tables by name, which come from elsewhere

    Raises:
        EvaluationError: no place, a table that nobody knows, or a marker without its other half
    """
    parts = BLOCK.split(page)
    if len(parts) == 1 or any(MARKER.search(text) for text in parts[::2]):
        raise EvaluationError(
            "the page's markers do not come in pairs; write <!-- table1:begin --> … :end -->"
        )
    tables = {name: draw(results) for name, draw in TABLES.items()} | dict(others or {})
    unknown = sorted(set(parts[1::2]) - tables.keys())
    if unknown:
        raise EvaluationError(f"the page has room for {unknown}; expected some of {sorted(tables)}")
    return BLOCK.sub(lambda block: _fill(block["name"], tables[block["name"]]), page)


def _fill(name: str, table: str) -> str:
    text = table.strip() or "Nothing of this has been run yet."
    return f"<!-- {name}:begin -->\n\n{text}\n\n<!-- {name}:end -->"
