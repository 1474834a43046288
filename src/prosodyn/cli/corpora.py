"""The verbs `corpora list`, `info`, `verify` and `fetch`."""

import dataclasses
import itertools
import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prosodyn.cli import completion
from prosodyn.cli.options import JsonOption, RootOption, VariantOption
from prosodyn.cli.terminal import in_short, printable, remark, resumable, say, show_table
from prosodyn.errors import CorpusError, CorpusNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prosodyn.corpora import Corpus, KnownFault, VerifyReport

LIST_EXAMPLE = "Example: prosodyn corpora list"
INFO_EXAMPLE = "Example: prosodyn corpora info emodb"
VERIFY_EXAMPLE = "Example: prosodyn corpora verify emodb --root corpora/emodb"
FETCH_EXAMPLE = "Example: prosodyn corpora fetch emodb --into corpora"

NO_FILES = "toy needs no files: a synthetic fixture for tests and demonstrations, which is not speech."

app = typer.Typer(
    name="corpora", no_args_is_help=True, help="List, describe, verify and fetch corpora of emotional speech."
)

NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="A corpus of `prosodyn corpora list`.",
        show_default=False,
        autocompletion=completion.corpora,
    ),
]


@app.command("list", epilog=LIST_EXAMPLE)
def list_corpora(as_json: JsonOption = False) -> None:
    """List every corpus that prosodyn knows, and where it was found."""
    from prosodyn import corpora

    known = [corpora.get(name) for name in corpora.names()]
    if as_json:
        _say_json([_plain(corpus) for corpus in known])
        return
    rows = [
        (
            corpus.name,
            corpus.language,
            str(corpus.utterances),
            str(corpus.speakers),
            str(len(set(corpus.labels.values()))),
            in_short(corpus.licence),
            "yes" if corpus.download else "no",
            _place(corpus.name) or "—",
        )
        for corpus in known
    ]
    header = ("name", "language", "utterances", "speakers", "emotions", "licence", "fetch", "found in")
    show_table(
        header,
        rows,
        numbers=("utterances", "speakers", "emotions"),
        spare=("language", "emotions", "speakers", "licence"),
    )
    say(NO_FILES)


@app.command(epilog=INFO_EXAMPLE)
def info(name: NameArgument, as_json: JsonOption = False) -> None:
    """Describe a corpus: labels, licence, citation, known faults, and how to get it."""
    from prosodyn import corpora

    if name == corpora.TOY:
        _describe_toy(as_json)
        return
    corpus = corpora.get(name)
    if as_json:
        _say_json(_plain(corpus))
        return
    emotions = sorted(set(corpus.labels.values()))
    counts = [f"{emotion} {corpus.emotions[emotion]}" for emotion in emotions if emotion in corpus.emotions]
    rows = [
        ("name", corpus.name),
        ("about", corpus.description),
        ("language", corpus.language),
        ("utterances", f"{corpus.utterances} of {corpus.speakers} speakers"),
        ("emotions", ", ".join(counts or emotions)),
        ("variants", ", ".join(corpus.variants)),
        ("licence", corpus.licence),
        ("cite", corpus.citation),
        ("homepage", corpus.homepage),
        ("how to get it", corpus.how_to_get),
        *([("download", _vouching(corpus))] if corpus.download else []),
        ("found in", _place(name) or "—"),
        *(("not used", f"label {code}: {reason}") for code, reason in corpus.excluded.items()),
        *(("known fault", line) for line in _told(corpus.known_faults)),
    ]
    show_table(("corpus", ""), rows)


