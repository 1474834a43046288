"""From uploaded recordings to answers that tell the sender's own names, and no path of this machine."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from prosodyn.audio import load
from prosodyn.errors import AudioError
from prosodyn.inference import Recogniser, TimelineSettings
from prosodyn.inference.clip import Clip
from prosodyn.serve.problems import Problem, without_paths
from prosodyn.timeline import Timeline

Progress = Callable[[float, float | None], None]


@dataclass(frozen=True, slots=True)
class Upload:
    """A recording that was sent.

    Attributes:
        name: the sender's own
        path: where it lies, as long as the request lasts
    """

    name: str
    path: Path


def hear(upload: Upload, longest: float) -> Clip:
    """Read a recording that gets one answer.

    Args:
        upload: the recording
        longest: seconds of sound

    Raises:
        Problem: it lasts longer
        AudioError: as `audio.load`
        MissingExtraError: as `audio.load`
    """
    try:
        recording = load(upload.path, longest=longest)
    except AudioError as fault:
        if type(fault) is AudioError:
            refuse_longer(longest + 1, longest, upload.name)
        raise
    return Clip(upload.name, recording.waveform, recording)


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


def refuse_longer(done: float, longest: float, name: str) -> None:
    """Raise where more has been heard of a recording than is allowed.

    Raises:
        Problem: it has
    """
    if done > longest:
        raise Problem(413, f"{name}: lasts more than {longest:.0f} s; send it as a job, or in parts")
