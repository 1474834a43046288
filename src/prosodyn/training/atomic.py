"""Files that are either whole or not there."""

import os
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that a kill leaves the old content or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, content: str) -> None:
    """Write a text file in UTF-8 as `write_bytes` does."""
    write_bytes(path, content.encode("utf-8"))
