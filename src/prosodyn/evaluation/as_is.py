"""What a finished recogniser answers, as it is, about emotions that it and the recordings have in common."""

from collections.abc import Sequence

import numpy as np

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.outcome import Outcome
from prosodyn.types import Prediction, Utterance


def common_labels(known: Sequence[str], utterances: Sequence[Utterance], bundle: str) -> tuple[str, ...]:
    """Return the emotions of a bundle that some of the utterances have, in the bundle's order.

    Args:
        known: what the bundle answers with
        utterances: what it is asked
        bundle: names it in the message

    Raises:
        EvaluationError: fewer than two
    """
    present = {utterance.emotion for utterance in utterances}
    labels = tuple(label for label in known if label in present)
    if len(labels) < 2:
        raise EvaluationError(
            f"{bundle} answers with {', '.join(known)}, the recordings hold {', '.join(sorted(present))}: "
            f"{len(labels)} in common, two are needed; rename the emotions, or train on these recordings"
        )
    return labels


def outcome_as_is(
    labels: tuple[str, ...], utterances: Sequence[Utterance], predictions: Sequence[Prediction]
) -> Outcome:
    """Keep the labels in common: the answer is the most probable of them, the others' share is spread.

    Args:
        labels: see `common_labels`
        utterances: of these emotions alone
        predictions: one an utterance, in order
    """
    shares = np.array([[prediction.probabilities[label] for label in labels] for prediction in predictions])
    return Outcome(
        fold="as it is",
        seed=0,
        labels=labels,
        ids=tuple(utterance.id for utterance in utterances),
        truth=tuple(utterance.emotion for utterance in utterances),
        prediction=tuple(labels[place] for place in shares.argmax(axis=1)),
        probabilities=shares / shares.sum(axis=1, keepdims=True),
    )
