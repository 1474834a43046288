"""Divide a corpus into training and test sides under a named protocol.

A score means nothing without its protocol: the same network scores far better under random folds,
where it has heard every speaker, than on a speaker whom it has never heard.
So each protocol says what its two sides share, and every split is checked before it is used.

To add a protocol, write one function from utterances and options to splits (their validation
sides empty) and register it in `PROTOCOLS`.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prosodyn.errors import ConfigError, EvaluationError
from prosodyn.evaluation.cross_corpus import cross_corpus_split
from prosodyn.evaluation.fixed_lists import fixed_splits, read_lists
from prosodyn.evaluation.folds import balanced_groups, stratified_folds
from prosodyn.evaluation.known_copies import known_copies, leave_copies_out
from prosodyn.evaluation.partition import grouped, leave_out, numbered_folds
from prosodyn.evaluation.sharing import shared
from prosodyn.evaluation.split_checks import check_coverage, check_splits, check_unique
from prosodyn.evaluation.validation import Unit, carve_validation
from prosodyn.types import Split, Utterance


@dataclass(frozen=True, slots=True)
class ProtocolOptions:
    """What may vary within a protocol.

    Attributes:
        seed: of random folds and of the choice of the validation side
        n_folds: of `kfold`; the most of `text_independent`
        validation_share: share of the training side held back for validation, in [0, 1), counted
            in the protocol's own unit (speakers, sessions, texts or utterances); zero for none.
            Lists of `fixed` that name a validation side go before it.
        lists: the TOML or JSON file of `fixed`
        heard: the corpora that `cross_corpus` and `leave_one_corpus_out` train on

    Raises:
        ConfigError: a value out of range
    """

    seed: int = 0
    n_folds: int = 10
    validation_share: float = 0.0
    lists: Path | None = None
    heard: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.n_folds < 2:
            raise ConfigError(f"n_folds: expected at least 2, found {self.n_folds}")
        if not 0 <= self.validation_share < 1:
            raise ConfigError(f"validation_share: expected 0 to less than 1, found {self.validation_share}")


MakeSplits = Callable[[Sequence[Utterance], ProtocolOptions], tuple[Split, ...]]


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way to divide a corpus.

    Attributes:
        name: as it stands in result files
        about: what is left out, in one phrase
        shares: what training and test may have in common, as reports say it
        carve_by: what is held back for validation as a whole; None where the lists decide
        make_splits: from utterances to folds without validation
        covers: every utterance is tested exactly once
        apart: what never stands on both sides; what `leakage` holds the folds to
    """

    name: str
    about: str
    shares: str
    carve_by: Unit | None
    make_splits: MakeSplits
    covers: bool = True
    apart: tuple[Unit, ...] = ()

    @property
    def new_speakers(self) -> bool:
        """Tell whether strangers are to be expected; sessions that are kept apart are taken to bring them."""
        return not {"speaker", "session"}.isdisjoint(self.apart)


def splits(
    protocol: str, utterances: Sequence[Utterance], options: ProtocolOptions | None = None
) -> tuple[Split, ...]:
    """Divide a corpus under a protocol, and check every side.

    Training, validation and test are disjoint, no training side is empty or lacks an emotion of
    its test side, and, except under `fixed`, every utterance is tested exactly once. A recording that
    its corpus is known to hold twice is left out of training where its copy is tested.

    Args:
        protocol: a name of `PROTOCOLS`, or `kfold`, `kfold<N>`, `groups_of_<N>`
        utterances: the corpus; their order does not matter
        options: what may vary within the protocol; by default no validation side

    Raises:
        EvaluationError: an unknown protocol, or a corpus that it cannot divide
        ConfigError: the lists of `fixed` are missing or not as documented

    Examples:
        >>> corpus = [Utterance(f"{who}-{how}", how, who, "own") for who in "ab" for how in ("anger", "fear")]
        >>> [split.test for split in splits("loso", corpus)]
        [('a-anger', 'a-fear'), ('b-anger', 'b-fear')]
    """
    options = options or ProtocolOptions()
    chosen = find_protocol(protocol, options)
    check_unique(utterances)
    copies = known_copies(utterances)
    made = [leave_copies_out(split, copies) for split in chosen.make_splits(utterances, options)]
    by_id = {utterance.id: utterance for utterance in utterances}
    carved = tuple(_with_validation(chosen, split, by_id, options) for split in made)
    check_splits(chosen.name, carved, by_id)
    if chosen.covers:
        check_coverage(chosen.name, carved, by_id)
    return carved


def find_protocol(name: str, options: ProtocolOptions | None = None) -> Protocol:
    """Return a protocol by name.

    Args:
        name: a name of `PROTOCOLS`, or `kfold`, `kfold<N>`, `groups_of_<N>`
        options: gives `kfold` its number of folds, and `fixed` what its lists keep apart

    Raises:
        EvaluationError: no protocol has this name
        ConfigError: the lists of `fixed` are given and not as documented

    Examples:
        >>> find_protocol("kfold5").shares
        'speakers and texts'
        >>> find_protocol("kfold").name
        'kfold10'
    """
    if name == "fixed" and options is not None and options.lists is not None:
        return replace(PROTOCOLS[name], apart=read_lists(options.lists).apart)
    if name in PROTOCOLS:
        return PROTOCOLS[name]
    if name == "kfold":
        return _kfold((options or ProtocolOptions()).n_folds)
    family = re.fullmatch(r"(kfold|groups_of_)([1-9]\d*)", name)
    if family is None or name == "kfold1":
        raise EvaluationError(
            f"unknown protocol '{name}', expected one of {sorted(PROTOCOLS)}, kfold<N> or groups_of_<N>"
        )
    return (_kfold if family[1] == "kfold" else _groups_of)(int(family[2]))


