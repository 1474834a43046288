"""Train a bundle that is sent out, and measure it: `python benchmarks/ship.py open`.

A bundle learns from everything that its licence allows, so that no speaker of its own corpora is left to
measure it on. Its card bears figures of two kinds: of the same recipe, under protocols that leave test
speakers out, and of the bundle itself, on corpora that it has never heard.
"""

import argparse
import dataclasses
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from prosodyn import corpora
from prosodyn.bundle import COVERAGE, Figure, read_card, read_graph, read_weights, write_bundle
from prosodyn.evaluation.as_is import common_labels, outcome_as_is
from prosodyn.evaluation.belief import believe
from prosodyn.evaluation.channels import TITLES
from prosodyn.evaluation.cross_corpus import CROSSED, join, parts_of_pair
from prosodyn.evaluation.outcome import Answers, Outcome, gather
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.evaluation.result_file import ResultFile, Run, read_results
from prosodyn.evaluation.scores import Scores, score
from prosodyn.inference import Recogniser
from prosodyn.mapping import from_mapping
from prosodyn.training.doubt import divide_speakers, give_doubt
from prosodyn.training.experiment import load_experiment, settle
from prosodyn.training.journal import EpochReport
from prosodyn.training.naming import Naming
from prosodyn.training.place import Memory, RunPlace
from prosodyn.training.pretraining import after_pretraining, plan_pretraining
from prosodyn.training.recipe import Lesson, train_network
from prosodyn.training.steps import choose_device
from prosodyn.training.teaching import TeachTask, inner_teaching, wants_doubt
from prosodyn.training.writing import write_trained
from prosodyn.types import Prediction, Utterance

ROOT = Path(__file__).resolve().parents[1]
SHIPMENTS = ROOT / "benchmarks" / "shipments"
RESULTS, FOLDS = ROOT / "benchmarks" / "results", ROOT / "benchmarks" / "folds"
RUNS = ROOT / "runs" / "ship"
SYSTEM = "dycnn_bilstm"
OWN = "this bundle"

SPOKEN = {"casia": "Mandarin", "emodb": "German", "nemo": "Polish", "ravdess": "English", "cremad": "English"}


@dataclass(frozen=True)
class Shipment:
    """What is sent out, as a file of `benchmarks/shipments` describes it.

    Attributes:
        folder: where the bundle lies
        recipe: a shipped experiment
        taught: corpora of its last training; those before are the recipe's
        tested: under which corpus the recipe's own figures stand in the results
        unheard: corpora that the bundle itself is asked about
        description: of its card
        licence: of its weights
        limits: of its card
    """

    folder: str
    recipe: str
    taught: tuple[str, ...]
    tested: str
    unheard: tuple[str, ...]
    description: str
    licence: str
    limits: str

    @property
    def place(self) -> Path:
        return ROOT / self.folder

    @property
    def naming(self) -> Naming:
        name = self.place.name
        command = f"python benchmarks/ship.py {name}"
        texts = (self.description.strip(), self.licence.strip(), self.limits.strip())
        return Naming(name, *texts, command, precision="half")


def read_shipment(name: str) -> Shipment:
    path = SHIPMENTS / f"{name}.toml"
    return from_mapping(Shipment, tomllib.loads(path.read_text(encoding="utf-8")), str(path))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(path.stem for path in SHIPMENTS.glob("*.toml")))
    parser.add_argument("--ask-again", action="store_true", help="measure it anew on what it has never heard")
    options = parser.parse_args()
    shipment = read_shipment(options.name)
    train(shipment)
    card = read_card(shipment.place)
    weights, graph = read_weights(shipment.place, card), read_graph(shipment.place, card)
    # a new training leaves a card without figures
    own = [figure for figure in card.figures if figure.protocol.startswith(OWN)]
    asked = bundle_figures(shipment) if options.ask_again or not own else own
    figures = (*recipe_figures(shipment), *held_out_figures(shipment), *asked)
    naming = shipment.naming
    card = dataclasses.replace(card, description=naming.description, limits=naming.limits, figures=figures)
    write_bundle(shipment.place, card, weights, graph)


