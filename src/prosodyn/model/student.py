"""A network that learns what teachers say of each frame, by heads that are dropped afterwards."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.features.encoders import HOP, Place
from prosodyn.model.network import EmotionNetwork

N_PROSODY = 3
"""F0, voicing and energy, see `features.prosody`."""


class StudentOutput(NamedTuple):
    """What a student says of each frame of its teachers.

    Attributes:
        states: `(batch, frame, value)`, of all blocks of the teachers, one after the other
        prosody: `(batch, frame, 3)`; the second is a logit
    """

    states: Tensor
    prosody: Tensor


class Student(nn.Module):
    """A network and, on its recurrent layer, one linear head for each block of the teachers and for prosody.

    As in DistilHuBERT (Chang, Yang and Lee 2022), heads are linear and read one and the same layer, so that
    it has to hold what all of them ask for.
    """

    def __init__(self, network: EmotionNetwork, hidden_size: int, place: Place, n_states: int) -> None:
        """Put fresh heads on a network.

        Args:
            network: that learns
            hidden_size: of its recurrent layer
            place: where its frames lie in the waveform
            n_states: values of the teachers' blocks, all together; zero for none
        """
        super().__init__()
        self.network = network
        self.place = place
        # the heads of all blocks, one below the other
        self.states = nn.Linear(hidden_size, n_states) if n_states else None
        self.prosody = nn.Linear(hidden_size, N_PROSODY)

    def forward(self, features: Tensor, lengths: Tensor, n_frames: int) -> StudentOutput:
        """Say what teachers would.

        Args:
            features: `(batch, feature, frame)`, normalised, zero on padding
            lengths: `(batch,)`, true number of them, at least one
            n_frames: of the teachers, `HOP` samples each
        """
        read = self.network.read(features, lengths)
        frames = at_middles(read.values, read.lengths, self.place, n_frames)
        states = frames[:, :, :0] if self.states is None else self.states(frames)
        return StudentOutput(states, self.prosody(frames))


def frames_in_waveform(front_end: FrontEndConfig, network: NetworkConfig) -> Place:
    """Return where the frames of a network's recurrent layer lie in the waveform.

    Every convolution is padded evenly, so that its first frame lies where the first one below lies.
    """
    stride = front_end.hop
    for each in network.frame_strides:
        stride *= each
    return Place((front_end.window - 1) / 2, stride)


def at_middles(frames: Tensor, lengths: Tensor, place: Place, n_frames: int) -> Tensor:
    """Interpolate between frames, at the middles of others that are `HOP` samples long.

    Beyond the outermost true frame of an utterance that frame stands, so that padding is never read.

    Args:
        frames: `(batch, frame, channel)`
        lengths: `(batch,)`, true number of them, at least one
        place: where they lie in the waveform
        n_frames: of the others

    Returns:
        `(batch, n_frames, channel)`
    """
    middles = torch.arange(n_frames, device=frames.device) * HOP + (HOP - 1) / 2
    position = ((middles - place.first) / place.stride).clamp(min=0.0)[None, :]
    position = torch.minimum(position, (lengths[:, None] - 1).to(position.dtype))
    before = position.floor().long()
    after = torch.minimum(before + 1, lengths[:, None] - 1)
    share = (position - before)[:, :, None].to(frames.dtype)

    def take(index: Tensor) -> Tensor:
        return frames.gather(1, index[:, :, None].expand(-1, -1, frames.shape[2]))

    return torch.lerp(take(before), take(after), share)
