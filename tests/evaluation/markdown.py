"""What stands in a Markdown table."""

import re


def rows(table: str) -> list[list[str]]:
    """Return the cells of each row, its head and its rule among them."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if line.startswith("|")
    ]


def percents(cell: str) -> str:
    """Return a cell without its intervals."""
    return re.sub(r" \(\d+\.\d–\d+\.\d\)", "", cell)
