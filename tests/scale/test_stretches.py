"""Days become few stretches of time, however far apart they lie, and none is lost."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from prosodyn.scale.stretches import in_stretches, thinned


def counted(*days: str) -> dict[date, Counter[str]]:
    return {date.fromisoformat(day): Counter(anger=1) for day in days}


def every_day(first: str, n: int) -> list[str]:
    return [(date.fromisoformat(first) + timedelta(days=place)).isoformat() for place in range(n)]


@pytest.mark.parametrize(
    ("first", "last", "length", "names"),
    [
        ("2025-01-01", "2025-01-03", 3, ["2025-01-01", "2025-01-02", "2025-01-03"]),
        ("2024-12-01", "2025-02-28", 3, ["2024-12", "2025-01", "2025-02"]),
        ("2023-12-01", "2025-02-28", 3, ["2023", "2024", "2025"]),
        ("2009-12-01", "2025-02-28", 3, ["2000 to 2009", "2010 to 2019", "2020 to 2029"]),
        ("1895-12-01", "2025-02-28", 3, ["1800 to 1899", "1900 to 1999", "2000 to 2099"]),
    ],
)
def test_stretches_are_as_short_as_their_number_allows(
    first: str, last: str, length: int, names: list[str]
) -> None:
    n = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    assert list(in_stretches(counted(*every_day(first, n)), length)) == names


def test_strays_on_both_sides_are_counted_beside_the_rest() -> None:
    days = counted("0001-01-01", "1970-01-01", *every_day("2025-01-01", 40), "2099-12-31", "9999-12-31")
    stretches = in_stretches(days, 100)
    assert list(stretches) == [
        "before 2025-01-01",
        *every_day("2025-01-01", 40),
        "after 2025-02-09",
    ]
    assert stretches["before 2025-01-01"] == stretches["after 2025-02-09"] == Counter(anger=2)


@pytest.mark.parametrize("few", [["2024-05-01", "9999-12-31"], ["0001-01-01", "2024-05-01"]])
def test_of_two_far_days_the_frequent_one_is_no_stray(few: list[str]) -> None:
    days = counted(*few)
    days[date(2024, 5, 1)] = Counter(anger=7)
    assert in_stretches(days, 100)["2024-05-01"] == Counter(anger=7)


def test_what_is_many_is_no_stray_however_far() -> None:
    days = counted(*every_day("1941-01-01", 200), *every_day("2024-01-01", 300))
    assert list(in_stretches(days, 100))[::84] == ["1941"]
    assert len(in_stretches(days, 100)) == 84


def test_few_days_with_years_between_them_are_no_strays() -> None:
    assert list(in_stretches(counted("2000-01-01", "2005-01-01", "2010-01-01", "2015-01-01"), 100)) == [
        str(year) for year in range(2000, 2016)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_none_is_lost_and_stretches_are_few(seed: int) -> None:
    rng = random.Random(seed)
    last = rng.choice([date(1, 3, 1), date(50, 1, 1), date.max]).toordinal()
    days = {date.fromordinal(rng.randint(1, last)): Counter(anger=1) for _ in range(rng.randint(1, 500))}
    stretches = in_stretches(days, 100)
    assert sum(stretches.values(), Counter()).total() == len(days)
    assert len(stretches) <= 102


def test_thinned_days_are_the_first_of_their_years() -> None:
    assert thinned(counted("2024-02-29", "2024-12-31", "2025-01-01")) == {
        date(2024, 1, 1): Counter(anger=2),
        date(2025, 1, 1): Counter(anger=1),
    }
