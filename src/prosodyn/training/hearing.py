"""From utterances to what a network, or a classical system, is fitted on."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from prosodyn.audio import utterance_waveform
from prosodyn.comparison.feature_sets import FeatureSet
from prosodyn.comparison.method import RealArray
from prosodyn.corpora import UNKNOWN_SPEAKER
from prosodyn.errors import TrainingError
from prosodyn.features import FrontEnd, Listener
from prosodyn.features.encoders import EncoderFrontEnd
from prosodyn.features.encoders.cache import cached
from prosodyn.model import WaveformNetwork
from prosodyn.training.batches import TrainingSide
from prosodyn.types import FloatArray, SpeakerStatistics, Utterance, Voice


class HeardUtterance(NamedTuple):
    """What is heard of one utterance; nothing in it is fitted.

    Attributes:
        features: `(feature, frame)`; of half precision where they are states of encoders
        summary: `(summary,)`; of size zero where a network is not shown it
    """

    features: Tensor
    summary: Tensor


HeardUtterances = Mapping[str, HeardUtterance]
"""What is heard of each utterance, by its id."""


def hear(
    utterances: Sequence[Utterance],
    listener: Listener,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, HeardUtterance]:
    """Read every utterance and hear it.

    States of encoders are kept in the cache, where there is one: who was interrupted goes on from there.

    Args:
        utterances: with audio at hand
        listener: computes features and summaries
        progress: called with how many are done, and how many there are

    Raises:
        AudioError: a recording that cannot be used
    """
    heard: dict[str, HeardUtterance] = {}
    for done, utterance in enumerate(utterances, start=1):
        with torch.inference_mode():
            found = _hear_one(utterance_waveform(utterance), listener)
        # tensors made in inference mode could not be trained on
        heard[utterance.id] = HeardUtterance(*(tensor.clone() for tensor in found))
        if progress is not None:
            progress(done, len(utterances))
    return heard


def _hear_one(waveform: FloatArray, listener: Listener) -> HeardUtterance:
    front_end = listener.front_end
    if isinstance(front_end, EncoderFrontEnd):
        found = cached(waveform, front_end.identity, partial(_features_of, front_end, kind=np.float16))
    else:
        found = _features_of(front_end, waveform, kind=np.float32)
    features, batch = torch.tensor(found), torch.tensor(waveform)[None]
    samples, lengths = torch.tensor([len(waveform)]), torch.tensor([features.shape[1]])
    return HeardUtterance(features, listener.summarise(batch, samples, features.float()[None], lengths)[0])


def _features_of(
    front_end: FrontEnd, waveform: FloatArray, kind: type[np.floating[Any]]
) -> NDArray[np.floating[Any]]:
    samples = torch.tensor([len(waveform)])
    features, lengths = front_end(torch.tensor(waveform)[None], samples)
    found: NDArray[np.floating[Any]] = features[0, :, : int(lengths)].numpy().astype(kind)
    return found


def hear_features(utterances: Sequence[Utterance], feature_set: FeatureSet) -> dict[str, RealArray]:
    """Read every utterance and compute what a classical system hears of it, by the utterance's id.

    Raises:
        AudioError: a recording that cannot be used
    """
    return {utterance.id: feature_set(utterance_waveform(utterance)) for utterance in utterances}


def fit_normalisation(
    module: WaveformNetwork, utterances: Sequence[Utterance], heard: HeardUtterances, by_speaker: bool
) -> None:
    """Fit the normalisation of features and of summaries on the training side.

    Args:
        module: is fitted
        utterances: of the training side
        heard: of at least these utterances
        by_speaker: the scale of the summaries is about each speaker's own mean

    Raises:
        TrainingError: the training side is empty, or speakers are wanted but unknown
    """
    module.normaliser.fit(heard[utterance.id].features for utterance in utterances)
    rows = [heard[utterance.id].summary for utterance in utterances]
    if not by_speaker:
        module.summary_normaliser.fit(torch.stack(rows))
        return
    speakers = speaker_statistics(utterances, heard)
    centres = [_as_row(speakers[utterance.voice].summary)[0] for utterance in utterances]
    module.summary_normaliser.fit(torch.stack(rows), torch.stack(centres))


def training_side(
    module: WaveformNetwork,
    utterances: Sequence[Utterance],
    labels: Sequence[str],
    heard: HeardUtterances,
    by_speaker: bool = False,
) -> TrainingSide:
    """Normalise what a network is shown of some utterances, and number their emotions.

    Args:
        module: whose normalisation has been fitted
        utterances: of one side
        labels: emotions in the order of the logits
        heard: of at least these utterances
        by_speaker: each speaker's means and scale over these utterances take the place of the fitted ones

    Raises:
        TrainingError: an emotion that is not one of the labels, or speakers that are wanted but unknown
    """
    unknown = sorted({utterance.emotion for utterance in utterances} - set(labels))
    if unknown:
        raise TrainingError(f"training: emotion '{unknown[0]}' is not one of {list(labels)}")
    measured = {
        each.id: HeardUtterance(
            heard[each.id].features, module.summary_normaliser.standardise(heard[each.id].summary)[0]
        )
        for each in utterances
    }
    speakers = speaker_statistics(utterances, measured) if by_speaker else {}
    features, rows = [], []
    for utterance in utterances:
        own = speakers.get(utterance.voice)
        spectrogram, summary = (tensor[None] for tensor in measured[utterance.id])
        length = torch.tensor([spectrogram.shape[2]])
        if own is None:
            normalised = module.normaliser(spectrogram, length)[0]
            rows.append(module.summary_normaliser.relate(summary))
        else:
            normalised = module.normaliser(spectrogram, length, _as_row(own.mean), _as_row(own.scale))[0]
            rows.append(
                module.summary_normaliser.relate(summary, _as_row(own.summary), _as_row(own.summary_scale))
            )
        features.append(normalised.to(spectrogram.dtype))
    targets = torch.tensor([labels.index(utterance.emotion) for utterance in utterances])
    summary = torch.cat(rows) if rows else torch.zeros(0, 0)
    return TrainingSide(features, targets, len(labels), summary, voice_places(utterances, summary))


def voice_places(utterances: Sequence[Utterance], summary: Tensor) -> Tensor:
    """Compute how far each one's speaker lies from the mean of all speakers, `(utterance, summary)`.

    Whoever is not named counts as one speaker more.

    Args:
        utterances: of one side
        summary: `(utterance, summary)`, normalised
    """
    voices = {voice: number for number, voice in enumerate(dict.fromkeys(each.voice for each in utterances))}
    number = torch.tensor([voices[each.voice] for each in utterances], dtype=torch.long)
    belongs = functional.one_hot(number, max(len(voices), 1)).to(summary)  # (utterance, speaker)
    means = belongs.T @ summary / belongs.sum(dim=0).clamp(min=1)[:, None]
    return belongs @ (means - means.mean(dim=0))


def check_speakers(utterances: Sequence[Utterance]) -> None:
    """Check that every recording says who speaks.

    Raises:
        TrainingError: one does not
    """
    nameless = [utterance.id for utterance in utterances if utterance.speaker == UNKNOWN_SPEAKER]
    if nameless:
        raise TrainingError(
            f"training: normalisation by speaker, but {len(nameless)} of {len(utterances)} recordings do not "
            f"say who speaks, the first is '{nameless[0]}'; name the speakers, or use normalisation 'corpus'"
        )


def speaker_statistics(
    utterances: Sequence[Utterance], heard: HeardUtterances
) -> dict[Voice, SpeakerStatistics]:
    """Pool the frames and the summaries of each speaker.

    Raises:
        TrainingError: recordings that do not say who speaks
    """
    check_speakers(utterances)
    pooled: dict[Voice, SpeakerStatistics] = {}
    for utterance in utterances:
        voice = utterance.voice
        statistics = SpeakerStatistics.of(*(tensor.numpy() for tensor in heard[utterance.id]))
        pooled[voice] = pooled[voice] + statistics if voice in pooled else statistics
    return pooled


def _as_row(array: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(array).float()[None]
