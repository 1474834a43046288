"""What `evaluate --bundle` does: score a trained recogniser as it is."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from prosodyn.cli.sources import Source
from prosodyn.cli.summary import say_scores
from prosodyn.cli.terminal import remark, say, show_table

if TYPE_CHECKING:
    from prosodyn.evaluation.outcome import Answers
    from prosodyn.evaluation.scores import Scores
    from prosodyn.types import Channel, Utterance


def score_bundle(bundle: str, recordings: Source, channel: "Channel" = "") -> None:
    """Answer every recording of an emotion that the bundle knows, and write the scores.

    Args:
        bundle: by name, or its folder
        recordings: what is asked
        channel: what they go through before they are answered; empty for nothing

    Raises:
        BundleError: there is no such bundle
        EvaluationError: bundle and recordings have fewer than two emotions in common
        ProsodynError: recordings that cannot be used
    """
    from prosodyn.evaluation.as_is import common_labels, outcome_as_is
    from prosodyn.evaluation.channels import ABOUT, TITLES
    from prosodyn.evaluation.outcome import gather
    from prosodyn.evaluation.reference import TOY_NOTE, is_toy
    from prosodyn.evaluation.scores import score
    from prosodyn.inference import Recogniser

    recogniser = Recogniser.load(bundle)
    everything = recordings.load()
    labels = common_labels(recogniser.labels, everything, bundle)
    utterances = tuple(utterance for utterance in everything if utterance.emotion in labels)
    _warn(recogniser.card.corpora, everything, bundle)
    if recogniser.card.expects_enrolment:
        remark(f"{bundle} expects enrolment, and nobody is enrolled here: it answers everybody as a stranger")
    sent = (dataclasses.replace(utterance, channel=channel) for utterance in utterances)
    predictions = recogniser.from_utterances(sent)
    answers = gather([outcome_as_is(labels, utterances, predictions)], utterances)
    scores = score(answers)
    say(f"{bundle} on {recordings.name}, as it is")
    if channel:
        say(f"the recordings were heard through {TITLES[channel]}: {ABOUT[channel]}")
    say(f"{len(utterances)} recordings of the emotions in common: {', '.join(labels)}")
    if len(utterances) < len(everything):
        others = sorted({utterance.emotion for utterance in everything} - set(labels))
        say(f"left out: {len(everything) - len(utterances)} recordings of {', '.join(others)}")
    say_scores(scores)
    _say_genders(answers, utterances)
    if is_toy(recordings.name):
        say(TOY_NOTE)
    _show_confusion(scores)


def _warn(corpora: Sequence[str], utterances: Sequence["Utterance"], bundle: str) -> None:
    """Say loudly where a bundle is asked about what it was trained on."""
    heard = sorted(set(corpora) & {utterance.corpus for utterance in utterances})
    if heard:
        remark(
            f"WARNING: {bundle} was trained on {', '.join(heard)}. It has heard these recordings, so these "
            "figures say nothing about new ones; use --protocol instead of --bundle."
        )


def _say_genders(answers: "Answers", utterances: Sequence["Utterance"]) -> None:
    """Say how well it does with women and with men, where the corpus tells who is which."""
    from prosodyn.corpora import genders_of
    from prosodyn.evaluation.scores import score

    for gender, speakers in genders_of(utterances).items():
        own = answers.of_speakers(speakers)
        scores = score(own)
        count = f"{len(own.ids)} recordings, speakers: {len(speakers)}"
        say(f"{gender}: WA {scores.wa:.1f} %, UA {scores.ua:.1f} % ({count})")


def _show_confusion(scores: "Scores") -> None:
    import numpy as np

    from prosodyn.evaluation.metrics import row_normalised

    shares = row_normalised(np.array(scores.confusion))
    rows = [
        (label, *(f"{100 * share:.0f}" for share in row))
        for label, row in zip(scores.labels, shares, strict=True)
    ]
    title = "rows: what was said; columns: what was answered; percent of the row"
    show_table(("", *scores.labels), rows, numbers=scores.labels, title=title)
