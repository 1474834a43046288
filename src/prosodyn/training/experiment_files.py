"""Experiments as files: those that ship with the package and one's own, each put over its base."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from prosodyn.encoders import find_encoder
from prosodyn.errors import ConfigError
from prosodyn.mapping import to_mapping
from prosodyn.toml_files import packaged_names, read_named

FOLDER = "prosodyn.experiments"
"""The package of those that ship."""

BY_SPEAKERS = ("known_speakers", "new_speakers", "followed_speakers")
"""Tables of an experiment, of what differs by whose emotions are to be recognised."""


def experiment_names() -> tuple[str, ...]:
    """List the experiments that ship with the package."""
    return packaged_names(FOLDER)


def read_tables(name_or_path: str) -> dict[str, Any]:
    """Read an experiment with all that its bases say, and with descriptions in the place of encoders' names.

    Args:
        name_or_path: one of `experiment_names`, or the path of a TOML file

    Raises:
        ConfigError: there is no such experiment, or no such base
    """
    return _with_encoders(_read(name_or_path))


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables with others' keys put over theirs, however deep they lie."""
    both = base.keys() & changes.keys()
    deeper = {key for key in both if isinstance(base[key], Mapping) and isinstance(changes[key], Mapping)}
    return {**base, **changes, **{key: merged(base[key], changes[key]) for key in deeper}}


def _read(name_or_path: str, built_on_it: tuple[str, ...] = ()) -> dict[str, Any]:
    """Read a file, put over what its `base` names: a shipped experiment, or a file beside it."""
    values = _with_own_encoders(read_named(FOLDER, name_or_path, "experiment"), Path(name_or_path).parent)
    if "base" not in values:
        return values
    base = values.pop("base")
    if isinstance(base, str) and base.endswith(".toml"):
        base = str((Path(name_or_path).parent / base).resolve())
    elif base not in experiment_names():
        expected = f"the name of a file beside it or one of {list(experiment_names())}"
        raise ConfigError(f"{name_or_path}: base: expected {expected}, found {base!r}")
    if base in built_on_it:
        raise ConfigError(f"{name_or_path}: base: {base} is built on itself")
    below = _read(base, (*built_on_it, base))
    return merged(_given_way({key: value for key, value in below.items() if key != "about"}, values), values)


def _given_way(below: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a base whose tables for some speakers leave out what a file says for all of them."""

    def without(name: str, table: Any) -> Any:
        said = values.get(name)
        if not (isinstance(table, Mapping) and isinstance(said, Mapping)):
            return table  # as it was: whoever reads it says what is wrong with it
        return {key: value for key, value in table.items() if key not in said}

    kept = dict(below)
    for whose in BY_SPEAKERS:
        if isinstance(below.get(whose), Mapping):
            kept[whose] = {name: without(name, table) for name, table in below[whose].items()}
    return kept


TABLES_OF_ENCODERS = ("front_end", "distillation")
"""Whose key `encoders` holds names in an experiment's file, and descriptions in its settings."""


def _with_own_encoders(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Put paths in the place of the names of encoders' files that lie beside an experiment's."""

    def placed(name: object) -> object:
        is_file = isinstance(name, str) and name.endswith(".toml") and (folder / name).exists()
        return str(folder / str(name)) if is_file else name

    return _with_changed_encoders(values, lambda names: [placed(name) for name in names])


def _with_encoders(values: dict[str, Any]) -> dict[str, Any]:
    """Put descriptions of encoders in the place of their names, so that settings say all by themselves."""

    def described(names: list[Any]) -> list[Any]:
        if not all(isinstance(name, str) for name in names):
            return names  # as it was: whoever reads it says what is wrong with it
        return [to_mapping(find_encoder(name)) for name in names]

    return _with_changed_encoders(values, described)


def _with_changed_encoders(
    values: dict[str, Any], change: Callable[[list[Any]], list[Any]]
) -> dict[str, Any]:
    """Return tables in which every list of encoders is changed."""
    changed = dict(values)
    for name in TABLES_OF_ENCODERS:
        table = values.get(name)
        if isinstance(table, Mapping) and isinstance(table.get("encoders"), list):
            changed[name] = {**table, "encoders": change(table["encoders"])}
    return changed
