"""What values must be beyond their types, written where the types are."""

import math
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from prosodyn.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be beyond its type.

    Attributes:
        expected: in words
        holds: tells whether a value keeps the rule; NaN must not
    """

    expected: str
    holds: Callable[[Any], bool]


Count = Annotated[int, Rule("at least 0", lambda value: value >= 0)]
Size = Annotated[int, Rule("at least 1", lambda value: value >= 1)]
Sizes = Annotated[
    tuple[int, ...], Rule("one or more, each at least 1", lambda value: min(value, default=0) >= 1)
]
EvenSize = Annotated[int, Rule("an even number, at least 2", lambda value: value >= 2 and value % 2 == 0)]
OddSize = Annotated[int, Rule("an odd number, at least 1", lambda value: value >= 1 and value % 2 == 1)]
Share = Annotated[float, Rule("at least 0 and below 1", lambda value: 0 <= value < 1)]
Amount = Annotated[float, Rule("at least 0 and finite", lambda value: 0 <= value < math.inf)]
Positive = Annotated[float, Rule("above 0 and finite", lambda value: 0 < value < math.inf)]


def check_rules(table: str, config: Any, **relations: Rule) -> None:
    """Refuse values that break the rules of their types, or those that relate them to other values.

    Raises:
        ConfigError: names the first such value
    """
    hints = typing.get_type_hints(type(config), include_extras=True)
    rules = [(key, rule) for key, hint in hints.items() for rule in getattr(hint, "__metadata__", ())]
    for key, rule in (*rules, *relations.items()):
        value = getattr(config, key)
        if not rule.holds(value):
            raise ConfigError(f"{table}.{key}: expected {rule.expected}, found {value!r}")
