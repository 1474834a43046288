"""Parameters that a route does not know are refused: a misspelt one would else be dropped without a word."""

from collections import Counter

from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.requests import HTTPConnection

from prosodyn.formats.text import one_line
from prosodyn.serve.problems import Problem

_SHOWN = 40  # characters of a name that is refused


def refuse_unknown(connection: HTTPConnection) -> None:
    """Refuse a request for parameters that its route does not know, or that are given twice.

    Raises:
        Problem: there are some; it names those that the route knows
    """
    route = connection.scope.get("route")
    assert isinstance(route, APIRoute | APIWebSocketRoute)
    known = [each.alias for each in route.dependant.query_params]
    times = Counter(name for name, _ in connection.query_params.multi_items())
    for name, n in times.items():
        shown = one_line(name)[:_SHOWN]
        if name not in known:
            told = f"known are {', '.join(known)}" if known else "none is known here"
            raise Problem(400, f"there is no parameter '{shown}'; {told}")
        if n > 1:
            raise Problem(400, f"the parameter '{shown}' is given {n} times; give it once")


def refuse_without_effect(needed: str, **given: object) -> None:
    """Refuse parameters that change nothing.

    Args:
        needed: what would have to be given with them
        given: those that were, by their names; None, False and empty ones were not

    Raises:
        Problem: there are some
    """
    idle = [name for name, value in given.items() if value is not None and value is not False and value != ""]
    if idle:
        raise Problem(400, f"{', '.join(idle)} changes nothing here; add {needed}, or leave it out")
