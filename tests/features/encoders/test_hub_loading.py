"""Models of transformers, read from folders: what is refused, and what is not printed."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from prosodyn.config import HubEncoder
from prosodyn.encoders.hub_model import model_digest
from prosodyn.errors import BundleError, MissingExtraError
from prosodyn.features.encoders.hub_layers import HubLayers
from prosodyn.features.encoders.hub_loading import load_model

SaveModel = Callable[..., Path]


def describe(folder: Path, sha256: str = "") -> HubEncoder:
    return HubEncoder("own", "transformers", folder.name, "CC0-1.0", (1,), sha256, folder=str(folder.parent))


def change(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_without_transformers_the_remedy_is_named(
    save_model: SaveModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_model("wavlm")
    monkeypatch.setitem(sys.modules, "transformers", None)

    with pytest.raises(
        MissingExtraError, match=r"the encoder 'own' needs .* pip install 'prosodyn\[encoders\]'"
    ):
        load_model(describe(folder))


def test_another_model_than_the_one_that_was_described_is_refused(save_model: SaveModel) -> None:
    described = describe(save_model("hubert"), sha256=model_digest(save_model("hubert")))
    load_model(described)
    save_model("hubert", seed=4)

    with pytest.raises(BundleError, match="small: is not the encoder 'own': the SHA-256 of its files is"):
        load_model(described)


def test_a_family_that_is_not_known_is_refused_by_name(save_model: SaveModel) -> None:
    folder = save_model("wav2vec2")
    change(folder / "config.json", model_type="bert")

    with pytest.raises(BundleError, match=r"a model of type 'bert', expected one of \['hubert', 'wav2vec2'"):
        load_model(describe(folder))


def test_a_model_of_another_rate_is_refused(save_model: SaveModel) -> None:
    folder = save_model("wav2vec2")
    change(folder / "preprocessor_config.json", sampling_rate=8_000)

    with pytest.raises(BundleError, match="small: is to be shown 8000 Hz, expected 16000"):
        load_model(describe(folder))


@pytest.mark.parametrize("family", ["wav2vec2", "whisper"])
def test_weights_that_are_missing_are_not_drawn_at_random(save_model: SaveModel, family: str) -> None:
    folder = save_model(family)
    weights = load_file(folder / "model.safetensors")
    gone = next(name for name in sorted(weights) if name.startswith("encoder.layers.1."))
    del weights[gone]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})

    with pytest.raises(BundleError, match=f"small: holds no weights '{gone}'; copy the model again"):
        load_model(describe(folder))


def test_what_stands_in_the_place_of_weights_is_refused(save_model: SaveModel) -> None:
    folder = save_model("wav2vec2")
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")

    with pytest.raises(BundleError, match="small: cannot be read as a model"):
        load_model(describe(folder))


def test_a_mask_that_only_training_needs_may_be_missing(save_model: SaveModel) -> None:
    folder = save_model("wav2vec2")
    weights = load_file(folder / "model.safetensors")
    del weights["masked_spec_embed"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})

    assert load_model(describe(folder)).family == "wav2vec2"


@pytest.mark.parametrize(
    ("family", "head"),
    [
        ("wav2vec2", "ForCTC"),
        ("hubert", "ForCTC"),
        ("wavlm", "ForCTC"),
        ("whisper", "ForConditionalGeneration"),
    ],
)
def test_a_head_on_a_model_is_left_out(save_model: SaveModel, family: str, head: str) -> None:
    layers = HubLayers(describe(save_model(family, head=head, vocab_size=10)))

    assert layers.block_sizes == (16,)


def test_weights_under_the_names_of_older_versions_are_the_same(save_model: SaveModel) -> None:
    folder, clip = save_model("wav2vec2"), (torch.linspace(-1, 1, 3_000)[None], torch.tensor([3_000]))
    expected = HubLayers(describe(folder))(*clip)[0].values
    weights = load_file(folder / "model.safetensors")
    place = "encoder.pos_conv_embed.conv"
    for old, new in (("weight_g", "original0"), ("weight_v", "original1")):
        weights[f"{place}.{old}"] = weights.pop(f"{place}.parametrizations.weight.{new}")
    save_file(
        {f"wav2vec2.{name}": tensor for name, tensor in weights.items()},
        folder / "model.safetensors",
        {"format": "pt"},
    )

    assert torch.equal(HubLayers(describe(folder))(*clip)[0].values, expected)


def test_weights_of_half_precision_make_states_of_single(save_model: SaveModel) -> None:
    folder = save_model("whisper")
    weights = load_file(folder / "model.safetensors")
    halves = {name: tensor.half() for name, tensor in weights.items()}
    save_file(halves, folder / "model.safetensors", {"format": "pt"})
    change(folder / "config.json", dtype="float16")

    (states,) = HubLayers(describe(folder))(torch.randn(1, 3_000), torch.tensor([3_000]))

    assert states.values.dtype == torch.float32


def test_nothing_is_printed(save_model: SaveModel, capfd: pytest.CaptureFixture[str]) -> None:
    folder = save_model("wavlm", head="ForCTC")
    capfd.readouterr()

    load_model(describe(folder))

    assert capfd.readouterr() == ("", "")
