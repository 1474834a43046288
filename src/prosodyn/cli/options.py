"""Options that several verbs share, so that one thing has one name everywhere."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer

from prosodyn.cli import completion
from prosodyn.cli.manual import MEASURING, RECORDINGS, TRAINING

System = Literal["dycnn_bilstm", "cnn_lstm", "dycnn_lstm", "cnn_bilstm"]
Classical = Literal["ann", "gmm", "hmm", "knn", "svm", "svm_compare", "svm_egemaps", "svm_states", "tree"]
AnySystem = Literal[System, Classical]
Adaptation = Literal["none", "all", "enrolment", "self_training"]
Channel = Literal["telephone", "opus", "mp3", "room", "noise"]
Device = Literal["auto", "cpu", "cuda", "mps"]
SampleFormat = Literal["s16le", "f32le"]
"""As ffmpeg and sox name them: 16-bit integers, or 32-bit floating point, the lowest byte first."""


def _names(choices: Any) -> str:
    """List the values of an option; beside it they would leave no room for what it is."""
    return ", ".join(get_args(choices))


SourceArgument = Annotated[
    str,
    typer.Argument(
        metavar="CORPUS|FOLDER|MANIFEST",
        help="A corpus by name, a folder with a folder per emotion, or a list as CSV or JSON Lines.",
        autocompletion=completion.corpora,
    ),
]
RootOption = Annotated[
    Path | None,
    typer.Option(
        "--root",
        metavar="FOLDER",
        help="Where the corpus lies.",
        show_default=False,
        rich_help_panel=RECORDINGS,
    ),
]
VariantOption = Annotated[
    str | None,
    typer.Option(
        "--variant",
        metavar="NAME",
        help="Part or size of the corpus.",
        show_default=False,
        rich_help_panel=RECORDINGS,
    ),
]
PartialOption = Annotated[
    bool,
    typer.Option(
        "--allow-partial",
        help="Take what is there, and call it CORPUS-partial.",
        rich_help_panel=RECORDINGS,
    ),
]
EmotionsOption = Annotated[
    str | None,
    typer.Option(
        "--emotions",
        metavar="NAMES",
        help="Only these, separated by commas; by default all.",
        show_default=False,
        rich_help_panel=RECORDINGS,
    ),
]
ExperimentOption = Annotated[
    str,
    typer.Option(
        "--experiment",
        metavar="NAME|FILE",
        help="Settings: a shipped experiment, or a TOML file of your own.",
        rich_help_panel=TRAINING,
        autocompletion=completion.experiments,
    ),
]
SystemOption = Annotated[
    System | None,
    typer.Option(
        "--system",
        metavar="NETWORK",
        help=f"Network in place of the experiment's: {_names(System)}.",
        show_default=False,
        rich_help_panel=TRAINING,
    ),
]
AnySystemOption = Annotated[
    AnySystem | None,
    typer.Option(
        "--system",
        metavar="SYSTEM",
        help=f"Network in place of the experiment's: {_names(System)}; or a classical system to compare "
        f"with: {_names(Classical)}.",
        show_default=False,
        rich_help_panel=TRAINING,
    ),
]
SeedOption = Annotated[
    int | None,
    typer.Option(
        "--seed",
        metavar="N",
        help="Seed in place of the experiment's.",
        show_default=False,
        min=0,
        rich_help_panel=TRAINING,
    ),
]
DeviceOption = Annotated[
    Device,
    typer.Option(
        "--device",
        metavar="DEVICE",
        help=f"What trains: {_names(Device)}; auto takes the fastest.",
        rich_help_panel=TRAINING,
    ),
]
SeedsOption = Annotated[
    str | None,
    typer.Option(
        "--seeds",
        metavar="NUMBERS",
        help="Seeds of the training, separated by commas; a figure is the mean over them.",
        show_default=False,
        rich_help_panel=TRAINING,
    ),
]
LeakyOption = Annotated[
    bool,
    typer.Option(
        "--select-on-test",
        help="Keep the epoch that is best on the TEST side, as many papers did: it leaks and says so.",
        rich_help_panel=MEASURING,
    ),
]
JobsOption = Annotated[
    int,
    typer.Option(
        "--jobs",
        metavar="N",
        help="Folds at a time; 0 for one a core.",
        min=0,
        show_default=False,
        rich_help_panel=TRAINING,
    ),
]
FoldsOption = Annotated[
    int | None,
    typer.Option(
        "--folds",
        metavar="N",
        help="How many folds to run, the first ones; by default all.",
        min=1,
        rich_help_panel=MEASURING,
    ),
]
AdaptOption = Annotated[
    Adaptation,
    typer.Option(
        "--adapt",
        metavar="WHAT",
        help="Unlabelled audio of the test speaker that is heard first: none, all of it, ten recordings, "
        "which are then not scored (enrolment), or all of it, answered once and learnt from (self_training).",
        rich_help_panel=MEASURING,
    ),
]
ChannelOption = Annotated[
    Channel | None,
    typer.Option(
        "--channel",
        metavar="CHANNEL",
        help="What the test recordings go through before they are answered, a line, a codec, a room, a "
        f"noise: {_names(Channel)}.",
        show_default=False,
        rich_help_panel=MEASURING,
    ),
]
ListsOption = Annotated[
    Path | None,
    typer.Option(
        "--lists",
        metavar="FILE",
        help="TOML or JSON file of test sides, for --protocol fixed.",
        show_default=False,
        rich_help_panel=MEASURING,
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        metavar="BUNDLE",
        help="A bundle by name, or the folder of your own; `prosodyn models` lists names and default.",
        show_default=False,
        autocompletion=completion.bundles,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON instead of a table.")]

EngineOption = Annotated[
    Literal["auto", "onnx", "torch"], typer.Option("--engine", help="What runs the network.")
]

ErrorRateOption = Annotated[
    float | None,
    typer.Option(
        "--error-rate",
        help="Share of the answers that may be wrong, 0.1 by default; less sure ones are called uncertain.",
        show_default=False,
    ),
]
