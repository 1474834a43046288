"""The recordings that are named to be answered, or to tell how a speaker usually sounds."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prosodyn.cli.sources import remark_on_others
from prosodyn.cli.terminal import printable
from prosodyn.errors import ConfigError, CorpusError, UnreadableAudioError
from prosodyn.files import reaching

if TYPE_CHECKING:
    from prosodyn.formats import Failure
    from prosodyn.inference import Recogniser

NAMED = 10
"""Enrolled recordings that are named; more are counted."""

FilesArgument = Annotated[
    list[Path],
    # not looked at by the parser, which would end it all where one is forbidden
    typer.Argument(metavar="FILE", help="Recordings, and folders of recordings.", readable=False),
]

EnrolOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--enrol",
        metavar="FILE",
        help="A recording of the same speaker, of any emotion, or a folder of them; may be repeated.",
        show_default=False,
        readable=False,
    ),
]

SelfTrainingOption = Annotated[
    bool,
    typer.Option(
        "--self-training",
        help="Also learn from its own answers about what --enrol names; a hundred or more are worth it.",
    ),
]


def expand(files: Iterable[Path], verb: str) -> tuple[list[Path], list["Failure"]]:
    """Put the recordings of each folder in its place, and say which folders hold none.

    Args:
        files: recordings and folders
        verb: that takes them, named in messages

    Raises:
        ConfigError: standard input is named
    """
    from prosodyn.formats import Failure

    if Path("-") in (files := list(files)):
        raise ConfigError(
            f"{verb}: '-' is not supported: recordings are read from files; save it to one first, "
            "or send its samples to 'prosodyn live --stdin'"
        )
    paths: list[Path] = []
    failures: list[Failure] = []
    for path in files:
        try:
            with reaching(path, UnreadableAudioError):
                is_folder = path.is_dir()
        except UnreadableAudioError as fault:
            failures.append(Failure(str(path), fault))
            continue
        if is_folder:
            found, failure = _look_into(path)
            paths += found
            failures += failure
        else:
            paths.append(path)
    return paths, failures


def enrolled(
    recogniser: "Recogniser",
    files: Iterable[Path] | None,
    verb: str,
    tell: Callable[[str], None],
    *,
    self_training: bool = False,
) -> "Recogniser":
    """Return a recogniser that follows the speaker of some recordings, and tell which they are.

    Args:
        recogniser: stays as it is; returned where there are no files
        files: recordings and folders; unlike those to answer, each must be there
        verb: that takes them, named in messages
        tell: takes a line for people
        self_training: it also learns from its own answers about them

    Raises:
        AudioError: one that cannot be used, or too little sound
        BundleError: it cannot follow a speaker, or cannot be self-trained
        ConfigError: as `expand`, or self-training without files
    """
    if not files:
        if self_training:
            raise ConfigError(
                f"{verb}: --self-training learns from recordings of the speaker; name some by --enrol"
            )
        return recogniser
    paths, failures = expand(files, verb)
    for failure in failures:
        raise failure.error
    following = recogniser.enrol(paths, self_training=self_training)
    assert following.enrolment is not None
    named = [printable(source) for source in following.enrolment.sources[:NAMED]]
    others = len(following.enrolment.sources) - len(named)
    names = ", ".join(named) + (f" and {others} more" if others else "")
    verdict = "enrolled and self-trained" if self_training else "enrolled"
    tell(f"{verdict} with {following.enrolment.seconds:.1f} s of this speaker: {names}")
    return following


def _look_into(folder: Path) -> tuple[list[Path], list["Failure"]]:
    from prosodyn.corpora.tree import audio_files
    from prosodyn.formats import Failure

    try:
        found = audio_files(folder)
        remark_on_others(folder)
    except CorpusError as fault:
        return [], [Failure(str(folder), fault)]
    if found:
        return found, []
    nothing = UnreadableAudioError(f"{folder}: holds no recordings; name a folder that does")
    return [], [Failure(str(folder), nothing)]
