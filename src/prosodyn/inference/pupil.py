"""A pupil: it is taught one speaker's recordings by what a recogniser answered about them, without any label.

The recogniser learnt from other voices and errs where this one is unusual. Its answers about many
recordings of the speaker are still right more often than not, and recordings that sound alike mostly share
their emotion: a linear classifier that is fitted to these answers, and hears nobody but this speaker, evens
out a part of the errors. That is self-training (Scudder, IEEE Trans. Information Theory 1965; Yarowsky, ACL
1995).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]

RIDGE = 0.5
"""Added to the squared singular values of rows of unit length: how little a single recording teaches."""

HALF = 100
"""Recordings from which on the pupil has half of the vote or more; chosen with unseen speakers of CASIA."""

_SAME = 1.0 - 1e-6  # cosine between two hearings of one recording, which differ by rounding alone
_LEAST_LENGTH = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Pupil:
    """Ridge regression from what is heard of an utterance as a whole to what was answered.

    Attributes:
        centre: `(summary,)`, mean of the summaries that it was taught by
        rows: `(recording, summary)`, each less the centre, at unit length
        weights: `(summary, emotion)`
        usual: `(emotion,)`, mean of what was answered
        others: `(recording, emotion)`, what the pupil says of each recording when all but that one teach it
    """

    centre: Rows
    rows: Rows
    weights: Rows
    usual: Rows
    others: Rows

    @classmethod
    def taught(cls, summaries: Rows, answers: Rows) -> "Pupil":
        """Teach a pupil.

        What all others teach about a recording follows from the whole at once (Allen, Technometrics 1974).

        Args:
            summaries: `(recording, summary)`, in any units
            answers: `(recording, emotion)`, probabilities
        """
        centre, usual = summaries.mean(axis=0), answers.mean(axis=0)
        rows = _at_unit_length(summaries - centre)
        surplus = answers - usual
        left, lengths, right = np.linalg.svd(rows, full_matrices=False)
        kept = lengths**2 / (lengths**2 + RIDGE)
        learnt = left.T @ surplus
        own = ((left**2) @ kept)[:, None]  # of each answer, how much comes of the recording itself
        others = ((left * kept) @ learnt - own * surplus) / (1.0 - own)
        weights = (right.T * (lengths / (lengths**2 + RIDGE))) @ learnt
        return cls(centre, rows, weights, usual, usual + others)

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
        together: Rows = (1.0 - self.share) * answer + self.share * np.maximum(own, 0.0)
        together /= together.sum()
        return together


def _at_unit_length(rows: Rows) -> Rows:
    lengths: Rows = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, _LEAST_LENGTH))
