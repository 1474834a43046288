"""Everybody can use the page: contrast, names, focus, narrow screens, with all that may be shown on it."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from browser.conftest import CAPTION, Open, captions, keep, wait_until
from browser.made import LABELS, answer_with, dense, everything, live_with

WIDTHS = (380, 800, 1280)
TAPPED = 24
"""Pixels of what a finger meets (WCAG 2.2, 2.5.8)."""

pytest.importorskip("playwright", reason="make test-browser installs playwright")
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture(scope="module")
def axe() -> Any:
    return pytest.importorskip("axe_playwright_python.sync_playwright").Axe()


def serious(axe: Any, page: Any) -> list[tuple[str, str]]:
    """Return the faults that axe finds and calls serious, or worse."""
    return [
        (fault["id"], node["html"])
        for fault in axe.run(page).response["violations"]
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


@SCHEMES
def test_no_emotion_is_hard_to_read(open_tab: Open, axe: Any, voice: Path, scheme: str) -> None:
    with open_tab(
        before=lambda page: answer_with(page, everything()), color_scheme=scheme, bypass_csp=True
    ) as tab:
        page = tab.page
        assert serious(axe, page) == []
        page.set_input_files("#file", voice)
        page.wait_for_selector("#answer:not([hidden])")
        page.locator("#moments summary").click()
        assert page.locator("#ribbon span").all_inner_texts()[:2] == ["An", "An?"]
        assert serious(axe, page) == []
        for _ in range(2):
            page.click("#closer")
        assert "happiness?" in page.locator("#ribbon span").all_inner_texts()
        assert serious(axe, page) == []


@SCHEMES
def test_nor_is_the_page_while_it_hears(open_tab: Open, axe: Any, talk: Path, scheme: str) -> None:
    def before(page: Any) -> None:
        answer_with(page, everything())
        live_with(page, everything())

    context = {"color_scheme": scheme, "bypass_csp": True, "permissions": ["microphone"]}
    with open_tab(talk, before=before, **context) as tab:
        page = tab.page
        page.click("#record")
        page.wait_for_selector("#stop:visible")
        assert serious(axe, page) == []
        page.click("#stop")
        page.wait_for_selector("#answer:not([hidden])")
        page.click("#live")
        page.wait_for_selector(f".provisional {CAPTION.split(' ')[1]}")
        assert serious(axe, page) == []


def test_nor_is_it_while_it_asks_for_a_token(open_tab: Open, axe: Any) -> None:
    def locked(page: Any) -> None:
        page.route("**/v1/models", lambda route: route.fulfill(status=401, json={"detail": "no token"}))

    with open_tab(before=locked, expect_errors=True, bypass_csp=True) as tab:
        tab.page.wait_for_selector("#token:visible")
        assert serious(axe, tab.page) == []


@SCHEMES
def test_it_fits_every_width(open_tab: Open, axe: Any, medley: Path, scheme: str, tmp_path: Path) -> None:
    is_wanted = bool(os.environ.get("PROSODYN_SCREENSHOTS"))
    with open_tab(color_scheme=scheme, bypass_csp=True) as tab:
        page = tab.page
        page.set_input_files("#file", medley)
        page.wait_for_selector("#player:visible")
        assert serious(axe, page) == []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            time.sleep(0.5)
            shot = tmp_path / f"page-{width}-{scheme}.png"
            page.screenshot(path=shot, full_page=True)
            keep(shot, is_wanted)


def test_many_segments_are_scrolled_and_can_be_tapped(open_tab: Open, voice: Path) -> None:
    answer = dense(140)
    with open_tab(
        before=lambda page: answer_with(page, answer), viewport={"width": 380, "height": 800}
    ) as tab:
        page = tab.page
        page.set_input_files("#file", voice)
        page.wait_for_selector("#answer:not([hidden])")
        assert page.evaluate("document.documentElement.scrollWidth") <= 380
        whole = page.locator("#ribbon li").nth(2).bounding_box()
        assert whole["width"] >= TAPPED
        page.locator(f"{CAPTION}[tabindex='0']").focus()
        page.keyboard.press("End")
        assert page.evaluate("document.activeElement.ariaLabel").startswith("0:58")
        first = page.inner_text("#axis")
        while page.locator("#wider").is_enabled():
            page.click("#wider")
        assert len(captions(page)) == 140
        assert page.inner_text("#axis") != first
        narrow = page.locator("#axis span").count()
        page.set_viewport_size({"width": 1280, "height": 800})
        wait_until(lambda: page.locator("#axis span").count() > narrow)


@SCHEMES
@pytest.mark.parametrize("width", [380, 1280])
def test_where_the_keys_are_is_seen(open_tab: Open, scheme: str, width: int) -> None:
    with open_tab(color_scheme=scheme, viewport={"width": width, "height": 800}) as tab:
        tab.page.bring_to_front()
        tab.page.keyboard.press("Tab")
        contrast, offset = tab.page.evaluate(
            """async () => {
              const { contrast } = await import("/page/colours.js");
              const hex = (colour) => "#" + colour.match(/\\d+/g).slice(0, 3)
                .map((part) => Number(part).toString(16).padStart(2, "0")).join("");
              const ring = getComputedStyle(document.activeElement);
              const around = getComputedStyle(document.getElementById("ask")).backgroundColor;
              return [contrast(hex(ring.outlineColor), hex(around)), parseFloat(ring.outlineOffset)];
            }"""
        )
        assert offset > 0  # it lies on what is around the button, not on its own colour
        assert contrast >= 3


def test_every_label_has_a_letter_of_its_own(open_tab: Open) -> None:
    with open_tab(before=lambda page: answer_with(page, everything())) as tab:
        letters = tab.page.evaluate(
            """async (model) => {
              const { learn, letterOf } = await import("/page/colours.js");
              learn(model);
              return model.labels.map(letterOf);
            }""",
            {"labels": list(LABELS), "colours": {}},
        )
        assert len(set(letters)) == len(LABELS)
