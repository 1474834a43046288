"""Two systems on the same recordings: how far apart they are, and whether that may be said aloud."""

from dataclasses import dataclass

from prosodyn.evaluation.intervals import Difference, ResampledUnit, paired_difference
from prosodyn.evaluation.metrics import unweighted_accuracy_of, weighted_accuracy_of
from prosodyn.evaluation.outcome import Answers


@dataclass(frozen=True, slots=True)
class Paired:
    """How much better a system is than another one, in points of percent.

    Attributes:
        rival: the other system
        wa_difference: of weighted accuracy
        wa_difference_interval: 95 % interval, both systems drawn alike
        ua_difference: of unweighted accuracy
        ua_difference_interval: 95 % interval
        difference_unit: what the intervals were drawn over
        by_speaker: speaker to difference of WA
    """

    rival: str
    wa_difference: float
    wa_difference_interval: tuple[float, float]
    ua_difference: float
    ua_difference_interval: tuple[float, float]
    difference_unit: ResampledUnit
    by_speaker: dict[str, float]

    @property
    def verdict(self) -> str:
        """Say which system is better, where that can be said of speakers who are yet to come.

        Examples:
            >>> Paired("cnn_lstm", 2.0, (0.5, 3.5), 2.0, (0.4, 3.6), "speakers", {}).verdict
            'better'
            >>> Paired("cnn_lstm", 2.0, (-0.5, 4.5), 2.0, (-0.6, 4.6), "speakers", {}).verdict
            'not told apart'
            >>> Paired("cnn_lstm", 9.0, (7.5, 9.5), 9.0, (7.4, 9.6), "utterances", {}).verdict
            'too few speakers'
        """
        low, high = self.wa_difference_interval
        if self.difference_unit != "speakers":
            return "too few speakers"
        if low <= 0 <= high:
            return "not told apart"
        return "better" if low > 0 else "worse"


def compare(first: Answers, second: Answers, rival: str) -> Paired:
    """Compare two systems.

    Args:
        first: of the one
        second: of the other, about the same utterances
        rival: names the other

    Raises:
        EvaluationError: no answers, or answers about other utterances or labels
    """
    wa = paired_difference(weighted_accuracy_of, first, second)
    ua = paired_difference(unweighted_accuracy_of, first, second)
    one, other = _right_by_speaker(first), _right_by_speaker(second)
    return Paired(
        rival=rival,
        wa_difference=100 * wa.estimate,
        wa_difference_interval=_percent(wa),
        ua_difference=100 * ua.estimate,
        ua_difference_interval=_percent(ua),
        difference_unit=wa.interval.unit,
        by_speaker={speaker: 100 * (one[speaker] - other[speaker]) for speaker in sorted(one)},
    )


def _right_by_speaker(answers: Answers) -> dict[str, float]:
    """Return the share of right answers to each speaker, over all seeds."""
    right: dict[str, list[bool]] = {}
    for predictions in answers.predictions:
        for speaker, truth, prediction in zip(answers.speakers, answers.truth, predictions, strict=True):
            right.setdefault(speaker, []).append(truth == prediction)
    return {speaker: sum(found) / len(found) for speaker, found in right.items()}


def _percent(difference: Difference) -> tuple[float, float]:
    return 100 * difference.interval.low, 100 * difference.interval.high