def _with_validation(
    protocol: Protocol, split: Split, by_id: Mapping[str, Utterance], options: ProtocolOptions
) -> Split:
    if split.validation:
        return split
    unit = protocol.carve_by
    if unit is None:
        independent = shared(split, list(by_id.values())).speakers == 0
        unit = "speaker" if independent else "utterance"
    return carve_validation(split, by_id, unit, share=options.validation_share, seed=options.seed)


def _loso(utterances: Sequence[Utterance], _: ProtocolOptions) -> tuple[Split, ...]:
    return leave_out("loso", utterances, "speaker")


def _leave_one_session_out(utterances: Sequence[Utterance], _: ProtocolOptions) -> tuple[Split, ...]:
    return leave_out("leave_one_session_out", utterances, "session")


def _text_independent(utterances: Sequence[Utterance], options: ProtocolOptions) -> tuple[Split, ...]:
    by_text = grouped("text_independent", utterances, "text")
    if len(by_text) <= options.n_folds:
        return leave_out("text_independent", utterances, "text")
    emotions = {text: Counter(item.emotion for item in group) for text, group in by_text.items()}
    folds = balanced_groups(emotions, options.n_folds, options.seed)
    return numbered_folds(
        utterances, [[item.id for text in fold for item in by_text[text]] for fold in folds]
    )


def _kfold(n_folds: int) -> Protocol:
    def make(utterances: Sequence[Utterance], options: ProtocolOptions) -> tuple[Split, ...]:
        if len(utterances) < n_folds:
            raise EvaluationError(
                f"kfold{n_folds}: {len(utterances)} utterances cannot make {n_folds} folds; ask for fewer"
            )
        labels = {utterance.id: utterance.emotion for utterance in utterances}
        return numbered_folds(utterances, stratified_folds(labels, n_folds, options.seed))

    about = f"{n_folds} random folds, stratified by emotion"
    return Protocol(f"kfold{n_folds}", about, "speakers and texts", "utterance", make)


def _groups_of(size: int) -> Protocol:
    name = f"groups_of_{size}"

    def make(utterances: Sequence[Utterance], _: ProtocolOptions) -> tuple[Split, ...]:
        by_speaker = grouped(name, utterances, "speaker")
        speakers = list(by_speaker)
        if len(speakers) <= size:
            raise EvaluationError(
                f"{name}: {len(speakers)} speakers make a single group; use smaller groups or loso"
            )
        groups = [speakers[first : first + size] for first in range(0, len(speakers), size)]
        return numbered_folds(
            utterances, [[item.id for who in group for item in by_speaker[who]] for group in groups]
        )

    about = f"leave {size} speakers out, in their sorted order"
    return Protocol(name, about, "texts", "speaker", make, apart=("speaker",))


def _fixed(utterances: Sequence[Utterance], options: ProtocolOptions) -> tuple[Split, ...]:
    if options.lists is None:
        raise EvaluationError("fixed: no lists were given; name a TOML or JSON file of folds (--lists)")
    return fixed_splits(options.lists, utterances)


def _cross_corpus(utterances: Sequence[Utterance], options: ProtocolOptions) -> tuple[Split, ...]:
    if not options.heard:
        raise EvaluationError(
            "cross_corpus, leave_one_corpus_out: take several corpora, of which one is tested; "
            "use: prosodyn reproduce --protocol cross_corpus --corpora ONE,OTHER"
        )
    return cross_corpus_split(utterances, options.heard)


PROTOCOLS: dict[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        Protocol("loso", "leave one speaker out", "texts", "speaker", _loso, apart=("speaker",)),
        Protocol(
            "leave_one_session_out",
            "leave one session out",
            "texts, and speakers who return in another session",
            "session",
            _leave_one_session_out,
            apart=("session",),
        ),
        _kfold(10),
        Protocol(
            "text_independent",
            "leave texts out, stratified by emotion",
            "speakers",
            "text",
            _text_independent,
            apart=("text",),
        ),
        _groups_of(4),
        Protocol(
            "cross_corpus",
            "train on one corpus, test on another",
            "nothing but the names of their common emotions",
            "speaker",
            _cross_corpus,
            covers=False,
            apart=("speaker",),
        ),
        Protocol(
            "leave_one_corpus_out",
            "train on all corpora but one, test on that one",
            "nothing but the names of their common emotions",
            "speaker",
            _cross_corpus,
            covers=False,
            apart=("speaker",),
        ),
        Protocol("fixed", "lists from a file", "whatever the lists share", None, _fixed, covers=False),
    )
}
"""The protocols by name; `kfold<N>` and `groups_of_<N>` exist for other numbers too."""
