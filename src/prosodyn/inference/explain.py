"""Why a recogniser answered so: what its answer loses when parts of the sound are hidden, what it weighed.

Whatever answers can be asked, be it a graph, a network by torch or a classical system: it is given the same
recording again and again, each time with another part hidden (Zeiler and Fergus, ECCV 2014), and is not
looked into. Masks drawn at random (RISE; Petsiuk, Das and Saenko, BMVC 2018) say as much, but only thousands
of them do, where a few hundred patches are enough.

What is measured is the weight of evidence, the logarithm of the odds, as Robnik-Šikonja and Kononenko (IEEE
TKDE 2008) do: between 0.99 and 0.9999 a probability hardly moves while the odds grow a hundredfold.
"""

import dataclasses
import math
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.audio.quiet import is_loud
from prosodyn.errors import BundleError, ConfigError
from prosodyn.explanation import Attention, Explanation, Occlusion, Region
from prosodyn.inference.batch import BATCH_SECONDS
from prosodyn.inference.calibrate import softmax
from prosodyn.inference.engines.levelled import as_heard, fixed_to
from prosodyn.inference.frames import frame_edges, placed
from prosodyn.inference.occlusion import BANDS, Hiding, Mask
from prosodyn.inference.piece import Piece, cut
from prosodyn.inference.recogniser import Recogniser
from prosodyn.inference.regions import telling_rectangles
from prosodyn.types import SAMPLE_RATE, EngineOutput, FloatArray

MOMENT = 0.15
"""Seconds of a cell, about a syllable; of longer pieces more, so that there are at most `MOST_MOMENTS`."""

MOST_MOMENTS = 24

N_REGIONS = 3
"""How many of the most telling regions are named, and hidden as a whole."""

LEAST_FALL = 0.01
"""Bits, less than a hundredth of the odds: what costs no more is not telling."""

Progress = Callable[[int, int], None]
"""Is told how many parts have been hidden, and of how many."""

Numbers = NDArray[np.float64]


def explain(
    recogniser: Recogniser,
    recording: Path | str | NDArray[Any],
    *,
    start: float = 0.0,
    end: float | None = None,
    against: str = "",
    progress: Progress | None = None,
    sample_rate: int = SAMPLE_RATE,
    source: str = "waveform",
) -> Explanation:
    """Say which moments, which bands and which kernels decided; it takes some hundreds of answers.

    Args:
        recogniser: any; one that follows a speaker explains what it says of that speaker, and one that was
            self-trained what it says, and is given as answered here, without its pupil
        recording: a file, or samples as `Recogniser.from_waveform` takes them
        start: seconds, of the piece that is answered and explained
        end: seconds, the recording's end by default
        against: another emotion, to say why the answer is not that one; by default, none of the others
        progress: is told what has been done
        sample_rate: of samples, Hz
        source: the caller's own name for samples

    Raises:
        AudioError: a recording that cannot be used, no such piece of it, or one that is too long
        ConfigError: `against` is no emotion of the recogniser's, or is its answer
        BundleError: the recogniser gives what is no number
        MissingExtraError: a kind of file that only an optional package can read
    """
    if against and against not in recogniser.labels:
        raise ConfigError(f"against: no emotion '{against}'; choose one of {', '.join(recogniser.labels)}")
    recogniser = _without_pupil(recogniser)
    piece = cut(recording, start, end, sample_rate, source)
    (prediction,) = recogniser.answerer.predictions([piece.clip])
    if against == prediction.best_guess:
        raise ConfigError(f"against: the answer is '{against}' itself; name another emotion, or none")
    question = _Question(recogniser, piece.clip.waveform, prediction.best_guess, against)
    output = question.ask(piece.clip.waveform[None])
    whole = question.evidence(output.logits)[0]
    return Explanation(
        prediction=prediction,
        start=piece.start,
        end=piece.end,
        against=against,
        evidence=float(whole),
        occlusion=_occlude(question, piece, whole, progress),
        attention=_attention(recogniser, output, piece),
    )


def _without_pupil(recogniser: Recogniser) -> Recogniser:
    """Return a recogniser whose answers follow from its network alone, which is what is explained."""
    if recogniser.enrolment is None or recogniser.enrolment.pupil is None:
        return recogniser
    alone = dataclasses.replace(recogniser.enrolment, pupil=None)
    return Recogniser(recogniser.card, recogniser.engine, alone, recogniser.doubt)


