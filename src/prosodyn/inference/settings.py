"""How a long recording is divided and its answers are joined."""

from dataclasses import dataclass
from typing import Annotated

from prosodyn.rules import Amount, Count, Positive, Rule, Share, check_rules

LEAST_PIECE = 0.3
"""Seconds; a last piece that is shorter is no window of its own, it is hardly a syllable."""

Window = Annotated[float, Rule("at least 0.5 and at most 1800", lambda value: 0.5 <= value <= 1800)]


@dataclass(frozen=True, slots=True)
class TimelineSettings:
    """How a recording is divided into windows, and their answers are joined to segments; all in seconds.

    Three seconds are about what an utterance of the corpora lasts, so that a window sounds like what the
    recogniser was trained on. With half a window between starts, every moment but the first and the last
    is heard in two windows, before and after, and a change falls at most 0.75 s from where a cell ends;
    back to back (`hop` = `window`) takes half the time and places changes half as well.

    Attributes:
        window: what is answered at a time
        hop: from the start of one window to that of the next, which is also the length of a cell, what gets
            an answer of its own; at most `window`
        switch_cost: how much more probable, as a difference of logarithms, another emotion must be for each
            change to it; one cell alone among others must be e² ≈ 7 times as probable with 1. Zero: none
        look_ahead: cells that are waited for before a cell's emotion is decided
        least_confidence: a segment whose emotion is less probable is `UNCERTAIN`
        speech_threshold: probability from which a detector's answer counts as speech
        least_speech: share of a window that must be speech for it to be answered
        least_pause: a pause that is shorter belongs to the speech around it
        least_burst: speech that is shorter is none
    """

    window: Window = 3.0
    hop: Positive = 1.5
    switch_cost: Amount = 1.0
    look_ahead: Count = 3
    least_confidence: Share = 0.0
    speech_threshold: Annotated[float, Rule("above 0 and at most 1", lambda value: 0 < value <= 1)] = 0.5
    least_speech: Share = 0.1
    least_pause: Amount = 0.75
    least_burst: Amount = 0.25

    def __post_init__(self) -> None:
        """Refuse what leaves gaps, or is out of range."""
        hop = Rule(
            f"at least 0.1 and at most the window ({self.window:g} s)",
            lambda value: 0.1 <= value <= self.window,
        )
        check_rules("timeline", self, hop=hop)

    @property
    def latency(self) -> float:
        """Return the most seconds from a moment to its settled answer, without what a detector adds.

        A cell waits for the windows that begin in it or before, and for `look_ahead` cells more. A detector
        adds its own delay and `least_pause` + `least_burst`.
        """
        return max(self.window, self.hop + LEAST_PIECE) + self.look_ahead * self.hop
