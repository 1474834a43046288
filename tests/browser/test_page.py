"""The page in a real browser: what a person does, and what becomes of it."""

import csv
import json
import time
from pathlib import Path
from typing import Any

import pytest

from browser.conftest import CAPTION, Open, Served, captions, drop, stop_clock, wait_until
from prosodyn.inference import Recogniser

OUTAGE = 13
"""Seconds: longer than the page holds what it cannot send."""

pytest.importorskip("playwright", reason="make test-browser installs playwright")


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.load()


def test_a_dropped_recording_has_the_timeline_of_the_library(
    open_tab: Open, talk: Path, recogniser: Recogniser
) -> None:
    expected = recogniser.timeline(talk)
    with open_tab() as tab:
        drop(tab.page, talk)
        tab.page.wait_for_selector("#answer:not([hidden])")
        shown = [stop_clock(text).split(" ")[0].strip(",") for text in captions(tab.page)]
        assert shown == [segment.emotion.split(" ")[0] for segment in expected.segments]
        assert tab.page.locator("#rows tr").count() == len(expected.segments)
        assert tab.page.locator("#name").inner_text() == "talk.wav"


def test_a_recorded_voice_has_the_emotion_of_its_file(
    open_tab: Open, voice: Path, recogniser: Recogniser
) -> None:
    expected = recogniser.from_file(voice)
    with open_tab(voice, permissions=["microphone"]) as tab:
        tab.page.click("#record")
        tab.page.wait_for_selector("#stop:visible")
        time.sleep(expected.duration)
        tab.page.click("#stop")
        tab.page.wait_for_selector("#answer:not([hidden])")
        told = str(tab.page.inner_text("#whole"))
        assert told.startswith(expected.emotion)
        assert expected.best_guess in told


def test_a_live_voice_is_followed_and_a_lost_connection_found_again(
    open_tab: Open, talk: Path, served: Served
) -> None:
    with open_tab(talk, expect_errors=True, permissions=["microphone"]) as tab:
        tab.page.click("#live")
        tab.page.wait_for_selector(f"{CAPTION}:not(.silent)")
        served.stop()
        tab.page.wait_for_selector("#status.wrong")
        assert "connection is lost" in tab.page.inner_text("#status")
        time.sleep(OUTAGE)
        served.start()
        wait_until(lambda: "connection" not in tab.page.inner_text("#status"))
        before = len(captions(tab.page))
        time.sleep(6)
        tab.page.click("#stop")
        tab.page.wait_for_selector("#drop:visible")
        wait_until(lambda: tab.page.locator("#rows tr").count() >= before)
        assert "not heard" in tab.page.inner_text("#whole")
        assert "not heard" in tab.page.inner_text("#legend")
        assert tab.page.locator("#downloads button").count() == 8
        tab.page.wait_for_selector("#player:visible")


def test_a_fault_is_told_and_another_recording_answered(open_tab: Open, voice: Path, tmp_path: Path) -> None:
    text = tmp_path / "letter.wav"
    text.write_text("no sound at all")
    with open_tab(expect_errors=True) as tab:  # the browser notes the refusal
        tab.page.set_input_files("#file", text)
        tab.page.wait_for_selector("#status.wrong")
        assert "letter.wav: is not audio" in tab.page.inner_text("#status")
        tab.page.set_input_files("#file", voice)
        tab.page.wait_for_selector("#answer:not([hidden])")
        assert tab.page.inner_text("#status") == ""


def chosen_by_enter(page: Any) -> Any:
    """Press Enter until the browser asks for a file; a busy one may lose the first key."""
    choosers: list[Any] = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))  # noqa: PLW0108, playwright marks it

    def is_asked() -> bool:
        page.keyboard.press("Enter")
        page.wait_for_timeout(2_000)
        return bool(choosers)

    wait_until(is_asked)
    return choosers[0]


def test_it_is_used_by_keys_alone(open_tab: Open, talk: Path) -> None:
    with open_tab() as tab:
        page = tab.page
        page.bring_to_front()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "choose"
        chosen_by_enter(page).set_files(talk)
        page.wait_for_selector("#answer:not([hidden])")
        assert page.evaluate("document.activeElement.id") == "answer"
        page.locator(f"{CAPTION}[tabindex='0']").focus()
        page.keyboard.press("End")
        assert page.evaluate("document.activeElement.ariaLabel") == captions(page)[-1]
        page.keyboard.press("Home")
        page.keyboard.press("Enter")
        wait_until(lambda: page.evaluate("document.getElementById('player').currentTime") > 0.2)


def test_every_format_is_downloaded(open_tab: Open, talk: Path, tmp_path: Path) -> None:
    with open_tab(accept_downloads=True) as tab:
        tab.page.set_input_files("#file", talk)
        tab.page.wait_for_selector("#downloads button")
        for button in tab.page.locator("#downloads button").all():
            with tab.page.expect_download() as download:
                button.click()
            download.value.save_as(tmp_path / download.value.suggested_filename)
    assert json.loads((tmp_path / "talk.json").read_text())[0]["file"] == "talk.wav"
    assert next(csv.DictReader((tmp_path / "talk.csv").read_text().splitlines()))["file"] == "talk.wav"
    assert (tmp_path / "talk.vtt").read_text().startswith("WEBVTT")
    assert len(list(tmp_path.iterdir())) == 7
