"""The build hook: no distribution without the bundle that it is for."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RequireBundle(BuildHookInterface):
    """Look at the bundle before anything is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's own signature
        """Refuse to build a package that is empty, broken, or holds what it must not.

        Raises:
            ValueError: the bundle is not there, or not as it must be
        """
        runpy.run_path(str(Path(self.root, "check_bundle.py")))["check_bundle"]()
