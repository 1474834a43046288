"""The descriptions that the page on encoders shows can be read, and name what is to be there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from prosodyn.config import Encoder, HubEncoder
from prosodyn.encoders import find_encoder

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "examples"


def test_an_onnx_file_of_ones_own_is_described(tmp_path: Path) -> None:
    (tmp_path / "own_encoder.toml").write_bytes((FOLDER / "own_encoder.toml").read_bytes())
    (tmp_path / "own_encoder.onnx").write_bytes(b"an encoder")

    encoder = find_encoder(str(tmp_path / "own_encoder.toml"))

    assert isinstance(encoder, Encoder)
    assert (encoder.blocks, encoder.spectrogram.mel) == (("hidden_4", "hidden_8"), "htk")


def test_a_model_of_transformers_is_described(
    save_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_model("wav2vec2", "facebook/wav2vec2-base")
    monkeypatch.setenv("PROSODYN_ENCODERS", str(folder.parents[1]))

    encoder = find_encoder(str(FOLDER / "wav2vec2.toml"))

    assert isinstance(encoder, HubEncoder)
    assert (encoder.name, encoder.blocks) == ("wav2vec2", (3, 6, 9))
