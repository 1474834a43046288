"""Settings: how they are read, and which values are refused."""

import dataclasses
import json
import math
import re
from typing import Any

import pytest

from prosodyn.config import (
    AugmentConfig,
    Encoder,
    Experiment,
    FrontEndConfig,
    NetworkConfig,
    SpectrogramConfig,
    TrainingConfig,
)
from prosodyn.errors import ConfigError
from prosodyn.mapping import from_mapping, to_mapping

EVERY_CONFIG = [FrontEndConfig(), NetworkConfig(), AugmentConfig(), TrainingConfig(), Experiment("own")]

EXPERIMENT = Experiment(
    name="own",
    about="A round trip.",
    front_end=FrontEndConfig(name="mfcc", f_min=0.0),
    network=NetworkConfig(channels=(4, 8), band_strides=(2, 1), frame_strides=(1, 2)),
    augment=AugmentConfig(speed=0.1),
    training=TrainingConfig(steps=3, epochs=0),
)


def test_the_defaults_of_the_front_end_are_the_papers() -> None:
    config = FrontEndConfig()

    assert config.window == 0.030 * config.sample_rate
    assert config.hop == 0.015 * config.sample_rate
    assert config.pre_emphasis == 0.97
    assert 3 * config.n_mfcc == 39


@pytest.mark.parametrize("config", EVERY_CONFIG, ids=lambda config: type(config).__name__)
def test_a_config_is_frozen(config: Any) -> None:
    name = dataclasses.fields(config)[0].name

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(config, name, "other")


@pytest.mark.parametrize("config", [*EVERY_CONFIG, EXPERIMENT], ids=lambda config: type(config).__name__)
def test_a_config_survives_json(config: Any) -> None:
    assert from_mapping(type(config), json.loads(json.dumps(to_mapping(config))), "own") == config


ENCODER = Encoder("own", "own.onnx", "CC0-1.0", ("hidden",), SpectrogramConfig(8, 0.0, 4_000.0))

IMPOSSIBLE = {
    FrontEndConfig: {
        "sample_rate": [8_000, 44_100],
        "window": [0, 1, -480],
        "hop": [0, -1],
        "n_fft": [0, 478, 513],
        "n_mels": [0, -1],
        "n_mfcc": [0, -1],
        "f_min": [-1.0, math.nan, math.inf],
        "f_max": [0.0, 50.0, 8_000.5, math.nan, math.inf],
        "pre_emphasis": [-0.1, 1.0, math.nan],
        "log_floor": [0.0, -1e-6, math.nan, math.inf],
        "quiet": [-1.0, math.nan, math.inf],
        "quiet_margin": [-0.1, math.nan, math.inf],
    },
    NetworkConfig: {
        "views": [(), ("plain", "plain")],
        "encoder_kernels": [(0,), (4, 0), (-1,)],
        "projection": [-1],
        "feature_dropout": [-0.1, 0.1, 1.0, math.nan],
        "channels": [(), (16, 32, 0, 64), (16, 32, -48, 64)],
        "band_strides": [(), (2, 2, 2), (2, 2, 2, 0)],
        "frame_strides": [(), (2, 2, 2, 1, 1), (-2, 2, 2, 1)],
        "kernel_size": [0, 2, -1],
        "n_kernels": [0, -1],
        "reduction": [0.0, -0.25, math.nan, math.inf],
        "hidden_size": [0, 1, 127, -2],
        "dropout": [-0.1, 1.0, math.nan],
        "summary_size": [-1],
        "summary_members": [0, -1],
        "summary_weight": [-0.1, 1.0, math.nan],
        "summary_dropout": [-0.1, 1.0, math.nan],
    },
    AugmentConfig: {
        "crop_frames": [-1],
        "speed": [-0.1, 1.0, math.nan],
        "vocal_tract": [-0.1, 1.0, math.nan],
        "gain": [-0.1, math.nan, math.inf],
        "n_masks": [-1],
        "mask_bands": [-1],
        "mask_frames": [-1],
        "voice": [-0.1, math.nan, math.inf],
        "mixup": [-0.1, math.nan, math.inf],
        "channels": [("opus", "telephone", "opus")],
    },
    TrainingConfig: {
        "learning_rate": [0.0, -1e-3, math.nan, math.inf],
        "encoder_rate": [0.0, -0.1, 1.1, math.nan],
        "layer_decay": [0.0, -0.1, 1.1, math.nan],
        "weight_decay": [-0.1, math.nan, math.inf],
        "batch_size": [0, -1],
        "micro_batch_size": [0, -1],
        "steps": [-1],
        "epochs": [-1],
        "label_smoothing": [-0.1, 1.0, math.nan],
        "gradient_clip": [-0.1, math.nan, math.inf],
        "temperature": [0.0, 0.9, math.nan, math.inf],
        "temperature_epochs": [-1],
        "weight_average": [-0.1, 1.0, math.nan],
        "validation_share": [-0.1, 1.0, math.nan],
        "level": [0.1, -0.5, -61.0, math.nan],
        "balance": [-0.1, 1.1, math.nan],
        "held_out_folds": (-1, 1),
        "seed": [-1, 2**32],
    },
}
TABLES = {
    FrontEndConfig: "front_end",
    NetworkConfig: "network",
    AugmentConfig: "augment",
    TrainingConfig: "training",
}


