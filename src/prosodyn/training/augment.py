"""Random changes to a batch of training features; every change is drawn from one generator."""

import torch
from torch import Tensor
from torch.nn import functional

from prosodyn.config import AugmentConfig, SpeechAugmentConfig
from prosodyn.features.functional import length_mask
from prosodyn.training.batches import Batch

Masks = AugmentConfig | SpeechAugmentConfig
"""Either says how many bands and spans are blanked, and how large they are."""


def augment(batch: Batch, config: AugmentConfig, generator: torch.Generator) -> Batch:
    """Change normalised features as the configuration says; the batch that came in stays as it was.

    The summary is of the utterance before any change to its spectrograms; it is moved and mixed by itself.

    Args:
        batch: normalised features, zero on padding
        config: sizes of the changes; zero switches a change off
        generator: on the CPU, so that every device draws the same changes
    """
    if config.crop_frames:
        batch = crop(batch, config.crop_frames, generator)
    if config.speed or config.vocal_tract:
        batch = warp(batch, config, generator)
    if config.gain:
        batch = shift_level(batch, config.gain, generator)
    if config.n_masks:
        batch = mask_bands_and_spans(batch, config, generator)
    if config.voice:
        batch = move_voices(batch, config.voice, generator)
    if config.mixup:
        batch = mix_up(batch, config.mixup, generator)
    return batch


def crop(batch: Batch, n_frames: int, generator: torch.Generator) -> Batch:
    """Keep a piece of each longer utterance, from a place drawn at random."""
    n, n_bands, _ = batch.features.shape
    lengths = batch.lengths.clamp(max=n_frames)
    room = (batch.lengths - lengths).cpu()
    start = (torch.rand(n, generator=generator) * (room + 1)).long().to(batch.lengths.device)
    frame = torch.arange(int(lengths.max()), device=batch.lengths.device)
    # behind a shorter utterance's end lies padding, which is as good as any other
    index = (start[:, None] + frame[None, :]).clamp(max=batch.features.shape[2] - 1)
    features = batch.features.gather(2, index[:, None, :].expand(n, n_bands, -1))
    mask = length_mask(lengths, features.shape[2])
    return batch._replace(features=features * mask[:, None, :], lengths=lengths)


def warp(batch: Batch, config: AugmentConfig, generator: torch.Generator) -> Batch:
    """Stretch time and frequency by bilinear resampling of the spectrogram.

    Stretching time stands for another tempo, stretching frequency for another
    vocal-tract length (Jaitly and Hinton 2013). Each utterance draws its own factors.
    """
    n, n_bands, _ = batch.features.shape
    tempo = 1 + config.speed * _uniform(n, generator)
    tract = 1 + config.vocal_tract * _uniform(n, generator)
    lengths = torch.round(batch.lengths.cpu() / tempo).long().clamp(min=1)
    n_frames = int(lengths.max())
    # positions in the original; the last true frame stands in for padding, which must not be blended in
    frame = torch.minimum(torch.arange(n_frames)[None, :] * tempo[:, None], batch.lengths.cpu()[:, None] - 1)
    band = torch.arange(n_bands)[None, :] * tract[:, None]
    grid = torch.stack(
        [
            _to_grid(frame, batch.features.shape[2])[:, None, :].expand(n, n_bands, n_frames),
            _to_grid(band, n_bands)[:, :, None].expand(n, n_bands, n_frames),
        ],
        dim=3,
    )
    warped = functional.grid_sample(
        batch.features[:, None], grid.to(batch.features), padding_mode="border", align_corners=True
    )[:, 0]
    lengths = lengths.to(batch.lengths.device)
    return batch._replace(features=warped * length_mask(lengths, n_frames)[:, None, :], lengths=lengths)


def shift_level(batch: Batch, gain: float, generator: torch.Generator) -> Batch:
    """Make each utterance louder or softer: on a logarithmic spectrogram, add a constant."""
    shift = gain * _uniform(batch.features.shape[0], generator).to(batch.features)
    mask = length_mask(batch.lengths, batch.features.shape[2])
    return batch._replace(features=batch.features + shift[:, None, None] * mask[:, None, :])


