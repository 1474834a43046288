"""One's own recordings: a folder for each emotion, with or without a folder for each speaker.

    emotion           angry/a.wav
    speaker/emotion   anna/angry/a.wav
    emotion/speaker   angry/anna/a.wav

A folder's name becomes the emotion of the vocabulary that it spells (`angry` is `anger`) and stays
as it is where it spells none (`tired`), so that own classes and shared ones mix. Without a level
for speakers nobody knows who speaks: every recording then has the speaker `unknown`, and
speaker-independent protocols refuse the corpus instead of pretending.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Literal, get_args

from prosodyn.corpora.base import UNKNOWN_SPEAKER
from prosodyn.corpora.labels import class_names, is_emotion
from prosodyn.corpora.tree import audio_files, check_copied
from prosodyn.errors import CorpusError
from prosodyn.files import is_hidden
from prosodyn.types import Utterance

Layout = Literal["emotion", "speaker/emotion", "emotion/speaker"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

Parts = tuple[str, ...]
"""A path below the root: the names of its folders, then its own."""


def read_folder(root: Path, layout: Layout | None = None, keep_names: bool = False) -> tuple[Utterance, ...]:
    """Read one's own recordings from folders that are named after emotions.

    Args:
        root: the folder above the emotions or speakers
        layout: what the levels mean; by default found out from the names, where they leave no doubt
        keep_names: leave the folders' names as they are, also where they spell an emotion

    Returns:
        sorted by id, which is the path below the root without its suffix

    Raises:
        CorpusNotFoundError: no such folder
        CorpusError: no audio, no or only one emotion, an empty folder, mixed or doubtful levels,
            two folders for one emotion, a recording that is there twice, a file copied badly
    """
    recordings = {path.relative_to(root).parts: path for path in audio_files(root)}
    _check_depth(root, recordings)
    _refuse_empty_folders(root, recordings)
    levels = _levels(root, layout, recordings)
    emotions = class_names((parts[levels.index("emotion")] for parts in recordings), root, keep_names)
    if len(emotions) == 1:
        raise CorpusError(f"{root}: holds the single emotion {list(emotions)}; it takes two to tell apart")
    found: dict[str, Utterance] = {}
    for parts, path in recordings.items():
        check_copied(path)
        named = dict(zip(levels, parts, strict=False))
        utterance = Utterance(
            id=Path(*parts).with_suffix("").as_posix(),
            emotion=emotions[named["emotion"]],
            speaker=named.get("speaker", UNKNOWN_SPEAKER),
            corpus=root.resolve().name,
            path=path,
        )
        if utterance.id in found:
            raise CorpusError(
                f"{path}: is there twice, also as {found[utterance.id].path}; keep one of the two"
            )
        found[utterance.id] = utterance
    return tuple(found[name] for name in sorted(found))


def _check_depth(root: Path, recordings: Iterable[Parts]) -> None:
    """Refuse a tree whose recordings do not all lie one or all lie two folders deep."""
    examples = {len(parts) - 1: "/".join(parts) for parts in recordings}
    if not examples:
        raise CorpusError(f"{root}: holds no audio; expected a folder of recordings for each emotion")
    if len(examples) > 1:
        raise CorpusError(
            f"{root}: mixes layouts: '{examples[min(examples)]}' and '{examples[max(examples)]}'; "
            "put every recording equally deep"
        )
    (depth,) = examples
    if depth == 0:
        raise CorpusError(f"{root}: '{examples[0]}' lies directly in it; expected a folder for each emotion")
    if depth > 2:
        raise CorpusError(
            f"{root}: '{examples[depth]}' lies {depth} folders deep; expected one of {list(LAYOUTS)}"
        )


def _refuse_empty_folders(root: Path, recordings: Iterable[Parts]) -> None:
    filled = {parts[:depth] for parts in recordings for depth in range(1, len(parts))}
    folders = {path.relative_to(root).parts for path in root.rglob("*") if path.is_dir()}
    empty = sorted("/".join(parts) for parts in folders - filled if not any(map(is_hidden, parts)))
    if empty:
        raise CorpusError(f"{root}: no audio in {', '.join(empty)}; fill these folders or remove them")


def _levels(root: Path, layout: Layout | None, recordings: Collection[Parts]) -> list[str]:
    """Return what each level of folders means, outermost first."""
    *folders, _ = (sorted(set(names)) for names in zip(*recordings, strict=True))
    if layout is None:
        layout = _detect(root, folders)
    if layout not in LAYOUTS:
        raise CorpusError(f"unknown layout '{layout}', expected one of {list(LAYOUTS)}")
    levels = layout.split("/")
    if len(levels) != len(folders):
        example = "/".join(next(iter(recordings)))
        raise CorpusError(f"{root}: its layout is not '{layout}', a recording lies in '{example}'")
    return levels


def _detect(root: Path, folders: list[list[str]]) -> Layout:
    if len(folders) == 1:
        return "emotion"
    outer, inner = (any(map(is_emotion, names)) for names in folders)
    if outer == inner:
        raise CorpusError(
            f"{root}: cannot tell speakers from emotions in {folders[0]} and {folders[1]}; "
            "name the layout, 'speaker/emotion' or 'emotion/speaker'"
        )
    return "emotion/speaker" if outer else "speaker/emotion"
