"""A service, and a real browser whose microphone hears a file."""

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from browser.chromium import find
from prosodyn.corpora import toy
from prosodyn.types import SAMPLE_RATE

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
)  # fmt: skip
PATIENCE = 60_000
"""Milliseconds that a page is waited for: the machine may be busy."""


class Served:
    """`prosodyn serve`, at the same port each time that it is started.

    Args:
        options: of the command
    """

    def __init__(self, *options: str) -> None:
        self.options = options
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "prosodyn", "serve", "--port", str(self.port), *self.options]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.server.stdout is not None
        assert "listens" in self.server.stdout.readline()

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait(30)
        assert self.server.stdout is not None
        self.server.stdout.close()


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    pytest.importorskip("fastapi")
    one = Served()
    yield one
    one.stop()


@dataclass
class Tab:
    """A page, and what went wrong on it."""

    page: Any
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


Open = Callable[..., AbstractContextManager[Tab]]


@pytest.fixture
def open_tab(served: Served) -> Open:
    """Return what opens the page; nothing may go wrong on it, and nothing may be asked of another host."""
    api = pytest.importorskip("playwright.sync_api", reason="make test-browser installs playwright")
    chromium = find()
    if chromium is None:
        pytest.skip("no Chromium; set PROSODYN_CHROMIUM to one")

    @contextlib.contextmanager
    def opened(
        microphone: Path | None = None,
        expect_errors: bool = False,
        at: Served | None = None,
        before: Callable[[Any], object] = lambda page: None,
        **context: Any,
    ) -> Iterator[Tab]:
        address = (at or served).address
        heard = [] if microphone is None else [f"--use-file-for-fake-audio-capture={microphone}%noloop"]
        with api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *heard])
            page = browser.new_context(**context).new_page()
            page.set_default_timeout(PATIENCE)
            tab = Tab(page)
            page.on("console", lambda one: tab.errors.append(one.text) if one.type == "error" else None)
            page.on("pageerror", lambda fault: tab.errors.append(str(fault)))
            page.on(
                "request",
                lambda asked: tab.foreign.append(asked.url) if is_foreign(asked.url, address) else None,
            )
            before(page)
            page.goto(address)
            yield tab
            browser.close()
        assert tab.foreign == []
        assert expect_errors or tab.errors == []

    def is_foreign(url: str, address: str) -> bool:
        return not url.startswith((address, "blob:", "data:"))

    return opened


@pytest.fixture(scope="session")
def voice(tmp_path_factory: pytest.TempPathFactory, corpus_root: Callable[[str], Path]) -> Path:
    """Return a recording of one emotion, of EmoDB where that is, else a generated one.

    The second of silence after it is there for the microphone, which goes on to hear nothing.
    """
    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    try:
        samples, rate = soundfile.read(next(corpus_root("emodb").glob("wav/03a01Wa.*")))
    except pytest.skip.Exception:
        samples, rate = toy.recording("anger", toy.SPEAKERS[0].name, seed=0), SAMPLE_RATE
    soundfile.write(path, np.concatenate([samples, np.zeros(rate)]), rate)
    return path


@pytest.fixture(scope="session")
def talk(tmp_path_factory: pytest.TempPathFactory, voice: Path) -> Path:
    """Return a recording with pauses, half a minute long."""
    path = tmp_path_factory.mktemp("talk") / "talk.wav"
    samples, rate = soundfile.read(voice)
    once = np.concatenate([samples, np.zeros(rate)])
    soundfile.write(path, np.resize(once, 30 * rate), rate)
    return path


@pytest.fixture(scope="session")
def medley(tmp_path_factory: pytest.TempPathFactory, corpus_root: Callable[[str], Path]) -> Path:
    """Return several emotions with pauses between, of EmoDB where that is, else generated ones."""
    path, rng = tmp_path_factory.mktemp("medley") / "medley.wav", np.random.default_rng(0)
    rate, spoken = SAMPLE_RATE, []
    try:
        clips = corpus_root("emodb")
        for code in "WTFNLA":
            spoken.append([soundfile.read(each)[0] for each in sorted(clips.glob(f"wav/03*{code}?.*"))[:3]])
    except pytest.skip.Exception:
        spoken = [[toy.recording(each, toy.SPEAKERS[0].name, seed=0)] * 3 for each in toy.EMOTIONS]
    pieces = []
    for clips_of_one in spoken:
        for clip in clips_of_one:
            pieces += [clip, 1e-4 * rng.standard_normal(rate // 7)]
        pieces.append(1e-4 * rng.standard_normal(2 * rate))
    soundfile.write(path, np.concatenate(pieces), rate)
    return path


def drop(page: Any, path: Path) -> None:
    """Drop a file onto the page, as by the mouse."""
    content = list(path.read_bytes())
    transfer = page.evaluate_handle(
        "([bytes, name]) => { const dropped = new DataTransfer();"
        " dropped.items.add(new File([new Uint8Array(bytes)], name)); return dropped; }",
        [content, path.name],
    )
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})


CAPTION = "#ribbon button"


def captions(page: Any) -> list[str]:
    """Return what is said of each segment in view."""
    return [str(one.get_attribute("aria-label")) for one in page.locator(CAPTION).all()]


def stop_clock(text: str) -> str:
    """Return what a segment's label says, without its times."""
    return re.sub(r"^.*?: ", "", text)


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


SHOTS = Path(__file__).resolve().parents[2] / "docs" / "figures"


def keep(shot: Path, wanted: bool) -> None:
    """Move a screenshot to the docs, where somebody asks for that."""
    if wanted:
        shutil.copy(shot, SHOTS / shot.name)
