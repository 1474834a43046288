"""The verb `models`: the bundles that can be loaded by name, and those that could be installed."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from prosodyn.cli.options import JsonOption
from prosodyn.cli.terminal import in_short, printable, remark, say, show_table
from prosodyn.errors import BundleError

if TYPE_CHECKING:
    from prosodyn.bundle import Card, NamedBundle

EXAMPLE = """\
Examples:
prosodyn models
prosodyn models --json
"""

HEADER = ("name", "trained on", "licence", "size", "answers with", "comes from")


class _Listed(NamedTuple):
    """A bundle of the list.

    Attributes:
        bundle: its name, and where it comes from
        card: what it says of itself
        size: of its folder, in bytes
    """

    bundle: "NamedBundle"
    card: "Card"
    size: int


def models(as_json: JsonOption = False) -> None:
    """List the trained recognisers that come with prosodyn or are installed, for `--model`.

    One that cannot be read is reported, the others are listed all the same; the exit code is then 6.
    """
    from prosodyn.bundle import DEFAULT, missing_offers, named_bundles

    listed: list[_Listed] = []
    faults: list[str] = []
    for bundle in named_bundles():
        try:
            listed.append(_look_at(bundle))
        except BundleError as fault:
            faults.append(printable(str(fault)))
    if as_json:
        entries = [_entry(each, each.bundle.name == DEFAULT) for each in listed]
        say(json.dumps(entries, indent=2, ensure_ascii=False))
    else:
        show_table(
            HEADER,
            [_row(each) for each in listed],
            numbers=("size",),
            spare=("comes from", "size", "trained on"),
        )
        say(f"{DEFAULT} answers where none is named; --json tells the licences in full")
        for offer in missing_offers():
            say(f"not installed: {offer.name} (licence: {offer.licence})")
            say(f"  get it by: pip install {offer.distribution}")
    for told in dict.fromkeys(faults):  # two distributions that bring one name have one fault between them
        remark(f"prosodyn: {told}")
    if faults:
        sys.exit(BundleError.exit_code)


def _look_at(bundle: "NamedBundle") -> _Listed:
    from prosodyn.bundle import find, read_card

    folder: Path = find(bundle.name)
    return _Listed(bundle, read_card(folder), sum(path.stat().st_size for path in folder.iterdir()))


def _entry(listed: _Listed, is_default: bool) -> dict[str, object]:
    card = listed.card
    return {
        "name": listed.bundle.name,
        "default": is_default,
        "description": card.description,
        "corpora": card.corpora,
        "licence": card.licence,
        "labels": card.labels,
        "n_parameters": card.n_parameters,
        "precision": card.precision,
        "expects_enrolment": card.expects_enrolment,
        "bytes": listed.size,
        "origin": listed.bundle.origin,
    }


def _row(listed: _Listed) -> tuple[str, ...]:
    card = listed.card
    return (
        listed.bundle.name,
        ", ".join(card.corpora),
        in_short(card.licence),
        f"{listed.size / 1e6:.1f} MB",
        ", ".join(card.labels),
        listed.bundle.origin,
    )
