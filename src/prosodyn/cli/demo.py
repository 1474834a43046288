"""The verb `demo`: the whole way, from recordings to answers, in a few minutes."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from prosodyn.cli.corpora import default_folder
from prosodyn.cli.options import ExperimentOption
from prosodyn.cli.sources import Source, make_folder
from prosodyn.cli.summary import publish, say_epoch
from prosodyn.cli.terminal import printable, remark, resumable, say, show_table, typed_command
from prosodyn.errors import CorpusError, CorpusNotFoundError, MissingExtraError

if TYPE_CHECKING:
    from prosodyn.evaluation.result_file import ResultFile
    from prosodyn.training.benchmark import Benchmark
    from prosodyn.types import Utterance

EXAMPLE = "Example: prosodyn demo --out demo"

UNSEEN = {"emodb": ("09", "15"), "toy": ("f2", "m2")}
"""Speakers of the test side, a woman and a man, fixed before anything was trained on the others."""

FOLD = "unseen-speakers"

SHOWN = ("anger", "happiness", "sadness")
"""Emotions of the clips that are recognised at the end."""

SECONDS = 3.0
"""How long an official address may take to answer."""


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for figures, report and bundles.")] = Path(
        "demo"
    ),
    corpus: Annotated[
        Literal["auto", "emodb", "toy"],
        typer.Option("--corpus", help="auto takes emodb where it is at hand or can be fetched, else toy."),
    ] = "auto",
    experiment: ExperimentOption = "demo",
) -> None:
    """Train both networks briefly, test them on two unseen speakers, and recognise three recordings.

    It takes a few minutes on two cores. The recipe is shortened: its figures show that everything
    works, not how well it can work.
    """
    started = time.monotonic()
    recordings, utterances = _obtain(corpus)
    from prosodyn.training.reproduce import SYSTEMS
    from prosodyn.training.side_by_side import run_side_by_side

    make_folder(out)
    benchmarks = [_benchmark(system, experiment, recordings, utterances, out) for system in SYSTEMS]
    _announce(benchmarks[0])
    from prosodyn.cli.progress import Bars

    with resumable(), Bars() as bars:
        results = run_side_by_side(
            benchmarks,
            lambda system, epoch: bars.show(system, epoch.epoch, epoch.n_epochs, say_epoch(epoch)),
        )
    _show_results(results)
    report = publish(results, out, recordings.human_rates())
    unseen = [utterance for utterance in utterances if utterance.speaker in UNSEEN[recordings.name]]
    _draw_anger(unseen, out / "anger.png")
    _recognise(unseen, benchmarks[-1])
    say(f"\nreport: {report}; figures beside it")
    say(f"took {time.monotonic() - started:.0f} s")


def _obtain(corpus: str) -> tuple[Source, tuple["Utterance", ...]]:
    """Load EmoDB, fetching it where its owners answer now; else, or where it was asked for, the fixture."""
    if corpus != "toy":
        try:
            source = Source("emodb", _fetch_unless_here())
            return source, source.load()
        except CorpusError as fault:
            if corpus == "emodb":
                raise
            say(printable(f"EmoDB cannot be used: {fault}"))
            say("So this runs on `toy`, which is synthesised and says nothing about speech.\n")
    source = Source("toy")
    return source, source.load()


def _fetch_unless_here() -> Path:
    from prosodyn import corpora
    from prosodyn.cli.progress import Bars
    from prosodyn.corpora.fetch import Patience, fetch, reachable

    try:
        return corpora.find_root("emodb")
    except CorpusNotFoundError:
        emodb = corpora.get("emodb")
        if not reachable(emodb.download[0].url, SECONDS):
            raise
        say(f"EmoDB is not here: fetching it from {emodb.download[0].url} into {default_folder()}")
        with Bars() as bars:
            return fetch(
                emodb,
                default_folder(),
                progress=lambda done, size: bars.show("bytes", done, size),
                patience=Patience(timeout=10.0, pauses=(1.0,)),
            )


def _benchmark(
    system: str, experiment: str, recordings: Source, utterances: tuple["Utterance", ...], out: Path
) -> "Benchmark":
    """Describe the one fold of a system: two speakers are tested, all others are trained on."""
    from prosodyn.files import write_text
    from prosodyn.training.benchmark import Benchmark
    from prosodyn.training.experiment import load_experiment

    lists = out / "unseen-speakers.toml"
    speakers = ", ".join(f'"{speaker}"' for speaker in UNSEEN[recordings.name])
    write_text(lists, f'apart = ["speaker"]\n\n[folds.{FOLD}]\ntest_speakers = [{speakers}]\n')
    return Benchmark(
        experiment=load_experiment(experiment, system),
        corpus=recordings.name,
        protocol="fixed",
        utterances=utterances,
        directory=out / "runs" / f"{recordings.name}-{system}",
        command=typed_command(),
        lists=lists,
    )


def _announce(benchmark: "Benchmark") -> None:
    from prosodyn.evaluation.reference import TITLES, TOY_NOTE

    unseen = UNSEEN[benchmark.corpus]
    speakers = sorted({utterance.speaker for utterance in benchmark.utterances} - set(unseen))
    say(
        f"{TITLES.get(benchmark.corpus, benchmark.corpus)}: both networks learn from {len(speakers)} "
        f"speakers and are tested on {' and '.join(unseen)}, a woman and a man whom they have never heard."
    )
    if benchmark.corpus == "toy":
        say(TOY_NOTE)
    if (benchmark.directory / FOLD / "outcome.json").exists():
        remark(f"trained before; remove {benchmark.directory.parent} to train again")


def _show_results(results: list["ResultFile"]) -> None:
    from prosodyn.evaluation.reference import PAPER_SPLIT, PAPER_WA, TITLES

    rows = []
    for result in results:
        run, scores = result.run, result.scores
        paper = PAPER_WA.get(run.corpus, {}).get(run.system)
        rows.append(
            (
                TITLES.get(run.system, run.system),
                "—" if paper is None else f"{paper:.2f}",
                f"{scores.wa:.1f}",
                f"{scores.ua:.1f}",
                f"{result.cost.n_parameters:,}",
                f"{run.seconds_training:.0f} s",
            )
        )
    recipe = results[0].run.recipe
    say()
    show_table(
        ("system", "paper: WA", "WA", "UA", "parameters", "training"),
        rows,
        numbers=("paper: WA", "WA", "UA", "parameters", "training"),
        title=f"shortened recipe `{recipe}`, 1 split of 2 unseen speakers; percent",
    )
    if results[0].run.corpus in PAPER_WA:
        say(f"{PAPER_SPLIT} `prosodyn reproduce` shows the full recipe under named protocols.")


def _draw_anger(unseen: list["Utterance"], figure: Path) -> None:
    from prosodyn.audio import utterance_waveform
    from prosodyn.evaluation.plots import plot_waveform_and_spectrogram
    from prosodyn.types import SAMPLE_RATE

    angry = _first(unseen, "anger", unseen[0].speaker)
    try:
        plot_waveform_and_spectrogram(
            utterance_waveform(angry), SAMPLE_RATE, f"anger, speaker {angry.speaker}: {angry.id}", figure
        )
    except MissingExtraError as fault:
        remark(f"prosodyn: no {figure}: {fault}")


def _recognise(unseen: list["Utterance"], benchmark: "Benchmark") -> None:
    """Recognise three clips by the bundle that has just been trained, which has not heard these speakers."""
    from prosodyn.formats.text import percent
    from prosodyn.inference import Recogniser

    women_and_men = UNSEEN[benchmark.corpus]
    clips = [_first(unseen, emotion, women_and_men[number % 2]) for number, emotion in enumerate(SHOWN)]
    bundle = benchmark.directory / FOLD / "bundle"
    predictions = Recogniser.load(bundle, engine="torch").from_utterances(clips)
    rows = [
        (clip.id, clip.speaker, clip.emotion, prediction.emotion, percent(prediction.confidence))
        for clip, prediction in zip(clips, predictions, strict=True)
    ]
    say()
    show_table(
        ("recording", "speaker", "truth", "answer", "confidence"),
        rows,
        numbers=("confidence",),
        title=f"three recordings of the unseen speakers, by {bundle}",
    )


def _first(utterances: list["Utterance"], emotion: str, speaker: str) -> "Utterance":
    return min(
        (item for item in utterances if (item.emotion, item.speaker) == (emotion, speaker)),
        key=lambda item: item.id,
    )
