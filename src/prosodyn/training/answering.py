"""The answers to a test side: by the recogniser as it is, or by one a speaker, enrolled as users do it."""

import dataclasses
from collections.abc import Sequence

from prosodyn.evaluation.adaptation import Adaptation, divide
from prosodyn.inference import Recogniser
from prosodyn.types import Channel, Prediction, Utterance, Voice


def scored_side(test: Sequence[Utterance], adaptation: Adaptation) -> tuple[Utterance, ...]:
    """Return what is scored of a test side, in its order.

    Raises:
        EvaluationError: enrolment would leave nothing of a speaker to be scored
    """
    scored = {name for portion in divide(adaptation, _voices(test)) for name in portion.scored}
    return tuple(utterance for utterance in test if utterance.id in scored)


def answer(
    recogniser: Recogniser, test: Sequence[Utterance], adaptation: Adaptation, channel: Channel = ""
) -> tuple[Prediction, ...]:
    """Answer what is scored of a test side, each speaker with what may be heard of them.

    No label reaches the recogniser, neither when it hears nor when it answers. A channel is that of a call:
    what is heard of a speaker goes through it as well as what is answered.

    Returns:
        one prediction for each of `scored_side`, in its order

    Raises:
        AudioError: a recording that cannot be used, or a speaker of too little sound
        EvaluationError: as `scored_side`
    """
    unlabelled = {each.id: dataclasses.replace(each, emotion="", channel=channel) for each in test}
    predictions: dict[str, Prediction] = {}
    for portion in divide(adaptation, _voices(test)):
        heard = [unlabelled[name] for name in portion.heard]
        teaches = adaptation == "self_training"
        adapted = recogniser.enrol(heard, self_training=teaches) if heard else recogniser
        answered = adapted.from_utterances(unlabelled[name] for name in portion.scored)
        predictions |= {prediction.source: prediction for prediction in answered}
    return tuple(predictions[utterance.id] for utterance in scored_side(test, adaptation))


def _voices(test: Sequence[Utterance]) -> dict[str, Voice]:
    return {utterance.id: utterance.voice for utterance in test}
