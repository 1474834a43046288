"""The options of `train` that no other verb has."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from prosodyn.cli import completion
from prosodyn.cli.manual import OUTPUT, TRAINING

OutOption = Annotated[
    Path,
    typer.Option(
        "--out", metavar="FOLDER", help="Folder of the bundle that is written.", rich_help_panel=OUTPUT
    ),
]
RecipeOption = Annotated[
    str | None,
    typer.Option(
        "--experiment",
        help="Settings: a shipped experiment, or a TOML file of your own; by default recommended, "
        "with --from finetune.",
        metavar="NAME|FILE",
        rich_help_panel=TRAINING,
        show_default=False,
        autocompletion=completion.experiments,
    ),
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="BUNDLE",
        help="Fine-tune this bundle.",
        rich_help_panel=TRAINING,
        show_default=False,
        autocompletion=completion.bundles,
    ),
]
ShareOption = Annotated[
    float | None,
    typer.Option(
        "--validation-share",
        metavar="SHARE",
        help="Share of the speakers that is held back, from 0 to less than 1.",
        min=0.0,
        show_default=False,
        rich_help_panel=TRAINING,
    ),
]
ThreadsOption = Annotated[
    int,
    typer.Option(
        "--threads",
        envvar="OMP_NUM_THREADS",
        metavar="N",
        min=0,
        help="Threads on the CPU, of each process; 0 for an even share of the cores.",
        rich_help_panel=TRAINING,
    ),
]
ProcessesOption = Annotated[
    int,
    typer.Option(
        "--processes",
        metavar="N",
        min=1,
        help="Processes that train one network together, on a GPU each, or on the CPU.",
        rich_help_panel=TRAINING,
    ),
]
NameOption = Annotated[
    str | None,
    typer.Option(
        "--name",
        metavar="NAME",
        help="Of the bundle; by default its folder's.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
LicenceOption = Annotated[
    str | None,
    typer.Option(
        "--licence",
        metavar="LICENCE",
        help="Of the weights; by default the corpus's.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
SpeakersOption = Annotated[
    Literal["new", "known", "followed"],
    typer.Option(
        "--speakers",
        metavar="WHO",
        help="Whom it shall recognise: strangers (new), those whom it learns from (known), or strangers who "
        "are enrolled (followed).",
        rich_help_panel=TRAINING,
    ),
]
GraphOption = Annotated[
    bool, typer.Option("--graph/--no-graph", help="Also export the ONNX graph.", rich_help_panel=OUTPUT)
]
