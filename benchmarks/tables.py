"""Write the tables of the pages from the result files: `python benchmarks/tables.py`."""

from pathlib import Path

from prosodyn.evaluation.result_file import read_results
from prosodyn.evaluation.tables import insert_between_markers, table1

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGES = (ROOT / "README.md", ROOT / "docs" / "results.md")


def main() -> None:
    table = table1(read_results(RESULTS))
    for page in PAGES:
        page.write_text(insert_between_markers(page.read_text(encoding="utf-8"), table), encoding="utf-8")


if __name__ == "__main__":
    main()
