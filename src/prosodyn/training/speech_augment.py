"""Random changes to what a student hears, which its teachers do not: rooms, noises, levels, masks.

Rooms and noises are put into the spectrograms, whose bands are logarithms of a power: powers of independent
sounds add up, and those of a room's echoes do.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from prosodyn.config import FrontEndConfig, SpeechAugmentConfig
from prosodyn.features.functional import length_mask
from prosodyn.training.augment import blank
from prosodyn.training.speech import SpeechBatch

DECAY_SECONDS = (0.2, 0.9)
"""Of a room, until its echoes have fallen by 60 dB: from a furnished one to a staircase."""

DIRECT_DB = (0.0, 12.0)
"""Of the direct sound above all echoes together."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """In which a student hears.

    Attributes:
        front_end: of the features
        noises: `(feature, frame)` each, not normalised
    """

    front_end: FrontEndConfig
    noises: Sequence[Tensor] = ()

    @property
    def n_mels(self) -> int:
        """Return how many bands the level is measured on: the mel bands, without those that show pitch."""
        return self.front_end.n_mels


def surround(
    batch: SpeechBatch, config: SpeechAugmentConfig, around: Surroundings, generator: torch.Generator
) -> SpeechBatch:
    """Change the features of a batch, and normalise them; what the teachers say of it stays as it was.

    Args:
        batch: not normalised
        config: sizes of the changes; zero switches a change off
        around: where it is heard
        generator: on the CPU, so that every device draws the same changes
    """
    features = batch.features
    mask = length_mask(batch.lengths, features.shape[2])[:, None, :]
    if config.reverberation:
        features = reverberate(features, config.reverberation, around, generator)
    if config.noise:
        features = add_noise(features, batch.lengths, config, around, generator)
    features = (features - batch.mean[:, :, None]) / batch.scale[:, :, None] * mask
    if config.gain or config.tilt:
        features = (features + shifts(features, config, around, generator)) * mask
    if config.n_masks:
        features = blank(features, batch.lengths, config, generator)
    return batch._replace(features=features * mask)


def reverberate(features: Tensor, share: float, around: Surroundings, generator: torch.Generator) -> Tensor:
    """Let echoes follow each sound, whose power falls exponentially (Polack 1988; Lebart et al. 2001).

    Args:
        features: `(batch, feature, frame)`, logarithms of powers
        share: of the utterances that are put into a room
        around: tells how long a frame is
        generator: of everything random

    Returns:
        the same shape, as loud on the whole; padding holds echoes
    """
    n, _, n_frames = features.shape
    chosen = torch.rand(n, generator=generator) < share
    seconds = between(DECAY_SECONDS, n, generator)[chosen]
    echoes = 10 ** (-between(DIRECT_DB, n, generator)[chosen] / 10)
    per_frame = around.front_end.hop / around.front_end.sample_rate
    kept = torch.exp(-6 * math.log(10) * per_frame / seconds)  # of a frame's echoes, in the next
    later = torch.arange(n_frames)[:, None] - torch.arange(n_frames)[None, :]
    tails = kept[:, None, None] ** (later - 1).clamp(min=0) * (1 - kept)[:, None, None] * (later > 0)
    room = (torch.eye(n_frames) + echoes[:, None, None] * tails) / (1 + echoes)[:, None, None]
    power = torch.exp(features[chosen.to(features.device)]).transpose(1, 2)
    heard = torch.log(torch.bmm(room.to(features), power)).transpose(1, 2)
    return put(features, chosen, heard)


def put(features: Tensor, chosen: Tensor, changed: Tensor) -> Tensor:
    """Return features, `(batch, feature, frame)`, with others in the place of those of chosen utterances."""
    together = features.clone()
    together[chosen.to(features.device)] = changed
    return together


def add_noise(
    features: Tensor,
    lengths: Tensor,
    config: SpeechAugmentConfig,
    around: Surroundings,
    generator: torch.Generator,
) -> Tensor:
    """Mix a piece of a noise, drawn at random, into some utterances; a short one is repeated.

    Args:
        features: `(batch, feature, frame)`, logarithms of powers
        lengths: `(batch,)`, true number of frames
        config: share of the utterances, and the ratio of speech to noise
        around: holds the noises
        generator: of everything random

    Returns:
        the same shape; padding holds noise
    """
    n, _, n_frames = features.shape
    chosen = torch.rand(n, generator=generator) < config.noise
    ratio = between((config.least_snr, config.most_snr), n, generator)
    which = torch.randint(len(around.noises), (n,), generator=generator)[chosen].tolist()
    where = torch.rand(n, generator=generator)[chosen].tolist()
    if not which:
        return features
    rows = []
    for number, place in zip(which, where, strict=True):
        noise = around.noises[number]
        index = (torch.arange(n_frames) + int(place * noise.shape[1])) % noise.shape[1]
        rows.append(noise[:, index])
    noises, speech = torch.stack(rows).to(features), features[chosen.to(features.device)]
    full = torch.full((len(rows),), n_frames, device=features.device)
    louder = level(speech, lengths[chosen.to(lengths.device)], around.n_mels) - level(
        noises, full, around.n_mels
    )
    gain = louder - ratio[chosen].to(features) * math.log(10) / 10
    return put(features, chosen, torch.logaddexp(speech, noises + gain[:, None, None]))


def level(features: Tensor, lengths: Tensor, n_mels: int) -> Tensor:
    """Return the logarithm of the mean power of the true frames over the mel bands, `(batch,)`."""
    mask = length_mask(lengths, features.shape[2])[:, None, :]
    power = torch.exp(features[:, :n_mels]) * mask
    return torch.log(power.sum(dim=(1, 2)) / lengths / n_mels)


def shifts(
    features: Tensor, config: SpeechAugmentConfig, around: Surroundings, generator: torch.Generator
) -> Tensor:
    """Draw how much louder each utterance is, and how much brighter, `(batch, feature, 1)`.

    A tilt is a straight line over the bands of each spectrogram, as another microphone's might be.
    """
    n, n_features, _ = features.shape
    gain = config.gain * between((-1.0, 1.0), n, generator)
    tilt = config.tilt * between((-0.5, 0.5), n, generator)
    n_spectrograms = around.front_end.n_spectrograms
    line = torch.linspace(-1.0, 1.0, n_features // n_spectrograms).repeat(n_spectrograms)
    return (gain[:, None] + tilt[:, None] * line)[:, :, None].to(features)


def between(ends: tuple[float, float], n: int, generator: torch.Generator) -> Tensor:
    """Draw `(n,)` evenly between two numbers."""
    return ends[0] + (ends[1] - ends[0]) * torch.rand(n, generator=generator)
