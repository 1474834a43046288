"""Encoders by name, and by a TOML file of one's own."""

import hashlib
import re
from pathlib import Path

import pytest

from prosodyn.encoders import encoder_identity, encoder_names, encoder_path, find_encoder, read_encoder
from prosodyn.errors import BundleError, ConfigError

CONTENT = b"an encoder"

OWN = """
file = "own.onnx"
licence = "CC0-1.0"
blocks = ["hidden_1", "hidden_2"]

[spectrogram]
n_mels = 8
f_min = 100
f_max = 4000.0
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own.onnx").write_bytes(CONTENT)
    (tmp_path / "own.toml").write_text(OWN)
    return tmp_path / "own.toml"


@pytest.mark.parametrize("name", encoder_names())
def test_every_declared_encoder_says_what_it_is_and_under_which_licence(name: str) -> None:
    encoder = find_encoder(name)

    assert encoder.name == name
    assert encoder.licence == "Apache-2.0"
    assert encoder.about.endswith(".")
    assert encoder.citation
    assert encoder.blocks


def test_an_encoder_of_ones_own_lies_beside_its_description(own: Path) -> None:
    encoder = find_encoder(str(own))

    assert (encoder.name, encoder_path(encoder)) == ("own", own.parent / "own.onnx")
    assert encoder.spectrogram.f_min == 100.0
    assert read_encoder(encoder) == CONTENT


def test_the_folder_of_encoders_is_named_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROSODYN_ENCODERS", str(tmp_path))

    assert encoder_path(find_encoder("yamnet")) == tmp_path / "yamnet.onnx"


def test_a_file_that_is_not_here_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROSODYN_ENCODERS", str(tmp_path))

    with pytest.raises(
        BundleError, match=r"yamnet\.onnx: the encoder 'yamnet' is not here.*PROSODYN_ENCODERS"
    ):
        read_encoder(find_encoder("yamnet"))


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ConfigError, match=r"no 'hubert', expected one of \['speech-embedding', 'yamnet'\]"):
        find_encoder("hubert")


def test_an_unknown_key_is_refused(own: Path) -> None:
    own.write_text(f"colour = 3\n{OWN}")

    with pytest.raises(ConfigError, match="unknown key 'colour'"):
        find_encoder(str(own))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('["hidden_1", "hidden_2"]', "[]", "blocks: expected one or more, found none"),
        ('licence = "CC0-1.0"', 'licence = "CC0-1.0"\nname = "yamnet"', "the key 'name' follows from where"),
        ("f_min = 100", "f_min = 5000", "spectrogram.f_max: expected above f_min, 5000.0"),
        ("n_mels = 8", "n_mels = 8\nhop = 0", "spectrogram.hop: expected at least 1, found 0"),
        ("n_mels = 8", "n_mels = 8\nframe = 600", "spectrogram.frame: expected at most 512, found 600"),
        (
            "n_mels = 8",
            "n_mels = 8\nscale = 0.0",
            "spectrogram.scale: expected above 0 and finite",
        ),
    ],
)
def test_what_cannot_be_computed_is_refused(own: Path, old: str, new: str, message: str) -> None:
    own.write_text(OWN.replace(old, new))

    with pytest.raises(ConfigError, match=re.escape(message)):
        find_encoder(str(own))


def test_other_weights_other_blocks_and_another_spectrogram_are_another_encoder(
    own: Path,
) -> None:
    digests = {encoder_identity(find_encoder(str(own)))}
    for old, new in (('"hidden_1", ', ""), ("f_min = 100", "f_min = 90")):
        own.write_text(OWN.replace(old, new))
        digests.add(encoder_identity(find_encoder(str(own))))
    (own.parent / "own.onnx").write_bytes(b"another encoder")
    digests.add(encoder_identity(find_encoder(str(own))))

    assert len(digests) == 4


def test_a_declared_encoder_is_held_to_the_hash_of_its_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROSODYN_ENCODERS", str(tmp_path))
    (tmp_path / "yamnet.onnx").write_bytes(CONTENT)

    with pytest.raises(BundleError, match=r"yamnet\.onnx: is not the encoder 'yamnet': its SHA-256 is"):
        read_encoder(find_encoder("yamnet"))


def test_an_encoder_of_ones_own_is_identified_by_the_file_that_lies_there(own: Path) -> None:
    assert find_encoder(str(own)).sha256 == hashlib.sha256(CONTENT).hexdigest()
