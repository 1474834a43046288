"""`--help` as a page of a manual, in terminals of any width."""

import re
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from prosodyn.bundle.store import CARD
from prosodyn.cli import manual
from prosodyn.cli.main import app
from prosodyn.errors import ProsodynError

SOURCES = Path(manual.__file__).parents[1]

WIDTHS = (80, 120)


def commands(command: object, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """List the words of every command and group, the program itself included."""
    inner = getattr(command, "commands", None) or {}
    return [words, *(found for word, part in inner.items() for found in commands(part, (*words, word)))]


def shown(words: tuple[str, ...], width: int) -> str:
    """Return the help as a terminal of this width shows it."""
    done = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": str(width), "NO_COLOR": "1"})
    assert done.exit_code == 0
    return done.output


def test_every_error_with_a_code_of_its_own_is_told() -> None:
    codes = manual.exit_codes()
    assert all(
        codes[error.exit_code].startswith(str(error.__doc__)) for error in ProsodynError.__subclasses__()
    )


def test_the_codes_are_in_order() -> None:
    assert list(manual.exit_codes()) == [*range(11), 130]


def test_every_variable_that_a_room_reads_is_told() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py"))
    read = {*re.findall(r'"(PROSODYN_[A-Z]+)"', sources), *re.findall(r'envvar="(\w+)"', sources)}
    assert read == set(manual.ENVIRONMENT)


def test_the_card_of_a_bundle_is_told() -> None:
    assert f"FOLDER/{CARD}" in manual.FILES


@pytest.mark.parametrize("width", WIDTHS)
def test_what_stands_below_the_verbs_is_shown_as_it_is_written(width: int) -> None:
    lines = {line.strip() for line in shown((), width).splitlines()}
    assert {line.strip() for line in manual.epilog().splitlines()} <= lines


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("words", commands(get_command(app)), ids=" ".join)
def test_no_option_is_cut_off(words: tuple[str, ...], width: int) -> None:
    page = shown(words, width)
    assert "…" not in page
    assert max(map(len, page.splitlines())) <= width


@pytest.mark.parametrize("words", [words for words in commands(get_command(app)) if words], ids=" ".join)
def test_a_verb_says_how_it_is_typed(words: tuple[str, ...]) -> None:
    assert re.search(rf"Usage: \S+ {' '.join(words)}\b", shown(words, 80))


@pytest.mark.parametrize("words", [("train",), ("evaluate",), ("reproduce",)], ids=" ".join)
def test_many_options_are_grouped(words: tuple[str, ...]) -> None:
    page = shown(words, 80)
    assert all(f"─ {panel} ─" in page for panel in (manual.RECORDINGS, manual.TRAINING, manual.OUTPUT))


def test_the_lines_of_a_paragraph_are_joined() -> None:
    assert (
        manual.paragraphs("Draw it.\n\n    As a figure\n    or a page.")
        == "Draw it.\n\nAs a figure or a page."
    )


def test_commands_are_indented_below_their_heading() -> None:
    assert manual.indented("Examples:\nprosodyn models\n") == "Examples:\n  prosodyn models"
