"""What libraries write past Python is kept from whoever watches; what we say arrives."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from prosodyn.corpora import toy

PREDICT = (sys.executable, "-m", "prosodyn", "predict")

WITHOUT_ERROR_OUTPUT = """
import os
os.close(2)
from prosodyn.cli.main import run
run()
"""


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """Return an MP3 whose middle is lost, of which its decoder complains by itself."""
    path = tmp_path / "damaged.mp3"
    soundfile.write(path, np.tile(toy.recording("anger", "f1"), 4), 16_000)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4_000] = bytes(4_000)
    path.write_bytes(content)
    return path


def test_a_decoder_complains_by_itself(damaged: Path) -> None:
    code = f"import soundfile; soundfile.read({str(damaged)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "libmpg123" in done.stderr


@pytest.mark.parametrize("verb", ["predict", "doctor"])
def test_what_a_decoder_complains_of_is_not_shown(damaged: Path, verb: str) -> None:
    command = [sys.executable, "-m", "prosodyn", verb, str(damaged), str(damaged.with_name("nowhere.wav"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "libmpg123" not in done.stderr
    assert "nowhere.wav: does not exist" in done.stderr


def test_a_closed_error_output_changes_nothing(damaged: Path) -> None:
    words = [sys.executable, "-c", WITHOUT_ERROR_OUTPUT, "predict", str(damaged), "--json"]
    assert subprocess.run(words, stdout=subprocess.PIPE, check=False).stdout == (
        subprocess.run([*PREDICT, str(damaged), "--json"], capture_output=True, check=False).stdout
    )
