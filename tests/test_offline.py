"""What runs graphs notes nothing about its user, and sends nothing."""

import os
import subprocess
import sys
from pathlib import Path

LISTEN = """
import numpy as np
from prosodyn.inference import Recogniser

Recogniser.load().from_waveform(np.random.default_rng(0).uniform(-0.1, 0.1, 16_000).astype(np.float32))
"""


def test_answering_leaves_nothing_in_the_home_of_its_user(tmp_path: Path) -> None:
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "ORT_"))}
    home = surroundings | {"HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LISTEN], env=home, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.rglob("*")) == []
