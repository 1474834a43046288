"""The verb `audit`: what the sides of a corpus's folds share, before anything is trained."""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from prosodyn.cli import completion
from prosodyn.cli.options import (
    EmotionsOption,
    JsonOption,
    ListsOption,
    PartialOption,
    RootOption,
    SourceArgument,
    VariantOption,
)
from prosodyn.cli.sources import Source, listed
from prosodyn.cli.terminal import say
from prosodyn.cli.verdicts import Audited, Judged, plain_audit, show_audit
from prosodyn.errors import ConfigError, EvaluationError

if TYPE_CHECKING:
    from prosodyn.evaluation.duplicates import Duplicate
    from prosodyn.evaluation.protocols import ProtocolOptions
    from prosodyn.types import Utterance

EXAMPLE = """\
Examples:
prosodyn audit emodb
prosodyn audit calls.csv --protocol loso,kfold10
prosodyn audit calls.csv --lists folds.toml
"""

ASKED = ("fixed", "cross_corpus", "leave_one_corpus_out")
"""Protocols that need more than the recordings: lists of test sides, or other corpora."""

ProtocolsOption = Annotated[
    str | None,
    typer.Option(
        "--protocol",
        help="Names, separated by commas; by default all that can divide the recordings.",
        show_default=False,
        autocompletion=completion.several(completion.protocols),
    ),
]
ListenOption = Annotated[
    bool, typer.Option("--listen/--no-listen", help="Also look for the same recording under two names.")
]


def audit(
    source: SourceArgument,
    *,
    protocol: ProtocolsOption = None,
    lists: ListsOption = None,
    listen: ListenOption = True,
    root: RootOption = None,
    variant: VariantOption = None,
    allow_partial: PartialOption = False,
    emotions: EmotionsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what training and test would share: speakers, texts, sessions, and recordings under two names.

    It ends with code 5 where a fold shares what its protocol keeps apart, or holds one take on both sides.
    """
    recordings = Source(source, root, variant, allow_partial, listed(emotions))
    names = _protocols(protocol, lists is not None)
    utterances = recordings.load()
    from prosodyn.evaluation.protocols import ProtocolOptions

    options = ProtocolOptions(lists=lists)
    required = protocol is not None or lists is not None
    if required:  # a mistake is told before anybody waits for the listening
        _judge_all(names, utterances, options, None, required=True)
    duplicates = _listen(utterances) if listen else None
    judged = _judge_all(names, utterances, options, duplicates, required)
    audited = Audited(recordings.name, utterances, judged, duplicates)
    if as_json:
        say(json.dumps(plain_audit(audited), indent=2, ensure_ascii=False))
    else:
        show_audit(audited)
    if any(entry.verdict and entry.verdict.leaks for entry in judged):
        sys.exit(EvaluationError.exit_code)


def _protocols(typed: str | None, with_lists: bool) -> tuple[str, ...]:
    """Name the protocols: those that were typed, else `fixed` for lists, else all others.

    Raises:
        EvaluationError: an unknown name
        ConfigError: lists, and no protocol that reads them
    """
    from prosodyn.evaluation.protocols import PROTOCOLS, find_protocol

    if typed is not None:
        names = tuple(dict.fromkeys(find_protocol(name).name for name in listed(typed)))
        if not names:
            raise ConfigError("audit: --protocol names nothing; give names, separated by commas")
        if with_lists and "fixed" not in names:
            raise ConfigError(
                f"audit: --lists belongs to the protocol fixed, not to {', '.join(names)}; drop one"
            )
        return names
    return ("fixed",) if with_lists else tuple(name for name in PROTOCOLS if name not in ASKED)


def _listen(utterances: Sequence["Utterance"]) -> tuple["Duplicate", ...]:
    from prosodyn.cli.progress import Bars
    from prosodyn.cli.summary import follow_listening
    from prosodyn.evaluation.duplicates import find_duplicates

    with Bars() as bars:
        return find_duplicates(utterances, follow_listening(bars))


def _judge_all(
    names: Sequence[str],
    utterances: Sequence["Utterance"],
    options: "ProtocolOptions",
    duplicates: "Sequence[Duplicate] | None",
    required: bool,
) -> list[Judged]:
    """Judge the folds of every protocol; one that nobody asked for may be impossible.

    Raises:
        EvaluationError: one that is required cannot divide the recordings
    """
    from prosodyn.evaluation.leakage import judge

    judged = []
    for name in names:
        try:
            judged.append(Judged(name, judge(name, utterances, options, duplicates)))
        except EvaluationError as fault:
            if required:
                raise
            judged.append(Judged(name, None, str(fault)))
    return judged
