"""What we say beside the output, kept apart from what libraries write there past Python."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn


@contextmanager
def libraries_silenced() -> Iterator[None]:
    """Send to nowhere what libraries write to the error output; what Python writes there still arrives.

    Decoders complain there of every damaged file, with bytes of it, and as often as somebody sends one.
    """
    try:
        kept, stream = os.dup(2), sys.stderr
    except OSError:  # it is closed, and who writes there reaches nobody
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if _writes_to_2(stream):
        stream.flush()
        whole = io.BufferedWriter(io.FileIO(kept, "w", closefd=False))
        sys.stderr = io.TextIOWrapper(whole, stream.encoding, "backslashreplace", write_through=True)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        with suppress(OSError):
            sys.stderr.flush()
        sys.stderr = stream
        os.dup2(kept, 2)
        os.close(kept)


def end_at_once() -> NoReturn:
    """End this process well, without waiting for threads whose work nobody wants any more."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(0)


def _writes_to_2(stream: object) -> bool:
    try:
        return isinstance(stream, io.TextIOWrapper) and stream.fileno() == 2
    except OSError:  # it only stands for one
        return False