def train(shipment: Shipment) -> None:
    """Train by the recipe what is not there yet: whoever installs the package is a stranger to it."""
    lesson = lesson_of(shipment)
    is_there = shipment.place.exists()  # whoever wants another training removes it
    if is_there and not wants_doubt(lesson, shipment.place):
        return
    before = plan_pretraining(lesson.experiment, lesson.train, FOLDS)  # that of the folds, where it is
    for stage in () if before is None else before.stages:
        stage.run(partial(tell, stage.name), partial(tell_heard, stage.name))
    lesson = after_pretraining(lesson, before)
    progress, listening = partial(tell, shipment.recipe), partial(tell_heard, shipment.recipe)
    memory: Memory = {}
    run = RUNS / shipment.naming.name
    if not is_there:
        place = RunPlace(choose_device("cpu"), run, progress=progress, listening=listening, memory=memory)
        write_trained(shipment.place, train_network(lesson, place), lesson, shipment.naming)
    if wants_doubt(lesson, shipment.place):
        task = TeachTask(lesson, run, "cpu", shipment.naming)
        inner = inner_teaching(task, progress, listening, memory=memory)
        give_doubt(shipment.place, lesson, inner)


def lesson_of(shipment: Shipment) -> Lesson:
    """Return what is taught last, as it begins from nothing."""
    settings = settle(load_experiment(shipment.recipe, SYSTEM), "new")
    # of CREMA-D there may be a part alone, as its card says
    heard = (corpora.load(name, allow_partial=True) for name in shipment.taught)
    return Lesson(settings, tuple(utterance for utterances in heard for utterance in utterances))


def tell(stage: str, epoch: EpochReport) -> None:
    print(f"{stage}: epoch {epoch.epoch} of {epoch.n_epochs}, loss {epoch.loss:.3f}", flush=True)


def tell_heard(stage: str, done: int, total: int) -> None:
    if done == total or done % 500 == 0:
        print(f"{stage}: {done} of {total} recordings heard", flush=True)


def recipe_figures(shipment: Shipment) -> Iterator[Figure]:
    """Yield what the recipe reaches where test speakers are left out."""
    for result in sorted(read_results(RESULTS), key=lambda each: each.run.channel):
        run = result.run
        ours = (run.corpus, run.system, run.recipe, run.adapted) == (
            shipment.tested,
            SYSTEM,
            shipment.recipe,
            False,
        )
        if ours and run.complete and find_protocol(run.protocol).new_speakers:
            yield from figures_of_result(result)


def figures_of_result(result: ResultFile) -> Iterator[Figure]:
    run, scores = result.run, result.scores
    about = f"the same recipe, {find_protocol(run.protocol).about}"
    through = f"through {TITLES[run.channel]}, " if run.channel else ""
    yield from figures(scores, run.corpus, about, through)
    if not run.channel:
        utterances = utterances_of(run)
        yield from by_gender(kept_answers(run, utterances), utterances, run.corpus, about)


def utterances_of(run: Run) -> tuple[Utterance, ...]:
    """Return what was tested."""
    if run.protocol not in CROSSED:
        return corpora.load(run.corpus)
    heard, tested = parts_of_pair(run.corpus)
    everything = join(
        [each for name in heard for each in corpora.load(name, allow_partial=True)], corpora.load(tested)
    )
    return tuple(each for each in everything if each.corpus == tested)


def kept_answers(run: Run, utterances: tuple[Utterance, ...]) -> Answers:
    """Gather what the folds of a run answered."""
    folder = FOLDS / f"{run.corpus}-{run.system}-{run.recipe}-{run.protocol}"
    outcomes = []
    for path in sorted(folder.rglob("outcome.json")):
        kept = json.loads(path.read_text(encoding="utf-8"))
        told = {name: tuple(kept[name]) for name in ("labels", "ids", "truth", "prediction")}
        shares = np.array(kept["probabilities"])
        outcomes.append(Outcome(fold=kept["fold"], seed=kept["seed"], probabilities=shares, **told))
    return gather(outcomes, utterances)


