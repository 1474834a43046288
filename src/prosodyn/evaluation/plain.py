"""Frozen dataclasses to plain JSON values and back, strictly typed."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal

from prosodyn.errors import EvaluationError

T = typing.TypeVar("T")


def field_names(cls: type[Any]) -> list[str]:
    """List the fields of a dataclass, in order."""
    return [item.name for item in dataclasses.fields(cls)]


def to_plain(noun: Any) -> dict[str, Any]:
    """Return the fields of a dataclass, in order; tuples become lists when JSON is written."""
    return {name: getattr(noun, name) for name in field_names(type(noun))}


def check_keys(values: Any, expected: list[str], where: str) -> None:
    """Check that a value is an object with exactly the expected keys.

    Raises:
        EvaluationError: names the first key that is unknown or missing
    """
    if not isinstance(values, Mapping):
        raise EvaluationError(f"{where}: expected an object, found {type(values).__name__}")
    unknown, missing = sorted(set(values) - set(expected)), sorted(set(expected) - set(values))
    if unknown or missing:
        fault = f"unknown key '{unknown[0]}'" if unknown else f"missing key '{missing[0]}'"
        raise EvaluationError(f"{where}: {fault}; expected exactly {sorted(expected)}")


def read_plain(cls: type[T], values: Mapping[str, Any], where: str) -> T:
    """Build a dataclass from the keys of an object that name its fields; other keys are left alone.

    Raises:
        EvaluationError: a value of the wrong type
    """
    hints = typing.get_type_hints(cls)
    return cls(**{name: _convert(hints[name], values[name], f"{where}: {name}") for name in field_names(cls)})


def _convert(hint: Any, value: Any, where: str) -> Any:
    """Check a plain value against a field's type; lists become tuples, whole numbers floats."""
    origin, choices = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        return None if value is None else _convert(choices[0], value, where)
    if origin is tuple and isinstance(value, list) and (choices[-1] is ... or len(choices) == len(value)):
        return tuple(_convert(choices[0], item, where) for item in value)
    if origin is dict and isinstance(value, dict):
        return {key: _convert(choices[1], item, f"{where}.{key}") for key, item in value.items()}
    if (origin is Literal and value in choices) or type(value) is hint:
        return value
    if hint is float and type(value) is int:
        return float(value)
    expected = hint.__name__ if isinstance(hint, type) and origin is None else str(hint)
    raise EvaluationError(f"{where}: expected {expected}, found {value!r}")
