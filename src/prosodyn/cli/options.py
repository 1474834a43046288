"""Options that several verbs share, so that one thing has one name everywhere."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from prosodyn.cli import completion

System = Literal["dycnn_bilstm", "cnn_lstm", "dycnn_lstm", "cnn_bilstm"]
Classical = Literal["ann", "gmm", "hmm", "knn", "svm", "svm_compare", "svm_egemaps", "svm_states", "tree"]
AnySystem = Literal[System, Classical]
Adaptation = Literal["none", "all", "enrolment"]
Channel = Literal["telephone", "opus", "mp3"]
Device = Literal["auto", "cpu", "cuda", "mps"]

SourceArgument = Annotated[
    str,
    typer.Argument(
        metavar="CORPUS|FOLDER|MANIFEST",
        help="A corpus by name, a folder with a folder per emotion, or a list as CSV or JSON Lines.",
        autocompletion=completion.corpora,
    ),
]
RootOption = Annotated[Path | None, typer.Option("--root", help="Where the corpus lies.", show_default=False)]
VariantOption = Annotated[
    str | None, typer.Option("--variant", help="Part or size of the corpus.", show_default=False)
]
PartialOption = Annotated[
    bool,
    typer.Option("--allow-partial", help="Take what is there, and call it CORPUS-partial."),
]
EmotionsOption = Annotated[
    str | None,
    typer.Option("--emotions", help="Only these, separated by commas; by default all.", show_default=False),
]
ExperimentOption = Annotated[
    str,
    typer.Option(
        "--experiment",
        help="Settings: a shipped experiment, or a TOML file of your own.",
        autocompletion=completion.experiments,
    ),
]
SystemOption = Annotated[
    System | None,
    typer.Option("--system", help="Network in place of the experiment's.", show_default=False),
]
AnySystemOption = Annotated[
    AnySystem | None,
    typer.Option(
        "--system",
        help="Network in place of the experiment's, or a classical system to compare with.",
        show_default=False,
    ),
]
SeedOption = Annotated[
    int | None, typer.Option("--seed", help="Seed in place of the experiment's.", show_default=False, min=0)
]
DeviceOption = Annotated[Device, typer.Option("--device", help="What trains; auto takes the fastest.")]
SeedsOption = Annotated[
    str | None,
    typer.Option(
        "--seeds",
        help="Seeds of the training, separated by commas; a figure is the mean over them.",
        show_default=False,
    ),
]
LeakyOption = Annotated[
    bool,
    typer.Option(
        "--select-on-test",
        help="Keep the epoch that is best on the TEST side, as many papers did: it leaks and says so.",
    ),
]
JobsOption = Annotated[
    int, typer.Option("--jobs", help="Folds at a time; 0 for one a core.", min=0, show_default=False)
]
FoldsOption = Annotated[
    int | None,
    typer.Option("--folds", help="How many folds to run, the first ones; by default all.", min=1),
]
AdaptOption = Annotated[
    Adaptation,
    typer.Option(
        "--adapt",
        help="Unlabelled audio of the test speaker that is heard first: none, all of it, or ten recordings, "
        "which are then not scored (enrolment).",
    ),
]
ChannelOption = Annotated[
    Channel | None,
    typer.Option(
        "--channel",
        help="What the test recordings go through before they are answered: a telephone line, or a codec.",
        show_default=False,
    ),
]
ListsOption = Annotated[
    Path | None,
    typer.Option(
        "--lists", help="TOML or JSON file of test sides, for --protocol fixed.", show_default=False
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        help="A bundle by name, or the folder of your own; `prosodyn models` lists names and default.",
        show_default=False,
        autocompletion=completion.bundles,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON instead of a table.")]
