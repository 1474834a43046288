"""Folds that somebody has fixed in a file, such as the official lists of a challenge.

A TOML file names each fold and its sides, by utterance or by speaker; JSON holds the same:

    [folds.unseen-speakers]
    test_speakers = ["03", "08"]

    [folds.official]
    train = ["03a01Fa", "03a01Nc"]
    test = ["08a01Fd"]

Whatever a fold does not list is trained on, unless it lists its training side too. A line

    apart = ["speaker", "text"]

before the folds says what never stands on both sides; `leakage` holds the lists to it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prosodyn.errors import ConfigError, EvaluationError
from prosodyn.evaluation.validation import Unit
from prosodyn.files import read_whole
from prosodyn.mapping import from_mapping
from prosodyn.toml_files import read_toml
from prosodyn.types import Split, Utterance


@dataclass(frozen=True, slots=True)
class FixedFold:
    """The lists of one fold; each side by utterance or by speaker, not both.

    Attributes:
        test: identifiers
        test_speakers: speakers, all of whose utterances are tested
        validation: identifiers; empty where validation is carved from the training side
        validation_speakers: speakers, all of whose utterances are held back
        train: identifiers; empty for all that the other sides leave
    """

    test: tuple[str, ...] = ()
    test_speakers: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    validation_speakers: tuple[str, ...] = ()
    train: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FixedLists:
    """What a file of folds holds.

    Attributes:
        folds: by name, in the file's order
        apart: what never stands on both sides of a fold
    """

    folds: Mapping[str, FixedFold]
    apart: tuple[Unit, ...] = ()


def fixed_splits(lists: Path, utterances: Sequence[Utterance]) -> tuple[Split, ...]:
    """Read the folds of a file, in its order.

    Args:
        lists: a `.toml` or `.json` file
        utterances: the corpus that the lists speak of

    Raises:
        ConfigError: the file cannot be read, or holds anything but folds
        EvaluationError: a list names what the corpus does not have, or a side twice
    """
    return tuple(
        _split(f"{lists}: {name}", name, fold, utterances) for name, fold in read_lists(lists).folds.items()
    )


def read_lists(lists: Path) -> FixedLists:
    """Read the folds of a file without looking at a corpus.

    Raises:
        ConfigError: the file cannot be read, or holds anything but folds
    """
    content = _read(lists)
    folds = content.get("folds")
    if not {"folds"} <= set(content) <= {"folds", "apart"} or not isinstance(folds, Mapping) or not folds:
        raise ConfigError(
            f"{lists}: expected only tables of the form [folds.NAME] and, where wanted, a line 'apart', "
            f"found {sorted(content)}"
        )
    named = {name: from_mapping(FixedFold, fold, f"{lists}: {name}") for name, fold in folds.items()}
    return from_mapping(FixedLists, content | {"folds": named}, str(lists))


def _read(lists: Path) -> dict[str, Any]:
    if lists.suffix == ".toml":
        return read_toml(lists)
    if lists.suffix != ".json":
        raise ConfigError(f"{lists}: expected a .toml or .json file of folds")
    text = read_whole(lists, ConfigError)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise ConfigError(f"{lists}: cannot be read as JSON: {fault}") from fault
    if not isinstance(content, dict):
        raise ConfigError(f"{lists}: expected an object with the key 'folds'")
    return content


def _split(where: str, name: str, fold: FixedFold, utterances: Sequence[Utterance]) -> Split:
    test = _side(f"{where}, test", fold.test, fold.test_speakers, utterances)
    validation = _side(f"{where}, validation", fold.validation, fold.validation_speakers, utterances)
    taken = {*test, *validation}
    rest = tuple(sorted(item.id for item in utterances if item.id not in taken))
    train = _side(f"{where}, train", fold.train, (), utterances) if fold.train else rest
    return Split(name, train, validation, test)


def _side(
    where: str, names: tuple[str, ...], speakers: tuple[str, ...], utterances: Sequence[Utterance]
) -> tuple[str, ...]:
    """Turn a list of identifiers or of speakers into identifiers."""
    if names and speakers:
        raise EvaluationError(f"{where}: give utterances or speakers, not both")
    known = {item.speaker for item in utterances} if speakers else {item.id for item in utterances}
    missing = [name for name in (*names, *speakers) if name not in known]
    if missing:
        kind = "speaker" if speakers else "utterance"
        raise EvaluationError(
            f"{where}: the corpus has no {kind} '{missing[0]}' ({len(missing)} of the list are missing)"
        )
    return names or tuple(sorted(item.id for item in utterances if item.speaker in set(speakers)))
