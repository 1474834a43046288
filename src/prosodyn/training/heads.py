"""A last layer for each corpus: what one calls anger, another acts otherwise."""

import dataclasses
from collections.abc import Sequence

import torch
from torch import Tensor

from prosodyn.model import WaveformNetwork
from prosodyn.types import Utterance

ANSWERING_LAYER = "head"
"""The weights that depend on a bundle's own emotions belong to a layer of this name."""

_MARK = "/"


def by_corpus(utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """Return utterances that each corpus labels in its own words, such as `emodb/anger`.

    A network that learns these has one last layer for each corpus, since nothing is said
    about the words of the others.
    """
    return tuple(
        dataclasses.replace(each, emotion=f"{each.corpus}{_MARK}{each.emotion}") for each in utterances
    )


def join_heads(module: WaveformNetwork, apart: Sequence[str], labels: Sequence[str]) -> None:
    """Put the last layers of all corpora together, in place: an emotion is the mean of its names.

    Args:
        module: that knows the emotions `apart`
        apart: in the order of its logits, as `by_corpus` names them
        labels: emotions, in the order of the logits that shall be
    """
    emotions = [name.partition(_MARK)[2] for name in apart]
    shares = torch.tensor([[emotion == label for emotion in emotions] for label in labels]).float()
    shares /= shares.sum(dim=1, keepdim=True)
    for name, layer in module.named_modules():
        if name.rpartition(".")[2] == ANSWERING_LAYER and isinstance(layer, torch.nn.Linear):
            layer.weight = torch.nn.Parameter(shares @ _values(layer.weight))
            layer.bias = torch.nn.Parameter(shares @ _values(layer.bias))
            layer.out_features = len(labels)


def _values(parameter: Tensor) -> Tensor:
    return parameter.detach().cpu()
