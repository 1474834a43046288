"""Bundles that other installed distributions bring, each found by its entry point.

A distribution names a package under the group `prosodyn.bundles`, and the folder of that package holds the
bundle: `multi = "prosodyn_multi"` stands for the folder `prosodyn_multi/multi`. The package is looked up and
never imported, so that nothing of it runs: a bundle is plain data.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

GROUP = "prosodyn.bundles"
"""Of the entry points."""


@dataclass(frozen=True, slots=True)
class InstalledBundle:
    """What an entry point says of a bundle, whether or not the bundle is there.

    Attributes:
        name: of the bundle
        distribution: that brings it, with its version
        package: of that distribution
    """

    name: str
    distribution: str
    package: str

    @property
    def folders(self) -> tuple[Path, ...]:
        """Return where the bundle may lie; none where there is no such package."""
        if not self.package.isidentifier():
            return ()
        try:
            spec = find_spec(self.package)
        except (ImportError, ValueError):
            return ()
        locations = [] if spec is None else spec.submodule_search_locations
        return tuple(Path(location, self.name) for location in locations or ())


def installed_bundles() -> tuple[InstalledBundle, ...]:
    """List the bundles that installed distributions name, sorted by name, then by distribution."""
    from importlib.metadata import entry_points

    found = [
        InstalledBundle(entry.name, f"{entry.dist.name} {entry.dist.version}", entry.value)
        for entry in entry_points(group=GROUP)
        if entry.dist is not None
    ]
    return tuple(sorted(found, key=lambda bundle: (bundle.name, bundle.distribution)))
