"""What a corpus declares about itself: names, labels, counts, faults, source. No file is opened here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

UNKNOWN_SPEAKER = "unknown"
"""Speaker of recordings that do not say who speaks; speaker-independent protocols must refuse it."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What the path of a file says about the utterance in it.

    Attributes:
        id: unique within the corpus, whatever the layout and the audio format
        speaker: as the corpus names them
        code: the corpus's own label; None where labels stand in a list beside the audio
        text: identifies the sentence, where the corpus says so
        session: identifies the recording session, where the corpus says so
    """

    id: str
    speaker: str
    code: str | None
    text: str | None = None
    session: str | None = None


Parse = Callable[[PurePosixPath], Fields | None]
"""From a path relative to the root to its fields, or None for audio that the official tree holds
but that is no utterance of the corpus. Raises ValueError, saying what is expected, for other paths.
Only the last parts of the path may matter, so that the root and its inner folder read alike."""


def everything(fields: Fields) -> bool:  # noqa: ARG001
    """Take every utterance."""
    return True


@dataclass(frozen=True, slots=True)
class Variant:
    """A part of a corpus, or a size of it, that the literature reports on.

    Attributes:
        utterances: how many; None where no reliable source states it, and then it is not checked
        speakers: how many
        emotions: how many utterances of each emotion; empty where not stated
        balanced: every speaker says equally many
        includes: which utterances of the tree belong to it
    """

    utterances: int | None
    speakers: int
    emotions: Mapping[str, int] = field(default_factory=dict)
    balanced: bool = False
    includes: Callable[[Fields], bool] = everything


@dataclass(frozen=True, slots=True)
class KnownFault:
    """A defect of the official release.

    Attributes:
        reason: what is wrong with it
        dropped: True where the loader leaves the utterance out, False where it keeps it
        same_as: the utterance that holds the same recording; where one of the two is tested, the other is
            not trained on
    """

    reason: str
    dropped: bool
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """One archive that the owners offer openly.

    Attributes:
        url: the official address
        archive: how it is packed
        sha256: hexadecimal digest; None where the owners state none
        md5: hexadecimal digest; None where the owners state none
        size: bytes; None where the owners state none
    """

    url: str
    archive: Literal["zip", "tar.gz"] = "zip"
    sha256: str | None = None
    md5: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Corpus:
    """One corpus, declared: everything that listing, loading, verifying and fetching need.

    Attributes:
        name: lower case, also the name of its folder
        description: one sentence on what was recorded
        language: ISO 639-3; several are joined by `+`
        licence: SPDX identifier where there is one, else a phrase
        citation: what to cite
        homepage: the owners' page
        how_to_get: a sentence for those who do not have it
        labels: the corpus's own code to an emotion of the vocabulary
        excluded: codes that are known but not used, each with the reason
        parse: from a path to the fields of its utterance
        codes: reads labels that stand beside the audio, from the root to utterance and code;
            where the path holds a code too, the two must agree
        utterances: how many the official release holds, known faults among them
        speakers: how many
        emotions: how many utterances of each emotion; empty where not stated
        balanced: every speaker says equally many
        includes: which utterances of the tree the counts mean
        variant: what the counts above are called
        other_variants: further parts or sizes that can be asked for by name
        genders: `female` or `male` for every speaker
        known_faults: utterance to defect
        download: what can be fetched; empty where the licence or the host forbids it
    """

    name: str
    description: str
    language: str
    licence: str
    citation: str
    homepage: str
    how_to_get: str
    labels: Mapping[str, str]
    parse: Parse
    utterances: int
    speakers: int
    genders: Mapping[str, str]
    emotions: Mapping[str, int] = field(default_factory=dict)
    balanced: bool = False
    includes: Callable[[Fields], bool] = everything
    variant: str = "full"
    other_variants: Mapping[str, Variant] = field(default_factory=dict)
    excluded: Mapping[str, str] = field(default_factory=dict)
    codes: Callable[[Path], Mapping[str, str]] | None = None
    known_faults: Mapping[str, KnownFault] = field(default_factory=dict)
    download: tuple[Download, ...] = ()

    @property
    def variants(self) -> dict[str, Variant]:
        """Return every variant by name, the one that is loaded by default first."""
        default = Variant(self.utterances, self.speakers, self.emotions, self.balanced, self.includes)
        return {self.variant: default, **self.other_variants}

    @property
    def has_checksums(self) -> bool:
        """Tell whether every archive that can be fetched is compared with a checksum of its owners."""
        return all(archive.sha256 or archive.md5 for archive in self.download)
