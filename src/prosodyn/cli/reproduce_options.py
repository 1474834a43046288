"""The options of `reproduce` that no other verb has, most of which take several names."""

from pathlib import Path
from typing import Annotated

import typer

from prosodyn.cli import completion
from prosodyn.cli.manual import MEASURING, OUTPUT, RECORDINGS, TRAINING

AdaptationsOption = Annotated[
    str,
    typer.Option(
        "--adapt",
        metavar="NAMES",
        help="none, all, enrolment, self_training (see evaluate), separated by commas.",
        rich_help_panel=MEASURING,
    ),
]
ChannelsOption = Annotated[
    str,
    typer.Option(
        "--channel",
        metavar="NAMES",
        rich_help_panel=MEASURING,
        help="Test recordings through telephone, opus, mp3, room, noise (see evaluate), separated by commas.",
        show_default=False,
    ),
]
ResultsOption = Annotated[
    Path,
    typer.Option("--results", metavar="FOLDER", help="Folder of the result files.", rich_help_panel=OUTPUT),
]
RunsOption = Annotated[
    Path,
    typer.Option(
        "--runs", metavar="FOLDER", help="Folder in which finished folds are kept.", rich_help_panel=OUTPUT
    ),
]
CorporaOption = Annotated[
    str,
    typer.Option(
        "--corpora",
        metavar="NAMES",
        rich_help_panel=RECORDINGS,
        help="Names, separated by commas.",
        autocompletion=completion.several(completion.corpora),
    ),
]
TestedOption = Annotated[
    str,
    typer.Option(
        "--tested",
        metavar="NAMES",
        rich_help_panel=RECORDINGS,
        help="Test these of them alone. A corpus that is only heard may be there in part.",
        autocompletion=completion.several(completion.corpora),
        show_default=False,
    ),
]
ProtocolsOption = Annotated[
    str,
    typer.Option(
        "--protocol",
        metavar="NAMES",
        rich_help_panel=MEASURING,
        help="Names, separated by commas.",
        autocompletion=completion.several(completion.protocols),
    ),
]
RecipesOption = Annotated[
    str,
    typer.Option(
        "--recipe",
        metavar="NAMES",
        rich_help_panel=TRAINING,
        help="Experiments, separated by commas.",
        autocompletion=completion.several(completion.experiments),
    ),
]
TogetherOption = Annotated[
    bool,
    typer.Option(
        "--together",
        rich_help_panel=MEASURING,
        help="Besides, let the networks of all recipes answer together, every recipe with the same weight.",
    ),
]
SystemsOption = Annotated[
    str,
    typer.Option(
        "--system",
        metavar="NAMES",
        help="Names, separated by commas; classical ones need --recipe classical.",
        rich_help_panel=TRAINING,
    ),
]
OnlyListOption = Annotated[
    bool, typer.Option("--list", "--dry-run", help="Say what there is and what would be run.")
]
