"""The entry point: help, exit codes, and that a mistake is answered in one line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from prosodyn import __version__
from prosodyn.cli import main
from prosodyn.cli.main import app
from prosodyn.errors import ProsodynError

Prosodyn = Callable[..., CompletedProcess[str]]

VERBS = {
    "archive", "audit", "corpora", "demo", "doctor", "evaluate", "experiments", "explain", "export", "live",
    "models", "plot", "predict", "reproduce", "serve", "train",
}  # fmt: skip

FULL = Path("/dev/full")

LOADED = """
import json, sys
from prosodyn.cli import main
try:
    main.run()
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def modules_after(*words: str) -> set[str]:
    """Return what a fresh interpreter has loaded after a command."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def leaves(command: object, name: str = "prosodyn") -> list[tuple[str, object]]:
    """List the verbs, and the verbs of groups, with their commands."""
    inner = getattr(command, "commands", None)
    if not inner:
        return [(name, command)]
    return [leaf for word, part in inner.items() for leaf in leaves(part, f"{name} {word}")]


def all_errors(kind: type[ProsodynError] = ProsodynError) -> list[type[ProsodynError]]:
    """List every class of error."""
    return [kind, *(found for child in kind.__subclasses__() for found in all_errors(child))]


def test_the_help_lists_every_verb() -> None:
    assert set(get_command(app).commands) == VERBS
    shown = CliRunner().invoke(app, ["--help"]).output
    assert all(verb in shown for verb in VERBS)


def test_the_help_names_every_exit_code() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    codes = {kind.exit_code for kind in all_errors()} | {0, 130}
    assert all(f" {code} " in shown.replace("\n", " ") for code in codes)


@pytest.mark.parametrize("name", [name for name, _ in leaves(get_command(app))])
def test_every_verb_has_help(name: str) -> None:
    done = CliRunner().invoke(app, [*name.split()[1:], "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.output


@pytest.mark.parametrize(
    ("name", "command"), [leaf for leaf in leaves(get_command(app)) if getattr(leaf[1], "epilog", None)]
)
def test_the_example_of_a_verb_uses_the_verb(name: str, command: object) -> None:
    examples = [line for line in command.epilog.splitlines() if "prosodyn " in line]  # type: ignore[attr-defined]
    assert examples
    assert all(f"{name} " in f"{line} " for line in examples)


def test_the_version_is_the_packages() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prosodyn", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"prosodyn {__version__}\n"


def test_nothing_typed_shows_the_help(prosodyn: Prosodyn) -> None:
    assert "Usage" in "".join((prosodyn().stdout, prosodyn().stderr))


def test_help_loads_nothing_heavy() -> None:
    heavy = {"numpy", "torch", "onnxruntime", "soundfile", "matplotlib"}
    assert not heavy & modules_after("--help")


@pytest.mark.parametrize(
    "words",
    [
        ("corpora", "list"),
        ("models",),
        ("experiments",),
        ("reproduce", "--list"),
        ("audit", "toy", "--no-listen"),
    ],
)
def test_looking_around_loads_no_torch(words: tuple[str, ...]) -> None:
    assert "torch" not in modules_after(*words)


@pytest.mark.parametrize(
    "words", [("predikt",), ("predict", "--jsom", "call.wav"), ("train", "toy"), ("predict",)]
)
def test_a_misspelt_command_is_a_usage_error(prosodyn: Prosodyn, words: tuple[str, ...]) -> None:
    done = prosodyn(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_error_ends_in_its_line_and_code(prosodyn: Prosodyn) -> None:
    done = prosodyn("predict", "--model", "nowhere", "call.wav")
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr.startswith("prosodyn: nowhere: does not exist")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("predict", "LONG"), 3),
        (("predict", "call.wav", "--enrol", "LONG"), 3),
        (("archive", "LONG", "--out", "results"), 4),
        (("audit", "LONG"), 4),
        (("audit", "emodb", "--root", "LONG"), 4),
        (("corpora", "verify", "emodb", "--root", "LONG"), 4),
        (("corpora", "fetch", "emodb", "--into", "LONG"), 4),
        (("train", "toy", "--out", "LONG"), 10),
        (("reproduce", "--list", "--results", "LONG"), 10),
        (("reproduce", "--list", "--runs", "LONG"), 10),
    ],
)
def test_a_path_that_cannot_be_is_the_users_mistake(
    prosodyn: Prosodyn, words: tuple[str, ...], code: int
) -> None:
    long = "a" * 300
    done = prosodyn(*(long if word == "LONG" else word for word in words))
    assert done.returncode == code
    assert f"prosodyn: {long}: cannot be opened: File name too long; name another" in done.stderr


def test_a_path_that_cannot_be_does_not_hide_good_recordings(
    prosodyn: Prosodyn, bundle: Path, recordings: Path
) -> None:
    done = prosodyn("predict", "--model", bundle, "--jsonl", "a" * 300, next(recordings.rglob("*.wav")))
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) == 2


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_cannot_be_written_is_named(unbuffered: str) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "prosodyn", "models"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )
    assert done.returncode == 10
    assert done.stderr == (
        "prosodyn: the output cannot be written: No space left on device; send it elsewhere\n"
    )


def test_a_name_cannot_break_the_line(prosodyn: Prosodyn) -> None:
    done = prosodyn("predict", "--model", "no\nwhere\x1b[31m", "call.wav")
    assert done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr


def test_an_unexpected_fault_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(main, "app", fail)
    with pytest.raises(ZeroDivisionError):
        main.run()


def test_an_interruption_ends_with_130(prosodyn: Prosodyn, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("prosodyn.bundle.named_bundles", interrupt)
    done = prosodyn("models")
    assert (done.returncode, done.stderr) == (130, "")


def test_a_missing_package_names_its_extra(prosodyn: Prosodyn, monkeypatch: pytest.MonkeyPatch) -> None:
    def import_torch(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr("prosodyn.bundle.named_bundles", import_torch)
    done = prosodyn("models")
    assert done.returncode == 9
    assert "pip install 'prosodyn[train]'" in done.stderr


def test_a_missing_package_that_is_no_extra_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ModuleNotFoundError("No module named 'prosodyn.nothing'", name="prosodyn.nothing")

    monkeypatch.setattr(main, "app", fail)
    with pytest.raises(ModuleNotFoundError):
        main.run()


def test_a_reader_who_leaves_is_no_fault(bundle: Path, recordings: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "prosodyn", "predict", "-m", str(bundle), "--jsonl", str(recordings)]
    with os.fdopen(writing, "w") as nobody:
        done = subprocess.run(command, stdout=nobody, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_closed_input_brings_no_sound(bundle: Path) -> None:
    live = [sys.executable, "-m", "prosodyn", "live", "--stdin", "--model", str(bundle)]
    command = ["sh", "-c", '"$@" <&-', "-", *live]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "nothing is piped into it" in done.stderr) == (2, True)
