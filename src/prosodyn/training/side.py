"""From what was heard to what a network is fitted on: normalised, numbered, and weighed."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from prosodyn.corpora import UNKNOWN_SPEAKER
from prosodyn.errors import TrainingError
from prosodyn.model import WaveformNetwork
from prosodyn.training.batches import TrainingSide
from prosodyn.training.hearing import HeardUtterance, HeardUtterances
from prosodyn.types import SpeakerStatistics, Utterance

Normalisation = Literal["corpus", "each_corpus", "speaker"]
"""By whose mean and scale features are normalised, as `TrainingConfig` has it."""

LEAST_SHARE = 0.01
"""An emotion that is rarer among a corpus's recordings is not one that the corpus tells from others."""


def fit_normalisation(
    module: WaveformNetwork,
    utterances: Sequence[Utterance],
    heard: HeardUtterances,
    normalisation: Normalisation = "corpus",
) -> None:
    """Fit the normalisation of features and of summaries on the training side.

    Args:
        module: is fitted
        utterances: of the training side
        heard: of at least these utterances
        normalisation: by speaker, or by each corpus, the scale of the summaries is about the mean of each

    Raises:
        TrainingError: the training side is empty, or speakers are wanted but unknown
    """
    module.normaliser.fit(heard[utterance.id].features for utterance in utterances)
    rows = [heard[utterance.id].summary for utterance in utterances]
    if normalisation == "corpus":
        module.summary_normaliser.fit(torch.stack(rows))
        return
    own = own_statistics(utterances, heard, normalisation)
    centres = [_as_row(own[utterance.id].summary)[0] for utterance in utterances]
    module.summary_normaliser.fit(torch.stack(rows), torch.stack(centres))


def training_side(
    module: WaveformNetwork,
    utterances: Sequence[Utterance],
    labels: Sequence[str],
    heard: HeardUtterances,
    normalisation: Normalisation = "corpus",
) -> TrainingSide:
    """Normalise what a network is shown of some utterances, and number their emotions.

    Args:
        module: whose normalisation has been fitted
        utterances: of one side
        labels: emotions in the order of the logits
        heard: of at least these utterances
        normalisation: by speaker, or by each corpus, the means and scale of each over these utterances take
            the place of the fitted ones

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
    statistics = own_statistics(utterances, measured, normalisation)
    features, rows = [], []
    for utterance in utterances:
        own = statistics.get(utterance.id)
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
    voices, allowed = voice_places(utterances, summary), allowed_emotions(utterances, labels)
    return TrainingSide(features, targets, len(labels), summary, voices, allowed)


def allowed_emotions(utterances: Sequence[Utterance], labels: Sequence[str]) -> Tensor:
    """Tell which emotions each utterance can be told from: those of its corpus, `(utterance, emotion)`.

    Args:
        utterances: of one side
        labels: emotions in the order of the logits
    """
    total = Counter(each.corpus for each in utterances)
    count = Counter((each.corpus, each.emotion) for each in utterances)
    least = 0.0 if len(total) == 1 else LEAST_SHARE  # what is alone decides what there is
    known = {pair for pair, n in count.items() if n >= least * total[pair[0]]}
    rows = [
        [label == each.emotion or (each.corpus, label) in known for label in labels] for each in utterances
    ]
    return torch.tensor(rows, dtype=torch.bool).reshape(len(utterances), len(labels))


def corpus_chances(utterances: Sequence[Utterance], balance: float) -> Tensor | None:
    """Tell how often each utterance is drawn relative to others, `(utterance,)`; None for once an epoch.

    Args:
        utterances: of one side
        balance: zero for each corpus by its size, one for all alike; with a half, by the root of its size
    """
    total = Counter(each.corpus for each in utterances)
    if not balance or len(total) < 2:
        return None
    return torch.tensor([total[each.corpus] ** -balance for each in utterances])


def voice_places(utterances: Sequence[Utterance], summary: Tensor) -> Tensor:
    """Compute how far each one's speaker lies from the mean of all speakers, `(utterance, summary)`.

    Whoever is not named counts as one speaker more. Speakers are compared as they sound through one and the
    same channel: what that does to all of them is no part of anybody's voice, and a band that it leaves empty
    tells nobody from others.

    Args:
        utterances: of one side
        summary: `(utterance, summary)`, normalised
    """
    places = torch.zeros_like(summary)
    for channel in dict.fromkeys(each.channel for each in utterances):
        rows = [row for row, each in enumerate(utterances) if each.channel == channel]
        places[rows] = _places_of([utterances[row] for row in rows], summary[rows])
    return places


def _places_of(utterances: Sequence[Utterance], summary: Tensor) -> Tensor:
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


def own_statistics(
    utterances: Sequence[Utterance], heard: HeardUtterances, normalisation: Normalisation
) -> dict[str, SpeakerStatistics]:
    """Pool the frames and the summaries of each speaker, or of each corpus.

    A speaker is pooled by channel, because who is enrolled later is heard through the channel by which the
    answers are given, too. A corpus is pooled over all channels: what it stands for, the mean and scale in a
    bundle that is told nothing, is one for all of them, and the network has to learn to do with it.

    Args:
        utterances: of one side, in all of their versions
        heard: of them
        normalisation: by whom

    Returns:
        those that belong to each utterance, by its id; nothing where normalisation is that of the whole side

    Raises:
        TrainingError: recordings that do not say who speaks, where that is wanted
    """
    if normalisation == "corpus":
        return {}
    if normalisation == "speaker":
        check_speakers(utterances)
    by_speaker = normalisation == "speaker"
    groups = {each.id: (each.voice, each.channel) if by_speaker else each.corpus for each in utterances}
    pooled: dict[object, SpeakerStatistics] = {}
    for name, group in groups.items():
        statistics = SpeakerStatistics.of(*(tensor.numpy() for tensor in heard[name]))
        pooled[group] = pooled[group] + statistics if group in pooled else statistics
    return {name: pooled[group] for name, group in groups.items()}


def _as_row(array: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(array).float()[None]
