"""From utterances to what a network, or a classical system, is fitted on."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from prosodyn.audio import utterance_waveform
from prosodyn.comparison.feature_sets import FeatureSet
from prosodyn.comparison.method import RealArray
from prosodyn.config import FrontEndConfig
from prosodyn.corpora import UNKNOWN_SPEAKER
from prosodyn.errors import TrainingError
from prosodyn.features import FeatureNormaliser, build_front_end
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


def training_side(
    utterances: Sequence[Utterance],
    labels: Sequence[str],
    spectrograms: Spectrograms,
    normaliser: FeatureNormaliser,
    by_speaker: bool = False,
) -> TrainingSide:
    """Normalise the features of some utterances and number their emotions.

    Args:
        utterances: of one side
        labels: emotions in the order of the logits
        spectrograms: of at least these utterances
        normaliser: fitted
        by_speaker: each speaker's mean and scale over these utterances take the place of the fitted ones

    Raises:
        TrainingError: an emotion that is not one of the labels, or speakers that are wanted but unknown
    """
    unknown = sorted({utterance.emotion for utterance in utterances} - set(labels))
    if unknown:
        raise TrainingError(f"training: emotion '{unknown[0]}' is not one of {list(labels)}")
    speakers = speaker_statistics(utterances, spectrograms) if by_speaker else {}
    normalised = []
    for utterance in utterances:
        features = spectrograms[utterance.id][None]
        speaker = speakers.get(utterance.voice)
        own = () if speaker is None else (speaker.mean, speaker.scale)
        normalisation = (torch.from_numpy(array).float()[None] for array in own)
        normalised.append(normaliser(features, torch.tensor([features.shape[2]]), *normalisation)[0])
    targets = torch.tensor([labels.index(utterance.emotion) for utterance in utterances])
    return TrainingSide(normalised, targets, len(labels))


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
    utterances: Sequence[Utterance], spectrograms: Spectrograms
) -> dict[Voice, SpeakerStatistics]:
    """Pool the frames of each speaker.

    Raises:
        TrainingError: recordings that do not say who speaks
    """
    check_speakers(utterances)
    pooled: dict[Voice, SpeakerStatistics] = {}
    for utterance in utterances:
        statistics, voice = SpeakerStatistics.of(spectrograms[utterance.id].numpy()), utterance.voice
        pooled[voice] = pooled[voice] + statistics if voice in pooled else statistics
    return pooled
