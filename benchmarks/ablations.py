"""Measure what each part is worth, on EmoDB by speaker: `python benchmarks/ablations.py [name ...]`.

A name is that of a file in `benchmarks/ablations`, or of a network that takes the
place of the seed's; without one, all are run. What they are compared with is
run first, where it has not been run.
"""

import argparse
import dataclasses
from pathlib import Path

from prosodyn import corpora
from prosodyn.evaluation.outcome import Answers
from prosodyn.evaluation.paired import compare
from prosodyn.evaluation.result_file import read_result, write_result
from prosodyn.training.cells import Cell
from prosodyn.training.reproduce import Workbench, is_wanting, kept_answers, read_kept, run_cell
from prosodyn.types import Utterance

FOLDER = Path("benchmarks", "ablations")
"""As it stands in commands: the script is run in the root of the repository."""

RESULTS, RUNS = Path("benchmarks", "results", "ablations"), Path("benchmarks", "folds")
SYSTEM, WHOLE = "dycnn_bilstm", "shortened"
NETWORKS = ("cnn_bilstm", "dycnn_lstm", "cnn_lstm")
"""The seed's network less one, the other, and both of what it adds."""


def main() -> None:
    ablations = all_ablations()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help=f"of {', '.join(ablations)}; by default all of them")
    parser.add_argument("--jobs", type=int, default=0, help="folds at a time; 0 for one a core")
    options = parser.parse_args()
    if unknown := set(options.names) - set(ablations):
        raise SystemExit(f"no ablation {sorted(unknown)}; there are {list(ablations)}")
    bench = Workbench(RESULTS, RUNS, n_processes=options.jobs)
    utterances = corpora.load("emodb")
    for name in options.names or list(ablations):
        measure(ablations[name], utterances, bench)


def all_ablations() -> dict[str, Cell]:
    """Return what is run for every ablation, by its name."""
    files = {
        path.stem: cell(SYSTEM, path.stem) for path in sorted(FOLDER.glob("*.toml")) if path.stem != WHOLE
    }
    return files | {network: cell(network, WHOLE) for network in NETWORKS}


def cell(system: str, name: str) -> Cell:
    return Cell("emodb", system, str(FOLDER / f"{name}.toml"), "loso")


def measure(changed: Cell, utterances: tuple[Utterance, ...], bench: Workbench) -> None:
    """Run an ablation, and compare it with what it was taken from."""
    whole = cell(SYSTEM, WHOLE)
    theirs, ours = (answers(each, utterances, bench) for each in (whole, changed))
    paired = compare(ours, theirs, f"{whole.system}, {WHOLE}")
    path = bench.results / f"{changed.name}.json"
    write_result(dataclasses.replace(read_result(path), paired=(paired,)), path)


def answers(of: Cell, utterances: tuple[Utterance, ...], bench: Workbench) -> Answers:
    """Return what a system said of each utterance; it is run where it has not been run."""
    if is_wanting(read_kept(of, bench), bench):
        print(of.name, flush=True)
        run_cell(of, utterances, bench)
    kept = kept_answers(of, utterances, bench)
    assert kept is not None
    return kept


if __name__ == "__main__":
    main()
