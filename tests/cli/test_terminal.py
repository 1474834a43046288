"""What people read, in a pipe and in a terminal."""

import sys

import pytest

from prosodyn.cli.answers import WIDTH, bar, draw_answers
from prosodyn.cli.progress import Bars
from prosodyn.cli.terminal import printable, resumable, show_table
from prosodyn.types import Prediction


def test_a_printable_text_stays() -> None:
    assert printable("grün — 3 %") == "grün — 3 %"


@pytest.mark.parametrize("text", ["two\nlines", "\x1b[31mred", "bell\a", "\udcff.wav"])
def test_whatever_steers_a_terminal_is_spelt_out(text: str) -> None:
    assert printable(text).isprintable()


def test_a_table_in_a_pipe_is_aligned_text(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("name", "n"), [("a", "1"), ("long", "100")], numbers=("n",), title="counts")
    assert capsys.readouterr().out == "counts\nname    n\na       1\nlong  100\n"


def test_a_table_in_a_terminal_holds_the_same_cells(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    show_table(("name", "[b]n"), [("[red]a", "1")], numbers=("[b]n",), title="counts")
    shown = capsys.readouterr().out
    assert all(cell in shown for cell in ("counts", "name", "[b]n", "[red]a", "1"))


@pytest.mark.parametrize(("share", "full"), [(0.0, 0), (0.5, WIDTH // 2), (1.0, WIDTH)])
def test_a_bar_is_as_long_as_its_share(share: float, full: int) -> None:
    assert bar(share) == "█" * full + " " * (WIDTH - full)


def test_an_answer_that_is_not_certain_is_not_drawn_as_certain(capsys: pytest.CaptureFixture[str]) -> None:
    draw_answers([Prediction("a.wav", "anger", {"anger": 0.998, "fear": 0.002}, 1.0)])
    assert ">99 %" in capsys.readouterr().out


def test_an_interruption_says_that_the_run_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), resumable():
        raise KeyboardInterrupt
    assert "goes on where it stopped" in capsys.readouterr().err


def test_nobody_watching_sees_few_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 100_000, 6))
    monkeypatch.setattr("prosodyn.cli.progress.time.monotonic", lambda: float(next(clock)))
    with Bars() as bars:
        for done in range(1, 1001):
            bars.show("epochs", done, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert 5 <= len(lines) <= 10
    assert lines[-1] == "epochs: 1000 of 1000"


@pytest.mark.parametrize("total", [1_000_000, None])
def test_whoever_wants_it_is_told_by_time_as_well(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, total: int | None
) -> None:
    clock = iter(range(0, 100_000, 10))
    monkeypatch.setattr("prosodyn.cli.progress.time.monotonic", lambda: float(next(clock)))
    with Bars(every=30.0) as bars:
        for done in range(10):
            bars.show("answering", done, total, f"{done}")
    assert capsys.readouterr().err.splitlines() == ["answering: 3", "answering: 6", "answering: 9"]


def test_what_is_quick_writes_no_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars() as bars:
        for done in range(1, 11):
            bars.show("recordings", done, 10)
        bars.show("bytes", 5, None)
    assert capsys.readouterr().err == ""


def test_rows_begin_move_and_end_in_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with Bars() as bars:
        bars.show("fold", 1, 2, "loss 0.5")
        bars.show("fold", 2, 2, "loss 0.4")
        bars.drop("fold")
        bars.drop("never begun")
    assert "loss" in capsys.readouterr().err
