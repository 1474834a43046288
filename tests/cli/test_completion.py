"""Completion: each shell is given a script, and what the rooms know is offered behind an option."""

import subprocess
import sys
from pathlib import Path

import pytest

from prosodyn.bundle import named_bundles
from prosodyn.cli import completion

START = "import sys; sys.argv = ['prosodyn']; from prosodyn.cli.main import run; run()"

SHELLS = ("bash", "zsh", "fish")


def ask(settings: dict[str, str], home: Path) -> str:
    """Start the program as a shell does and return what it writes."""
    done = subprocess.run(
        [sys.executable, "-c", START],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": ":".join(sys.path), **settings},
    )
    assert done.stderr == ""
    return done.stdout


def complete(shell: str, line: str, home: Path) -> list[str]:
    """Return what a shell is offered at the end of a line, without what it knows about it."""
    words = line.split(" ")
    offered = ask(
        {
            "_PROSODYN_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        },
        home,
    )
    if shell == "zsh":
        _, _, inner = offered.partition("((")
        offered = inner.rpartition("))")[0].replace('"', "")
    return [entry.split("\t")[0].split(":")[0] for entry in filter(None, offered.splitlines())]


@pytest.mark.parametrize(
    ("shell", "registration"),
    [
        ("bash", "complete -o default -F _prosodyn_completion prosodyn"),
        ("zsh", "compdef _prosodyn_completion prosodyn"),
        ("fish", "complete --command prosodyn"),
    ],
)
def test_a_shell_is_given_its_script(shell: str, registration: str, tmp_path: Path) -> None:
    assert registration in ask({"_PROSODYN_COMPLETE": f"source_{shell}"}, tmp_path)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_is_offered_the_bundles_behind_model(shell: str, tmp_path: Path) -> None:
    names = [bundle.name for bundle in named_bundles()]
    assert complete(shell, "prosodyn predict --model ", tmp_path) == names


def test_what_the_option_spells_out_is_offered(tmp_path: Path) -> None:
    assert complete("bash", "prosodyn predict --engine ", tmp_path) == ["auto", "onnx", "torch"]


def test_what_is_begun_is_completed(tmp_path: Path) -> None:
    assert complete("bash", "prosodyn corpora info cas", tmp_path) == ["casia"]


@pytest.mark.parametrize("shell", SHELLS)
def test_where_nothing_fits_the_shell_offers_files(shell: str, tmp_path: Path) -> None:
    assert complete(shell, "prosodyn predict --model my-own", tmp_path) == []


def test_every_corpus_and_the_fixture_are_offered() -> None:
    assert {"emodb", "toy"} <= {name for name, _ in completion.corpora("")}


def test_the_experiments_are_offered_by_what_is_begun() -> None:
    assert [name for name, _ in completion.experiments("recomm")] == ["recommended"]


def test_a_protocol_is_offered_with_what_it_is() -> None:
    assert list(completion.protocols("los")) == [("loso", "leave one speaker out")]


def test_the_last_of_several_names_is_completed() -> None:
    offered = completion.several(completion.corpora)("emodb,ca")
    assert [name for name, _ in offered] == ["emodb,casia"]


def test_a_name_is_not_offered_twice() -> None:
    offered = completion.several(completion.corpora)("emodb,e")
    assert "emodb,emodb" not in [name for name, _ in offered]
    assert offered
