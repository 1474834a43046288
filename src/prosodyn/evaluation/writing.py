"""Write files that are either complete or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prosodyn.errors import EvaluationError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary sibling that takes the path's place when the block ends without an error.

    Folders above the path are made where they are missing.

    Raises:
        EvaluationError: nothing can be written there
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise EvaluationError(f"{path.parent}: is no folder and cannot be made one: {fault}") from fault
    try:
        yield partial
        partial.replace(path)
    except OSError as fault:
        raise EvaluationError(f"{path}: cannot be written: {fault}; choose another place") from fault
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, whole or not at all.

    Raises:
        EvaluationError: nothing can be written there
    """
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")
