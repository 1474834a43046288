"""Match the names of files, for the declarations."""

import re


def match_name(pattern: re.Pattern[str], name: str, example: str) -> re.Match[str]:
    """Match the whole of a name.

    Args:
        pattern: what the corpus's names look like
        name: a file's name, or the part of its path that matters
        example: one name of the corpus, for the message

    Raises:
        ValueError: it does not match
    """
    match = pattern.fullmatch(name)
    if match is None:
        raise ValueError(f"its name is not like {example}")
    return match
