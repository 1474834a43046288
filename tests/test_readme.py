"""What the pages show is what the project does: examples run, commands, options, links and targets exist."""

import itertools
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from prosodyn.cli.main import app
from prosodyn.corpora import toy

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

FENCE = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
RECORDING = re.compile(r"[\"']([\w./-]+\.(?:wav|flac|ogg))[\"']")
SHELLS = {"", "bash", "console", "sh", "shell"}


def name_of(path: Path) -> str:
    """Return a path as the repository spells it."""
    return path.relative_to(ROOT).as_posix()


def python_blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield every example in Python with the line it starts on."""
    for fence in FENCE.finditer(text):
        if fence[1] == "python":
            yield text.count("\n", 0, fence.start(2)) + 1, fence[2]


def shell_lines(text: str) -> Iterator[str]:
    """Yield every line of shell that a page shows, in blocks and in running text.

    Where a block has prompts, the lines without one are output.
    """
    for fence in FENCE.finditer(text):
        if fence[1] in SHELLS:
            lines = [line.strip() for line in fence[2].replace("\\\n", " ").splitlines()]
            prompted = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
            yield from prompted or lines
    yield from (match[1] for match in INLINE_CODE.finditer(FENCE.sub("", text)))


def words_after(program: str, line: str) -> list[str] | None:
    """Return a program's arguments in a line of shell, up to the next pipe; None for another program."""
    if not re.match(rf"(?:\w+=\S+ )*{program} ", line):
        return None
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = list(itertools.takewhile(lambda word: not set(word) <= set("|&;<>"), lexer))
    return words[words.index(program) + 1 :]


def find_fault(words: list[str], command: Any) -> str | None:
    """Say which verb or option of a command line does not exist, if any."""
    options = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    options |= set(command.context_settings.get("help_option_names", ["--help"]))
    verbs = getattr(command, "commands", {})
    for position, word in enumerate(words):
        if word.startswith("-") and word.split("=")[0] not in options:
            return f"no option {word}, only {sorted(options)}"
        if verbs and not word.startswith("-"):
            if word not in verbs:
                return f"no verb {word}, only {sorted(verbs)}"
            return find_fault(words[position + 1 :], verbs[word])
    return None


def makefile_targets() -> set[str]:
    """Return the targets that the Makefile offers."""
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_python_examples_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_wav: Callable[..., Path]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for line, code in python_blocks(page.read_text(encoding="utf-8")):
        for recording in RECORDING.findall(code):
            write_wav(recording, toy.recording("anger", "f1"))
        exec(compile("\n" * (line - 1) + code, name_of(page), "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_shown_commands_exist(page: Path) -> None:
    shown = [words_after("prosodyn", line) for line in shell_lines(page.read_text(encoding="utf-8"))]
    faults = [find_fault(words, get_command(app)) for words in shown if words]
    assert [fault for fault in faults if fault] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_shown_targets_exist(page: Path) -> None:
    shown = [words_after("make", line) for line in shell_lines(page.read_text(encoding="utf-8"))]
    assert {word for words in shown for word in words or () if "=" not in word} <= makefile_targets()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_local_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = [first or second for first, second in LINK.findall(text)]
    local = [target.split("#")[0] for target in targets if not re.match(r"https?:|mailto:|#", target)]
    assert [target for target in local if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_readme_shows_the_targets_that_need_no_setting_up(target: str) -> None:
    assert f"make {target}" in README.read_text(encoding="utf-8")
    assert target in makefile_targets()


def test_the_continuous_check_runs_the_readmes_test_command() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", ["prosodyn predikt call.wav", "prosodyn predict --jsom call.wav"])
def test_a_command_that_does_not_exist_is_noticed(line: str) -> None:
    words = words_after("prosodyn", line)
    assert words
    assert find_fault(words, get_command(app))


def test_a_command_ends_at_a_pipe() -> None:
    assert words_after("prosodyn", "A=1 prosodyn predict --json call.wav | head -3  # the first") == [
        "predict",
        "--json",
        "call.wav",
    ]


def test_output_below_a_prompt_is_no_command() -> None:
    assert list(shell_lines("```console\n$ prosodyn --version\nprosodyn 0.1.0\n```\n")) == [
        "prosodyn --version"
    ]
