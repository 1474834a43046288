"""All that is heard of a waveform before anything is fitted: features, and a summary of the whole."""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from prosodyn.config import FrontEndConfig
from prosodyn.features.build import build_front_end, build_spectrograms
from prosodyn.features.encoders import EncoderFrontEnd, ShownSpectrograms
from prosodyn.features.functional import mean_and_variance
from prosodyn.features.quiet import without_quiet
from prosodyn.features.summary import UtteranceSummary

_LEAST_VARIANCE = 1e-6


class Heard(NamedTuple):
    """What is heard of a batch, before normalisation.

    Attributes:
        features: `(batch, feature, frame)`, zero on padding
        lengths: `(batch,)`, true number of frames
        summary: `(batch, summary)`; of size zero where none is wanted
    """

    features: Tensor
    lengths: Tensor
    summary: Tensor


class Listener(nn.Module):
    """A front end, and where it is wanted a summary of each utterance.

    Where the front end is one of encoders' states, the summary is that of the spectrograms together
    with mean and deviation of each state.

    Attributes:
        n_features: of each frame
        summary_size: numbers on the whole utterance; zero where none are wanted
        block_sizes: features of each block of the encoders; empty where there are none
        shown_encoders: that a network has to begin with; empty where the features are no such spectrograms
        is_of_states: the features are an encoder's states
        quiet: dB below the loudest moment and seconds of margin, as `without_quiet` has them
    """

    def __init__(
        self, config: FrontEndConfig, with_summary: bool = False, contents: Mapping[str, bytes] | None = None
    ) -> None:
        """Build what a configuration names.

        Args:
            config: of the front end
            with_summary: a summary is wanted
            contents: of the encoders' files, by name; None for those on disk
        """
        super().__init__()
        self.quiet = (config.quiet, config.quiet_margin)
        self.front_end = build_front_end(config, contents)
        self.n_features = self.front_end.n_features
        front_end = self.front_end
        self.is_of_states = isinstance(front_end, EncoderFrontEnd)
        self.shown_encoders = front_end.encoders if isinstance(front_end, ShownSpectrograms) else ()
        self.block_sizes = front_end.block_sizes if isinstance(front_end, EncoderFrontEnd) else ()
        self.summary = UtteranceSummary(config) if with_summary else None
        self.spectrograms = build_spectrograms(config) if with_summary and config.encoders else None
        self.summary_size = 0 if self.summary is None else self.summary.size
        if self.spectrograms is not None and self.is_of_states:
            self.summary_size += 2 * self.n_features

    @property
    def n_parameters(self) -> int:
        """Count the weights of the encoders, which are not trained."""
        return self.front_end.n_parameters if isinstance(self.front_end, EncoderFrontEnd) else 0

    def forward(self, waveform: Tensor, samples: Tensor) -> Heard:
        """Hear a padded batch.

        Args:
            waveform: `(batch, time)` in [-1, 1]; what lies beyond the true ends never matters
            samples: `(batch,)`, true lengths in samples, at least one
        """
        waveform, samples = self.attend(waveform, samples)
        features, lengths = self.front_end(waveform, samples)
        return Heard(features, lengths, self.summarise(waveform, samples, features, lengths))

    def attend(self, waveform: Tensor, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Return what of a padded batch is listened to: all of it, or what is not quiet."""
        return without_quiet(waveform, samples, *self.quiet)

    def summarise(self, waveform: Tensor, samples: Tensor, features: Tensor, lengths: Tensor) -> Tensor:
        """Summarise each utterance of which the features are known, `(batch, summary)`.

        Args:
            waveform: as `attend` returns it
            samples: likewise
            features: of it, `(batch, feature, frame)`, zero on padding
            lengths: of it, `(batch,)`, true number of frames
        """
        if self.summary is None:
            return features[:, :0, 0]
        if self.spectrograms is None:
            summary: Tensor = self.summary(features, lengths)
            return summary
        of_spectrograms: Tensor = self.summary(*self.spectrograms(waveform, samples))
        if not self.is_of_states:
            return of_spectrograms
        mean, variance = mean_and_variance(features, lengths)
        deviation = torch.sqrt(variance + _LEAST_VARIANCE)
        return torch.cat([of_spectrograms, mean, deviation], dim=1)
