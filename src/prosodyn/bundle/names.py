"""From a name or a path to a bundle's directory."""

from pathlib import Path

from prosodyn.bundle.store import CARD
from prosodyn.errors import BundleError
from prosodyn.files import reaching

SHIPPED = Path(__file__).parent / "shipped"
"""Where the bundles lie that come with the package."""


def shipped_names() -> tuple[str, ...]:
    """List the bundles that come with the package."""
    return tuple(sorted(card.parent.name for card in SHIPPED.glob(f"*/{CARD}")))


def find(name_or_path: Path | str) -> Path:
    """Return the directory of a bundle.

    Args:
        name_or_path: a name of `shipped_names`, which goes before a folder of that name, or a path

    Raises:
        BundleError: neither
    """
    if isinstance(name_or_path, str) and name_or_path in shipped_names():
        return SHIPPED / name_or_path
    path = Path(name_or_path)
    with reaching(path, BundleError):
        is_bundle, exists = (path / CARD).is_file(), path.exists()
    if is_bundle:
        return path
    what = f"is no bundle: it holds no {CARD}" if exists else "does not exist"
    names = ", ".join(shipped_names()) or "none"
    raise BundleError(f"{path}: {what}; name a bundle's folder or one that comes with prosodyn: {names}")
