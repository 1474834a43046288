"""The library raises a named error for what is broken and answers the rest, soon and in little memory."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hostile.catalogue import KINDS
from hostile.kinds import Kind

MOST_SECONDS = 10
"""For asking twice; most take a hundredth of a second, and machines differ."""

Say = Callable[[Kind], dict[str, Any]]

every_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


def test_there_are_more_than_sixty_kinds_with_names_of_their_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) > 60


@every_kind
def test_each_kind_ends_in_its_class(kind: Kind, heard: Say) -> None:
    answer = heard(kind)
    assert "died" not in answer
    assert answer["error"] == (None if kind.error is None else kind.error.__name__), answer["message"]


@every_kind
def test_the_message_says_what_is_wrong_and_how_to_go_on(
    kind: Kind, heard: Say, made: dict[str, Path]
) -> None:
    answer = heard(kind)
    if kind.error is None:
        # most of what is made is a buzz or a click, and no speech
        remarks = [remark for remark in answer["remarks"] if not remark.startswith("no speech")]
        assert any(re.search(kind.says, remark) for remark in remarks) if kind.says else remarks == []
        return
    place = f"{made[kind.name]}: "
    assert answer["message"].startswith(place)
    fault = answer["message"].removeprefix(place)
    assert re.search(kind.says, fault)
    # what is wrong, then what to do
    assert re.fullmatch(r"(?s)[^;]+; [^;]+", fault)


@every_kind
def test_the_answer_comes_soon_and_is_the_same_again(kind: Kind, heard: Say) -> None:
    answer = heard(kind)
    assert answer["is_same"]
    assert answer["seconds"] < MOST_SECONDS
