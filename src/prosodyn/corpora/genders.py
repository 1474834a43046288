"""Who of the speakers is a woman, and who a man, where a corpus declares it."""

from collections.abc import Sequence

from prosodyn.corpora.registry import get, names
from prosodyn.types import Utterance

GENDERS = ("female", "male")
"""As corpora declare them."""


def genders_of(utterances: Sequence[Utterance]) -> dict[str, frozenset[str]]:
    """Return the speakers of each gender, sorted by its name.

    Args:
        utterances: of one corpus, whose name may stand before a speaker's, as `cross_corpus.join` has it

    Returns:
        `female` and `male` as far as there are any; empty for recordings of no declared corpus, or of several
    """
    corpora = {utterance.corpus for utterance in utterances}
    if len(corpora) != 1 or not corpora <= set(names()):
        return {}
    (corpus,) = corpora
    declared = get(corpus).genders
    genders = {each.speaker: declared.get(each.speaker.removeprefix(f"{corpus}/")) for each in utterances}
    found = {gender: frozenset(who for who, own in genders.items() if own == gender) for gender in GENDERS}
    return {gender: who for gender, who in found.items() if who}
