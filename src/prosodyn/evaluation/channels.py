"""What a test side goes through before it is answered, and what such runs are called."""

from collections.abc import Mapping
from typing import get_args

from prosodyn.evaluation.adaptation import FOLLOWING, SUFFIXES, Adaptation
from prosodyn.types import Channel, NamedChannel

TITLES: Mapping[Channel, str] = {
    "": "as recorded",
    "telephone": "telephone",
    "opus": "Opus",
    "mp3": "MP3",
    "room": "a room",
    "noise": "noise",
}
"""What the columns of tables are called."""

ABOUT: Mapping[NamedChannel, str] = {
    "telephone": "300 to 3400 Hz, sampled at 8 kHz, µ-law of 64 kbit/s",
    "opus": "as messengers send voice messages: asked for 16 kbit/s, about 19 with the file's headers",
    "mp3": "the lowest quality of a variable bit rate, about 33 kbit/s, nothing above 7.2 kHz",
    "room": "echoes that fall by 60 dB in 0.6 s, together 3 dB below what comes straight",
    "noise": "pink noise 10 dB below the voice",
}
"""What each does; `audio.channels` tells more."""


def run_suffix(adaptation: Adaptation, channel: Channel) -> str:
    """Return how names of results and of folders of runs end.

    Examples:
        >>> run_suffix("all", "opus")
        '-adapted-opus'
        >>> run_suffix("none", "")
        ''
    """
    return f"{SUFFIXES[adaptation]}-{channel}" if channel else SUFFIXES[adaptation]


def twin_suffixes(adaptation: Adaptation, channel: Channel) -> tuple[str, ...]:
    """Return the suffixes of all other runs whose trainings are the same, those as recorded first.

    Neither a channel nor which audio of a test speaker is heard first is known when a network is trained.

    Examples:
        >>> twin_suffixes("none", "opus")
        ('', '-telephone', '-mp3', '-room', '-noise')
    """
    others = [each for each in FOLLOWING if each != adaptation]
    alike = (adaptation, *others) if adaptation in FOLLOWING else (adaptation,)
    every = [run_suffix(each, through) for through in get_args(Channel) for each in alike]
    return tuple(suffix for suffix in every if suffix != run_suffix(adaptation, channel))
