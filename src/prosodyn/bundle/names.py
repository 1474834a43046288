"""From a name or a path to a bundle's directory."""

from dataclasses import dataclass
from pathlib import Path

from prosodyn import __version__
from prosodyn.bundle.installed import InstalledBundle, installed_bundles
from prosodyn.bundle.store import CARD
from prosodyn.errors import BundleError
from prosodyn.files import reaching

SHIPPED = Path(__file__).parent / "shipped"
"""Where the bundles lie that come with the package."""

DEFAULT = "open"
"""The bundle that answers where none is named. It comes with the package, free for every use."""


@dataclass(frozen=True, slots=True)
class NamedBundle:
    """A bundle that can be loaded by its name.

    Attributes:
        name: that `find` knows it by
        origin: the distribution that brought it, with its version
    """

    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A bundle that a distribution of its own brings, because its licence differs.

    Attributes:
        name: of the bundle
        distribution: that brings it
        licence: of its weights, and what that means
    """

    name: str
    distribution: str
    licence: str


OFFERS = (Offer("multi", "prosodyn-multi", "CC-BY-NC-SA-4.0, not for commercial use"),)
"""What can be installed besides."""


def shipped_names() -> tuple[str, ...]:
    """List the bundles that come with the package."""
    return tuple(sorted(card.parent.name for card in SHIPPED.glob(f"*/{CARD}")))


def named_bundles() -> tuple[NamedBundle, ...]:
    """List the bundles that can be loaded by name, those that come with the package first.

    One that an installed distribution names is listed even where it is broken; `find` then tells how.
    """
    own = shipped_names()
    others = [bundle for bundle in installed_bundles() if bundle.name not in own]
    return (
        *(NamedBundle(name, f"prosodyn {__version__}") for name in own),
        *(NamedBundle(bundle.name, bundle.distribution) for bundle in others),
    )


def missing_offers() -> tuple[Offer, ...]:
    """List what could be installed, and is not."""
    there = {bundle.name for bundle in named_bundles()}
    return tuple(offer for offer in OFFERS if offer.name not in there)


def find(name_or_path: Path | str) -> Path:
    """Return the directory of a bundle.

    Args:
        name_or_path: a name of `named_bundles`, which goes before a folder of that name, or a path

    Raises:
        BundleError: neither, or a bundle that is not installed, or not as it should be
    """
    if isinstance(name_or_path, str):
        if name_or_path in shipped_names():
            return SHIPPED / name_or_path
        others = [bundle for bundle in installed_bundles() if bundle.name == name_or_path]
        if others:
            return _folder_of(others)
    path = Path(name_or_path)
    with reaching(path, BundleError):
        is_bundle, exists = (path / CARD).is_file(), path.exists()
    if is_bundle:
        return path
    offer = next((each for each in OFFERS if each.name == name_or_path), None)
    if offer is not None and not exists:
        raise BundleError(
            f"{offer.name}: is not installed; 'pip install {offer.distribution}' brings it "
            f"(licence: {offer.licence})"
        )
    what = f"is no bundle: it holds no {CARD}" if exists else "does not exist"
    raise BundleError(f"{path}: {what}; name a bundle's folder or {_names()}")


def _folder_of(bundles: list[InstalledBundle]) -> Path:
    """Return where an installed bundle lies, of those that bear one name."""
    bundle, *others = bundles
    if others:
        both = " and ".join(each.distribution for each in bundles)
        raise BundleError(f"{bundle.name}: is brought by {both}; uninstall one, or name the bundle's folder")
    folder = next((each for each in bundle.folders if (each / CARD).is_file()), None)
    if folder is None:
        raise BundleError(
            f"{bundle.name}: {bundle.distribution} is installed without it: its package "
            f"'{bundle.package}' holds no {bundle.name}/{CARD}; install it again"
        )
    return folder


def _names() -> str:
    own = ", ".join(shipped_names()) or "none"
    others = ", ".join(bundle.name for bundle in named_bundles() if bundle.name not in shipped_names())
    return f"one that comes with prosodyn: {own}" + (f"; or that is installed: {others}" if others else "")
