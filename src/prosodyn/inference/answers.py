"""From clips to what a recogniser answers: logits, calibrated probabilities, predictions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from prosodyn.bundle import Card
from prosodyn.errors import BundleError
from prosodyn.inference.batch import group_by_length, pad
from prosodyn.inference.calibrate import softmax
from prosodyn.inference.clip import Clip
from prosodyn.inference.diagnose import examine
from prosodyn.inference.doubt import Doubt
from prosodyn.inference.enrolment import Enrolment, remarks_on_enrolment
from prosodyn.inference.windows import Probabilities
from prosodyn.types import Engine, FloatArray, Prediction


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers clips, in batches of similar length.

    Attributes:
        card: labels and calibration
        engine: runs the network, or what a bundle holds instead
        enrolment: the speaker that it follows; None for anybody
        doubt: when an answer is uncertain
    """

    card: Card
    engine: Engine
    enrolment: Enrolment | None
    doubt: Doubt

    def probabilities(self, clips: Sequence[Clip]) -> list[Probabilities]:
        """Return the probabilities of each clip, `(emotion,)`, in order.

        Raises:
            BundleError: logits that are no numbers
        """
        answers: dict[int, Probabilities] = {}
        speaker = None if self.enrolment is None else self.enrolment.statistics
        for batch in group_by_length([clip.duration for clip in clips]):
            logits = self.engine.run(*pad([clips[position] for position in batch]), speaker).logits
            for position, row in zip(batch, logits, strict=True):
                answers[position] = self._calibrate(clips[position], row)
        return [answers[position] for position in range(len(clips))]

    def predictions(self, clips: Sequence[Clip]) -> list[Prediction]:
        """Return what is said about each clip, in order, with the diagnosis of each that has a recording.

        Raises:
            BundleError: as `probabilities`
        """
        return list(map(self._to_prediction, clips, self.probabilities(clips)))

    def _calibrate(self, clip: Clip, logits: FloatArray) -> Probabilities:
        """Turn the logits of one clip, `(emotion,)`, into calibrated probabilities."""
        if not np.isfinite(logits).all():
            raise BundleError(
                f"{self.card.name}: its logits for {clip.source} are not finite; train it again"
            )
        return softmax(logits.astype(np.float64), self.card.temperature)

    def _to_prediction(self, clip: Clip, answer: Probabilities) -> Prediction:
        probabilities = dict(zip(self.card.labels, answer.tolist(), strict=True))
        diagnosis = None if clip.recording is None else examine(clip.recording, clip.source)
        found = () if diagnosis is None else diagnosis.remarks
        return Prediction(
            source=clip.source,
            best_guess=max(probabilities, key=probabilities.__getitem__),
            probabilities=probabilities,
            duration=clip.duration,
            remarks=(*found, *remarks_on_enrolment(self.enrolment, self.card)),
            adapted=self.enrolment is not None,
            plausible=self.doubt.plausible(self.card.labels, answer),
            least_confidence=self.doubt.least_confidence,
            diagnosis=diagnosis,
        )
