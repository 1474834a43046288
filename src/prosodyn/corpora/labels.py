"""One vocabulary of emotions for every corpus, and the usual spellings of each.

Names are nouns, as the field writes them. A corpus maps its own codes onto these names in its
declaration; `normalise_label` is for labels that people write by hand, such as the folders of
their own recordings.
"""

from collections.abc import Iterable

from prosodyn.errors import CorpusError, UnknownLabelError

SPELLINGS: dict[str, tuple[str, ...]] = {
    "anger": ("ang", "angry"),
    "boredom": ("bor", "bored", "boring"),
    "calm": ("calmness",),
    "contempt": ("con", "contemptuous"),
    "disgust": ("dis", "disgusted"),
    "excitement": ("exc", "excited"),
    "fear": ("afraid", "anxiety", "fea", "fearful", "scared"),
    "frustration": ("fru", "frustrated"),
    "happiness": ("hap", "happy", "joy", "joyful"),
    "neutral": ("neu", "neutrality"),
    "other": ("oth",),
    "sadness": ("sad",),
    "surprise": ("pleasant surprise", "pleasant surprised", "ps", "sur", "surprised"),
}
"""Each emotion of the vocabulary, and how else it is written."""

EMOTIONS = tuple(SPELLINGS)
"""The vocabulary, sorted."""

_EMOTION_OF = {spelling: emotion for emotion, others in SPELLINGS.items() for spelling in (emotion, *others)}


def normalise_label(text: str) -> str:
    """Turn a label as people write it into its name in the vocabulary.

    Case, surrounding space, underscores and hyphens do not matter.

    Raises:
        UnknownLabelError: no emotion is written like this

    Examples:
        >>> normalise_label("Angry"), normalise_label("joy"), normalise_label("pleasant_surprise")
        ('anger', 'happiness', 'surprise')
    """
    spelling = " ".join(text.replace("_", " ").replace("-", " ").casefold().split())
    if spelling not in _EMOTION_OF:
        raise UnknownLabelError(
            f"unknown emotion '{text}', expected one of {list(EMOTIONS)} or a usual spelling such as 'angry'"
        )
    return _EMOTION_OF[spelling]


def is_emotion(text: str) -> bool:
    """Tell whether a label names an emotion of the vocabulary, in any usual spelling."""
    try:
        normalise_label(text)
    except UnknownLabelError:
        return False
    return True


def class_names(labels: Iterable[str], where: object, keep_names: bool = False) -> dict[str, str]:
    """Decide what the classes of somebody's own recordings are called.

    A label that spells an emotion of the vocabulary takes its name; any other stays as it is.

    Args:
        labels: as the owner writes them
        where: folder or list, for the message
        keep_names: leave all labels as they are

    Returns:
        label to name

    Raises:
        CorpusError: two labels spell the same emotion, and perhaps mean two things

    Examples:
        >>> class_names(["angry", "tired"], "recordings")
        {'angry': 'anger', 'tired': 'tired'}
    """
    names = {
        label: normalise_label(label) if is_emotion(label) and not keep_names else label
        for label in sorted(set(labels))
    }
    for name in names.values():
        spellings = [label for label in names if names[label] == name]
        if len(spellings) > 1:
            raise CorpusError(
                f"{where}: {spellings} all spell '{name}'; write one of them, or keep the names"
            )
    return names


def common_emotions(first: Iterable[str], *others: Iterable[str]) -> tuple[str, ...]:
    """Find the emotions that several corpora share, so that one can be tested on another.

    Args:
        first: emotions of one corpus, in any usual spelling; names beyond the vocabulary are an error
        others: emotions of the other corpora

    Returns:
        names of the vocabulary, sorted; empty where the corpora share none

    Raises:
        UnknownLabelError: a label that names no emotion of the vocabulary

    Examples:
        >>> common_emotions(["angry", "happy", "calm"], ["joy", "anger", "boredom"])
        ('anger', 'happiness')
    """
    shared = {normalise_label(label) for label in first}
    for labels in others:
        shared &= {normalise_label(label) for label in labels}
    return tuple(sorted(shared))
