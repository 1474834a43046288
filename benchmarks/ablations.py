"""Measure what each part is worth, on EmoDB by speaker: `python benchmarks/ablations.py [name ...]`.

A name is that of a file in `benchmarks/ablations`, or of a network that takes the
place of the seed's (of the experiment `pretrained`: `pretrained-` and that name);
without one, all are run. What they are compared with is run first, where it has
not been run.
"""

import argparse
import dataclasses
from pathlib import Path

from prosodyn import corpora
from prosodyn.evaluation.outcome import Answers
from prosodyn.evaluation.paired import compare
from prosodyn.evaluation.result_file import read_result, write_result
from prosodyn.toml_files import read_toml
from prosodyn.training.cells import Cell
from prosodyn.training.reproduce import Workbench, is_wanting, kept_answers, read_kept, run_cell
from prosodyn.types import Utterance

FOLDER = Path("benchmarks", "ablations")
"""As it stands in commands: the script is run in the root of the repository."""

RESULTS, RUNS = Path("benchmarks", "results", "ablations"), Path("benchmarks", "folds")
SYSTEM, WHOLE = "dycnn_bilstm", "shortened"
NETWORKS = {WHOLE: ("cnn_bilstm", "dycnn_lstm", "cnn_lstm"), "pretrained": ("cnn_bilstm", "dycnn_lstm")}
"""Of a recipe: the seed's network less one of what it adds, or both."""


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
    paths = [path for path in sorted(FOLDER.glob("*.toml")) if path.stem != WHOLE]
    files = {path.stem: cell(SYSTEM, path.stem) for path in paths}
    networks = {
        network if recipe == WHOLE else f"{recipe}-{network}": cell(network, recipe)
        for recipe, taken in NETWORKS.items()
        for network in taken
    }
    return files | networks


def cell(system: str, name: str) -> Cell:
    """Return what is run by a file here, or else by an experiment that ships."""
    path = FOLDER / f"{name}.toml"
    return Cell("emodb", system, str(path) if path.exists() else name, "loso")


def whole_of(changed: Cell) -> Cell:
    """Return what an ablation was taken from: its own recipe, or the one that its file is based on."""
    if changed.system != SYSTEM:
        return dataclasses.replace(changed, system=SYSTEM)
    return cell(SYSTEM, Path(read_toml(Path(changed.recipe))["base"]).stem)


def measure(changed: Cell, utterances: tuple[Utterance, ...], bench: Workbench) -> None:
    """Run an ablation, and compare it with what it was taken from."""
    whole = whole_of(changed)
    ships = not whole.recipe.endswith(".toml")
    own = dataclasses.replace(bench, results=RESULTS.parent) if ships else bench
    theirs, ours = answers(whole, utterances, own), answers(changed, utterances, bench)
    # of the whole there may be more seeds
    paired = compare(ours, theirs.of_seeds(ours.seeds), f"{whole.system}, {Path(whole.recipe).stem}")
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
