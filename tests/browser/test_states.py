"""What a person does while something else is under way, and what the page does when all goes wrong."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from browser.conftest import Open, Served, captions, drop, wait_until
from browser.made import answer_with, everything
from prosodyn.formats import entry
from prosodyn.inference import Recogniser

TOKEN = "sesame"
COUNTED = """
window.opened = [];
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wish) => {
  await new Promise((done) => { setTimeout(done, 500); });
  const stream = await open(wish);
  window.opened.push(...stream.getTracks());
  return stream;
};
"""
"""Counts microphones, and lets somebody think before giving one."""

MICROPHONE = {"permissions": ["microphone"]}
pytest.importorskip("playwright", reason="make test-browser installs playwright")


@pytest.fixture(scope="module")
def locked() -> Iterator[Served]:
    """A service with a token, for one live stream at a time."""
    pytest.importorskip("fastapi")
    one = Served("--token", TOKEN, "--limit", "max_streams=1")
    yield one
    one.stop()


def open_tracks(page: Any) -> int:
    return int(page.evaluate("window.opened.filter((track) => track.readyState === 'live').length"))


def test_one_microphone_is_opened_and_closed(open_tab: Open, talk: Path) -> None:
    def before(page: Any) -> None:
        page.add_init_script(COUNTED)
        answer_with(page, everything())

    with open_tab(talk, before=before, **MICROPHONE) as tab:
        page = tab.page
        page.evaluate("document.getElementById('record').click(); document.getElementById('live').click()")
        page.wait_for_selector("#stop:visible")
        assert page.inner_text("#capture-what") == "Recording"
        assert page.evaluate("window.opened.length") == 1
        page.click("#stop")
        page.wait_for_selector("#drop:visible")
        assert open_tracks(page) == 0
        assert page.locator("#live").is_enabled()


def test_a_microphone_that_cannot_be_heard_is_given_back(open_tab: Open, talk: Path) -> None:
    def before(page: Any) -> None:
        page.add_init_script(COUNTED)
        page.add_init_script("AudioWorklet.prototype.addModule = async () => { throw new Error('none'); };")

    with open_tab(talk, before=before, **MICROPHONE) as tab:
        tab.page.click("#record")
        tab.page.wait_for_selector("#status.wrong")
        assert "No microphone" in tab.page.inner_text("#status")
        assert open_tracks(tab.page) == 0
        assert tab.page.locator("#record").is_enabled()


def test_a_refused_recording_can_be_kept(open_tab: Open, talk: Path) -> None:
    def before(page: Any) -> None:
        page.route("**/v1/predict*", lambda route: route.fulfill(status=413, json={"detail": "too large"}))

    with open_tab(talk, before=before, expect_errors=True, **MICROPHONE) as tab:
        page = tab.page
        page.click("#record")
        page.wait_for_selector("#stop:visible")
        time.sleep(1)
        page.click("#stop")
        page.wait_for_selector("#keep:visible")
        assert page.inner_text("#status") == "too large"
        with page.expect_download() as download:
            page.click("#keep")
        assert download.value.suggested_filename == "recording.wav"


def test_whoever_listens_takes_over_from_a_file(open_tab: Open, talk: Path) -> None:
    waiting: list[Any] = []

    def before(page: Any) -> None:
        page.route("**/v1/predict*", lambda route: waiting.append(route))  # noqa: PLW0108, playwright marks it

    with open_tab(talk, before=before, **MICROPHONE) as tab:
        page = tab.page
        page.set_input_files("#file", talk)
        page.wait_for_selector("#cancel:visible")
        page.click("#live")
        page.wait_for_selector("#stop:visible")
        assert page.locator("#progress").is_hidden()
        drop(page, talk)
        assert "Stop first" in page.inner_text("#status")
        assert page.inner_text("#name") == "Live"


def test_cancel_ends_what_is_asked(open_tab: Open, voice: Path) -> None:
    with open_tab(before=lambda page: page.route("**/v1/predict*", lambda route: None)) as tab:
        page = tab.page
        page.set_input_files("#file", voice)
        page.click("#cancel")
        assert page.inner_text("#status") == "Cancelled."
        assert page.locator("#progress").is_hidden()


class MadeJob:
    """A job that waits, whose events break off; `asked` are the methods and paths of what was asked of it."""

    def __init__(self, page: Any) -> None:
        self.asked: list[str] = []
        self.states = [self.state("running"), self.state("done", everything())]
        page.route("**/v1/jobs**", self.answer)
        page.route("**/v1/jobs/**", self.answer)

    def state(self, state: str, timeline: Any = None) -> dict[str, Any]:
        told = None if timeline is None else entry(timeline)
        return {
            "id": "j",
            "file": "f",
            "state": state,
            "done": 1,
            "total": 70,
            "timeline": told,
            "problem": None,
        }

    def answer(self, route: Any) -> None:
        method, path = route.request.method, route.request.url.split("/v1/")[1]
        self.asked.append(f"{method} {path}")
        if method == "DELETE":
            route.fulfill(status=204)
        elif path.endswith("events"):
            body = f"event: progress\ndata: {json.dumps(self.state('waiting'))}\n\n"
            route.fulfill(content_type="text/event-stream", body=body)
        elif method == "POST":
            route.fulfill(status=202, json=self.state("waiting"))
        elif self.states:
            route.fulfill(json=self.states.pop(0))
        else:
            route.abort()


@pytest.fixture
def long(tmp_path: Path, voice: Path) -> Path:
    """Return a recording that is answered as a job."""
    path = tmp_path / "long.wav"
    samples, rate = soundfile.read(voice)
    soundfile.write(path, np.concatenate([samples, np.zeros(65 * rate)]), rate)
    return path


def test_a_job_is_found_again_and_then_forgotten(open_tab: Open, long: Path) -> None:
    jobs: list[MadeJob] = []
    with open_tab(before=lambda page: jobs.append(MadeJob(page))) as tab:
        tab.page.set_input_files("#file", long)
        tab.page.wait_for_selector("#answer:not([hidden])")
        assert tab.page.locator("#rows tr").count() == len(everything().segments)
        wait_until(lambda: "DELETE jobs/j" in jobs[0].asked)


def test_a_job_that_stays_lost_is_told_in_words(open_tab: Open, long: Path) -> None:
    jobs: list[MadeJob] = []

    def before(page: Any) -> None:
        jobs.append(MadeJob(page))
        jobs[0].states = []

    with open_tab(before=before, expect_errors=True) as tab:
        tab.page.set_input_files("#file", long)
        wait_until(lambda: "waits for its turn" in tab.page.inner_text("#status"))
        tab.page.wait_for_selector("#status.wrong")
        assert "The service was lost" in tab.page.inner_text("#status")


@pytest.mark.parametrize("leaves", ["cancel", "another"])
def test_a_job_does_not_outlive_its_page(open_tab: Open, long: Path, voice: Path, leaves: str) -> None:
    jobs: list[MadeJob] = []

    def before(page: Any) -> None:
        jobs.append(MadeJob(page))
        jobs[0].states = [jobs[0].state("running")] * 1000

    with open_tab(before=before, expect_errors=True) as tab:
        page = tab.page
        page.set_input_files("#file", long)
        wait_until(lambda: page.evaluate("1") == 1 and "GET jobs/j/events" in jobs[0].asked)
        if leaves == "cancel":
            page.click("#cancel")
        else:
            page.set_input_files("#file", voice)
        wait_until(lambda: page.evaluate("1") == 1 and "DELETE jobs/j" in jobs[0].asked)


def test_nor_does_it_outlive_a_page_that_is_left(open_tab: Open, long: Path) -> None:
    def before(page: Any) -> None:
        page.route("**/v1/jobs/*/events", lambda route: None)  # so that the page never has the answer

    with open_tab(before=before) as tab:
        page = tab.page
        with page.expect_response(lambda answer: answer.request.method == "POST") as begun:
            page.set_input_files("#file", long)
        job = f"{page.url}v1/jobs/{begun.value.json()['id']}"
        assert page.request.get(job).ok
        page.goto(f"{page.url}healthz")
        wait_until(lambda: page.request.get(job).status == 404)


def test_a_long_answer_is_forgotten_by_the_service(open_tab: Open, long: Path, served: Served) -> None:
    with open_tab() as tab:
        page = tab.page
        with page.expect_response(lambda answer: answer.request.method == "DELETE") as forgotten:
            page.set_input_files("#file", long)
        page.wait_for_selector("#answer:not([hidden])")
        assert forgotten.value.status == 204
        assert page.request.get(forgotten.value.url).status == 404


def test_a_wrong_token_is_told(open_tab: Open, locked: Served, talk: Path) -> None:
    with open_tab(talk, at=locked, expect_errors=True, **MICROPHONE) as tab:
        page = tab.page
        page.fill("#token-text", "open")
        page.click("#token button")
        page.wait_for_selector("#status.wrong:not(:empty)")
        assert "not the token" in page.inner_text("#status")
        page.fill("#token-text", TOKEN)
        page.click("#token button")
        page.wait_for_selector("#drop:visible")
        assert page.inner_text("#status") == ""
        page.evaluate("sessionStorage.setItem('prosodyn-token', 'old')")
        page.click("#live")
        page.wait_for_selector("#token:visible")
        assert "not the token" in page.inner_text("#status")
        assert page.inner_text("#whole") == "Nothing was heard."


def test_a_busy_service_tells_why_and_is_asked_later(open_tab: Open, locked: Served, talk: Path) -> None:
    connect = pytest.importorskip("websockets.sync.client").connect
    address = f"ws://127.0.0.1:{locked.port}/v1/live?token={TOKEN}"
    with open_tab(talk, at=locked, expect_errors=True, **MICROPHONE) as tab:
        page = tab.page
        page.fill("#token-text", TOKEN)
        page.click("#token button")
        page.wait_for_selector("#drop:visible")
        with connect(address) as first:
            assert "ready" in first.recv()
            page.click("#live")
            page.wait_for_selector("#status.wrong")
            page.wait_for_timeout(2_000)
            assert "1 live streams are open. Trying again in 10 s" in page.inner_text("#status")
        page.wait_for_selector("#status:empty", state="attached")
        page.wait_for_selector("#ribbon button")
        page.click("#stop")


def test_the_model_says_itself_what_it_is_not_good_for(open_tab: Open) -> None:
    with open_tab() as tab:
        tab.page.wait_for_selector("#limits:not(:empty)")
        assert tab.page.inner_text("#limits") == Recogniser.load().card.limits


def test_what_nobody_heard_is_no_silence(open_tab: Open, talk: Path) -> None:
    """A stream that is never opened leaves a gap, and does not say that nobody spoke."""
    with open_tab(
        talk, before=lambda page: page.route_web_socket("**/v1/live*", lambda _socket: None), **MICROPHONE
    ) as tab:
        page = tab.page
        page.click("#live")
        page.wait_for_selector("#stop:visible")
        page.wait_for_timeout(2_000)
        page.click("#stop")
        page.wait_for_selector("#downloads button")
        assert page.inner_text("#whole") == "Nothing was heard."
        assert all("not heard" in each for each in captions(page))