@app.command(epilog=VERIFY_EXAMPLE)
def verify(
    name: NameArgument,
    root: RootOption = None,
    variant: VariantOption = None,
    decode: Annotated[bool, typer.Option("--decode/--no-decode", help="Also decode every recording.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Compare a copy of a corpus with its declaration, and report everything that is wrong with it."""
    from prosodyn import audio, corpora
    from prosodyn.cli.progress import Bars

    if name == corpora.TOY:
        corpora.load(name, root, variant)  # refuses both
        if as_json:
            _say_json({"corpus": name, "ok": True})
        else:
            say(NO_FILES)
        return
    corpus = corpora.get(name)
    folder = corpora.find_root(name, root)
    with Bars() as bars:
        tried = itertools.count(1)

        def try_to_decode(path: Path) -> None:
            bars.show("decoding", next(tried), corpus.utterances if variant is None else None)
            audio.read(path)

        report = corpora.verify(corpus, folder, variant, try_to_decode if decode else None)
    if as_json:
        _say_json(dataclasses.asdict(report) | {"ok": report.ok})
    else:
        _show_report(report)
    if not report.ok:
        sys.exit(CorpusError.exit_code)


@app.command(epilog=FETCH_EXAMPLE)
def fetch(
    name: NameArgument,
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            help="The folder that holds the corpora; by default $PROSODYN_CORPORA, else 'corpora'.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Download a corpus that its owners offer openly, from its official address, and count what came.

    An interrupted download goes on where it stopped.
    """
    from prosodyn import corpora
    from prosodyn.cli.progress import Bars
    from prosodyn.corpora.fetch import fetch as fetch_corpus

    if name == corpora.TOY:
        say(NO_FILES)
        return
    corpus = corpora.get(name)
    with Bars() as bars, resumable():

        def report(arrived: int, size: int | None) -> None:
            text = f"{arrived / 1e6:.1f} MB" + ("" if size is None else f" of {size / 1e6:.1f} MB")
            bars.show(name, arrived, size, text)

        folder = fetch_corpus(corpus, into or default_folder(), progress=report)
    say(f"{name} is in {folder}; licence: {corpus.licence}; cite: {corpus.citation}")
    say(f"download: {_vouching(corpus)}")
    counted = corpora.verify(corpus, folder)
    _show_report(counted)
    if not counted.ok:
        sys.exit(CorpusError.exit_code)
    remark(f"to decode every recording: prosodyn corpora verify {name} --root {shlex.quote(str(folder))}")


def default_folder() -> Path:
    """Return the folder that corpora are fetched into, and that is looked in first."""
    return Path(os.environ.get("PROSODYN_CORPORA") or "corpora")


def _describe_toy(as_json: bool) -> None:
    """Describe the fixture, which has no declaration."""
    from prosodyn.corpora import toy

    entry: dict[str, object] = {
        "name": "toy",
        "description": NO_FILES,
        "utterances": len(toy.SPEAKERS) * len(toy.EMOTIONS) * len(toy.TEXTS) * toy.TAKES,
        "speakers": len(toy.SPEAKERS),
        "emotions": sorted(toy.EMOTIONS),
    }
    if as_json:
        _say_json(entry)
        return
    rows = [
        ("name", "toy"),
        ("about", NO_FILES),
        ("utterances", f"{entry['utterances']} of {entry['speakers']} synthetic voices"),
        ("emotions", ", ".join(sorted(toy.EMOTIONS))),
        ("use", "prosodyn demo --corpus toy"),
    ]
    show_table(("corpus", ""), rows)


def _vouching(corpus: "Corpus") -> str:
    """Say what tells that a download is what its owners offer."""
    if corpus.has_checksums:
        return "compared with the checksum of its owners"
    return "no checksum of its owners is known: not verified beyond the counts"


def _told(faults: "Mapping[str, KnownFault]") -> list[str]:
    """Write a line for each fault, however many recordings share it."""
    sharing: dict[str, list[str]] = {}
    for utterance, fault in faults.items():
        sharing.setdefault(fault.reason, []).append(utterance)
    return [
        f"{names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}: {reason}"
        for reason, names in sharing.items()
    ]


def _place(name: str) -> str:
    """Say where a corpus was found, with nothing where it was not."""
    from prosodyn.corpora import find_root

    try:
        return str(find_root(name))
    except CorpusNotFoundError:
        return ""


def _show_report(report: "VerifyReport") -> None:
    """Write what was counted, then what is wrong."""
    declared = "" if report.declared is None else f" of {report.declared}"
    say(f"{report.corpus}, {report.variant}, in {report.root}")
    say(f"{report.utterances}{declared} utterances of {len(report.speakers)} speakers")
    if report.emotions:
        say(", ".join(f"{emotion} {count}" for emotion, count in report.emotions.items()))
    for what, found in (
        ("missing", report.missing),
        ("unexpected", report.unexpected),
        ("cannot be decoded", report.undecodable),
        ("known fault", _told(report.faults)),
    ):
        for line in found:
            say(printable(f"{what}: {line}"))
    say("complete" if report.ok else "not as declared")


def _plain(corpus: "Corpus") -> dict[str, object]:
    """Return what a corpus declares, and where it lies, as JSON can hold it."""
    return {
        "name": corpus.name,
        "description": corpus.description,
        "language": corpus.language,
        "licence": corpus.licence,
        "citation": corpus.citation,
        "homepage": corpus.homepage,
        "how_to_get": corpus.how_to_get,
        "utterances": corpus.utterances,
        "speakers": corpus.speakers,
        "emotions": sorted(set(corpus.labels.values())),
        "variants": list(corpus.variants),
        "fetchable": bool(corpus.download),
        "found_in": _place(corpus.name) or None,
    }


def _say_json(values: object) -> None:
    say(json.dumps(values, indent=2, ensure_ascii=False, default=str))
