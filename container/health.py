"""Ask a service whether it is well, with little besides: health.py HOST PORT."""

import http.client
import sys

PATIENCE = 2.0  # seconds that an answer is waited for


def is_well(host: str, port: int) -> bool:
    """Tell whether a service takes requests."""
    asking = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        asking.request("GET", "/healthz")
        return asking.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


if __name__ == "__main__":
    sys.exit(0 if is_well(sys.argv[1], int(sys.argv[2])) else 1)
