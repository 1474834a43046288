"""The cells of tables: what each measures, what it is called, and which there are."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prosodyn.audio import find_channel
from prosodyn.errors import EvaluationError
from prosodyn.evaluation.adaptation import Adaptation, check_protocol, find_adaptation
from prosodyn.evaluation.channels import run_suffix, twin_suffixes
from prosodyn.evaluation.cross_corpus import CROSSED, pair_name
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.types import Channel


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the table: a system on a corpus, by a recipe, under a protocol.

    Attributes:
        corpus: name; of a pair, see `heard`, the one that is tested
        system: name of the network, or of the classical system
        recipe: a shipped experiment, the path of a TOML file, or `classical`
        protocol: see `evaluation.protocols`
        adaptation: see `evaluation.adaptation`
        heard: the corpora that `cross_corpus` and `leave_one_corpus_out` train on
        selected_on_test: keep the epoch that is best on the test side, see `leaky`
        channel: that the test side goes through before it is answered; empty for nothing
    """

    corpus: str
    system: str
    recipe: str
    protocol: str
    adaptation: Adaptation = "none"
    heard: tuple[str, ...] = ()
    selected_on_test: bool = False
    channel: Channel = ""

    @property
    def data(self) -> str:
        """Return what results call the corpus, or what is heard and tested."""
        return pair_name(self.heard, self.corpus) if self.heard else self.corpus

    @property
    def corpora(self) -> tuple[str, ...]:
        """Return the corpora that it takes."""
        return (*self.heard, self.corpus)

    @property
    def name(self) -> str:
        """Return the name of its result file, without the ending, and of the folder of its run."""
        leaky = "-selected_on_test" if self.selected_on_test else ""
        return f"{self._stem}{run_suffix(self.adaptation, self.channel)}{leaky}"

    @property
    def twins(self) -> tuple[str, ...]:
        """Return the names of the cells of other adaptations and channels whose folds are trained alike."""
        if self.selected_on_test:
            return ()
        return tuple(f"{self._stem}{suffix}" for suffix in twin_suffixes(self.adaptation, self.channel))

    @property
    def _stem(self) -> str:
        return f"{self.data}-{self.system}-{Path(self.recipe).stem}-{self.protocol}"


def plan(
    corpora: Iterable[str],
    protocols: Iterable[str],
    recipes: Iterable[str],
    systems: Iterable[str],
    adaptations: Iterable[str] = ("none",),
    *,
    channels: Iterable[str] = ("",),
) -> tuple[Cell, ...]:
    """List the cells of every combination, each once.

    IEMOCAP is divided by session where others are divided by speaker, because its two
    speakers of a session talk to each other. `cross_corpus` makes a cell of every two corpora, either way,
    and `leave_one_corpus_out` one of each corpus and all the others.

    Raises:
        EvaluationError: an unknown protocol or adaptation, a protocol that tests nobody to adapt to, or one
            that takes several corpora where there is one
        ConfigError: an unknown channel
    """
    corpora, systems, recipes = list(corpora), list(systems), list(recipes)
    protocols = [find_protocol(protocol).name for protocol in protocols]
    adapted = [find_adaptation(adaptation) for adaptation in adaptations]
    through = [find_channel(channel) for channel in channels]
    for protocol, adaptation in itertools.product(protocols, adapted):
        check_protocol(adaptation, protocol)
    for protocol in set(protocols) & set(CROSSED):
        if len(set(corpora)) == 1:
            raise EvaluationError(
                f"{protocol}: takes several corpora, of which one is tested, found {corpora}; name more"
            )
    cells = (
        Cell(corpus, system, recipe, _protocol_of(corpus, protocol), adaptation, heard, channel=channel)
        for corpus in corpora
        for recipe in recipes
        for protocol in protocols
        for adaptation in adapted
        for channel in through
        for system in systems
        for heard in _partners(corpus, corpora, protocol)
    )
    return tuple(dict.fromkeys(cells))


def _partners(corpus: str, corpora: Sequence[str], protocol: str) -> list[tuple[str, ...]]:
    """Return what is trained on to test a corpus: nothing else, each other one in turn, or all of them."""
    others = tuple(sorted(set(corpora) - {corpus}))
    if protocol == "leave_one_corpus_out":
        return [others] if others else []
    return [(other,) for other in others] if protocol == "cross_corpus" else [()]


def _protocol_of(corpus: str, protocol: str) -> str:
    return "leave_one_session_out" if (corpus, protocol) == ("iemocap", "loso") else protocol
