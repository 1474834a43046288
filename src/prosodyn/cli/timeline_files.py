"""Timelines in files, in the format that a file's ending names."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from prosodyn.errors import MissingExtraError, OutputError

if TYPE_CHECKING:
    from prosodyn.formats import Failure, Overview
    from prosodyn.timeline import Timeline

PICTURES = (".png", ".svg", ".pdf")
PAGE = ".html"


def refuse_out(path: Path, n_recordings: int) -> None:
    """Raise, before anything is answered, where it could not be written.

    Args:
        path: of the file
        n_recordings: that are to be answered

    Raises:
        OutputError: an unknown ending, one whose files hold one recording, or a folder that cannot be written
        MissingExtraError: matplotlib is not installed
    """
    from prosodyn.files import refuse_unwritable
    from prosodyn.formats import TIMELINE_FORMATS

    texts = {form.suffix.lower(): form for form in TIMELINE_FORMATS.values()}
    ending = path.suffix.lower()
    if ending not in (*texts, *PICTURES, PAGE):
        known = ", ".join((*(form.suffix for form in texts.values()), PAGE, *PICTURES))
        raise OutputError(f"{path}: the ending tells no format of timelines; choose one of {known}")
    if n_recordings != 1 and (ending not in texts or texts[ending].many is None):
        several = ", ".join(form.suffix for form in texts.values() if form.many)
        raise OutputError(
            f"{path}: holds the timeline of one recording, not {n_recordings}; name one recording, "
            f"or choose one of {several}"
        )
    if ending in PICTURES and find_spec("matplotlib") is None:
        raise MissingExtraError("matplotlib", "plots", f"{path}: drawing it")
    refuse_unwritable(path)


def write_timelines(path: Path, answers: Sequence["Timeline | Failure"]) -> None:
    """Write what was answered, whole or not at all.

    Args:
        path: of the file; a picture, and most texts, hold one recording
        answers: in their order

    Raises:
        OutputError: a format that holds one recording, a file that cannot be written
        MissingExtraError: matplotlib is not installed
        ProsodynError: the one recording could not be recognised
    """
    from prosodyn.files import write_text
    from prosodyn.formats import plot_timeline, render, timeline_format_of, timeline_to_html

    ending = path.suffix.lower()
    if ending == PAGE:
        timeline = _only(answers, path)
        write_text(path, timeline_to_html(timeline, _look_at(timeline.source)))
    elif ending in PICTURES:
        timeline = _only(answers, path)
        plot_timeline(timeline, _look_at(timeline.source), path)
    else:
        write_text(path, render(answers, timeline_format_of(path).name))


def _only(answers: Sequence["Timeline | Failure"], path: Path) -> "Timeline":
    from prosodyn.formats import Failure

    if len(answers) != 1:
        raise OutputError(f"{path}: shows one recording, not {len(answers)}; name one")
    if isinstance(answers[0], Failure):
        raise answers[0].error
    return answers[0]


def _look_at(source: str) -> "Overview":
    """Gather what a recording looks like, in memory that does not grow with its length."""
    from prosodyn.audio import read_blocks
    from prosodyn.formats import OverviewBuilder

    builder = OverviewBuilder()
    for block in read_blocks(source):
        builder.push(block)
    return builder.overview()
