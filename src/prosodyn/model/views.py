"""What the first convolution sees: spectrograms in one or several views, a channel each."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from prosodyn.features.functional import length_mask


def plain(features: Tensor, lengths: Tensor) -> Tensor:
    """Leave the features as the normalisation gives them: loudness and voice are in them.

    Args:
        features: `(batch, feature, frame)`, zero on padding
        lengths: `(batch,)`, true number of frames

    Returns:
        `(batch, feature, frame)`
    """
    del lengths
    return features


def centred(features: Tensor, lengths: Tensor) -> Tensor:
    """Take each utterance's own mean from each feature, and with it microphone, level and much of the voice.

    On logarithmic features this is cepstral mean normalisation (Atal 1974): what
    stays is how the spectrum moves.

    Args:
        features: `(batch, feature, frame)`, zero on padding
        lengths: `(batch,)`, true number of frames, at least one

    Returns:
        `(batch, feature, frame)`, zero on padding
    """
    mask = length_mask(lengths, features.shape[2])[:, None, :]
    mean = features.sum(dim=2, keepdim=True) / lengths[:, None, None]
    return (features - mean) * mask


VIEWS: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {"plain": plain, "centred": centred}


def stack_views(spectrograms: Sequence[Tensor], lengths: Tensor, names: Sequence[str]) -> Tensor:
    """Show each spectrogram in every view that is named.

    Args:
        spectrograms: `(batch, feature, frame)` each, zero on padding
        lengths: `(batch,)`, true number of frames, at least one
        names: keys of `VIEWS`

    Returns:
        `(batch, spectrogram · view, feature, frame)`, zero on padding
    """
    return torch.stack([VIEWS[name](each, lengths) for each in spectrograms for name in names], dim=1)
