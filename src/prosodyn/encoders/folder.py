"""The folder that holds the files of encoders."""

import os
from pathlib import Path

from prosodyn.errors import BundleError

ENVIRONMENT_VARIABLE = "PROSODYN_ENCODERS"
"""Names the folder that holds the files of the encoders that are described here; else it is `encoders`."""


def encoder_folder() -> Path:
    """Return the folder of encoders, be it there or not."""
    return Path(os.environ.get(ENVIRONMENT_VARIABLE) or "encoders")


def missing_encoder(path: Path, name: str, what: str, besides: str = "") -> BundleError:
    """Return the error for an encoder whose files are not here.

    Args:
        path: where they were looked for
        name: of the encoder
        what: is missing
        besides: one more remedy, after a comma
    """
    return BundleError(
        f"{path}: the encoder '{name}' is not here; put {what} there, or name the folder "
        f"that holds it in {ENVIRONMENT_VARIABLE}{besides}"
    )
