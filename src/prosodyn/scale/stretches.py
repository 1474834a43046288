"""Days joined to few enough stretches of time to see: days, months, years, decades or centuries."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

Key = TypeVar("Key")

MOST_DAYS = 20_000
"""Days that are told apart at most while they are counted, which is more than fifty years."""

STRAYS = 2
"""Days before all others, or after, that may be strays, as 9999-12-31 is; of many days, one in a hundred."""

LONELY = 3653
"""Days, or as many as all others span: so far from the others a stray is."""


def day_of(cell: str) -> date | None:
    """Return the day that a cell begins with, as in `2025-01-31`; None where it does not.

    Examples:
        >>> day_of("2025-01-31T12:00:00"), day_of("yesterday")
        (datetime.date(2025, 1, 31), None)
    """
    try:
        return date.fromisoformat(cell[:10])
    except ValueError:
        return None


def thinned(counted: Mapping[date, Counter[str]]) -> dict[date, Counter[str]]:
    """Return what was counted by day, by the first day of each year."""
    return _joined(counted, lambda day: day.replace(month=1, day=1))


def in_stretches(counted: Mapping[date, Counter[str]], most: int) -> dict[str, Counter[str]]:
    """Join days to the shortest stretches of which there are not too many.

    Stretches in between without recordings are there as well, so that time passes evenly. A few days that lie
    far from all others, such as 1900-01-01 or 9999-12-31, are joined to what comes before or after the rest;
    otherwise all of the rest might be one stretch.

    Args:
        counted: day to what was counted
        most: stretches, apart from those two; there may be a hundred centuries all the same

    Returns:
        stretch to what was counted, in order; such as `2025-01-31`, `2025-01`, `2025`, `2020 to 2029`,
        `before 2020` or `after 2025`
    """
    if not counted:
        return {}
    first, last = min(counted), max(counted)
    if _n_stretches(_MONTHS, first, last) > most:
        first, last = _without_strays(counted)
    scale = next((scale for scale in _SCALES if _n_stretches(scale, first, last) <= most), _SCALES[-1])
    low, high = scale.place(first), scale.place(last)
    places = _joined(counted, lambda day: min(max(scale.place(day), low - 1), high + 1))
    stretches = {scale.name(place): places.get(place, Counter[str]()) for place in range(low, high + 1)}
    if low - 1 in places:
        stretches = {f"before {scale.first(low)}": places[low - 1], **stretches}
    if high + 1 in places:
        stretches[f"after {scale.last(high)}"] = places[high + 1]
    return stretches


@dataclass(frozen=True, slots=True)
class _Scale:
    """How long stretches are.

    Attributes:
        place: returns the number of a day's stretch
        first: returns how a stretch's beginning is called
        last: returns how its end is called
    """

    place: Callable[[date], int]
    first: Callable[[int], str]
    last: Callable[[int], str]

    def name(self, place: int) -> str:
        first, last = self.first(place), self.last(place)
        return first if first == last else f"{first} to {last}"


def _day(place: int) -> str:
    return date.fromordinal(place).isoformat()


def _month(place: int) -> str:
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


def _years(n: int) -> _Scale:
    return _Scale(
        lambda day: day.year // n, lambda place: f"{place * n:04d}", lambda place: f"{place * n + n - 1:04d}"
    )


_MONTHS = _Scale(lambda day: 12 * day.year + day.month - 1, _month, _month)
_SCALES = (_Scale(date.toordinal, _day, _day), _MONTHS, _years(1), _years(10), _years(100))


def _n_stretches(scale: _Scale, first: date, last: date) -> int:
    return scale.place(last) - scale.place(first) + 1


def _without_strays(counted: Mapping[date, Counter[str]]) -> tuple[date, date]:
    """Return the first and the last day that belong to the others, found from the middle one."""
    days = sorted(counted)
    spare = max(STRAYS, len(days) // 100)
    end = len(days) - 1
    low = high = max(end // 2, len(days) // 2, key=lambda place: counted[days[place]].total())
    while True:
        near = max((days[high] - days[low]).days, LONELY)
        if low and (low > spare or (days[low] - days[low - 1]).days <= near):
            low -= 1
        elif high < end and (end - high > spare or (days[high + 1] - days[high]).days <= near):
            high += 1
        else:
            return days[low], days[high]


def _joined(counted: Mapping[date, Counter[str]], place_of: Callable[[date], Key]) -> dict[Key, Counter[str]]:
    joined: dict[Key, Counter[str]] = {}
    for day, answers in counted.items():
        joined.setdefault(place_of(day), Counter()).update(answers)
    return joined
