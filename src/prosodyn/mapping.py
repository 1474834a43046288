"""Plain values, as JSON and TOML hold them, to frozen dataclasses and back, strictly."""

import dataclasses
import json
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any, Literal

from prosodyn.errors import ConfigError

T = typing.TypeVar("T")


def from_mapping(cls: type[T], values: object, where: str) -> T:
    """Build a dataclass from plain values, strictly.

    Lists become tuples, whole numbers floats and tables dataclasses, where the type of a field asks
    for it. A union is of one type and None, or of dataclasses that their `kind` tells apart.

    Args:
        cls: a dataclass
        values: what a TOML table or a JSON object holds
        where: names the table in error messages

    Raises:
        ConfigError: an unknown key, a missing one, a value of the wrong type, or one that `cls` refuses
    """
    if not isinstance(values, Mapping):
        raise ConfigError(f"{where}: expected a table of keys, found {values!r}")
    try:
        return _build(cls, values, "")
    except ConfigError as fault:
        raise ConfigError(f"{where}: {fault}") from fault


def to_mapping(value: Any) -> dict[str, Any]:
    """Return a dataclass as plain values that JSON and TOML can hold, its fields in order."""
    return {field.name: _to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _to_plain(value: Any) -> Any:
    """Turn dataclasses into tables and tuples into lists, however deep they lie."""
    if dataclasses.is_dataclass(value):
        return to_mapping(value)
    if isinstance(value, Mapping):
        return {key: _to_plain(item) for key, item in value.items()}
    return [_to_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _build(cls: type[T], values: Mapping[str, Any], table: str) -> T:
    """Build a dataclass; `table` leads to its keys and ends with a dot, or is empty."""
    hints = typing.get_type_hints(cls)
    unknown = sorted(set(values) - set(hints))
    if unknown:
        raise ConfigError(f"unknown key '{table}{unknown[0]}', expected one of {sorted(hints)}")
    for field in dataclasses.fields(typing.cast(Any, cls)):
        optional = field.default is not MISSING or field.default_factory is not MISSING
        if not optional and field.name not in values:
            raise ConfigError(f"the key '{table}{field.name}' is missing; add it")
    return cls(**{key: _convert(hints[key], value, f"{table}{key}") for key, value in values.items()})


def _convert(hint: Any, value: Any, key: str) -> Any:
    """Check a plain value against a field's type."""
    origin, choices = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        return None if value is None else _convert(_chosen(choices, value), value, key)
    if dataclasses.is_dataclass(hint) and isinstance(value, Mapping):
        return _build(typing.cast("type[Any]", hint), value, f"{key}.")
    if origin is tuple and isinstance(value, list | tuple):
        kinds = choices[:1] * len(value) if choices[-1] is ... else choices
        if len(kinds) == len(value):
            return tuple(_convert(kind, item, key) for kind, item in zip(kinds, value, strict=True))
    if origin in (dict, Mapping) and isinstance(value, Mapping):
        return {name: _convert(choices[1], item, f"{key}.{name}") for name, item in value.items()}
    if hint is float and type(value) is int:
        return float(value)
    if hint is Any or type(value) is hint or (origin is Literal and value in choices):
        return value
    raise ConfigError(f"{key}: expected {_describe(hint)}, found {value!r}")


def _chosen(choices: tuple[Any, ...], value: Any) -> Any:
    """Return the dataclass of a union whose `kind` a table names; the first type where it names none."""
    kind = value.get("kind") if isinstance(value, Mapping) else None
    for choice in choices if kind is not None else ():
        kinds = typing.get_type_hints(choice).get("kind") if dataclasses.is_dataclass(choice) else None
        if kind in typing.get_args(kinds):
            return choice
    return choices[0]


def _describe(hint: Any) -> str:
    """Say what a field expects."""
    if dataclasses.is_dataclass(hint) or typing.get_origin(hint) is Mapping:
        return "a table of keys"
    if typing.get_origin(hint) is Literal:
        return f"one of {list(typing.get_args(hint))}"
    return str(hint if typing.get_origin(hint) else hint.__name__)


def json_text(values: Any) -> str:
    """Write plain values as JSON for people: indented, each innermost list on one line.

    Raises:
        ValueError: NaN or infinity, which JSON cannot hold
        TypeError: what is no plain value

    Examples:
        >>> print(json_text({"shares": [0.25, 0.75]}), end="")
        {
          "shares": [0.25, 0.75]
        }
    """
    text = json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False)
    innermost = re.compile(r"\[\n\s*([^\[\]{}]*?)\n\s*\]")
    text = innermost.sub(lambda found: "[" + re.sub(r"\n\s*", " ", found[1]) + "]", text)
    return f"{text}\n"
