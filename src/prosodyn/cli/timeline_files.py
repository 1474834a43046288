"""Timelines in files, in the format that a file's ending names."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from prosodyn.errors import OutputError

if TYPE_CHECKING:
    from prosodyn.formats import Failure, Overview
    from prosodyn.timeline import Timeline

PICTURES = (".png", ".svg", ".pdf")
PAGE = ".html"


def refuse_ending(path: Path) -> None:
    """Raise, before anything is answered, where no format has such an ending.

    Raises:
        OutputError: an unknown ending
    """
    from prosodyn.formats import timeline_format_of

    if path.suffix.lower() not in (*PICTURES, PAGE):
        timeline_format_of(path)


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
