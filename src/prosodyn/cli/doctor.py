"""The verb `doctor`: what is wrong with recordings, and what to do about it."""

import json
import sys
from typing import TYPE_CHECKING

from prosodyn.cli.apart import libraries_silenced
from prosodyn.cli.options import JsonOption
from prosodyn.cli.recordings import FilesArgument, expand
from prosodyn.cli.terminal import printable, remark, say, show_table
from prosodyn.errors import AudioError, ProsodynError

if TYPE_CHECKING:
    from prosodyn.diagnosis import Diagnosis

EXAMPLE = """\
Examples:
prosodyn doctor call.wav
prosodyn doctor *.wav --json > findings.json
"""

HEADER = ("file", "fit", "speech", "finding", "what to do")


def doctor(
    files: FilesArgument,
    as_json: JsonOption = False,
) -> None:
    """Say whether recordings are fit to hear an emotion in, and if not, why, and what to do.

    A file that cannot be read is reported, the others are looked at all the same; the exit code is then 3.
    A recording that is not fit is an answer, and no error.
    """
    from prosodyn.inference.diagnose import diagnose_file

    paths, failures = expand(files, "doctor")
    diagnoses: list[Diagnosis] = []
    faults = [(failure.source, failure.error) for failure in failures]
    with libraries_silenced():
        for path in paths:
            try:
                diagnoses.append(diagnose_file(path))
            except ProsodynError as fault:
                faults.append((str(path), fault))
    if as_json:
        entries = [*map(_entry, diagnoses), *({"file": name, "error": str(error)} for name, error in faults)]
        say(json.dumps(entries, indent=2))
    elif diagnoses:
        show_table(HEADER, [row for each in diagnoses for row in _rows(each)], numbers=("speech",))
    for _, error in faults:
        remark(f"prosodyn: {printable(str(error))}")
    if faults:
        sys.exit(AudioError.exit_code)


def _rows(diagnosis: "Diagnosis") -> list[tuple[str, ...]]:
    """Return a row for each finding, the file named in the first alone."""
    from prosodyn.formats.text import percent

    head = (diagnosis.source, "yes" if diagnosis.is_fit else "no", percent(diagnosis.speech_share))
    told = [(finding.sentence, finding.advice) for finding in diagnosis.findings] or [("nothing", "")]
    return [((*head, *cells) if place == 0 else ("", "", "", *cells)) for place, cells in enumerate(told)]


def _entry(diagnosis: "Diagnosis") -> dict[str, object]:
    from prosodyn.formats import entry

    return {"file": diagnosis.source, "duration": diagnosis.duration, **entry(diagnosis)}
