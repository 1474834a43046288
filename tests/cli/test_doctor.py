"""The verb `doctor`: findings and advice, bad files among good ones, JSON."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from prosodyn.corpora import toy

Prosodyn = Callable[..., CompletedProcess[str]]
WriteWav = Callable[..., Path]


@pytest.fixture
def files(tmp_path: Path, write_wav: WriteWav) -> list[Path]:
    """Return a good recording, a broken file and one without speech."""
    good = write_wav("good.wav", toy.recording("anger", "f1"))
    tone = write_wav("tone.wav", 0.3 * np.sin(np.arange(48_000) / 5))
    (tmp_path / "broken.wav").write_bytes(b"no audio")
    return [good, tmp_path / "broken.wav", tone]


def test_a_sound_recording_is_fit(prosodyn: Prosodyn, files: list[Path]) -> None:
    done = prosodyn("doctor", files[0])
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing" in done.stdout


def test_a_broken_file_does_not_stop_the_rest(prosodyn: Prosodyn, files: list[Path]) -> None:
    done = prosodyn("doctor", *files)
    assert done.returncode == 3
    assert "no speech" in done.stdout
    assert "broken.wav" in done.stderr


def test_advice_is_given(prosodyn: Prosodyn, files: list[Path]) -> None:
    assert "check that it is the right recording" in prosodyn("doctor", files[2]).stdout


def test_json_holds_every_file(prosodyn: Prosodyn, files: list[Path]) -> None:
    entries = {
        Path(each["file"]).name: each for each in json.loads(prosodyn("doctor", "--json", *files).stdout)
    }
    assert (entries["good.wav"]["fit"], entries["good.wav"]["findings"]) == (True, [])
    assert [finding["kind"] for finding in entries["tone.wav"]["findings"]] == ["no speech"]
    assert "error" in entries["broken.wav"]


def test_a_folder_stands_for_its_recordings(prosodyn: Prosodyn, files: list[Path]) -> None:
    done = prosodyn("doctor", files[0].parent, "--json")
    assert {Path(each["file"]).name for each in json.loads(done.stdout)} == {
        "broken.wav",
        "good.wav",
        "tone.wav",
    }


def test_standard_input_is_refused_with_what_to_do(prosodyn: Prosodyn) -> None:
    done = prosodyn("doctor", "-")
    assert (done.returncode, "doctor: '-' is not supported" in done.stderr) == (2, True)
