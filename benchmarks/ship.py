"""Train the bundle that comes with the package: `python benchmarks/ship.py`.

It learns from all of EmoDB, so that no speaker is left to measure it on; the
figures on its card are those of the same recipe under protocols that leave
some out.
"""

import dataclasses
from pathlib import Path

from prosodyn import corpora
from prosodyn.bundle import Card, Figure, read_card, read_graph, read_weights, write_bundle
from prosodyn.config import Experiment
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.evaluation.result_file import ResultFile, read_results
from prosodyn.mapping import from_mapping
from prosodyn.training.experiment import load_experiment, settle
from prosodyn.training.loop import RunPlace
from prosodyn.training.recipe import Lesson, Naming, train_network, write_trained
from prosodyn.training.steps import choose_device

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "src" / "prosodyn" / "bundle" / "shipped" / "emodb"
RESULTS = ROOT / "benchmarks" / "results"
SYSTEM, RECIPE = "dycnn_bilstm", "recommended"

NAMING = Naming(
    name="emodb",
    description=(
        "Recognises seven acted emotions in German speech with the dynamic convolution + Bi-LSTM network of "
        "Lin, Hu and Zhu on a log-mel and a narrow-band spectrogram, and four small perceptrons on a summary "
        "of the utterance, which vote together. It comes with the package so that the first prediction needs "
        "nothing else."
    ),
    licence=(
        "Apache-2.0. Trained on EmoDB (Burkhardt, Paeschke, Rolfes, Sendlmeier and Weiss, Interspeech 2005), "
        "CC0-1.0 as published by audEERING."
    ),
    limits=(
        "Ten German actors in an anechoic room, ten sentences, clearly acted emotions. On other voices, "
        "languages, microphones and rooms, and on emotions that nobody acted, it must be expected to be much "
        "less accurate than on EmoDB, and it answers with one of its seven labels whatever it hears. Not for "
        "decisions about people. Figures on this card come from the same recipe with test speakers or test "
        "recordings left out; this bundle has heard them all."
    ),
    command="python benchmarks/ship.py",
)


def main() -> None:
    if not SHIPPED.exists() or shipped_settings() != settings():
        train()
    card = read_card(SHIPPED)
    weights, graph = read_weights(SHIPPED, card), read_graph(SHIPPED, card)
    card = dataclasses.replace(card, description=NAMING.description, limits=NAMING.limits, figures=figures())
    write_bundle(SHIPPED, card, weights, graph)


def shipped_settings() -> Experiment:
    """Return what the bundle that ships was trained by; settings that came later are as they were before."""
    return from_mapping(Experiment, read_card(SHIPPED).provenance.settings, str(SHIPPED))


def settings() -> Experiment:
    """Return what is trained by: whoever installs the package is a stranger to it."""
    return settle(load_experiment(RECIPE, SYSTEM), "new")


def train() -> Card:
    lesson = Lesson(settings(), corpora.load("emodb"))
    module = train_network(lesson, RunPlace(choose_device("cpu"), ROOT / "runs" / "ship", progress=print))
    return write_trained(SHIPPED, module, lesson, NAMING)


def figures() -> tuple[Figure, ...]:
    """Return what the recipe reaches on strangers in EmoDB, each figure with its protocol."""
    measured = [result for result in read_results(RESULTS) if is_ours(result)]
    return tuple(figure for result in measured for figure in figures_of(result))


def is_ours(result: ResultFile) -> bool:
    run = result.run
    ours = (run.corpus, run.system, run.recipe, run.adapted) == ("emodb", SYSTEM, RECIPE, False)
    return ours and run.complete and not run.channel and find_protocol(run.protocol).new_speakers


def figures_of(result: ResultFile) -> tuple[Figure, ...]:
    about = find_protocol(result.run.protocol).about
    scores = result.scores
    rows = (("WA", scores.wa, scores.wa_interval), ("UA", scores.ua, scores.ua_interval))
    return tuple(
        Figure(measure, round(value, 1), "emodb", about, f"95 % interval {low:.1f} to {high:.1f}")
        for measure, value, (low, high) in rows
    )


if __name__ == "__main__":
    main()
