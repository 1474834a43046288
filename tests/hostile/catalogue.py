"""Every kind of recording that is broken or hostile, with what it has to end in."""

from pathlib import Path

from hostile.coded_kinds import CODED_KINDS
from hostile.kinds import Kind
from hostile.place_kinds import NAME_KINDS, PLACE_KINDS
from hostile.sound_kinds import SOUND_KINDS
from hostile.wav_kinds import WAV_KINDS

KINDS: tuple[Kind, ...] = (*WAV_KINDS, *SOUND_KINDS, *CODED_KINDS, *NAME_KINDS, *PLACE_KINDS)


def make_all(root: Path) -> dict[str, Path]:
    """Make every kind, each in a folder of its own, and return the paths by the kinds' names."""
    made = {}
    for number, kind in enumerate(KINDS):
        folder = root / f"{number:03d}"
        folder.mkdir(parents=True)
        made[kind.name] = kind.make(folder)
    return made