class _Question:
    """Asks a recogniser about one emotion, again and again."""

    def __init__(self, recogniser: Recogniser, whole: FloatArray, emotion: str, against: str) -> None:
        self._recogniser = recogniser
        # what is left is heard as loud as it was in the whole
        self._engine = fixed_to(recogniser.engine, whole)
        self._speaker = None if recogniser.enrolment is None else recogniser.enrolment.statistics
        self._emotion = recogniser.labels.index(emotion)
        others = [place for place in range(len(recogniser.labels)) if place != self._emotion]
        self._others = [recogniser.labels.index(against)] if against else others

    def ask(self, waveforms: FloatArray) -> EngineOutput:
        """Answer waveforms of one length, `(batch, time)`."""
        samples = np.full(len(waveforms), waveforms.shape[1], dtype=np.int64)
        output = self._engine.run(waveforms, samples, self._speaker)
        if not np.isfinite(output.logits).all():
            raise BundleError(f"{self._recogniser.card.name}: its logits are not finite; train it again")
        return output

    def evidence(self, logits: FloatArray) -> Numbers:
        """Return the logarithm of the odds, in bits, `(batch,)`."""
        scores = logits.astype(np.float64) / self._recogniser.card.temperature
        others = np.logaddexp.reduce(scores[:, self._others], axis=1)
        return np.asarray((scores[:, self._emotion] - others) / math.log(2))

    def confidence(self, logits: FloatArray) -> Numbers:
        """Return the probability of the emotion, `(batch,)`."""
        return softmax(logits.astype(np.float64), self._recogniser.card.temperature)[:, self._emotion]


def _occlude(question: _Question, piece: Piece, whole: float, progress: Progress | None) -> Occlusion:
    n_moments = min(max(1, round(piece.clip.duration / MOMENT)), MOST_MOMENTS)
    hiding = Hiding(piece.clip.waveform, n_moments)
    masks = list(_parts(hiding.shape))
    falls = whole - question.evidence(_answers(question, hiding, masks, progress))
    moments, bands, patches = np.split(falls, [n_moments, n_moments + len(BANDS) - 1])
    over = np.array(masks[-len(patches) :], dtype=float)
    cells = np.tensordot(patches, over, 1) / over.sum(axis=0)
    found = Occlusion(piece.start + hiding.times, np.array(BANDS, float), cells, moments, bands, ())
    return dataclasses.replace(found, regions=_regions(question, hiding, whole, found))


def _answers(
    question: _Question, hiding: Hiding, masks: list[Mask], progress: Progress | None = None
) -> FloatArray:
    """Answer the recording without each of some parts, as many at a time as memory is meant for."""
    heard = (hiding.without(mask) for mask in masks)
    at_a_time = max(1, int(BATCH_SECONDS / hiding.times[-1]))
    logits: list[FloatArray] = []
    while batch := list(islice(heard, at_a_time)):
        logits += list(question.ask(np.stack(batch)).logits)
        if progress is not None:
            progress(len(logits), len(masks))
    return np.array(logits)


def _parts(shape: tuple[int, int]) -> Iterator[Mask]:
    """Yield a mask for every moment, then one for every band, then the patches, four of them over a cell.

    A patch is two bands high and two moments long, and half of that at an edge.
    """
    n_bands, n_moments = shape
    everywhere = slice(None)
    yield from (_mask(shape, (everywhere, slice(moment, moment + 1))) for moment in range(n_moments))
    yield from (_mask(shape, (slice(band, band + 1), everywhere)) for band in range(n_bands))
    for band in range(n_bands + 1):
        for moment in range(n_moments + 1):
            yield _mask(shape, (slice(max(0, band - 1), band + 1), slice(max(0, moment - 1), moment + 1)))


def _mask(shape: tuple[int, int], place: tuple[slice, slice]) -> Mask:
    mask = np.zeros(shape, dtype=bool)
    mask[place] = True
    return mask


def _regions(question: _Question, hiding: Hiding, whole: float, found: Occlusion) -> tuple[Region, ...]:
    """Return the most telling regions, each hidden as a whole, the costliest first."""
    places = list(telling_rectangles(found.cells, N_REGIONS, LEAST_FALL))
    if not places:
        return ()
    logits = _answers(question, hiding, [_mask(hiding.shape, place) for place in places])
    falls, left = whole - question.evidence(logits), question.confidence(logits)
    regions = [
        Region(
            *found.times[[moments.start, moments.stop]].tolist(),
            *found.frequencies[[bands.start, bands.stop]].tolist(),
            *cost,
        )
        for (bands, moments), *cost in zip(places, falls.tolist(), left.tolist(), strict=True)
    ]
    telling = [region for region in regions if region.fall > LEAST_FALL]
    return tuple(sorted(telling, key=lambda region: -region.fall))


def _attention(recogniser: Recogniser, output: EngineOutput, piece: Piece) -> Attention | None:
    """Return what the network weighed; None where no network answers."""
    network = recogniser.card.network
    if network is None or not output.frame_attention.size:
        return None
    frames = output.frame_attention[0]
    front_end, _ = recogniser.card.front_end_and_network()
    waveform = as_heard(recogniser.engine, piece.clip.waveform)
    heard = np.flatnonzero(is_loud(waveform, front_end.quiet, front_end.quiet_margin))
    edges = frame_edges(recogniser.card, len(frames), len(heard) / SAMPLE_RATE)
    return Attention(
        times=piece.start + placed(edges, heard),
        frames=frames,
        kernels=output.kernel_attention[0],
        share=1 - network.summary_weight if network.summary_size else 1.0,
    )
