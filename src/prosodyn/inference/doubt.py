"""When an answer is too unsure to be given, and which emotions it might be instead."""

import math
from dataclasses import dataclass

from prosodyn.bundle import COVERAGE, Card
from prosodyn.errors import ConfigError
from prosodyn.inference.windows import Probabilities

ERROR_RATE = 0.1
"""Of the answers that are given, how many may be wrong, unless somebody accepts another rate."""

STRANGE = "strange: it sounds unlike the recordings that the recogniser learnt from"
"""A remark on another voice, microphone, room or language."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Thresholds that keep what a recogniser promises, as far as recordings are like those held out.

    Attributes:
        least_confidence: below it an answer is uncertain; 0 where nothing is promised
        least_share: from it on an emotion is plausible; None where nothing is promised
    """

    least_confidence: float = 0.0
    least_share: float | None = None

    def plausible(self, labels: tuple[str, ...], probabilities: Probabilities) -> tuple[str, ...]:
        """Return the emotions that it might be, the most probable first; the answer always is one of them."""
        if self.least_share is None:
            return ()
        order = sorted(range(len(labels)), key=lambda place: -probabilities[place])
        likely = [labels[place] for place in order if probabilities[place] >= self.least_share]
        return tuple(likely) or (labels[order[0]],)


def doubt_of(card: Card, error_rate: float | None = None) -> Doubt:
    """Return the thresholds of a bundle.

    Args:
        card: of the bundle
        error_rate: of the answers that are given, how many may be wrong; by default `ERROR_RATE`

    Raises:
        ConfigError: a rate out of range, or one that is asked of a bundle that promises nothing
    """
    if card.held_out is None:
        if error_rate is not None:
            raise ConfigError(
                f"{card.name}: no speakers were held out of its training, so that it can promise no "
                "error rate; train it with held_out_folds, or leave the rate out"
            )
        return Doubt()
    least = card.held_out.least_confidence(ERROR_RATE if error_rate is None else error_rate)
    # where no confidence keeps the rate, none but certainty is enough
    return Doubt(min(least, math.nextafter(1.0, 0.0)), card.held_out.least_share(COVERAGE))