@pytest.mark.parametrize(
    ("cls", "key", "value"),
    [
        (cls, key, value)
        for cls, keys in IMPOSSIBLE.items()
        for key, values in keys.items()
        for value in values
    ],
)
def test_an_impossible_value_is_refused(cls: type[Any], key: str, value: object) -> None:
    expected = rf"^{TABLES[cls]}\.{key}: expected .+, found {re.escape(repr(value))}$"

    with pytest.raises(ConfigError, match=expected):
        cls(**{key: value})


def test_an_encoder_that_is_named_twice_is_refused_by_its_name() -> None:
    with pytest.raises(ConfigError, match=r"^front_end\.encoders: .* once, found \['own', 'own'\]$"):
        FrontEndConfig(encoders=(ENCODER, ENCODER))


def test_a_block_that_is_named_twice_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^blocks: expected each once, found \['hidden', 'hidden'\]$"):
        dataclasses.replace(ENCODER, blocks=("hidden", "hidden"))


@pytest.mark.parametrize("config", EVERY_CONFIG[:4], ids=lambda config: type(config).__name__)
def test_every_number_has_its_limits(config: Any) -> None:
    numbers = {
        item.name
        for item in dataclasses.fields(config)
        if type(getattr(config, item.name)) in (int, float, tuple)
    }

    assert numbers - {"encoders"} == set(IMPOSSIBLE[type(config)])


def test_a_window_longer_than_the_transform_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"^front_end\.n_fft: expected at least the window, 600, found 512$"
    ):
        FrontEndConfig(window=600)


def test_strides_go_with_the_channels() -> None:
    with pytest.raises(
        ConfigError,
        match=r"^network\.band_strides: expected one for each of the 2 channels, found \(2, 2, 2, 2\)$",
    ):
        NetworkConfig(channels=(4, 8))


def test_edges_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"^front_end\.f_max: expected above f_min, 900\.0, .* found 800\.0$"
    ):
        FrontEndConfig(f_min=900.0, f_max=800.0)


def test_there_are_no_more_coefficients_than_bands() -> None:
    with pytest.raises(ConfigError, match=r"^front_end\.n_mfcc: expected at most n_mels, 12, found 13$"):
        FrontEndConfig(name="mfcc", n_mels=12)


def test_coefficients_that_are_not_computed_may_be_more_than_the_bands() -> None:
    assert FrontEndConfig(name="logmel", n_mels=12).n_mfcc == 13


@pytest.mark.parametrize(
    "changes",
    [{"name": "mfcc"}, {"window": 1_200, "n_fft": 2_048}, {"hop": 242}, {"n_mels": 2}],
    ids=lambda it: next(iter(it)),
)
def test_a_narrow_band_spectrogram_goes_with_the_frames_of_a_log_mel_one(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"^front_end\.narrow_band: expected false, or .*, found True$"):
        FrontEndConfig(narrow_band=True, **changes)


@pytest.mark.parametrize(("narrow_band", "n_spectrograms"), [(False, 1), (True, 2)])
def test_spectrograms_are_counted(narrow_band: bool, n_spectrograms: int) -> None:
    assert FrontEndConfig(narrow_band=narrow_band).n_spectrograms == n_spectrograms


def test_a_refusal_names_the_file_and_the_key() -> None:
    values = {"name": "own", "training": {"batch_size": 0}}

    with pytest.raises(ConfigError, match=r"^own\.toml: training\.batch_size: expected at least 1, found 0$"):
        from_mapping(Experiment, values, "own.toml")
