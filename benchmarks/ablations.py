"""Measure what each part is worth, on EmoDB by speaker: `python benchmarks/ablations.py [name ...]`.

A name is that of a file in `benchmarks/ablations`, or of a network that takes the
place of the seed's; without one, all are run. What is compared with has to be
run before, by `prosodyn reproduce`.
"""

import dataclasses
import sys
from pathlib import Path

from prosodyn import corpora
from prosodyn.evaluation.paired import compare
from prosodyn.evaluation.result_file import read_result, write_result
from prosodyn.toml_files import read_toml
from prosodyn.training.reproduce import Cell, Workbench, is_wanting, kept_answers, read_kept, run_cell
from prosodyn.types import Utterance

FOLDER = Path("benchmarks", "ablations")
"""As it stands in commands: the script is run in the root of the repository."""

RESULTS, RUNS = Path("benchmarks", "results"), Path("benchmarks", "folds")
SYSTEM, ALONE = "dycnn_bilstm", "network_alone"
NETWORKS = ("cnn_bilstm", "dycnn_lstm", "cnn_lstm")
"""The seed's network less one, the other, and both of what it adds."""


def main(names: list[str]) -> None:
    pairs = ablations()
    if unknown := set(names) - set(pairs):
        raise SystemExit(f"no ablation {sorted(unknown)}; there are {list(pairs)}")
    utterances = corpora.load("emodb")
    for name in names or list(pairs):
        measure(*pairs[name], utterances)


def ablations() -> dict[str, tuple[Cell, Cell]]:
    """Return every ablation with what it is compared with, by its name."""
    files = {path.stem: (str(path), read_toml(path)["base"]) for path in sorted(FOLDER.glob("*.toml"))}
    by_file = {name: (cell(SYSTEM, recipe), cell(SYSTEM, base)) for name, (recipe, base) in files.items()}
    return by_file | {network: (cell(network, ALONE), cell(SYSTEM, ALONE)) for network in NETWORKS}


def cell(system: str, recipe: str) -> Cell:
    return Cell("emodb", system, recipe, "loso")


def measure(changed: Cell, whole: Cell, utterances: tuple[Utterance, ...]) -> None:
    """Run an ablation where it has not been run, and compare it with what it was taken from."""
    theirs = kept_answers(whole, utterances, Workbench(RESULTS, RUNS))
    if theirs is None:
        raise SystemExit(f"{whole.name} has no result; run prosodyn reproduce before")
    own = Workbench(RESULTS / "ablations", RUNS, n_processes=0)
    if is_wanting(read_kept(changed, own), own):
        print(changed.name, flush=True)
        run_cell(changed, utterances, own)
    ours = kept_answers(changed, utterances, own)
    assert ours is not None
    paired = compare(ours, theirs, f"{whole.system}, {whole.recipe}")
    path = own.results / f"{changed.name}.json"
    write_result(dataclasses.replace(read_result(path), paired=(paired,)), path)


if __name__ == "__main__":
    main(sys.argv[1:])
