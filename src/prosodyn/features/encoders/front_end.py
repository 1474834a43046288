"""Hidden states of encoders as features: every block at one rate, one below the other."""

import hashlib
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from prosodyn.config import AnyEncoder
from prosodyn.encoders import encoder_identity
from prosodyn.features.encoders.states import MOST_VALUES, EncoderStates, Place, rows_over_time
from prosodyn.features.encoders.steps import States
from prosodyn.features.functional import length_mask, take_frames

HOP = 1280
"""Samples from one frame to the next, 80 ms: emotion is slow, and so are the blocks that tell it."""


class EncoderFrontEnd(nn.Module):
    """Spectrograms, the encoders above them, and their blocks laid onto common frames.

    Attributes:
        block_sizes: features of each block, the first encoder's first
        n_features: of all blocks together
        identity: of all that the features depend on besides the waveform
    """

    def __init__(self, encoders: Sequence[AnyEncoder], contents: Mapping[str, bytes] | None = None) -> None:
        """Read the encoders; see `EncoderStates`.

        Raises:
            BundleError: a file that is not there, or that is no encoder
            ConfigError: blocks that an encoder does not have
            MissingExtraError: onnx or transformers is not installed
        """
        super().__init__()
        self.states = EncoderStates(encoders, contents)
        self.places = self.states.places()
        self.block_sizes = self.states.block_sizes()
        self.n_features = sum(self.block_sizes)
        # a bundle's encoder may have been rounded: then it makes other states of a sound than its file did
        halves = ("half",) if self.states.holds_halves else ()
        names = (str(MOST_VALUES), str(HOP), *map(encoder_identity, encoders), *halves)
        self.identity = f"frames-{hashlib.sha256(' '.join(names).encode()).hexdigest()}"

    @property
    def n_parameters(self) -> int:
        """Count the weights of the encoders."""
        return self.states.n_parameters

    def lengths(self, samples: Tensor) -> Tensor:
        """Return the number of frames, `(batch,)`, for true lengths in samples, `(batch,)`."""
        return torch.div(samples + HOP - 1, HOP, rounding_mode="trunc")

    def forward(self, waveform: Tensor, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the states of a padded batch; what lies beyond a true end never matters.

        Args:
            waveform: `(batch, time)` in [-1, 1]
            samples: `(batch,)`, true lengths in samples, at least one

        Returns:
            features `(batch, feature, frame)`, zero on padding, and lengths `(batch,)`
        """
        lengths, n_frames = self.lengths(samples), (waveform.shape[1] + HOP - 1) // HOP
        blocks = zip(self.states(waveform, samples), self.places, strict=True)
        features = torch.cat([lay_on_frames(states, place, n_frames) for states, place in blocks], dim=1)
        return features * length_mask(lengths, n_frames)[:, None, :], lengths


def lay_on_frames(states: States, place: Place, n_frames: int) -> Tensor:
    """Give every frame the states in its middle: the mean of several, or the nearest one.

    At the ends, where a block has nothing to say, its outermost states are repeated.

    Args:
        states: of a batch
        place: where they lie
        n_frames: that are wanted, `HOP` samples each

    Returns:
        `(batch, feature, frame)`
    """
    rows = rows_over_time(states)
    n_each = max(round(HOP / place.stride), 1)
    middles = torch.arange(n_frames, device=rows.device) * HOP + HOP / 2
    first = torch.floor((middles - place.first) / place.stride - (n_each - 1) / 2 + 0.5).long()
    each = (first[:, None] + torch.arange(n_each, device=rows.device)).clamp(min=0).flatten()
    taken = take_frames(rows, torch.minimum(each[None, :], states.lengths[:, None] - 1))
    return taken.view(*taken.shape[:2], -1, n_each).mean(dim=3)
