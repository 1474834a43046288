"""Plain values to dataclasses and back: what a file may say, and what it must not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest

from prosodyn.errors import ConfigError
from prosodyn.mapping import from_mapping, to_mapping


@dataclass(frozen=True, slots=True)
class Wheel:
    """A table inside another; it refuses what cannot roll."""

    spokes: Annotated[int, "at least 1"] = 8

    def __post_init__(self) -> None:
        if self.spokes < 1:
            raise ConfigError(f"wheel.spokes: expected at least 1, found {self.spokes}")


@dataclass(frozen=True, slots=True)
class Cart:
    """One field of every type that a dataclass may have."""

    name: str
    load: float = 0.0
    covered: bool = False
    drawn_by: Literal["horse", "ox"] = "horse"
    wheel: Wheel = field(default_factory=Wheel)
    spares: tuple[Wheel, ...] = ()
    stops: tuple[int, ...] = ()
    span: tuple[float, float] = (0.0, 1.0)
    loads: tuple[tuple[int, ...], ...] = ()
    driver: str | None = None
    prices: dict[str, float] = field(default_factory=dict)
    papers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sledge:
    """What a field may hold instead of a cart."""

    kind: Literal["sledge"]
    runners: int = 2


@dataclass(frozen=True, slots=True)
class Barn:
    """A field of several types, told apart by their kind."""

    vehicles: tuple[Cart | Sledge, ...] = ()


CART = Cart(
    name="own",
    load=1.5,
    covered=True,
    drawn_by="ox",
    wheel=Wheel(6),
    spares=(Wheel(5), Wheel(7)),
    stops=(1, 2, 3),
    span=(0.5, 2.0),
    loads=((1, 2), ()),
    driver="Ute",
    prices={"hay": 2.0},
    papers={"toll": [1, {"paid": True}], "map": None},
)


@pytest.mark.parametrize("cart", [Cart("bare"), CART], ids=["defaults", "everything"])
def test_a_dataclass_survives_json(cart: Cart) -> None:
    assert from_mapping(Cart, json.loads(json.dumps(to_mapping(cart))), "own") == cart


def test_a_mapping_is_what_json_gives_back() -> None:
    mapping = to_mapping(CART)

    assert json.loads(json.dumps(mapping)) == mapping


def test_a_mapping_has_the_order_of_the_fields() -> None:
    assert list(to_mapping(CART)) == list(Cart.__dataclass_fields__)


def test_a_mapping_shares_nothing_with_its_dataclass() -> None:
    to_mapping(CART)["papers"]["toll"].append(2)

    assert CART.papers["toll"] == [1, {"paid": True}]


def test_what_is_not_said_stays_at_its_default() -> None:
    assert from_mapping(Cart, {"name": "own", "wheel": {}}, "own") == Cart("own")


def test_tables_become_dataclasses() -> None:
    assert from_mapping(Cart, {"name": "own", "wheel": {"spokes": 6}}, "own").wheel == Wheel(6)


def test_a_kind_tells_dataclasses_apart() -> None:
    barn = Barn((CART, Sledge("sledge", 3)))

    assert from_mapping(Barn, json.loads(json.dumps(to_mapping(barn))), "own") == barn


@pytest.mark.parametrize("kind", ["sleigh", 3, None, ["sledge"]])
def test_a_kind_that_is_none_is_an_unknown_key_of_the_first(kind: object) -> None:
    with pytest.raises(ConfigError, match=r"unknown key 'vehicles\.kind'"):
        from_mapping(Barn, {"vehicles": [{"name": "own", "kind": kind}]}, "own.toml")


def test_lists_become_tuples() -> None:
    assert from_mapping(Cart, {"name": "own", "stops": [4, 8]}, "own").stops == (4, 8)


def test_an_integer_stands_for_a_number() -> None:
    load = from_mapping(Cart, {"name": "own", "load": 2}, "own").load

    assert load == 2.0
    assert isinstance(load, float)


def test_an_unknown_key_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"^own\.toml: unknown key 'spoke', expected one of \['spokes'\]$"):
        from_mapping(Wheel, {"spoke": 3}, "own.toml")


def test_an_unknown_key_of_a_table_is_refused_where_it_stands() -> None:
    with pytest.raises(ConfigError, match=r"^own\.toml: unknown key 'wheel\.spoke', expected one of"):
        from_mapping(Cart, {"name": "own", "wheel": {"spoke": 3}}, "own.toml")


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^own\.toml: the key 'name' is missing; add it$"):
        from_mapping(Cart, {"load": 1.0}, "own.toml")


@pytest.mark.parametrize("spokes", [0, -3])
def test_what_a_dataclass_refuses_is_said_with_the_place(spokes: int) -> None:
    with pytest.raises(
        ConfigError, match=rf"^own\.toml: wheel\.spokes: expected at least 1, found {spokes}$"
    ):
        from_mapping(Cart, {"name": "own", "spares": [{"spokes": spokes}]}, "own.toml")


@pytest.mark.parametrize("values", [[], "cart", 3, None])
def test_what_is_no_table_is_refused(values: object) -> None:
    with pytest.raises(ConfigError, match=r"^own\.toml: expected a table of keys, found "):
        from_mapping(Cart, values, "own.toml")


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("name", 3, "str"),
        ("name", None, "str"),
        ("load", "heavy", "float"),
        ("load", False, "float"),
        ("covered", 1, "bool"),
        ("drawn_by", "mule", r"one of \['horse', 'ox'\]"),
        ("drawn_by", ["ox"], r"one of \['horse', 'ox'\]"),
        ("wheel", "round", "a table of keys"),
        ("spares", [3], "a table of keys"),
        ("stops", 16, r"tuple\[int, \.\.\.\]"),
        ("stops", [16, "32"], "int"),
        ("stops", [16, True], "int"),
        ("stops", [16.0], "int"),
        ("span", [0.0], r"tuple\[float, float\]"),
        ("span", [0.0, 1.0, 2.0], r"tuple\[float, float\]"),
        ("span", [0.0, "1"], "float"),
        ("loads", [1], r"tuple\[int, \.\.\.\]"),
        ("driver", 3, "str"),
        ("prices", [2.0], r"dict\[str, float\]"),
        ("papers", "lost", "a table of keys"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(key: str, value: object, expected: str) -> None:
    with pytest.raises(ConfigError, match=rf"^own: {key}: expected {expected}.*, found"):
        from_mapping(Cart, {"name": "own", key: value}, "own")


def test_a_value_of_the_wrong_type_in_a_table_is_named_where_it_stands() -> None:
    values = {"name": "own", "prices": {"hay": None}}

    with pytest.raises(ConfigError, match=r"^own: prices\.hay: expected float, found None$"):
        from_mapping(Cart, values, "own")
