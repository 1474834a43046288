"""Compare kinds of pretraining on the same test speakers: `python benchmarks/pretraining.py`.

Nothing is trained: the answers of folds that have been run are compared, speaker by speaker.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from prosodyn import corpora
from prosodyn.evaluation.adaptation import Adaptation
from prosodyn.evaluation.outcome import Answers
from prosodyn.evaluation.paired import compare
from prosodyn.files import write_text
from prosodyn.mapping import to_mapping
from prosodyn.training.cells import Cell
from prosodyn.training.reproduce import Workbench, kept_answers

WRITTEN = Path("benchmarks", "pretraining.json")
RESULTS, RUNS, ABLATIONS = (Path("benchmarks", name) for name in ("results", "folds", "ablations"))


@dataclass(frozen=True)
class Kind:
    """What a network learnt before its corpus.

    Attributes:
        about: in words
        system: name
        recipe: a shipped experiment, one of `benchmarks/ablations`, or `classical`
        adaptation: to the test speaker
    """

    about: str
    system: str = "dycnn_bilstm"
    recipe: str = "recommended"
    adaptation: Adaptation = "none"


SCRATCH = Kind("from scratch")
PLAIN = Kind("the seed's network alone, from scratch", recipe="network_alone")
DISTILLED = Kind("the seed's network alone, distilled from both encoders", recipe="distilled")
KERNELS = Kind("kernels of the speech embedding, trained on", recipe="kernels-from-embedding")
STATES = Kind("states of both encoders", recipe="without-corpora")
ALL = Kind("states of both encoders, and other corpora", recipe="pretrained")
SVM = Kind("a linear SVM on pooled states", "svm_states", "classical")
FOLLOWED = Kind(f"{ALL.about}, adapted to the speaker", recipe="pretrained", adaptation="all")
SELF_TRAINED = Kind(
    f"{ALL.about}, self-trained with the speaker", recipe="pretrained", adaptation="self_training"
)

PAIRS = (
    ("emodb", "loso", DISTILLED, PLAIN),
    ("emodb", "loso", KERNELS, SCRATCH),
    ("emodb", "loso", STATES, SCRATCH),
    ("emodb", "loso", STATES, KERNELS),
    ("emodb", "loso", ALL, STATES),
    ("emodb", "loso", ALL, SCRATCH),
    ("emodb", "loso", ALL, SVM),
    ("casia", "loso", STATES, SCRATCH),
    ("casia", "loso", ALL, STATES),
    ("casia", "loso", ALL, SCRATCH),
    ("casia", "loso", ALL, SVM),
    ("ravdess", "groups_of_4", ALL, SCRATCH),
    ("ravdess", "groups_of_4", ALL, SVM),
    ("casia", "loso", SELF_TRAINED, FOLLOWED),
    ("emodb", "loso", SELF_TRAINED, FOLLOWED),
    ("ravdess", "groups_of_4", SELF_TRAINED, FOLLOWED),
)
"""Corpus, protocol, and two kinds of which all folds have been run."""


def main() -> None:
    rows = []
    for corpus, protocol, one, other in PAIRS:
        first, second = (answers(corpus, protocol, kind) for kind in (one, other))
        seeds = set(first.seeds) & set(second.seeds)
        pair = compare(first.of_seeds(seeds), second.of_seeds(seeds), other.about)
        place = {"corpus": corpus, "protocol": protocol, "of": one.about, "n_seeds": len(seeds)}
        rows.append(place | {"paired": to_mapping(pair)})
        print(f"{corpus}: {one.about}, less {other.about}: {pair.wa_difference:+.1f}", flush=True)
    write_text(WRITTEN, json.dumps(rows, indent=2) + "\n")


def answers(corpus: str, protocol: str, kind: Kind) -> Answers:
    """Return what a kind's folds answered.

    Raises:
        SystemExit: it has not been run
    """
    path = ABLATIONS / f"{kind.recipe}.toml"
    recipe = str(path) if path.exists() else kind.recipe
    cell = Cell(corpus, kind.system, recipe, protocol, kind.adaptation)
    for results in (RESULTS, RESULTS / "ablations"):
        found = kept_answers(cell, corpora.load(corpus), Workbench(results, RUNS))
        if found is not None:
            return found
    raise SystemExit(f"{cell.name}: has not been run; see `prosodyn reproduce` and benchmarks/ablations.py")


if __name__ == "__main__":
    main()
