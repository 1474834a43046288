"""How far an answer may be believed, learnt from speakers that were held out of the training.

All that is promised follows from what a recogniser answered about them: sets of emotions that hold the
right one as often as was asked for, and the confidence below which an answer is `uncertain`, at the
error rate that the user accepts.
"""

import math
from dataclasses import dataclass

import numpy as np

from prosodyn.errors import BundleError, ConfigError

COVERAGE = 0.9
"""How many of the sets of emotions that are answered shall hold the true one."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What was answered about utterances whose speakers were held out, after the temperature.

    Attributes:
        truth_shares: the probability that each gave to its true emotion
        confidences: the probability of what was answered
        right: whether that was the true emotion

    Raises:
        BundleError: nothing, or fields of unequal length
    """

    truth_shares: tuple[float, ...]
    confidences: tuple[float, ...]
    right: tuple[bool, ...]

    def __post_init__(self) -> None:
        n = len(self.right)
        if not n or not len(self.truth_shares) == len(self.confidences) == n:
            raise BundleError(
                "card: held_out: expected as many truth_shares as confidences and verdicts, at least one, "
                f"found {len(self.truth_shares)}, {len(self.confidences)} and {n}"
            )

    def least_share(self, coverage: float) -> float:
        """Return the probability from which on an emotion belongs to the set that is answered.

        Of new utterances that are like those held out, `coverage` of the sets hold the true emotion.

        Reference: split conformal prediction with the score 1 − p(truth); Vovk, Gammerman and Shafer 2005;
        Sadinle, Lei and Wasserman, JASA 2019.

        Args:
            coverage: more than 0, less than 1

        Returns:
            0, where so few were held out that only the set of all emotions keeps the promise

        Raises:
            ConfigError: a coverage out of range

        Examples:
            >>> held_out = HeldOut((0.2, 0.6, 0.8, 0.9), (0.7, 0.6, 0.8, 0.9), (False, True, True, True))
            >>> held_out.least_share(0.6)
            0.6
        """
        _check_share("coverage", coverage)
        n = len(self.truth_shares)
        # the ceil keeps 0.9 * 10 = 9.000000000000002 from asking for a tenth
        place = math.ceil((n + 1) * coverage - 1e-9)
        return 0.0 if place > n else sorted(self.truth_shares, reverse=True)[place - 1]

    def least_confidence(self, error_rate: float) -> float:
        """Return the confidence from which on an answer is given; below it, `uncertain` is.

        Of the answers that are given about new utterances like those held out, about `error_rate` at most
        are wrong. As Geifman and El-Yaniv do (NeurIPS 2017), the lowest threshold is taken that keeps the
        rate on those held out; one error is added, so that few of them promise little.

        Args:
            error_rate: more than 0, less than 1

        Returns:
            more than 1, where no threshold keeps the rate: then every answer is `uncertain`

        Raises:
            ConfigError: a rate out of range

        Examples:
            >>> held_out = HeldOut((0.2, 0.6, 0.8, 0.9), (0.7, 0.6, 0.8, 0.9), (False, True, True, True))
            >>> held_out.least_confidence(0.35)
            0.8
            >>> held_out.least_confidence(0.01) > 1
            True
        """
        _check_share("error_rate", error_rate)
        order = np.argsort(self.confidences, kind="stable")[::-1]
        confidences, wrong = np.array(self.confidences)[order], ~np.array(self.right)[order]
        rates = (np.cumsum(wrong) + 1) / (np.arange(len(order)) + 2)
        # equal confidences stand or fall together
        last_of_equals = np.append(confidences[1:] < confidences[:-1], True)
        kept = confidences[(rates <= error_rate) & last_of_equals]
        return float(kept.min()) if kept.size else math.nextafter(1.0, 2.0)


def _check_share(name: str, share: float) -> None:
    if not 0 < share < 1:
        raise ConfigError(f"{name}: expected more than 0 and less than 1, found {share}")
