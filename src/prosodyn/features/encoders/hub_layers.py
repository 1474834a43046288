"""Hidden states of wav2vec 2.0, HuBERT, WavLM and Whisper, of a batch of waveforms: safe against padding."""

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from prosodyn.config import HubEncoder
from prosodyn.errors import BundleError
from prosodyn.features.encoders.hub_blocks import Blocks
from prosodyn.features.encoders.hub_loading import LoadedModel, load_model
from prosodyn.features.encoders.steps import Grid, Span, States
from prosodyn.features.functional import length_mask, mean_and_variance
from prosodyn.types import SAMPLE_RATE

_LEAST_VARIANCE = 1e-7
"""Added to the variance of a waveform, as these models were trained."""


class HubLayers(nn.Module):
    """A model up to its highest block that is wanted; it is neither trained nor stored.

    Attributes:
        grids: where the states of each block lie in the waveform, counted in samples
        block_sizes: channels of each block
        n_parameters: how many weights are used
    """

    def __init__(self, encoder: HubEncoder) -> None:
        """Read a model.

        Raises:
            BundleError: it is not here, or is another than the one that was described
            ConfigError: it has not so many blocks
            MissingExtraError: transformers is not installed
        """
        super().__init__()
        model = load_model(encoder)
        hearing = _WhisperHearing if model.family == "whisper" else _WaveformHearing
        # no submodule: what trains and stores the others passes it by
        self._hearing = hearing(model, encoder.blocks)
        self.grids = (self._hearing.grid,) * len(encoder.blocks)
        self.block_sizes = (self._hearing.size,) * len(encoder.blocks)
        self.n_parameters = self._hearing.n_parameters

    def forward(self, waveform: Tensor, samples: Tensor) -> tuple[States, ...]:
        """Compute the states of a padded batch; what lies beyond a true end never matters.

        Args:
            waveform: `(batch, time)` in [-1, 1]
            samples: `(batch,)`, true lengths in samples, at least one

        Returns:
            one a block
        """
        return self._hearing(waveform, samples)


class _WaveformHearing:
    """A model that is shown the waveform itself: wav2vec 2.0, HuBERT, WavLM."""

    def __init__(self, model: LoadedModel, wanted: tuple[int, ...]) -> None:
        self._network, self._normalises = model.network, bool(model.shown.do_normalize)
        config = self._network.config
        self._blocks = Blocks(self._network.encoder, wanted, model.where)
        if getattr(self._network, "adapter", None) is not None:
            self._network.adapter = None  # it follows the last block, and would be run for nothing
        self._spans = [
            Span(kernel, stride)
            for kernel, stride in zip(config.conv_kernel, config.conv_stride, strict=True)
        ]
        self._least, self.grid = 1, Grid()
        for span in self._spans:
            self.grid = self.grid.behind(span)
        for span in reversed(self._spans):
            self._least = (self._least - 1) * span.stride + span.kernel
        self.size = int(config.hidden_size)
        named = self._network.named_parameters()
        self.n_parameters = sum(each.numel() for name, each in named if name != "masked_spec_embed")
        self._is_alone = _hears_padding(config)

    def __call__(self, waveform: Tensor, samples: Tensor) -> tuple[States, ...]:
        shown = self._normalise(waveform, samples)
        counted = samples.clamp(min=self._least)  # a shorter clip is followed by silence
        shown = functional.pad(shown, (0, max(self._least - shown.shape[1], 0)))
        if self._is_alone:
            alone = [self._run(shown[row : row + 1, :n]) for row, n in enumerate(counted.tolist())]
            found = [_pad_together([each[block] for each in alone]) for block in range(len(alone[0]))]
        else:
            most = int(counted.max())
            found = self._run(shown[:, :most], length_mask(counted, most).long())
        lengths = counted
        for span in self._spans:
            lengths = span.lengths(lengths)
        return tuple(States(each.transpose(1, 2)[..., None], lengths) for each in found)

    def _run(self, shown: Tensor, mask: Tensor | None = None) -> list[Tensor]:
        with self._blocks.caught() as caught:
            self._network(shown, attention_mask=mask)
        return [caught[block] for block in self._blocks.wanted]

    def _normalise(self, waveform: Tensor, samples: Tensor) -> Tensor:
        mask = length_mask(samples, waveform.shape[1])
        true = waveform.masked_fill(~mask, 0.0)
        if not self._normalises:
            return true
        mean, variance = mean_and_variance(true[:, None], samples)
        return (true - mean) / torch.sqrt(variance + _LEAST_VARIANCE) * mask


def _hears_padding(config: Any) -> bool:
    """Tell whether a clip has other states in a padded batch, so that it has to be heard alone.

    So it is with a norm over all frames, and with one that moves zeros ahead of a convolution. WavLM's
    attention adds a mask of truth values to one of numbers, which torch is about to refuse.
    """
    norms_over_time = config.feat_extract_norm == "group" or getattr(config, "conv_pos_batch_norm", False)
    return norms_over_time or config.model_type == "wavlm"


class _WhisperHearing:
    """The encoder of Whisper, which always hears half a minute, of a short clip with silence behind it.

    What it makes of that silence is left out. A longer clip is heard in pieces of equal lengths.
    """

    def __init__(self, model: LoadedModel, wanted: tuple[int, ...]) -> None:
        config, self._shown = model.network.config, model.shown
        self._network = model.network.get_encoder()
        if self._shown.nb_max_frames != 2 * config.max_source_positions:
            raise BundleError(
                f"{model.where}: is shown {self._shown.nb_max_frames} frames, expected "
                f"{2 * config.max_source_positions}; copy the model again"
            )
        self._blocks = Blocks(self._network, wanted, model.where)
        self._shown.dither = 0.0  # noise that would make every answer another one
        self.grid = Grid(0.0, 2 * self._shown.hop_length)
        self.size = int(config.d_model)
        self.n_parameters = sum(each.numel() for each in self._network.parameters())

    def __call__(self, waveform: Tensor, samples: Tensor) -> tuple[States, ...]:
        stride = self.grid.stride
        clips = [row[:n] for row, n in zip(waveform, samples.tolist(), strict=True)]
        heard = [[self._run(piece) for piece in self._pieces(clip)] for clip in clips]
        lengths = torch.div(samples + stride - 1, stride, rounding_mode="floor")
        found = [
            _pad_together([torch.cat([piece[block] for piece in pieces], dim=1) for pieces in heard])
            for block in range(len(self._blocks.wanted))
        ]
        return tuple(States(each.transpose(1, 2)[..., None], lengths) for each in found)

    def _pieces(self, clip: Tensor) -> Iterator[Tensor]:
        stride = self.grid.stride
        n_pieces = math.ceil(len(clip) / self._shown.n_samples)
        length = math.ceil(len(clip) / n_pieces / stride) * stride
        yield from (clip[start : start + length] for start in range(0, len(clip), length))

    def _run(self, piece: Tensor) -> list[Tensor]:
        n_states = math.ceil(len(piece) / self.grid.stride)
        shown = self._shown(piece.detach().cpu().numpy(), sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with self._blocks.caught() as caught:
            self._network(shown.input_features.to(piece.device))
        return [caught[block][:, :n_states] for block in self._blocks.wanted]


def _pad_together(rows: list[Tensor]) -> Tensor:
    """Put states of single clips, `(1, frame, channel)` each, below each other: `(batch, frame, channel)`."""
    return nn.utils.rnn.pad_sequence([row[0] for row in rows], batch_first=True)
