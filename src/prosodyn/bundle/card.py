"""The card of a bundle: everything about a trained recogniser but its weights."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.errors import BundleError, ConfigError
from prosodyn.mapping import from_mapping, to_mapping

FORMAT_VERSION = 1
"""Of the cards that this version of the package writes and reads."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a recogniser came to be.

    Attributes:
        experiment: name of the experiment
        settings: everything the experiment sets, as `mapping.to_mapping` gives it
        command: what was typed to train it
        seed: of everything random
        prosodyn_version: of the package that trained it
        torch_version: of the library that trained it
        n_utterances: on the training side
        n_speakers: on the training side
        created: day of the training, as in `2025-01-31`
        start: name and weights' hash of the bundle that was fine-tuned; empty for fresh weights
    """

    experiment: str
    settings: Mapping[str, Any]
    command: str
    seed: int
    prosodyn_version: str
    torch_version: str
    n_utterances: int
    n_speakers: int
    created: str
    start: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; it means nothing without its protocol.

    Attributes:
        measure: `WA`, `UA`, …
        value: percent
        corpus: that was tested on
        protocol: how the test side was kept apart from the training side
        remark: what a reader must know besides, such as how many folds it holds
    """

    measure: str
    value: float
    corpus: str
    protocol: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What a bundle holds, as `card.json` says it.

    Attributes:
        name: lower-case letters, digits, `.`, `_` and `-`
        description: one paragraph on what the recogniser is for
        labels: emotions in the order of the logits
        front_end: waveform to features
        network: features to logits
        corpora: what it was trained on
        licence: of the weights
        limits: what it cannot do, for whoever wants to use it
        provenance: how it came to be
        n_parameters: trainable parameters of the network
        temperature: divides the logits before the softmax; calibrates the confidence
        figures: measured
        expects_enrolment: it was trained on features relative to each speaker's own, and expects to hear
            other recordings of a speaker first
        weights_sha256: of the weights' file, in hexadecimal; set when the bundle is written
        graph_sha256: of the graph's file; empty where there is no graph
        format_version: of the card
    """

    name: str
    description: str
    labels: tuple[str, ...]
    front_end: FrontEndConfig
    network: NetworkConfig
    corpora: tuple[str, ...]
    licence: str
    limits: str
    provenance: Provenance
    n_parameters: int
    temperature: float = 1.0
    figures: tuple[Figure, ...] = ()
    expects_enrolment: bool = False
    weights_sha256: str = ""
    graph_sha256: str = ""
    format_version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        """Refuse a card that no recogniser can work by."""
        if not _NAME.fullmatch(self.name):
            raise BundleError(
                f"card: the name is '{self.name}', expected lower-case letters, digits, '.', '_' and '-'"
            )
        if len(set(self.labels)) != len(self.labels) or len(self.labels) < 2 or not all(self.labels):
            raise BundleError(
                f"card: the labels are {list(self.labels)}, expected two or more different names"
            )
        if not 0 < self.temperature < math.inf:
            raise BundleError(f"card: the temperature is {self.temperature}, expected more than zero")


def card_to_json(card: Card) -> str:
    """Return a card as text, which `card_from_json` gives back.

    Raises:
        BundleError: the settings or the figures hold what JSON cannot, such as NaN
    """
    try:
        return json.dumps(to_mapping(card), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    except (TypeError, ValueError) as fault:
        raise BundleError(f"card: JSON cannot hold it: {fault}; give numbers, texts and lists") from fault


def card_from_json(text: str, where: str) -> Card:
    """Read a card, strictly.

    Args:
        text: of a `card.json`
        where: names it in error messages

    Raises:
        BundleError: not JSON, of another format, an unknown or missing key, an impossible value
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise BundleError(f"{where}: is not JSON: {fault}; copy the bundle again") from fault
    if not isinstance(values, dict):
        raise BundleError(f"{where}: holds no object; copy the bundle again")
    version = values.get("format_version")
    if version != FORMAT_VERSION:
        raise BundleError(
            f"{where}: is of format {version}, this version of prosodyn reads format {FORMAT_VERSION}; "
            "install the version that wrote it, or train the recogniser again"
        )
    try:
        return from_mapping(Card, values, where)
    except ConfigError as fault:
        raise BundleError(str(fault)) from fault
    except BundleError as fault:
        raise BundleError(f"{where}: {str(fault).removeprefix('card: ')}") from fault
