"""TOML files: of somebody's own, and those that ship in a package, by their names."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from prosodyn.errors import ConfigError
from prosodyn.files import read_whole


def packaged_names(package: str) -> tuple[str, ...]:
    """List the TOML files that ship in a package, by their names without the ending, sorted."""
    files = resources.files(package).iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def read_named(package: str, name_or_path: str, what: str) -> dict[str, Any]:
    """Read a TOML file that ships in a package, or one of somebody's own.

    Args:
        package: holds the files that ship
        name_or_path: one of `packaged_names`, or a path that ends with `.toml`
        what: is described by such a file; named in error messages

    Raises:
        ConfigError: there is no such file, or it is not TOML
    """
    if name_or_path in packaged_names(package):
        with resources.as_file(resources.files(package) / f"{name_or_path}.toml") as path:
            return read_toml(path)
    if name_or_path.endswith(".toml"):
        return read_toml(Path(name_or_path))
    raise ConfigError(
        f"{what}: no '{name_or_path}', expected one of {list(packaged_names(package))} or a .toml file"
    )


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        ConfigError: the file is missing or is not TOML
    """
    content = read_whole(path, ConfigError)
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as fault:
        raise ConfigError(f"{path}: cannot be read as TOML: {fault}") from fault
