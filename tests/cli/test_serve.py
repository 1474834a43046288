"""The verb `serve`: what it listens at, its limits, and what is missing."""

import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

import prosodyn.serve
from prosodyn.inference import Recogniser
from prosodyn.serve import ServeSettings

Prosodyn = Callable[..., CompletedProcess[str]]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Recogniser, ServeSettings]]:
    """Return what would have been served, and serve nothing."""
    seen: list[tuple[Recogniser, ServeSettings]] = []

    def serve(recogniser: Recogniser, settings: ServeSettings, ready: Callable[[str], None]) -> bool:
        seen.append((recogniser, settings))
        ready("http://127.0.0.1:1/")
        return True

    monkeypatch.setattr(prosodyn.serve, "serve", serve)
    return seen


def test_it_says_where_it_listens(prosodyn: Prosodyn, served: list[Any], small_bundle: Path) -> None:
    done = prosodyn("serve", "--model", small_bundle)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "prosodyn listens at http://127.0.0.1:1/ (Ctrl-C ends it)\n"
    ((recogniser, settings),) = served
    assert (recogniser.card.name, settings) == ("small", ServeSettings())


def test_options_and_limits_are_settings(prosodyn: Prosodyn, served: list[Any], small_bundle: Path) -> None:
    words = ["--host", "0.0.0.0", "--port", "9000", "--token", "abc", "--allow-host", "voice.example"]
    limits = ["max_streams=8", "max_bytes=1e6", "keep_jobs=0.5", "batch_wait=0"]
    prosodyn(
        "serve", "--model", small_bundle, *words, "--workers", 3, *(f"--limit={each}" for each in limits)
    )
    assert served[0][1] == ServeSettings(
        host="0.0.0.0",
        port=9000,
        token="abc",
        hosts=("voice.example",),
        workers=3,
        max_streams=8,
        max_bytes=1_000_000,
        keep_jobs=0.5,
        batch_wait=0,
    )


def test_the_token_may_come_from_the_surroundings(
    prosodyn: Prosodyn, served: list[Any], small_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROSODYN_TOKEN", "abc")
    prosodyn("serve", "--model", small_bundle)
    assert served[0][1].token == "abc"


@pytest.mark.parametrize(("words", "warns"), [(["--token", "abc"], False), ([], True)])
def test_whoever_lets_everybody_in_is_told(
    prosodyn: Prosodyn, served: list[Any], small_bundle: Path, words: list[str], warns: bool
) -> None:
    told = prosodyn("serve", "--model", small_bundle, "--host", "0.0.0.0", *words).stderr
    assert ("--token keeps others out" in told) == warns
    assert ("--allow-host NAME refuses all names but yours" in told) == warns


def test_names_that_are_allowed_are_enough_against_foreign_pages(
    prosodyn: Prosodyn, served: list[Any], small_bundle: Path
) -> None:
    words = ["--host", "0.0.0.0", "--allow-host", "voice.example"]
    told = prosodyn("serve", "--model", small_bundle, *words).stderr
    assert "--token keeps others out" in told
    assert "web page" not in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--limit", "max_streams"], "expected NAME=NUMBER"),
        (["--limit", "max_streams=many"], "expected NAME=NUMBER"),
        (["--limit", "max_streams=0"], "serve.max_streams: expected at least 1"),
        (["--limit", "max_streams=1.5"], "max_streams"),
        (["--limit", "streams=1"], "unknown key 'streams'"),
        (["--limit", "token=1"], "token"),
        (["--token", "a b"], "serve.token"),
        (["--port", "70000"], "port"),
    ],
)
def test_a_mistake_is_told(
    prosodyn: Prosodyn, served: list[Any], small_bundle: Path, words: list[str], told: str
) -> None:
    done = prosodyn("serve", "--model", small_bundle, *words)
    assert (done.returncode, served) == (2, [])
    assert told in done.stderr


def test_an_address_that_is_not_here_ends_it(prosodyn: Prosodyn, small_bundle: Path) -> None:
    done = prosodyn("serve", "--model", small_bundle, "--host", "192.0.2.1", "--token", "abc")
    assert done.returncode == 10
    assert "cannot listen on 192.0.2.1, port 8000" in done.stderr


@pytest.mark.parametrize("package", ["fastapi", "uvicorn", "python_multipart", "websockets"])
def test_without_the_packages_the_message_names_the_extra(
    prosodyn: Prosodyn, small_bundle: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    for name in [each for each in sys.modules if each.startswith(("prosodyn.serve", package))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    done = prosodyn("serve", "--model", small_bundle)
    assert done.returncode == 9
    assert "pip install 'prosodyn[serve]'" in done.stderr
