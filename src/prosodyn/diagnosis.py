"""The nouns of what is wrong with a recording."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["note", "warning", "unfit"]
"""Worth knowing; answers are less sure; there is nothing to answer about."""

Kind = Literal[
    "empty", "silence", "too short", "too long", "wrong scale", "broken samples",
    "no speech", "little speech", "babble", "drowned", "noise", "telephone band",
    "clipping", "quiet", "offset", "lost channel", "truncated", "remark",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a recording.

    Attributes:
        kind: what is wrong, in a word or two
        severity: how bad that is
        where: it lies, such as `whole recording` or `channel 2`
        sentence: says what was found, with its figure
        advice: says what to do
    """

    kind: Kind
    severity: Severity
    where: str
    sentence: str
    advice: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a recording, the worst first.

    Attributes:
        source: the file's name as it was given, or the caller's own name for a waveform
        duration: seconds; zero where the samples cannot be used at all
        speech_share: share of the recording in which somebody speaks, 0 to 1
        sounds: what else is heard, the most frequent first, by the groups of `sounds`
        findings: the unfit first, then the warnings, then the notes
    """

    source: str
    duration: float
    speech_share: float
    sounds: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def is_fit(self) -> bool:
        """Tell whether an emotion can be looked for in it at all."""
        return all(finding.severity != "unfit" for finding in self.findings)

    @property
    def has_speech(self) -> bool:
        """Tell whether somebody speaks in it."""
        return self.speech_share > 0 and all(finding.kind != "no speech" for finding in self.findings)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return what was found as `Prediction.remarks` holds it."""
        return tuple(finding.sentence for finding in self.findings)
