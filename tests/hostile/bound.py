"""Runs another program within limits, and bound by permissions, also where an administrator tests.

    python bound.py LIMITS PROGRAM WORDS...

The limits are a JSON object from the name of one in the module `resource` to its value. A program of its own,
because nothing can safely be run between the making of a process and its program.
"""

import ctypes
import json
import os
import resource
import sys

_DROP_CAPABILITY = 24  # PR_CAPBSET_DROP
_READ_ANYTHING = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


def main(limits: str, *words: str) -> None:
    for name, value in json.loads(limits).items():
        if name == "RLIMIT_AS" and sys.platform != "linux":
            continue  # other systems know this limit and refuse it
        resource.setrlimit(getattr(resource, name), (value, value))
    if os.geteuid() == 0 and sys.platform == "linux":
        for capability in _READ_ANYTHING:
            ctypes.CDLL(None).prctl(_DROP_CAPABILITY, capability, 0, 0, 0)
    os.execvp(words[0], words)


if __name__ == "__main__":
    main(*sys.argv[1:])
