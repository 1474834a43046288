"""TOML files of one's own, and those that ship."""

from pathlib import Path

import pytest

from prosodyn.errors import ConfigError
from prosodyn.toml_files import packaged_names, read_named, read_toml

PACKAGE = "prosodyn.experiments"


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
    with pytest.raises(ConfigError, match=r"nowhere\.toml: does not exist; check the spelling"):
        read_toml(tmp_path / "nowhere.toml")


def test_what_ships_is_read_by_its_name() -> None:
    assert "recommended" in packaged_names(PACKAGE)
    assert read_named(PACKAGE, "recommended", "experiment")["training"]["steps"] == 1200


def test_a_path_is_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "recommended.toml").write_text("own = 1\n")

    assert read_named(PACKAGE, str(tmp_path / "recommended.toml"), "experiment") == {"own": 1}


def test_what_is_neither_is_refused_with_what_ships() -> None:
    with pytest.raises(ConfigError, match=r"recipe: no 'sand', expected one of \['demo', .*or a \.toml file"):
        read_named(PACKAGE, "sand", "recipe")
