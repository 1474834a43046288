"""Optional packages: what is missing is named, together with its remedy."""

from collections.abc import Iterator
from contextlib import contextmanager

from prosodyn.errors import MissingExtraError


@contextmanager
def needing(package: str, extra: str, purpose: str) -> Iterator[None]:
    """Import an optional package inside the block.

    Raises:
        MissingExtraError: it is not installed
    """
    try:
        yield
    except ImportError as fault:
        raise MissingExtraError(package, extra, purpose) from fault
