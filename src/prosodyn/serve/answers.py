"""From uploaded recordings to answers that tell the sender's own names, and no path of this machine."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from prosodyn.audio import load, open_blocks
from prosodyn.errors import AudioError, ProsodynError
from prosodyn.formats.text import one_line
from prosodyn.inference import Recogniser, TimelineSettings
from prosodyn.inference.clip import Clip
from prosodyn.serve.problems import Problem, without_paths
from prosodyn.timeline import Timeline

Progress = Callable[[float, float | None], None]

_LONGEST_NAME = 200  # characters; more helps nobody to tell recordings apart


@dataclass(frozen=True, slots=True)
class Upload:
    """A recording that was sent.

    Attributes:
        name: the sender's own
        path: where it lies, as long as the request lasts
    """

    name: str
    path: Path


class TooLongError(Exception):
    """A recording holds more sound than is taken."""


def own_name(given: str) -> str:
    """Return the sender's name for a recording, without folders, on one line."""
    name = one_line(given.replace("\\", "/").rpartition("/")[2])[:_LONGEST_NAME]
    return name or "recording"


def hear(upload: Upload, longest: float) -> Clip:
    """Read a recording that gets one answer.

    Args:
        upload: the recording
        longest: seconds of sound

    Raises:
        TooLongError: it lasts longer
        AudioError: as `audio.load`
        MissingExtraError: as `audio.load`
    """
    try:
        recording = load(upload.path, longest=longest)
    except AudioError as fault:
        if type(fault) is AudioError:  # whatever else is wrong has a class of its own
            raise TooLongError from fault
        raise
    return Clip(upload.name, recording.waveform, recording)


def declared_seconds(upload: Upload) -> float | None:
    """Return how long a recording is by its header; None where that does not say so, or cannot be read."""
    try:
        with open_blocks(upload.path) as reader:
            return reader.duration
    except ProsodynError:  # told by whoever hears it
        return None


def follow(
    recogniser: Recogniser, upload: Upload, settings: TimelineSettings, any_sound: bool, progress: Progress
) -> Timeline:
    """Return the timeline of a recording.

    Args:
        recogniser: that answers
        upload: the recording
        settings: of the timeline
        any_sound: as of `Recogniser.timeline`
        progress: likewise; what it raises ends the work

    Raises:
        AudioError: as `Recogniser.timeline`
        MissingExtraError: likewise
    """
    found = recogniser.timeline(upload.path, settings, any_sound=any_sound, progress=progress)
    names = {str(upload.path): upload.name}
    remarks = tuple(without_paths(remark, names) for remark in found.remarks)
    return dataclasses.replace(found, source=upload.name, remarks=remarks)


def too_long(longest: float, name: str) -> Problem:
    """Return the problem that a recording is longer than is taken."""
    return Problem(413, f"{name}: lasts more than {longest:g} s; send it as a job, or in parts")
