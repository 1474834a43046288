"""The verb `evaluate`: how well a recogniser does on recordings that it has not heard."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prosodyn.cli import completion
from prosodyn.cli.manual import MEASURING, OUTPUT, TRAINING
from prosodyn.cli.options import (
    Adaptation,
    AdaptOption,
    AnySystemOption,
    Channel,
    ChannelOption,
    DeviceOption,
    EmotionsOption,
    FoldsOption,
    JobsOption,
    LeakyOption,
    ListsOption,
    PartialOption,
    RootOption,
    SeedsOption,
    SourceArgument,
    VariantOption,
)
from prosodyn.cli.sources import Source, listed, make_folder, read_seeds
from prosodyn.cli.summary import follow_folds, follow_listening, publish, say_result
from prosodyn.cli.terminal import remark, resumable, say, typed_command
from prosodyn.errors import ConfigError

if TYPE_CHECKING:
    from prosodyn.training.benchmark import Benchmark

EXAMPLE = """\
Examples:
prosodyn evaluate emodb --protocol loso
prosodyn evaluate emodb --system svm
prosodyn evaluate emodb --adapt enrolment
prosodyn evaluate emodb --channel telephone
prosodyn evaluate my/recordings --bundle open
"""


ProtocolOption = Annotated[
    str | None,
    typer.Option(
        "--protocol",
        help="How the test side is kept apart: loso (the default), leave_one_session_out, kfold10, "
        "text_independent, groups_of_4, fixed.",
        metavar="NAME",
        rich_help_panel=MEASURING,
        show_default=False,
        autocompletion=completion.protocols,
    ),
]
ExperimentOption = Annotated[
    str | None,
    typer.Option(
        "--experiment",
        help="Settings: a shipped experiment (by default recommended), or a TOML file of your own; "
        "classical systems have their own.",
        metavar="NAME|FILE",
        rich_help_panel=TRAINING,
        show_default=False,
        autocompletion=completion.experiments,
    ),
]
BundleOption = Annotated[
    str | None,
    typer.Option(
        "--bundle",
        metavar="BUNDLE",
        rich_help_panel=MEASURING,
        help="Score this bundle as it is; train nothing.",
        show_default=False,
        autocompletion=completion.bundles,
    ),
]
DuplicatesOption = Annotated[
    bool,
    typer.Option(
        "--allow-duplicates",
        help="Run although a tested recording is trained on under another name.",
        rich_help_panel=MEASURING,
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FOLDER",
        help="Folder of the run; by default in runs/.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]


def evaluate(
    source: SourceArgument,
    *,
    protocol: ProtocolOption = None,
    experiment: ExperimentOption = None,
    system: AnySystemOption = None,
    folds: FoldsOption = None,
    seeds: SeedsOption = None,
    lists: ListsOption = None,
    adapt: AdaptOption = "none",
    channel: ChannelOption = None,
    allow_duplicates: DuplicatesOption = False,
    select_on_test: LeakyOption = False,
    bundle: BundleOption = None,
    out: OutOption = None,
    jobs: JobsOption = 0,
    device: DeviceOption = "auto",
    root: RootOption = None,
    variant: VariantOption = None,
    allow_partial: PartialOption = False,
    emotions: EmotionsOption = None,
) -> None:
    """Train and test a system on every fold of a protocol, or score a bundle as it is.

    Before anything is trained the folds are audited: none may hold one recording on both sides.
    Finished folds stay in the folder of the run; the same command goes on after a kill.
    """
    recordings = Source(source, root, variant, allow_partial, listed(emotions))
    asked = _Asked(
        protocol,
        experiment,
        system,
        folds,
        seeds,
        lists,
        adapt,
        out,
        jobs,
        device,
        allow_duplicates,
        select_on_test,
        channel,
    )
    if bundle is None:
        _run(_plan(recordings, asked), recordings, asked.select_on_test)
        return
    from prosodyn.cli.score_bundle import score_bundle

    asked.refuse_all()
    score_bundle(bundle, recordings, channel or "")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for where a benchmark is run: the options by their names, with their defaults."""

    protocol: str | None = None
    experiment: str | None = None
    system: str | None = None
    folds: int | None = None
    seeds: str | None = None
    lists: Path | None = None
    adapt: Adaptation = "none"
    out: Path | None = None
    jobs: int = 0
    device: str = "auto"
    allow_duplicates: bool = False
    select_on_test: bool = False
    channel: Channel | None = None

    def refuse_all(self) -> None:
        """Refuse what has no meaning for a bundle that is trained already, rather than ignore it.

        Such a bundle may be asked through a channel, as it may be asked anything.

        Raises:
            ConfigError: names the first such option
        """
        for option in fields(self):
            if option.name != "channel" and getattr(self, option.name) != option.default:
                raise ConfigError(
                    f"evaluate: --{option.name.replace('_', '-')} has no meaning with --bundle, "
                    "which trains nothing"
                )


