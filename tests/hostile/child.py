"""Answers requests, one a line, in a process of its own; what it is asked may end or starve it.

A request is a JSON object: `path` is for the library, `words` are for the command line. So is its answer.
"""

import json
import os
import signal
import sys
import tempfile
import time
from typing import BinaryIO

from prosodyn.cli.main import run
from prosodyn.inference import Recogniser

LIMIT_SECONDS = 60
"""A request that takes longer ends the process, also on a busy machine."""


def listen(recogniser: Recogniser, path: str) -> dict[str, object]:
    """Ask the library for one recording."""
    try:
        answer = recogniser.from_file(path)
    except Exception as fault:  # noqa: BLE001, whatever it is, the test judges it
        return {"error": type(fault).__name__, "message": str(fault), "remarks": []}
    return {"error": None, "message": "", "remarks": list(answer.remarks)}


def type_in(words: list[str]) -> dict[str, object]:
    """Run the command line and catch whatever is written, also by libraries that are not Python."""
    sys.argv = ["prosodyn", *words]
    own = os.dup(1), os.dup(2)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as beside:
        os.dup2(out.fileno(), 1)
        os.dup2(beside.fileno(), 2)
        try:
            run()
            code: object = 0
        except SystemExit as ended:
            code = ended.code or 0
        except Exception as fault:  # noqa: BLE001, whatever it is, the test judges it
            code = f"{type(fault).__name__}: {fault}"
        sys.stdout.flush()
        sys.stderr.flush()
        for number, descriptor in enumerate(own, start=1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        return {"code": code, "out": written(out), "err": written(beside)}


def written(stream: BinaryIO) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "surrogateescape")


def answer(recogniser: Recogniser, request: dict[str, list[str]]) -> dict[str, object]:
    begun = time.monotonic()
    if "words" in request:
        return type_in(request["words"]) | {"seconds": time.monotonic() - begun}
    # twice, because a message that differs from one time to the next helps nobody
    first, second = (listen(recogniser, str(request["path"])) for _ in range(2))
    return first | {"is_same": first == second, "seconds": time.monotonic() - begun}


def main(bundle: str) -> None:
    recogniser = Recogniser.load(bundle)
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        for line in sys.stdin:
            # left to the system, an alarm ends the process also where it waits inside a library
            signal.alarm(LIMIT_SECONDS)
            answers.write(json.dumps(answer(recogniser, json.loads(line))) + "\n")
            answers.flush()
            signal.alarm(0)


if __name__ == "__main__":
    main(sys.argv[1])
