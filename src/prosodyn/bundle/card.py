"""The card of a bundle: everything about a trained recogniser but its weights."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from prosodyn.bundle.familiar import Familiar
from prosodyn.bundle.held_out import HeldOut
from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.errors import BundleError, ConfigError
from prosodyn.mapping import from_mapping, json_text, to_mapping
from prosodyn.types import LevelRange

FORMAT_VERSION = 1
"""Of the cards that this version of the package writes and reads."""

Precision = Literal["single", "half"]
"""How many bits a large weight has on disk: 32 or 16. Whatever is computed is computed in 32."""

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
        torch_version: of the library that trained it; empty where torch had no part
        n_utterances: on the training side
        n_speakers: on the training side; of unlabelled speech, those who are named
        created: day of the training, as in `2025-01-31`
        start: name and weights' hash of the bundle that was fine-tuned; empty for fresh weights
        libraries: name and version of what else trained it
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
    libraries: Mapping[str, str] = field(default_factory=dict)


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
class ComparisonSystem:
    """What a bundle of the room `comparison` holds instead of a network.

    Attributes:
        name: such as `svm`
        chosen: its hyper-parameter by name, with the value that an inner split of the training side chose
    """

    name: str
    chosen: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Card:
    """What a bundle holds, as `card.json` says it.

    Attributes:
        name: lower-case letters, digits, `.`, `_` and `-`
        description: one paragraph on what the recogniser is for
        labels: emotions in the order of the logits; none where a network has learnt none yet, so that it can
            be trained on, and not answer
        front_end: waveform to features; None for a comparison system that has its own
        network: features to logits; None where a comparison system takes its place
        corpora: what it was trained on
        licence: of the weights
        limits: what it cannot do, for whoever wants to use it
        provenance: how it came to be
        n_parameters: trainable parameters of the network; stored numbers of a comparison system
        temperature: divides the logits before the softmax; calibrates the confidence
        figures: measured
        expects_enrolment: it was trained on features relative to each speaker's own, and expects to hear
            other recordings of a speaker first
        weights_sha256: of the weights' file, in hexadecimal; set when the bundle is written
        graph_sha256: of the graph's file; empty where there is no graph
        format_version: of the card
        comparison: the classical system that takes the network's place
        precision: of the large weights on disk
        held_out: what networks of the same training answered about speakers whom they had not heard; None
            where nobody was held out, so that nothing can be promised
        familiar: how the recordings sound that it learnt from; None where nobody was held out
        levels: dB of full scale between which the loudest 20 ms lay of 98 in 100 recordings of the training
            side, or to which all of them were brought; others are brought there before they are heard; None
            where all is heard as it is
    """

    name: str
    description: str
    labels: tuple[str, ...]
    front_end: FrontEndConfig | None
    network: NetworkConfig | None
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
    comparison: ComparisonSystem | None = None
    precision: Precision = "single"
    held_out: HeldOut | None = None
    familiar: Familiar | None = None
    levels: LevelRange | None = None

    def __post_init__(self) -> None:
        """Refuse a card that no recogniser can work by."""
        if not _NAME.fullmatch(self.name):
            raise BundleError(
                f"card: the name is '{self.name}', expected lower-case letters, digits, '.', '_' and '-'"
            )
        if len(set(self.labels)) != len(self.labels) or len(self.labels) == 1 or not all(self.labels):
            raise BundleError(
                f"card: the labels are {list(self.labels)}, expected two or more different names, or none"
            )
        if not 0 < self.temperature < math.inf:
            raise BundleError(f"card: the temperature is {self.temperature}, expected more than zero")
        if (self.network is None) is (self.comparison is None):
            raise BundleError("card: expected either a network or a comparison, found both or neither")
        if self.levels is not None and not -math.inf < self.levels[0] <= self.levels[1] < math.inf:
            raise BundleError(
                f"card: the levels are {list(self.levels)}, expected the quietest and the loudest"
            )
        if self.network is not None and self.front_end is None:
            raise BundleError("card: expected a front_end for the network, found none")

    @property
    def system(self) -> str:
        """Return the name of the network, or of the comparison system in its place."""
        return self.front_end_and_network()[1].name if self.comparison is None else self.comparison.name

    def front_end_and_network(self) -> tuple[FrontEndConfig, NetworkConfig]:
        """Return what a network is built from.

        Raises:
            BundleError: the bundle holds none
        """
        if self.front_end is None or self.network is None:
            raise BundleError(
                f"{self.name}: holds the comparison system '{self.system}', expected a network; "
                "choose another bundle"
            )
        return self.front_end, self.network


def card_to_json(card: Card) -> str:
    """Return a card as text, which `card_from_json` gives back.

    Raises:
        BundleError: the settings or the figures hold what JSON cannot, such as NaN
    """
    try:
        return json_text(to_mapping(card))
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
