"""Speech of which nothing is known but how it sounds: folders of it, and corpora without their labels.

A folder of recordings lies below the folder of corpora (`$PROSODYN_CORPORA`, else `corpora`), so that its
name means the same on every machine. Nobody has to say who speaks: every recording has the speaker `unknown`.
"""

import dataclasses
import os
from pathlib import Path

from prosodyn.corpora.base import UNKNOWN_SPEAKER
from prosodyn.corpora.reading import read
from prosodyn.corpora.registry import ENVIRONMENT_VARIABLE, USUAL_FOLDER, find_root, get, names
from prosodyn.corpora.tree import audio_files, check_copied
from prosodyn.errors import CorpusError, CorpusNotFoundError
from prosodyn.files import reaching
from prosodyn.types import Utterance

NOTHING = ""
"""The emotion of a recording of which none is known."""

TOY = "toy"


def read_unlabelled(name: str) -> tuple[Utterance, ...]:
    """Read the recordings of a corpus, or of a folder below the folder of corpora, without any label.

    Args:
        name: a declared corpus, `toy`, or a folder such as `free/speech`

    Returns:
        in a fixed order, each with an id that is its own among all of the same name; those of a folder
        belong to the corpus of that name and the first folder below it, such as `free/speech/kerstin`,
        because what was recorded together sounds alike

    Raises:
        CorpusNotFoundError: nothing of this name
        CorpusError: a folder without audio, a file that was copied badly, a corpus that is not as declared
    """
    if name == TOY:
        from prosodyn.corpora import toy

        found: tuple[Utterance, ...] = toy.utterances()
    elif name in names():
        found = read(get(name), find_root(name), None, allow_partial=True)
    else:
        return _read_folder(name, find_folder(name))
    return tuple(dataclasses.replace(each, emotion=NOTHING) for each in found)


def find_folder(name: str) -> Path:
    """Find a folder below the folder of corpora.

    Raises:
        CorpusNotFoundError: there is none
    """
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    places = [parent / name for parent in (*([Path(named)] if named else []), USUAL_FOLDER)]
    for place in places:
        with reaching(place, CorpusNotFoundError):
            if place.is_dir():
                return place
    looked = ", ".join(map(str, places))
    raise CorpusNotFoundError(
        f"{name}: no corpus, and no folder of recordings, looked for {looked}; put it there, or set "
        f"{ENVIRONMENT_VARIABLE} to the folder above it"
    )


def _read_folder(name: str, root: Path) -> tuple[Utterance, ...]:
    found = []
    for path in audio_files(root):
        check_copied(path)
        parts = path.relative_to(root).parts
        found.append(
            Utterance(
                id=path.relative_to(root).as_posix(),
                emotion=NOTHING,
                speaker=UNKNOWN_SPEAKER,
                corpus="/".join((name, *parts[:1])) if len(parts) > 1 else name,
                path=path,
            )
        )
    if not found:
        raise CorpusError(f"{root}: holds no audio; put recordings there, or name another folder")
    return tuple(found)
