"""Pieces of files."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from prosodyn.audio import read
from prosodyn.types import SAMPLE_RATE


@pytest.mark.parametrize(
    ("container", "coding"),
    [
        ("WAV", "PCM_16"),
        ("WAV", "GSM610"),
        ("FLAC", "PCM_16"),
        ("OGG", "VORBIS"),
        ("OGG", "OPUS"),
        ("MP3", "MPEG_LAYER_III"),
    ],
)
def test_a_piece_is_cut_to_the_sample(
    container: str, coding: str, tmp_path: Path, rng: np.random.Generator
) -> None:
    noise = rng.uniform(-0.5, 0.5, 3 * SAMPLE_RATE)
    soundfile.write(tmp_path / "a", noise, SAMPLE_RATE, format=container, subtype=coding)
    piece, whole = read(tmp_path / "a", start=0.7, end=2.1), read(tmp_path / "a")
    np.testing.assert_allclose(piece, whole[11_200:33_600], atol=1e-6)
