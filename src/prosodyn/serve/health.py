"""Ask a service whether it is well: `python -m prosodyn.serve.health http://127.0.0.1:8000`."""

import sys
import urllib.request

PATIENCE = 2.0
"""Seconds that an answer is waited for."""


def is_well(address: str) -> bool:
    """Tell whether a service takes requests.

    Args:
        address: of the service, without a path
    """
    try:
        with urllib.request.urlopen(f"{address.rstrip('/')}/healthz", timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False


if __name__ == "__main__":
    sys.exit(0 if len(sys.argv) == 2 and is_well(sys.argv[1]) else 1)
