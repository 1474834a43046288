"""Models of transformers by name and by folder: where they are looked for, and what identifies them."""

import hashlib
import json
import re
import sys
from pathlib import Path

import pytest

from prosodyn.config import HubEncoder
from prosodyn.encoders import check_encoder, encoder_identity, find_encoder
from prosodyn.encoders.hub_model import find_model, model_digest, model_files
from prosodyn.errors import BundleError, ConfigError, MissingExtraError

FILES = {
    "config.json": b'{"model_type": "wav2vec2"}',
    "model.safetensors": b"weights",
    "preprocessor_config.json": b"{}",
}

OWN = """
kind = "transformers"
model = "someone/small"
licence = "CC0-1.0"
blocks = [1, 2]
"""


def write_model(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Look for encoders, and into the hub's cache, in folders of the test's own."""
    monkeypatch.setenv("PROSODYN_ENCODERS", str(tmp_path / "encoders"))
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return the description of an encoder whose folder lies beside it."""
    write_model(tmp_path / "own" / "someone" / "small")
    path = tmp_path / "own" / "small.toml"
    path.write_text(OWN)
    return path


def find_hub_encoder(path: Path) -> HubEncoder:
    encoder = find_encoder(str(path))
    assert isinstance(encoder, HubEncoder)
    return encoder


def test_a_model_of_ones_own_lies_beside_its_description(own: Path) -> None:
    encoder = find_hub_encoder(own)

    assert (encoder.name, encoder.blocks, encoder.licence) == ("small", (1, 2), "CC0-1.0")
    assert find_model(encoder) == own.parent / "someone" / "small"
    check_encoder(str(own))


def test_a_model_is_found_in_the_folder_of_encoders(own: Path, elsewhere: Path) -> None:
    (elsewhere / "encoders").mkdir()
    (own.parent / "someone").rename(elsewhere / "encoders" / "someone")

    assert find_model(find_hub_encoder(own)) == elsewhere / "encoders" / "someone" / "small"


def test_a_name_is_found_in_the_cache_of_the_hub(own: Path, elsewhere: Path) -> None:
    cached = elsewhere / "cache" / "models--someone--small"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("0123abcd")
    (cached / "snapshots").mkdir()
    (own.parent / "someone" / "small").rename(cached / "snapshots" / "0123abcd")

    assert find_model(find_hub_encoder(own)) == cached / "snapshots" / "0123abcd"


@pytest.mark.parametrize(
    ("model", "fetched"),
    [("someone/small", ".*hf download someone/small"), ("neither/name/nor/folder", ""), ("gone", "")],
)
def test_a_name_that_is_not_here_is_told_with_the_remedies(own: Path, model: str, fetched: str) -> None:
    own.write_text(OWN.replace("someone/small", model).replace("blocks", 'sha256 = "ab"\nblocks'))
    (own.parent / "someone" / "small").rename(own.parent / "moved")

    message = f"encoders/{model}: the encoder 'small' is not here.*PROSODYN_ENCODERS{fetched}$"
    with pytest.raises(BundleError, match=message):
        check_encoder(str(own))


def test_where_nothing_reads_the_cache_the_remedy_is_named(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    find_encoder(str(own))  # in a folder it is found without
    own.write_text(OWN.replace("someone/small", "gone"))

    with pytest.raises(MissingExtraError, match=r"pip install 'prosodyn\[encoders\]'"):
        find_encoder(str(own))


def test_a_bundle_does_not_tell_where_on_a_machine_a_model_lies(own: Path) -> None:
    folder = own.parent / "someone" / "small"
    own.write_text(OWN.replace("someone/small", str(folder)))

    encoder = find_hub_encoder(own)

    assert (encoder.model, encoder.folder) == ("small", str(folder.parent))
    assert find_model(encoder) == folder


def test_a_model_is_identified_as_the_tools_of_the_system_do(own: Path) -> None:
    lines = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in FILES.items())

    assert find_hub_encoder(own).sha256 == hashlib.sha256(lines.encode()).hexdigest()


@pytest.mark.parametrize("name", FILES)
def test_every_file_counts(own: Path, name: str) -> None:
    folder = own.parent / "someone" / "small"
    before = model_digest(folder)

    (folder / name).write_bytes(b'{"other": 1}')

    assert model_digest(folder) != before


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(own: Path, name: str) -> None:
    (own.parent / "someone" / "small" / name).unlink()

    with pytest.raises(BundleError, match=re.escape(name)):
        find_encoder(str(own))


def test_other_blocks_are_another_encoder(own: Path) -> None:
    before = encoder_identity(find_encoder(str(own)))

    own.write_text(OWN.replace("[1, 2]", "[2]"))

    assert encoder_identity(find_encoder(str(own))) != before


def test_what_may_hold_code_is_never_opened(own: Path) -> None:
    folder = own.parent / "someone" / "small"
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")

    with pytest.raises(BundleError, match=r"found pytorch_model\.bin, which may hold code"):
        find_encoder(str(own))


def test_an_adapter_is_not_put_over_the_weights_unasked(own: Path) -> None:
    (own.parent / "someone" / "small" / "adapter_config.json").write_text("{}")

    with pytest.raises(BundleError, match=r"holds an adapter, adapter_config\.json"):
        find_encoder(str(own))


@pytest.fixture
def divided(own: Path) -> Path:
    """Return the folder of a model whose weights are divided into two files."""
    folder = own.parent / "someone" / "small"
    (folder / "model.safetensors").rename(folder / "model-1.safetensors")
    (folder / "model-2.safetensors").write_bytes(b"more weights")
    named = {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": named}))
    return folder


def test_divided_weights_count_whole(divided: Path) -> None:
    names = [path.name for path in model_files(divided)]

    assert names == [
        "config.json",
        "model-1.safetensors",
        "model-2.safetensors",
        "model.safetensors.index.json",
        "preprocessor_config.json",
    ]


def test_a_part_that_is_missing_is_noticed(divided: Path) -> None:
    (divided / "model-2.safetensors").unlink()

    with pytest.raises(BundleError, match=r"expected its weights as model\.safetensors, found none"):
        model_files(divided)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"weight_map": {"a": "../elsewhere.safetensors"}}'])
def test_a_broken_list_of_parts_is_refused(divided: Path, content: str) -> None:
    (divided / "model.safetensors.index.json").write_text(content)

    with pytest.raises(BundleError, match=r"index\.json: .*copy the model again"):
        model_files(divided)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"transformers"', '"keras"', "kind: expected 'transformers', or no such key where an ONNX file is"),
        ("[1, 2]", "[]", "blocks: expected one or more, found none"),
        ("[1, 2]", "[2, 1]", "from the lowest to the highest, found [2, 1]"),
        ("[1, 2]", "[1, 1]", "from the lowest to the highest, found [1, 1]"),
        ("[1, 2]", "[-1]", "expected numbers of layers from 0 on"),
        ("[1, 2]", '["hidden_1"]', "blocks: expected int, found 'hidden_1'"),
        ("someone/small", " ", "model: expected a name on the hub or a folder, found none"),
        ("model =", "file =", "unknown key 'file'"),
        ('licence = "CC0-1.0"', "", "the key 'licence' is missing"),
        (
            'licence = "CC0-1.0"',
            'licence = "CC0-1.0"\nfolder = "here"',
            "the key 'folder' follows from where",
        ),
    ],
)
def test_what_cannot_be_is_refused(own: Path, old: str, new: str, message: str) -> None:
    own.write_text(OWN.replace(old, new))

    with pytest.raises(ConfigError, match=re.escape(message)):
        find_encoder(str(own))
