"""Find a Chromium, or get one: `python tests/browser/chromium.py`; without one it says so and ends with 3.

PROSODYN_CHROMIUM names one that lies elsewhere.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
MISSING = "browser tests: no Chromium here, and none can be installed; set PROSODYN_CHROMIUM to one"


def find() -> str | None:
    """Return the path of a Chromium, that of the system before one of playwright's own."""
    named = os.environ.get("PROSODYN_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    return found or _of_playwright()


def _of_playwright() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> int:
    if find() is None:
        install = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(install, check=False, capture_output=True, timeout=600)
    found = find()
    sys.stdout.write(f"{MISSING if found is None else f'browser tests: {found}'}\n")
    return 3 if found is None else 0


if __name__ == "__main__":
    sys.exit(main())
