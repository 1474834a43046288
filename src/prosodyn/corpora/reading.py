"""Read a declared corpus from its folder: strictly, completely, in a fixed order."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from prosodyn.corpora.base import Corpus, Fields, KnownFault, Variant
from prosodyn.corpora.tree import audio_files, check_copied
from prosodyn.errors import CorpusError, CorpusIncompleteError, CorpusNotFoundError, UnknownLabelError
from prosodyn.types import Utterance


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found below a root, before any count is checked.

    Attributes:
        found: every utterance of the variant, those with a known fault included, sorted by id
        faults: the known faults that were met, by utterance
        excluded: how many utterances carried each excluded code
        problems: what stands in the way of using the tree as it is, in the order of the files
    """

    found: tuple[Utterance, ...]
    faults: Mapping[str, KnownFault]
    excluded: Mapping[str, int]
    problems: tuple[CorpusError, ...]

    @property
    def usable(self) -> tuple[Utterance, ...]:
        """Return the utterances that the loader hands out."""
        dropped = {name for name, fault in self.faults.items() if fault.dropped}
        return tuple(utterance for utterance in self.found if utterance.id not in dropped)


def read(
    corpus: Corpus, root: Path, variant: str | None = None, allow_partial: bool = False
) -> tuple[Utterance, ...]:
    """Read the utterances of a corpus.

    Args:
        corpus: the declaration
        root: the official tree, or its inner folder of recordings
        variant: one of `corpus.variants`, by default the first
        allow_partial: take what is there, where utterances or speakers are missing

    Returns:
        sorted by id, without the known faults that are to be dropped

    Raises:
        CorpusNotFoundError: no such folder
        UnknownLabelError: a code that the corpus does not declare
        CorpusError: an unknown file, an utterance that is there twice, a file that was copied badly
        CorpusIncompleteError: other counts than declared
    """
    chosen = choose_variant(corpus, variant)
    reading = scan(corpus, root, chosen)
    if reading.problems:
        first, others = reading.problems[0], len(reading.problems) - 1
        raise type(first)(f"{first} (and {others} more problems)" if others else str(first))
    missing = shortfalls(corpus, chosen, reading.found)
    too_many = chosen.utterances is not None and len(reading.found) > chosen.utterances
    if not reading.usable or too_many or (missing and not allow_partial):
        raise CorpusIncompleteError(_counts_message(corpus, root, chosen, reading.found, missing))
    return reading.usable


def choose_variant(corpus: Corpus, name: str | None) -> Variant:
    """Return a variant by name, the default one for None.

    Raises:
        CorpusError: the corpus has no such variant
    """
    if name is None:
        return corpus.variants[corpus.variant]
    if name not in corpus.variants:
        raise CorpusError(f"{corpus.name}: unknown variant '{name}', expected one of {list(corpus.variants)}")
    return corpus.variants[name]


def scan(corpus: Corpus, root: Path, variant: Variant) -> Reading:
    """Go through a tree and collect utterances and problems alike.

    Raises:
        CorpusNotFoundError: no such folder
        CorpusError: a folder or a list of labels cannot be read
    """
    try:
        paths = audio_files(root)
    except CorpusNotFoundError as fault:
        raise CorpusNotFoundError(f"{fault}. {corpus.how_to_get}") from fault
    codes = corpus.codes(root) if corpus.codes else {}
    found: dict[str, Utterance] = {}
    excluded: Counter[str] = Counter()
    problems: list[CorpusError] = []
    for path in paths:
        try:
            fields = _parse(corpus, root, path)
            if fields is None:
                continue
            code = _code(corpus, path, fields, codes)
            if not variant.includes(fields):
                continue
            if code in corpus.excluded:
                excluded[code] += 1
                continue
            check_copied(path)
            _refuse_twin(path, found.get(fields.id))
            found[fields.id] = _utterance(corpus, path, fields, code)
        except CorpusError as problem:
            problems.append(problem)
    faults = {name: fault for name, fault in corpus.known_faults.items() if name in found}
    return Reading(tuple(found[name] for name in sorted(found)), faults, excluded, tuple(problems))


