"""A pupil: it is taught one speaker's recordings by what a recogniser answered about them, without any label.

The recogniser learnt from other voices and errs where this one is unusual. Its answers about many
recordings of the speaker are still right more often than not, and recordings that sound alike mostly share
their emotion: a linear classifier that is fitted to these answers, and hears nobody but this speaker, evens
out a part of the errors. That is self-training (Scudder, IEEE Trans. Information Theory 1965; Yarowsky, ACL
1995).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]

RIDGE = 0.5
"""Added to the squared singular values of rows of unit length: how little a single recording teaches."""

HALF = 100
"""Recordings with which the pupil has half of the vote; settled on inner divisions, see what-worked.md."""

_SAME = 1.0 - 1e-6  # cosine between two hearings of one recording, which differ by rounding alone
_LEAST_LENGTH = 1e-6  # of a row less the centre; what is shorter is rounding
_SHARPEST = 10.0
_HALVINGS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Pupil:
    """Ridge regression from what is heard of an utterance as a whole to what was answered.

    Attributes:
        centre: `(summary,)`, mean of the summaries that it was taught by
        rows: `(recording, summary)`, each less the centre, at unit length
        usual: `(emotion,)`, what it says where it hears nothing
        weights: `(summary, emotion)`, of what it hears besides
        others: `(recording, emotion)`, what it says of each recording when the answers about all others, and
            not that about this one, teach it
        sharpness: power of what both say together, so that they are as sure as the recogniser was alone
    """

    centre: Rows
    rows: Rows
    usual: Rows
    weights: Rows
    others: Rows
    sharpness: float = 1.0

    @classmethod
    def taught(cls, summaries: Rows, answers: Rows) -> "Pupil":
        """Teach a pupil; a recording that comes twice teaches once.

        What all others teach about a recording follows from the residuals of the whole (Allen, Technometrics
        1974).

        Args:
            summaries: `(recording, summary)`, in any units
            answers: `(recording, emotion)`, probabilities
        """
        kept = _different(summaries)
        summaries, answers = summaries[kept], answers[kept]
        centre, n_recordings = summaries.mean(axis=0), len(summaries)
        rows = _at_unit_length(summaries - centre)
        spread = rows - rows.mean(axis=0)
        inverse = np.linalg.inv(spread @ spread.T + RIDGE * np.eye(n_recordings))
        weights = spread.T @ (inverse @ answers)
        usual = answers.mean(axis=0) - rows.mean(axis=0) @ weights
        residual = RIDGE * inverse - 1.0 / n_recordings  # answers to what is left of them
        own = np.diag(residual)[:, None]
        others = answers - residual @ answers / own if n_recordings > 1 else answers
        pupil = cls(centre, rows, usual, weights, others)
        together = pupil._together(others, answers)
        return replace(pupil, sharpness=_sharpness(together, answers))

    @property
    def share(self) -> float:
        """Return its share of the vote, which grows with the recordings that taught it."""
        return len(self.rows) / (len(self.rows) + HALF)

    def consulted(self, summary: Rows, answer: Rows) -> Rows:
        """Return what pupil and recogniser say together.

        About a recording that it was taught by, the pupil says what all the others teach: it repeats nothing.

        Args:
            summary: `(summary,)`, in the units of those it was taught by
            answer: `(emotion,)`, probabilities by the recogniser

        Returns:
            `(emotion,)`, probabilities
        """
        row = _at_unit_length((summary - self.centre)[None])[0]
        likeness = self.rows @ row
        same = int(likeness.argmax())
        own = self.others[same] if likeness[same] > _SAME else self.usual + row @ self.weights
        return _sharpened(self._together(own, answer), self.sharpness)

    def _together(self, own: Rows, answer: Rows) -> Rows:
        """Mix what the pupil says, `(..., emotion)`, which may be less than nothing, into the answers."""
        return (1.0 - self.share) * answer + self.share * np.maximum(own, 0.0)


def _different(summaries: Rows) -> list[int]:
    """Return the numbers of the recordings, each of which is heard for the first time."""
    rows = _at_unit_length(summaries - summaries.mean(axis=0))
    likeness = rows @ rows.T
    return [number for number in range(len(rows)) if not (likeness[number, :number] > _SAME).any()]


def _at_unit_length(rows: Rows) -> Rows:
    lengths: Rows = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.where(lengths < _LEAST_LENGTH, 0.0, rows / np.maximum(lengths, _LEAST_LENGTH))


def _sharpness(together: Rows, answers: Rows) -> float:
    """Find the power that makes the mean confidence of mixtures, `(recording, emotion)`, that of answers.

    Answers that are mixed with more even ones are less sure than right. No power changes which emotion is
    the likeliest.
    """
    wanted = answers.max(axis=1).mean()
    least, most = 1.0 / _SHARPEST, _SHARPEST
    for _ in range(_HALVINGS):
        middle = float(np.sqrt(least * most))
        is_sure = _sharpened(together, middle).max(axis=1).mean() > wanted
        least, most = (least, middle) if is_sure else (middle, most)
    return float(np.sqrt(least * most))


def _sharpened(together: Rows, power: float) -> Rows:
    """Take a power of probabilities, `(..., emotion)`, and let them sum to one again."""
    raised: Rows = (together / together.max(axis=-1, keepdims=True)) ** power
    raised /= raised.sum(axis=-1, keepdims=True)
    return raised
