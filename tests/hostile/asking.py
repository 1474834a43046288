"""Starts programs within limits, and asks a child process for answers."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

MEMORY = 2**31
"""Bytes of address space: some three times what the program takes, half of what a file of 4 GB declares."""


def within_limits(*words: object, memory: int = MEMORY, **limits: int) -> list[str]:
    """Return the command that runs Python with these words, bound by permissions.

    Args:
        words: for Python
        memory: bytes of address space
        limits: more of them, by their names in the module `resource`
    """
    wanted = json.dumps({"RLIMIT_AS": memory, **limits})
    return [sys.executable, str(HERE / "bound.py"), wanted, sys.executable, *map(str, words)]


def are_permissions_binding(folder: Path) -> bool:
    """Tell whether a program that is run so is refused a forbidden file."""
    path = folder / "forbidden"
    path.touch(mode=0)
    read = within_limits("-I", "-c", "import sys; open(sys.argv[1])", path)
    return subprocess.run(read, capture_output=True, check=False).returncode != 0


def ask(bundle: Path, requests: Iterable[dict[str, object]]) -> Iterator[dict[str, Any]]:
    """Yield the answer to each request; after one that ended the child, another child takes the next.

    Yields:
        what `child.py` answers, or how the child ended, as `died`
    """
    child = _start(bundle)
    for request in requests:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(request) + "\n")
        child.stdin.flush()
        line = child.stdout.readline()
        if line:
            yield json.loads(line)
        else:
            yield {"died": _end(child)}
            child = _start(bundle)
    _end(child)


def _end(child: subprocess.Popen[str]) -> int:
    with child:
        child.communicate()
    return child.returncode


def _start(bundle: Path) -> subprocess.Popen[str]:
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    words = within_limits(HERE / "child.py", bundle)
    return subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=nowhere, text=True, cwd=bundle)