def held_out_figures(shipment: Shipment) -> Iterator[Figure]:
    """Yield how well speakers who were held out are told, of corpora that the recipe's figures leave out.

    The card keeps which answers about them were right, in the order in which `give_doubt` asked. Which wrong
    one was given moves neither WA nor UA.
    """
    held_out, lesson = read_card(shipment.place).held_out, lesson_of(shipment)
    if held_out is None:
        return
    groups = divide_speakers(lesson)
    verdicts = dict(zip((each for group in groups for each in group), held_out.right, strict=True))
    another = dict(zip(lesson.labels, lesson.labels[1:] + lesson.labels[:1], strict=True))
    for name in (name for name in shipment.taught if name != shipment.tested):
        utterances = tuple(each for each in verdicts if each.corpus == name)
        answers = Answers(
            labels=lesson.labels,
            ids=tuple(each.id for each in utterances),
            speakers=tuple(each.speaker for each in utterances),
            truth=tuple(each.emotion for each in utterances),
            seeds=(0,),
            predictions=(
                tuple(each.emotion if verdicts[each] else another[each.emotion] for each in utterances),
            ),
        )
        about = f"trained alike without one in {len(groups)} of the speakers, on these, {SPOKEN[name]}"
        yield from figures(score(answers), name, about)
        yield from by_gender(answers, utterances, name, about)


def bundle_figures(shipment: Shipment) -> Iterator[Figure]:
    """Yield what the bundle reaches on corpora that it has never heard, each in a language of its own."""
    recogniser = Recogniser.load(shipment.place)
    for name in shipment.unheard:
        everything = corpora.load(name)
        labels = common_labels(recogniser.labels, everything, recogniser.card.name)
        utterances = tuple(each for each in everything if each.emotion in labels)
        print(f"asked about {len(utterances)} recordings of {name}", flush=True)
        predictions = recogniser.from_utterances(utterances)
        answers = gather([outcome_as_is(labels, utterances, predictions)], utterances)
        about = f"{OWN}, on {SPOKEN[name]}, which it has never heard, over {len(labels)} emotions in common"
        yield from figures(score(answers), name, about)
        yield from by_gender(answers, utterances, name, about)
        yield from figures_of_doubt(recogniser, utterances, predictions)


def figures_of_doubt(
    recogniser: Recogniser, utterances: tuple[Utterance, ...], predictions: tuple[Prediction, ...]
) -> Iterator[Figure]:
    """Yield what a bundle's doubt is worth on a corpus that it has never heard, with all of its labels."""
    (corpus,) = {utterance.corpus for utterance in utterances}
    about = f"{OWN}, on {SPOKEN[corpus]}, as it answers: with any of its labels"
    strange = np.mean([prediction.is_strange for prediction in predictions])
    given = [
        prediction.best_guess == utterance.emotion
        for prediction, utterance in zip(predictions, utterances, strict=True)
        if not prediction.is_uncertain
    ]
    right = f"{100 * np.mean(given):.1f} % of these are right" if given else "none is"
    yield Figure(
        "strange", round(100 * float(strange), 1), corpus, about, "sounds unlike what it learnt from"
    )
    yield Figure("answered", round(100 * len(given) / len(predictions), 1), corpus, about, right)
    if recogniser.card.held_out is None:
        return
    answered = outcome_as_is(recogniser.labels, utterances, predictions)
    belief = believe([answered], [recogniser.card.held_out.least_share(COVERAGE)], utterances)
    for measure, value, (low, high) in (
        ("ECE", belief.ece, belief.ece_interval),
        ("coverage", belief.coverage, belief.coverage_interval),
    ):
        remark = f"95 % interval {100 * low:.1f} to {100 * high:.1f} over {belief.interval_unit}"
        yield Figure(measure, round(100 * value, 1), corpus, about, remark)


def figures(scores: Scores, corpus: str, about: str, through: str = "") -> Iterator[Figure]:
    for measure, value, (low, high) in (
        ("WA", scores.wa, scores.wa_interval),
        ("UA", scores.ua, scores.ua_interval),
    ):
        remark = f"{through}95 % interval {low:.1f} to {high:.1f} over {scores.interval_unit}"
        yield Figure(measure, round(value, 1), corpus, about, remark)


def by_gender(
    answers: Answers, utterances: tuple[Utterance, ...], corpus: str, about: str
) -> Iterator[Figure]:
    for gender, speakers in corpora.genders_of(utterances).items():
        scores = score(answers.of_speakers(speakers))
        yield Figure("UA", round(scores.ua, 1), corpus, about, f"the {len(speakers)} {gender} speakers alone")


if __name__ == "__main__":
    main()
