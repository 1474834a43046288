"""What a network is fitted by."""

import torch
from torch import Tensor
from torch.nn import functional

_IMPOSSIBLE = -1e4  # a logit of probability zero, whose products with zero stay zero


def cross_entropy(
    votes: Tensor, targets: Tensor, allowed: Tensor, weight: Tensor | None = None, smoothing: float = 0.0
) -> Tensor:
    """Compute the cross entropy of every vote, averaged over votes and utterances.

    Where the label set of an utterance's corpus lacks an emotion, nothing is said about it: the others
    share the probability and the smoothing among themselves.

    Args:
        votes: `(batch, vote, emotion)`, logits
        targets: `(batch, emotion)`, sums to one, zero where nothing is allowed
        allowed: `(batch, emotion)`, true where the utterance's corpus knows the emotion
        weight: `(emotion,)`, of each emotion; None for one
        smoothing: share of the target that is spread over the emotions that are allowed

    Returns:
        a single number
    """
    if bool(allowed.all()):
        each = targets.repeat_interleave(votes.shape[1], dim=0)
        return functional.cross_entropy(votes.flatten(0, 1), each, weight=weight, label_smoothing=smoothing)
    spread = allowed / allowed.sum(dim=1, keepdim=True)
    wanted = (1 - smoothing) * targets + smoothing * spread
    if weight is not None:
        wanted = wanted * weight
    possible = votes.masked_fill(~allowed[:, None, :], _IMPOSSIBLE)
    return -(wanted[:, None, :] * torch.log_softmax(possible, dim=2)).sum(dim=2).mean()
