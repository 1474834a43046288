"""A last layer for each corpus: what one calls anger, another acts otherwise."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from prosodyn.model import WaveformNetwork
from prosodyn.types import Utterance

if TYPE_CHECKING:
    from prosodyn.training.recipe import Lesson

ANSWERING_LAYER = "head"
"""The weights that depend on a bundle's own emotions belong to a layer of this name."""

_MARK = "\x1f"
"""Between the corpus and the emotion in such a word: what separates units, and stands in no name."""


def with_heads_apart(lesson: "Lesson") -> "Lesson":
    """Return a lesson in which each corpus labels in words of its own, its name and the emotion's.

    A network that learns these has a last layer for each corpus, since nothing is said to an utterance
    about the words of other corpora, unless mixup blends it with one of theirs.
    """
    training = dataclasses.replace(lesson.experiment.training, heads="shared")
    return dataclasses.replace(
        lesson,
        experiment=dataclasses.replace(lesson.experiment, training=training),
        train=_by_corpus(lesson.train),
        validation=_by_corpus(lesson.validation),
    )


def join_heads(module: WaveformNetwork, apart: Sequence[str], labels: Sequence[str]) -> WaveformNetwork:
    """Put the last layers of all corpora together, in place: an emotion is the mean of its words.

    Args:
        module: that knows the words `apart`
        apart: in the order of its logits
        labels: emotions, in the order of the logits that shall be
    """
    emotions = [emotion_of(word) for word in apart]
    shares = torch.tensor([[emotion == label for emotion in emotions] for label in labels]).float()
    shares /= shares.sum(dim=1, keepdim=True)
    for name, layer in module.named_modules():
        if name.rpartition(".")[2] == ANSWERING_LAYER and isinstance(layer, torch.nn.Linear):
            layer.weight = torch.nn.Parameter(shares @ _values(layer.weight))
            layer.bias = torch.nn.Parameter(shares @ _values(layer.bias))
            layer.out_features = len(labels)
    return module


def emotion_of(word: str) -> str:
    """Return the emotion that a corpus has a word of its own for; an emotion is its own word."""
    return word.rpartition(_MARK)[2]


def _by_corpus(utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    return tuple(
        dataclasses.replace(each, emotion=f"{each.corpus}{_MARK}{each.emotion}") for each in utterances
    )


def _values(parameter: Tensor) -> Tensor:
    return parameter.detach().cpu()
