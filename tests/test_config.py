"""Settings: what a file may say, and what it must not."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from prosodyn.config import (
    AugmentConfig,
    Experiment,
    FrontEndConfig,
    NetworkConfig,
    TrainingConfig,
    from_mapping,
    read_toml,
    to_mapping,
)
from prosodyn.errors import ConfigError

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
def test_a_config_survives_its_mapping(config: Any) -> None:
    assert from_mapping(type(config), to_mapping(config), "own") == config


def test_a_config_survives_json() -> None:
    assert from_mapping(Experiment, json.loads(json.dumps(to_mapping(EXPERIMENT))), "own") == EXPERIMENT


def test_a_mapping_is_what_json_gives_back() -> None:
    mapping = to_mapping(EXPERIMENT)

    assert json.loads(json.dumps(mapping)) == mapping


def test_tables_become_configs() -> None:
    experiment = from_mapping(Experiment, {"name": "own", "network": {"hidden_size": 6}}, "own")

    assert experiment.network == NetworkConfig(hidden_size=6)


def test_lists_become_tuples() -> None:
    assert from_mapping(NetworkConfig, {"channels": [4, 8]}, "network").channels == (4, 8)


def test_an_integer_stands_for_a_number() -> None:
    dropout = from_mapping(NetworkConfig, {"dropout": 0}, "network").dropout

    assert dropout == 0.0
    assert isinstance(dropout, float)


def test_an_unknown_key_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"^own\.toml: unknown key 'learning_rat', expected one of"):
        from_mapping(TrainingConfig, {"learning_rat": 0.1}, "own.toml")


def test_an_unknown_key_of_a_table_is_refused_where_it_stands() -> None:
    with pytest.raises(ConfigError, match=r"^own\.toml\.network: unknown key 'layers'"):
        from_mapping(Experiment, {"name": "own", "network": {"layers": 3}}, "own.toml")


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^own\.toml: the key 'name' is missing; add it$"):
        from_mapping(Experiment, {"about": "No name."}, "own.toml")


@pytest.mark.parametrize(
    ("cls", "key", "value", "expected"),
    [
        (TrainingConfig, "batch_size", 32.0, "int"),
        (TrainingConfig, "batch_size", "32", "int"),
        (TrainingConfig, "batch_size", True, "int"),
        (TrainingConfig, "learning_rate", "fast", "float"),
        (TrainingConfig, "learning_rate", False, "float"),
        (TrainingConfig, "class_weights", 1, "bool"),
        (TrainingConfig, "optimiser", "sgd", r"one of \['rmsprop', 'adamw'\]"),
        (NetworkConfig, "channels", 16, "tuple"),
        (NetworkConfig, "channels", [16, "32"], "int"),
        (Experiment, "name", 3, "str"),
        (Experiment, "network", "dycnn_bilstm", "NetworkConfig"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(cls: type[Any], key: str, value: object, expected: str) -> None:
    values = {"name": "own", key: value} if cls is Experiment else {key: value}

    with pytest.raises(ConfigError, match=rf"^own\.{key}: expected {expected}, found"):
        from_mapping(cls, values, "own")


def test_toml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('name = "eigen"\n[training]\nseed = 3\n', encoding="utf-8")

    assert read_toml(path) == {"name": "eigen", "training": {"seed": 3}}


@pytest.mark.parametrize("content", [b"name = ", b"name = 'M\xfcller'", b"a = 1\na = 2"])
def test_what_is_not_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(content)

    with pytest.raises(ConfigError, match=r"own\.toml: cannot be read as TOML: "):
        read_toml(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read as TOML: "):
        read_toml(tmp_path / "nowhere.toml")