def shortfalls(corpus: Corpus, variant: Variant, found: Iterable[Utterance]) -> list[str]:
    """Name what a variant has and a tree lacks, one phrase each: speakers, emotions, the rest."""
    utterances = list(found)
    by_speaker = Counter(utterance.speaker for utterance in utterances)
    by_emotion = Counter(utterance.emotion for utterance in utterances)
    missing = []
    if len(by_speaker) < variant.speakers:
        absent = sorted(set(corpus.genders) - set(by_speaker))
        named = f": {_some(absent)}" if variant.speakers == len(corpus.genders) else ""
        missing.append(f"{_counted(variant.speakers - len(by_speaker), 'speaker')}{named}")
    if variant.balanced and variant.utterances is not None:
        each = variant.utterances // variant.speakers
        short = [f"{name} {count} of {each}" for name, count in sorted(by_speaker.items()) if count < each]
        missing += [f"speaker {_some(short)}"] if short else []
    short = [
        f"{emotion} {by_emotion[emotion]} of {count}"
        for emotion, count in sorted(variant.emotions.items())
        if by_emotion[emotion] < count
    ]
    missing += [f"emotion {_some(short)}"] if short else []
    if variant.utterances is not None and len(utterances) < variant.utterances and not missing:
        missing.append(_counted(variant.utterances - len(utterances), "utterance"))
    return missing


def _parse(corpus: Corpus, root: Path, path: Path) -> Fields | None:
    relative = PurePosixPath(path.relative_to(root).as_posix())
    try:
        fields = corpus.parse(relative)
    except ValueError as fault:
        raise CorpusError(f"{path}: is no {corpus.name} file: {fault}; take it out of the folder") from fault
    if fields is not None and fields.speaker not in corpus.genders:
        raise CorpusError(
            f"{path}: unknown {corpus.name} speaker '{fields.speaker}', "
            f"expected one of {sorted(corpus.genders)}"
        )
    return fields


def _code(corpus: Corpus, path: Path, fields: Fields, codes: Mapping[str, str]) -> str:
    """Return the utterance's code, which its path and the list beside the audio must agree on."""
    listed = codes.get(fields.id)
    code = fields.code if fields.code is not None else listed
    if code is None:
        raise CorpusError(f"{path}: has no label in the lists of {corpus.name}; copy the lists again")
    if listed is not None and listed != code:
        raise CorpusError(f"{path}: is '{code}' by its name but '{listed}' in the list beside it")
    if code not in corpus.labels and code not in corpus.excluded:
        raise UnknownLabelError(
            f"{path}: unknown {corpus.name} label '{code}', "
            f"expected one of {sorted({*corpus.labels, *corpus.excluded})}"
        )
    return code


def _refuse_twin(path: Path, twin: Utterance | None) -> None:
    if twin is not None:
        raise CorpusError(f"{path}: is the same utterance as {twin.path}; keep one of the two")


def _utterance(corpus: Corpus, path: Path, fields: Fields, code: str) -> Utterance:
    return Utterance(
        id=fields.id,
        emotion=corpus.labels[code],
        speaker=fields.speaker,
        corpus=corpus.name,
        path=path,
        text=fields.text,
        session=fields.session,
    )


def _counts_message(
    corpus: Corpus, root: Path, variant: Variant, found: tuple[Utterance, ...], missing: list[str]
) -> str:
    speakers = len({utterance.speaker for utterance in found})
    declared = (
        f"{variant.speakers} speakers"
        if variant.utterances is None
        else f"{variant.utterances} of {variant.speakers}"
    )
    message = (
        f"{root}: found {_counted(len(found), 'utterance')} of {_counted(speakers, 'speaker')}, "
        f"{corpus.name} has {declared}"
    )
    if missing:
        message += f"; missing: {'; '.join(missing)}; copy it again or allow a partial corpus"
    return f"{message}. {corpus.how_to_get}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _some(names: list[str], limit: int = 12) -> str:
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"
