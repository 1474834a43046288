"""A trained recogniser on disk: a folder with a card, weights, mostly a graph, and a page for people."""

from prosodyn.bundle.card import (
    Card,
    ComparisonSystem,
    Figure,
    Precision,
    Provenance,
    card_from_json,
    card_to_json,
)
from prosodyn.bundle.names import find, shipped_names
from prosodyn.bundle.readme import render_readme
from prosodyn.bundle.store import LARGE, read_card, read_graph, read_weights, write_bundle

__all__ = [
    "LARGE",
    "Card",
    "ComparisonSystem",
    "Figure",
    "Precision",
    "Provenance",
    "card_from_json",
    "card_to_json",
    "find",
    "read_card",
    "read_graph",
    "read_weights",
    "render_readme",
    "shipped_names",
    "write_bundle",
]
