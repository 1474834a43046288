"""From clips to what a recogniser answers: logits, calibrated probabilities, predictions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prosodyn.audio.quiet import is_loud
from prosodyn.bundle import Card
from prosodyn.errors import BundleError
from prosodyn.inference.batch import group_by_length, pad
from prosodyn.inference.calibrate import softmax
from prosodyn.inference.clip import SHORT, Clip
from prosodyn.inference.diagnose import examine
from prosodyn.inference.doubt import STRANGE, Doubt
from prosodyn.inference.engines.levelled import as_heard
from prosodyn.inference.enrolment import Enrolment, remarks_on_enrolment
from prosodyn.inference.symptoms import LEAST_LOUD
from prosodyn.inference.windows import Answered, Probabilities
from prosodyn.types import LEAST_FAMILIARITY, SAMPLE_RATE, Engine, FloatArray, Prediction


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
        return [self._answer(clip, heard) for clip, heard in self._hear(clips)]

    def windows(self, clips: Sequence[Clip]) -> list[Answered]:
        """Return what is made of each clip as a window of a timeline, in order.

        Raises:
            BundleError: as `probabilities`
        """
        return [
            Answered(
                self._answer(clip, heard),
                self._is_hardly_heard(clip) or self._is_strange(heard.sound),
            )
            for clip, heard in self._hear(clips)
        ]

    def predictions(self, clips: Sequence[Clip]) -> list[Prediction]:
        """Return what is said about each clip, in order, with the diagnosis of each that has a recording.

        Raises:
            BundleError: as `probabilities`
        """
        return [self._to_prediction(clip, heard) for clip, heard in self._hear(clips)]

    def lessons(self, clips: Sequence[Clip]) -> list[tuple[NDArray[np.float64], Probabilities]]:
        """Return what a pupil is taught by: of each clip its summary, `(summary,)`, and its probabilities.

        Raises:
            BundleError: as `probabilities`, or summaries that are missing or no numbers
        """
        return [
            (self._summary_of(clip, heard), self._answer(clip, heard)) for clip, heard in self._hear(clips)
        ]

    def _hear(self, clips: Sequence[Clip]) -> list[tuple[Clip, "_Heard"]]:
        """Run the engine on each clip, and return it with what came of it, in order."""
        found: dict[int, _Heard] = {}
        speaker = None if self.enrolment is None else self.enrolment.statistics
        for batch in group_by_length([clip.duration for clip in clips]):
            output = self.engine.run(*pad([clips[position] for position in batch]), speaker)
            for row, position in enumerate(batch):
                sound = None if output.utterance_mean is None else output.utterance_mean[row]
                summary = output.summary[row] if output.summary is not None and output.summary.size else None
                found[position] = _Heard(output.logits[row], sound, summary)
        return [(clip, found[position]) for position, clip in enumerate(clips)]

    def _answer(self, clip: Clip, heard: "_Heard") -> Probabilities:
        """Turn the logits of one clip into calibrated probabilities, `(emotion,)`; a pupil has its say."""
        if not np.isfinite(heard.logits).all():
            raise BundleError(
                f"{self.card.name}: its logits for {clip.source} are not finite; train it again"
            )
        answer = softmax(heard.logits.astype(np.float64), self.card.temperature)
        pupil = None if self.enrolment is None else self.enrolment.pupil
        return answer if pupil is None else pupil.consulted(self._summary_of(clip, heard), answer)

    def _summary_of(self, clip: Clip, heard: "_Heard") -> NDArray[np.float64]:
        """Return what a pupil hears of one clip, `(summary,)`."""
        if heard.summary is None:
            raise BundleError(
                f"{self.card.name}: its graph is too old for self-training, it gives no summaries; "
                "use the engine 'torch' (--engine torch), or export it again"
            )
        if not np.isfinite(heard.summary).all():
            raise BundleError(f"{self.card.name}: its summary of {clip.source} is not finite; train it again")
        return heard.summary.astype(np.float64)

    def _familiarity(self, sound: FloatArray | None) -> float | None:
        if self.card.familiar is None or sound is None:
            return None
        return float(self.card.familiar.familiarity(sound.astype(np.float64)[None])[0])

    def _is_strange(self, sound: FloatArray | None) -> bool:
        familiarity = self._familiarity(sound)
        return familiarity is not None and familiarity < LEAST_FAMILIARITY

    def _is_hardly_heard(self, clip: Clip) -> bool:
        """Return whether what is heard of a clip is hardly a syllable, or little of what is said in it."""
        front_end = self.card.front_end
        if front_end is None or clip.duration < SHORT:
            return clip.duration < SHORT
        waveform = as_heard(self.engine, clip.waveform)
        heard = is_loud(waveform, front_end.quiet, front_end.quiet_margin)
        return int(heard.sum()) < SAMPLE_RATE * max(SHORT, LEAST_LOUD * clip.spoken)

    def _to_prediction(self, clip: Clip, heard: "_Heard") -> Prediction:
        answer = self._answer(clip, heard)
        probabilities = dict(zip(self.card.labels, answer.tolist(), strict=True))
        diagnosis = None if clip.recording is None else examine(clip.recording, clip.source)
        has_speech = diagnosis is None or diagnosis.has_speech
        familiarity = self._familiarity(heard.sound)
        found = () if diagnosis is None else diagnosis.remarks
        strange = (STRANGE,) if self._is_strange(heard.sound) else ()
        return Prediction(
            source=clip.source,
            best_guess=max(probabilities, key=probabilities.__getitem__),
            probabilities=probabilities,
            duration=clip.duration,
            remarks=(*found, *strange, *remarks_on_enrolment(self.enrolment, self.card)),
            adapted=self.enrolment is not None,
            plausible=self.doubt.plausible(self.card.labels, answer) if has_speech else (),
            least_confidence=self.doubt.least_confidence,
            familiarity=familiarity,
            diagnosis=diagnosis,
        )


class _Heard(NamedTuple):
    """What an engine made of one clip.

    Attributes:
        logits: `(emotion,)`
        sound: `(feature,)`, the mean of its features; None where the engine does not give it
        summary: `(summary,)`; None where the network is not shown it
    """

    logits: FloatArray
    sound: FloatArray | None
    summary: FloatArray | None
