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
from prosodyn.bundle.familiar import Familiar
from prosodyn.bundle.held_out import COVERAGE, HeldOut
from prosodyn.bundle.names import (
    DEFAULT,
    NamedBundle,
    Offer,
    find,
    missing_offers,
    named_bundles,
    shipped_names,
)
from prosodyn.bundle.readme import render_readme
from prosodyn.bundle.store import LARGE, read_card, read_graph, read_weights, write_bundle

__all__ = [
    "COVERAGE",
    "DEFAULT",
    "LARGE",
    "Card",
    "ComparisonSystem",
    "Familiar",
    "Figure",
    "HeldOut",
    "NamedBundle",
    "Offer",
    "Precision",
    "Provenance",
    "card_from_json",
    "card_to_json",
    "find",
    "missing_offers",
    "named_bundles",
    "read_card",
    "read_graph",
    "read_weights",
    "render_readme",
    "shipped_names",
    "write_bundle",
]
