"""The tree of errors."""

import copy
import re

import pytest

from prosodyn import errors
from prosodyn.errors import MissingExtraError, ProsodynError

EVERY_ERROR = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ProsodynError)
]
every_error = pytest.mark.parametrize("kind", EVERY_ERROR, ids=lambda kind: kind.__name__)


def build(kind: type[ProsodynError]) -> ProsodynError:
    if kind is MissingExtraError:
        return MissingExtraError("av", "media", "reading m4a")
    return kind("call.wav: is truncated; copy it again")


@every_error
def test_an_error_survives_the_way_from_another_process(kind: type[ProsodynError]) -> None:
    error = build(kind)

    arrived = copy.copy(error)  # takes an exception apart and rebuilds it, as a pool of processes does

    assert type(arrived) is kind
    assert str(arrived) == str(error)


@every_error
def test_the_drawn_tree_names_every_error(kind: type[ProsodynError]) -> None:
    assert re.search(rf"\b{kind.__name__}\b", errors.__doc__ or "")


@every_error
def test_the_drawn_exit_code_is_the_real_one(kind: type[ProsodynError]) -> None:
    drawn = re.search(rf"\b{kind.__name__} +(\d+)", errors.__doc__ or "")

    # where none is drawn, the branch's holds
    assert kind.exit_code == (int(drawn[1]) if drawn else kind.__bases__[0].exit_code)  # type: ignore[attr-defined]


def test_every_branch_has_an_exit_code_of_its_own() -> None:
    branches = [kind for kind in EVERY_ERROR if kind is ProsodynError or ProsodynError in kind.__bases__]

    assert len({kind.exit_code for kind in branches}) == len(branches)


def test_a_missing_extra_says_how_to_get_it() -> None:
    assert (
        str(build(MissingExtraError)) == "reading m4a needs the package 'av': pip install 'prosodyn[media]'"
    )


def test_a_missing_extra_is_an_import_error() -> None:
    assert isinstance(build(MissingExtraError), ImportError)
