"""The parts of the page that need no person, each by its answer."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import numpy as np
import pytest

from browser.conftest import Open
from browser.made import COLOURS, everything
from prosodyn.formats import entry, render

pytest.importorskip("playwright", reason="make test-browser installs playwright")


@pytest.fixture
def page(open_tab: Open) -> Iterator[Any]:
    with open_tab() as tab:
        yield tab.page


def test_a_file_is_what_the_library_writes(page: Any) -> None:
    timeline = everything("a call, 1.made.wav")
    written = page.evaluate(
        """async (timeline) => {
          const { FORMATS } = await import("/page/formats.js");
          const written = ([name, each]) => [name, each.written(timeline)];
          return Object.fromEntries(Object.entries(FORMATS).map(written));
        }""",
        entry(timeline),
    )
    expected = {name: render([timeline], name) for name in written}
    assert json.loads(written.pop("json")) == json.loads(expected.pop("json"))
    ours, theirs = (list(csv.DictReader(StringIO(each.pop("csv")))) for each in (written, expected))
    assert [list(row) for row in ours] == [list(row) for row in theirs]
    assert [map_numbers(row) for row in ours] == [map_numbers(row) for row in theirs]
    assert written == expected


def map_numbers(row: dict[str, str]) -> dict[str, object]:
    """Return a row in which 1.0 is 1."""
    return {key: float(text) if text.replace(".", "", 1).isdigit() else text for key, text in row.items()}


@pytest.mark.parametrize("rate", [48_000, 44_100])
def test_sound_keeps_its_band_at_another_rate(page: Any, rate: int) -> None:
    low, high = page.evaluate(
        """async (rate) => {
          const { Resampler } = await import("/page/resample.js");
          const heard = (pitch) => {
            const resampler = new Resampler(rate, 16000);
            const wave = (_, at) => Math.sin((2 * Math.PI * pitch * at) / rate);
            const samples = Float32Array.from({ length: rate }, wave);
            const pieces = [];
            for (let at = 0; at < rate; at += 2400) {
              pieces.push(...resampler.push(samples.slice(at, at + 2400)));
            }
            return pieces;
          };
          return [heard(440), heard(10000)];
        }""",
        rate,
    )
    times = np.arange(len(low)) / 16_000
    assert len(low) > 15_900
    np.testing.assert_allclose(low[100:], np.sin(2 * np.pi * 440 * times)[100:], atol=2e-3)
    assert np.abs(high[100:]).max() < 2e-3  # it would be heard at 6 kHz


def test_ink_can_be_read_on_every_colour(page: Any) -> None:
    contrasts = page.evaluate(
        """async (colours) => {
          const { contrast, inkOn } = await import("/page/colours.js");
          return colours.map((colour) => contrast(inkOn(colour), colour));
        }""",
        [*COLOURS.values(), *(f"#{grey:02x}{grey:02x}{grey:02x}" for grey in range(256))],
    )
    assert min(contrasts) >= 4.5


def test_a_moment_has_a_length(page: Any) -> None:
    told = page.evaluate(
        """async () => {
          const { captionWithTimes, summary } = await import("/page/words.js");
          const short = { start: 0.04, end: 0.48, emotion: "anger", best_guess: "anger", confidence: 0.8 };
          const lost = { start: 0, end: 4, emotion: "not heard" };
          return [captionWithTimes(short), summary([short], 0.5), summary([lost], 4)];
        }"""
    )
    assert told == [
        "0:00.0 to 0:00.5: anger 80 %",
        "speech 0:00.4 of 0:00.5: anger 100 %",
        "Nothing was heard.",
    ]


def test_a_waveform_of_hours_is_drawn(page: Any) -> None:
    drawn = page.evaluate(
        """async () => {
          const { follow } = await import("/page/answer.js");
          document.getElementById("answer").hidden = false;
          follow(14340, 14400, Array.from({ length: 288000 }, () => [-0.5, 0.5]), 20, []);
          return document.getElementById("waveform").clientWidth;
        }"""
    )
    assert drawn > 0