def mask_bands_and_spans(batch: Batch, config: AugmentConfig, generator: torch.Generator) -> Batch:
    """Blank bands and spans with the training side's mean, which is zero (Park et al. 2019).

    A span is never longer than a fifth of its utterance.
    """
    return batch._replace(features=blank(batch.features, batch.lengths, config, generator))


def blank(features: Tensor, lengths: Tensor, config: Masks, generator: torch.Generator) -> Tensor:
    """Return features, `(batch, feature, frame)`, with bands and spans of each utterance at zero."""
    n, n_bands, n_frames = features.shape
    keep = torch.ones(n, n_bands, n_frames, dtype=torch.bool)
    true_frames = lengths.cpu()
    widest_bands = torch.full((n,), config.mask_bands)
    widest_frames = torch.div(true_frames, 5, rounding_mode="floor").clamp(max=config.mask_frames)
    for _ in range(config.n_masks):
        bands = _draw_spans(widest_bands, torch.full((n,), n_bands), n_bands, generator)
        frames = _draw_spans(widest_frames, true_frames, n_frames, generator)
        keep &= ~(bands[:, :, None] | frames[:, None, :])
    return features * keep.to(features.device)


def move_voices(batch: Batch, amount: float, generator: torch.Generator) -> Batch:
    """Take each summary from where its speaker lies to where an unknown speaker might.

    What an emotion adds to a voice stays, and whose voice it is can no longer be learnt by heart. Half of
    the variance is along the directions in which the speakers of the batch differ, together, and half is each
    number's own: few speakers span few directions.

    Args:
        batch: with summaries
        amount: in standard deviations between the speakers of the batch, each counted by its utterances
        generator: of everything random
    """
    n, size = batch.voice.shape
    along = torch.randn(n, n, generator=generator).to(batch.voice) @ batch.voice / n**0.5
    each = torch.randn(n, size, generator=generator).to(batch.voice) * batch.voice.square().mean(dim=0).sqrt()
    place = amount * (along + each) / 2**0.5
    return batch._replace(summary=batch.summary - batch.voice + place)


def mix_up(batch: Batch, alpha: float, generator: torch.Generator) -> Batch:
    """Blend each utterance and its target with another of the batch (Zhang et al. 2018).

    The longer of a pair keeps its true end; the shorter one ends earlier, as one voice over another.
    """
    n = batch.features.shape[0]
    share = _beta(alpha, n, generator)
    share = torch.maximum(share, 1 - share).to(batch.features)  # the first of the pair stays the main voice
    partner = torch.randperm(n, generator=generator).to(batch.features.device)

    def blend(each: Tensor) -> Tensor:
        own = share.view(-1, *[1] * (each.ndim - 1))
        return own * each + (1 - own) * each[partner]

    return Batch(
        features=blend(batch.features),
        lengths=torch.maximum(batch.lengths, batch.lengths[partner]),
        targets=blend(batch.targets),
        summary=blend(batch.summary),
        voice=blend(batch.voice),
        allowed=batch.allowed | batch.allowed[partner],
    )


def _uniform(n: int, generator: torch.Generator) -> Tensor:
    """Draw `(n,)` from [-1, 1)."""
    return 2 * torch.rand(n, generator=generator) - 1


def _beta(alpha: float, n: int, generator: torch.Generator) -> Tensor:
    """Draw `(n,)` from Beta(alpha, alpha), as the ratio of two gamma variables."""
    gamma = torch._standard_gamma(torch.full((2, n), alpha), generator=generator)
    return gamma[0] / gamma.sum(dim=0).clamp(min=1e-12)


def _to_grid(position: Tensor, size: int) -> Tensor:
    """Turn positions 0 … size-1 into the [-1, 1] that resampling expects."""
    return 2 * position / max(size - 1, 1) - 1


def _draw_spans(widest: Tensor, ends: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """Draw one span an utterance.

    Args:
        widest: `(batch,)`, largest width
        ends: `(batch,)`, positions that a span may cover
        size: padded length
        generator: of everything random

    Returns:
        `(batch, size)`, true inside
    """
    n = widest.shape[0]
    width = (torch.rand(n, generator=generator) * (widest + 1)).floor()
    start = (torch.rand(n, generator=generator) * (ends - width + 1).clamp(min=1)).floor()
    position = torch.arange(size)[None, :]
    return (position >= start[:, None]) & (position < (start + width)[:, None])
