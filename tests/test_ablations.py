"""The ablations: each changes one thing about the experiment that it names as its base."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prosodyn.mapping import to_mapping
from prosodyn.toml_files import read_toml
from prosodyn.training.experiment import load_experiment, settle

FILES = sorted((Path(__file__).resolve().parents[1] / "benchmarks" / "ablations").glob("*.toml"))


def settings_of(name: str) -> dict[str, Any]:
    """Return all settings as strangers' voices are taught by, without the words about them."""
    settings = to_mapping(settle(load_experiment(name), "new"))
    return {key: value for key, value in settings.items() if key not in ("name", "about")}


def differences(one: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    for table, settings in one.items():
        if not isinstance(settings, dict):
            yield from [table] if settings != other[table] else []
            continue
        yield from (f"{table}.{key}" for key, value in settings.items() if value != other[table][key])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_ablation_changes_one_table_of_its_base(path: Path) -> None:
    base = read_toml(path)["base"]
    base = str(path.parent / base) if base.endswith(".toml") else base
    changed = {key.split(".")[0] for key in differences(settings_of(str(path)), settings_of(base))}
    assert len(changed) == 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_ablation_says_what_it_shows(path: Path) -> None:
    assert read_toml(path)["about"].endswith(".")