def _protocol(asked: _Asked) -> str:
    """Name the protocol: lists imply `fixed`, and no other protocol reads them."""
    from prosodyn.evaluation.protocols import find_protocol

    usual = "loso" if asked.lists is None else "fixed"
    protocol = find_protocol(asked.protocol or usual).name
    if asked.lists is not None and protocol != "fixed":
        raise ConfigError(f"evaluate: --lists belongs to the protocol fixed, not to {protocol}; drop one")
    return protocol


def _plan(recordings: Source, asked: _Asked) -> "Benchmark":
    from prosodyn.comparison.settings import Comparison
    from prosodyn.evaluation.channels import run_suffix, twin_suffixes
    from prosodyn.training.benchmark import Benchmark
    from prosodyn.training.experiment import load_settings

    protocol = _protocol(asked)
    experiment = load_settings(asked.experiment, asked.system)
    if isinstance(experiment, Comparison) and asked.device not in ("auto", "cpu"):
        raise ConfigError(f"evaluate: {experiment.system} is fitted on the CPU; drop --device {asked.device}")
    parts = [recordings.name, experiment.system, experiment.name, protocol]
    parts += ["selected_on_test"] if asked.select_on_test else []
    usual, through = Path("runs", "-".join(parts)), asked.channel or ""
    others = () if asked.out else twin_suffixes(asked.adapt, through)
    return Benchmark(
        experiment=experiment,
        corpus=recordings.name,
        protocol=protocol,
        utterances=recordings.load(),
        directory=asked.out or usual.with_name(f"{usual.name}{run_suffix(asked.adapt, through)}"),
        shared=None if asked.out else usual.parent,
        command=typed_command(),
        n_folds=asked.folds or 0,
        device=asked.device,
        n_processes=asked.jobs,
        lists=asked.lists,
        adaptation=asked.adapt,
        twins=tuple(usual.with_name(f"{usual.name}{suffix}") for suffix in others),
        allow_duplicates=asked.allow_duplicates,
        seeds=read_seeds(asked.seeds),
        channel=through,
    )


def _run(benchmark: "Benchmark", recordings: Source, select_on_test: bool) -> None:
    from prosodyn.cli.progress import Bars
    from prosodyn.evaluation.result_file import write_result
    from prosodyn.training.benchmark import run_benchmark
    from prosodyn.training.leaky import run_leaky_benchmark
    from prosodyn.training.steps import choose_device

    choose_device(benchmark.device)
    if benchmark.settings.expects_enrolment and benchmark.adaptation == "none":
        remark("this recipe expects enrolment, and nobody is enrolled: see --adapt")
    n_folds = len(benchmark.splits())
    wanted = min(benchmark.n_folds or n_folds, n_folds)
    remark(f"{wanted} of {n_folds} folds; finished ones are kept in {benchmark.directory}")
    make_folder(benchmark.directory)
    with resumable(), Bars() as bars:
        run = run_leaky_benchmark if select_on_test else run_benchmark
        result = run(benchmark, follow_folds(bars), follow_listening(bars))
    write_result(result, benchmark.directory / "result.json")
    say_result(result)
    say(f"report: {publish([result], benchmark.directory, recordings.human_rates())}")
