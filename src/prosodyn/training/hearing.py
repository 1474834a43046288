"""From utterances to what a network, or a classical system, is fitted on."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from prosodyn.audio import utterance_waveform
from prosodyn.comparison.feature_sets import FeatureSet
from prosodyn.comparison.method import RealArray
from prosodyn.config import FrontEndConfig
from prosodyn.corpora import UNKNOWN_SPEAKER
from prosodyn.errors import TrainingError
from prosodyn.features import build_front_end
from prosodyn.model import WaveformNetwork
from prosodyn.training.batches import TrainingSide
from prosodyn.types import SpeakerStatistics, Utterance, Voice

Spectrograms = Mapping[str, Tensor]
"""An utterance's id to its features, `(feature, frame)`; nothing in them is fitted."""


def hear(
    utterances: Sequence[Utterance],
    front_end: FrontEndConfig,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Tensor]:
    """Read every utterance and compute its features.

    Args:
        utterances: with audio at hand
        front_end: computes the features
        progress: called with how many are done, and how many there are

    Raises:
        AudioError: a recording that cannot be used
    """
    module = build_front_end(front_end)
    spectrograms: dict[str, Tensor] = {}
    with torch.inference_mode():
        for done, utterance in enumerate(utterances, start=1):
            waveform = torch.from_numpy(utterance_waveform(utterance))[None]
            features, _ = module(waveform, torch.tensor([waveform.shape[1]]))
            length = int(module.lengths(torch.tensor([waveform.shape[1]])))
            spectrograms[utterance.id] = features[0, :, :length].clone()
            if progress is not None:
                progress(done, len(utterances))
    # tensors made in inference mode could not be trained on
    return {name: spectrogram.clone() for name, spectrogram in spectrograms.items()}


def hear_features(utterances: Sequence[Utterance], feature_set: FeatureSet) -> dict[str, RealArray]:
    """Read every utterance and compute what a classical system hears of it, by the utterance's id.

    Raises:
        AudioError: a recording that cannot be used
    """
    return {utterance.id: feature_set(utterance_waveform(utterance)) for utterance in utterances}


def fit_normalisation(
    module: WaveformNetwork, utterances: Sequence[Utterance], spectrograms: Spectrograms, by_speaker: bool
) -> None:
    """Fit the normalisation of features and of summaries on the training side.

    Args:
        module: is fitted
        utterances: of the training side
        spectrograms: of at least these utterances
        by_speaker: the scale of the summaries is about each speaker's own mean

    Raises:
        TrainingError: the training side is empty, or speakers are wanted but unknown
    """
    module.normaliser.fit(spectrograms[utterance.id] for utterance in utterances)
    summaries = summarise(module, utterances, spectrograms)
    rows = [summaries[utterance.id] for utterance in utterances]
    if not by_speaker:
        module.summary_normaliser.fit(torch.stack(rows))
        return
    speakers = speaker_statistics(utterances, spectrograms, summaries)
    centres = [_as_row(speakers[utterance.voice].summary)[0] for utterance in utterances]
    module.summary_normaliser.fit(torch.stack(rows), torch.stack(centres))


def training_side(
    module: WaveformNetwork,
    utterances: Sequence[Utterance],
    labels: Sequence[str],
    spectrograms: Spectrograms,
    by_speaker: bool = False,
) -> TrainingSide:
    """Normalise what a network is shown of some utterances, and number their emotions.

    Args:
        module: whose normalisation has been fitted
        utterances: of one side
        labels: emotions in the order of the logits
        spectrograms: of at least these utterances
        by_speaker: each speaker's means and scale over these utterances take the place of the fitted ones

    Raises:
        TrainingError: an emotion that is not one of the labels, or speakers that are wanted but unknown
    """
    unknown = sorted({utterance.emotion for utterance in utterances} - set(labels))
    if unknown:
        raise TrainingError(f"training: emotion '{unknown[0]}' is not one of {list(labels)}")
    raw = summarise(module, utterances, spectrograms)
    summaries = {name: module.summary_normaliser.standardise(each)[0] for name, each in raw.items()}
    speakers = speaker_statistics(utterances, spectrograms, summaries) if by_speaker else {}
    features, rows = [], []
    for utterance in utterances:
        own = speakers.get(utterance.voice)
        spectrogram, summary = spectrograms[utterance.id][None], summaries[utterance.id][None]
        length = torch.tensor([spectrogram.shape[2]])
        if own is None:
            features.append(module.normaliser(spectrogram, length)[0])
            rows.append(module.summary_normaliser.relate(summary))
        else:
            features.append(module.normaliser(spectrogram, length, _as_row(own.mean), _as_row(own.scale))[0])
            rows.append(
                module.summary_normaliser.relate(summary, _as_row(own.summary), _as_row(own.summary_scale))
            )
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


def summarise(
    module: WaveformNetwork, utterances: Sequence[Utterance], spectrograms: Spectrograms
) -> dict[str, Tensor]:
    """Compute what a network is shown of each utterance as a whole, `(summary,)` by the utterance's id."""
    with torch.no_grad():
        return {
            utterance.id: module.summarise(features[None], torch.tensor([features.shape[1]]))[0]
            for utterance in utterances
            for features in [spectrograms[utterance.id]]
        }


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
    utterances: Sequence[Utterance], spectrograms: Spectrograms, summaries: Mapping[str, Tensor]
) -> dict[Voice, SpeakerStatistics]:
    """Pool the frames and the summaries of each speaker.

    Raises:
        TrainingError: recordings that do not say who speaks
    """
    check_speakers(utterances)
    pooled: dict[Voice, SpeakerStatistics] = {}
    for utterance in utterances:
        voice = utterance.voice
        statistics = SpeakerStatistics.of(spectrograms[utterance.id].numpy(), summaries[utterance.id].numpy())
        pooled[voice] = pooled[voice] + statistics if voice in pooled else statistics
    return pooled


def _as_row(array: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(array).float()[None]
