"""Write the tables of the pages from the result files: `python benchmarks/tables.py`."""

from pathlib import Path

from prosodyn.evaluation.pages import render_page
from prosodyn.evaluation.result_file import read_results

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGES = (ROOT / "README.md", ROOT / "docs" / "benchmark.md")


def main() -> None:
    results = read_results(RESULTS)
    for page in PAGES:
        page.write_text(render_page(page.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    main()
