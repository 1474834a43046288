"""Who speaks when: the turns of an RTTM file, as diarisation and annotators write them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from prosodyn.errors import AudioError, ManifestError
from prosodyn.files import reaching

_FIELDS = 9  # of a line, at least; most writers give ten
_OTHER_KINDS = {
    *("A/P", "CB", "EDIT", "FILLER", "IP", "LEXEME", "NO-RT-METADATA", "NO_RT_METADATA", "NON-LEX"),
    *("NON-SPEECH", "NOSCORE", "SEGMENT", "SPKR-INFO", "SU"),
}
"""What else RTTM lines tell (NIST, Rich Transcription 2009), beside the turns of `SPEAKER`."""

BEYOND = 0.5
"""Seconds by which a turn may end after its recording; diarisation rounds up to its own frames."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch in which one speaker speaks; those of several speakers may overlap.

    Attributes:
        start: seconds into the recording
        end: seconds into the recording, after `start`
        speaker: who speaks
    """

    start: float
    end: float
    speaker: str

    def __post_init__(self) -> None:
        """Refuse what is no stretch of a recording.

        Raises:
            ManifestError: such times, or a speaker without a name
        """
        if not 0 <= self.start < self.end < math.inf:
            raise ManifestError(
                f"a turn from {self.start} s to {self.end} s: expected 0 <= start < end; correct its times"
            )
        if not self.speaker:
            raise ManifestError(f"the turn from {self.start} s to {self.end} s: has no speaker; name one")


def read_turns(path: Path | str, recording: Path | str = "") -> tuple[Turn, ...]:
    """Read the turns of one recording from an RTTM file.

    Args:
        path: of the RTTM file
        recording: whose turns are wanted where the file holds those of several, by its name without what
            it ends in; where it holds those of one, its name does not matter

    Returns:
        in order of their starts

    Raises:
        ManifestError: cannot be read, a line that is no RTTM, no turns, or none of this recording
    """
    path, wanted = Path(path), Path(recording).stem
    found: dict[str, list[Turn]] = {}
    for number, line in enumerate(_read(path).splitlines(), start=1):
        fields = line.split()
        if fields and not fields[0].startswith(";;"):
            _read_line(fields, f"{path}, line {number}", found)
    if not found:
        raise ManifestError(f"{path}: holds no turns, lines that begin with SPEAKER; name another file")
    if len(found) > 1 and wanted not in found:
        raise ManifestError(
            f"{path}: holds turns of {len(found)} recordings, such as '{min(found)}', "
            f"and none of '{wanted}'; name the recording as there"
        )
    (turns,) = found.values() if len(found) == 1 else (found[wanted],)
    return in_order(turns)


def in_order(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Return turns by their starts, then ends, then speakers."""
    return tuple(sorted(turns, key=lambda turn: (turn.start, turn.end, turn.speaker)))


def refuse_beyond(turns: Iterable[Turn], duration: float, source: str) -> None:
    """Raise where a turn lies beyond its recording: it is one of another recording.

    Raises:
        AudioError: starts at its end or later, or ends more than `BEYOND` after it
    """
    for turn in turns:
        if turn.start >= duration or turn.end > duration + BEYOND:
            raise AudioError(
                f"{source}: lasts {duration:.2f} s, but {turn.speaker} has a turn from {turn.start:.2f} s to "
                f"{turn.end:.2f} s; give the turns of this recording"
            )


def _read(path: Path) -> str:
    with reaching(path, ManifestError):
        try:
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as fault:
            raise ManifestError(f"{path}: is not text in UTF-8: {fault.reason}; save it as such") from fault


def _read_line(fields: list[str], where: str, found: dict[str, list[Turn]]) -> None:
    kind, *rest = fields
    if kind in _OTHER_KINDS:
        return
    if kind != "SPEAKER":
        raise ManifestError(f"{where}: begins with '{kind}', expected SPEAKER or another kind of RTTM line")
    if len(fields) < _FIELDS:
        raise ManifestError(
            f"{where}: has {len(fields)} fields, expected {_FIELDS} or 10: SPEAKER recording channel start "
            "duration <NA> <NA> speaker <NA> <NA>"
        )
    name, _, start, duration, _, _, speaker = rest[:7]
    first, length = _seconds(start, "start", where), _seconds(duration, "duration", where)
    if speaker == "<NA>":
        raise ManifestError(f"{where}: names no speaker in its eighth field, found '<NA>'")
    if first < 0 or length <= 0:
        raise ManifestError(
            f"{where}: starts at {start} s and lasts {duration} s, expected 0 or more and more than 0"
        )
    found.setdefault(name, []).append(Turn(first, first + length, speaker))


def _seconds(text: str, name: str, where: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise ManifestError(f"{where}: the {name} is '{text}', expected a number of seconds")
    return seconds
