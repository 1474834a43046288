"""What the shell offers behind an option: names that only the rooms know, asked for when Tab is pressed.

Where nothing fits, the shell offers files. The values that an option spells out are offered without this.
"""

from collections.abc import Callable, Iterable

Names = Iterable[tuple[str, str]]
"""Names, each with a phrase on it, which zsh and fish show beside it."""


def bundles(incomplete: str) -> Names:
    """Offer the bundles that can be loaded by name."""
    from prosodyn.bundle import named_bundles

    return _fitting(((bundle.name, bundle.origin) for bundle in named_bundles()), incomplete)


def corpora(incomplete: str) -> Names:
    """Offer the corpora, `toy` among them."""
    from prosodyn import corpora as known

    described = [(name, known.get(name).language) for name in known.names()]
    return _fitting([*described, (known.TOY, "synthetic, no speech")], incomplete)


def experiments(incomplete: str) -> Names:
    """Offer the experiments that come with the package."""
    from prosodyn.toml_files import packaged_names

    return _fitting(((name, "") for name in packaged_names("prosodyn.experiments")), incomplete)


def protocols(incomplete: str) -> Names:
    """Offer the protocols."""
    from prosodyn.evaluation.protocols import PROTOCOLS

    return _fitting(((name, protocol.about) for name, protocol in PROTOCOLS.items()), incomplete)


def several(offer: Callable[[str], Names]) -> Callable[[str], Names]:
    """Offer names to an option that takes several, separated by commas: those that it does not hold yet."""

    def offer_next(incomplete: str) -> Names:
        before, comma, begun = incomplete.rpartition(",")
        taken = set(before.split(","))
        return [(f"{before}{comma}{name}", about) for name, about in offer(begun) if name not in taken]

    return offer_next


def _fitting(names: Names, incomplete: str) -> Names:
    return [(name, about) for name, about in names if name.startswith(incomplete)]
