"""Answers in a terminal: a colour for each emotion, a bar for the confidence."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from prosodyn.cli.colours import colour
from prosodyn.cli.terminal import printable
from prosodyn.formats import Failure, Outcome
from prosodyn.formats.text import percent
from prosodyn.types import NO_SPEECH, UNCERTAIN, Prediction

WIDTH = 12
"""Characters of a full bar."""

EIGHTHS = " ▏▎▍▌▋▊▉"

NOTE = "An estimate, learnt from acted emotions: it says how a voice sounds, not what somebody feels."


def draw_answers(outcomes: Sequence[Outcome]) -> None:
    """Draw a table of outcomes."""
    table = Table(box=SIMPLE_HEAD)
    for name, overflow in (("file", "fold"), ("emotion", "fold"), ("confidence", "ellipsis")):
        table.add_column(name, overflow=overflow, no_wrap=name == "confidence")  # type: ignore[arg-type]
    table.add_column("remarks", style="dim", overflow="fold")
    for outcome in outcomes:
        table.add_row(*_row(outcome))
    console = Console()
    console.print(table)
    console.print(Text(NOTE, style="dim"))


def worded(prediction: Prediction) -> str:
    """Return an answer in words; one that is too unsure names the emotions that it might be.

    Of a recording that is not fit it names none: the remarks say why.
    """
    is_fit = prediction.diagnosis is None or prediction.diagnosis.is_fit
    if prediction.emotion != UNCERTAIN or not is_fit:
        return prediction.emotion
    return f"{UNCERTAIN}, perhaps {' or '.join(prediction.plausible or (prediction.best_guess,))}"


def told_confidence(prediction: Prediction) -> str:
    """Write how probable the best guess is; nothing where nobody speaks."""
    return "—" if prediction.emotion == NO_SPEECH else percent(prediction.confidence)


def bar(share: float) -> str:
    """Draw a share of one as a bar, in steps of an eighth of a character.

    Examples:
        >>> bar(0.5)
        '██████      '
    """
    full, eighths = divmod(round(8 * WIDTH * share), 8)
    return ("█" * full + EIGHTHS[eighths] * (full < WIDTH)).ljust(WIDTH)


def _row(outcome: Outcome) -> tuple[Text, ...]:
    name = Text(printable(outcome.source))
    if isinstance(outcome, Failure):
        return name, Text("—"), Text("—"), Text("cannot be used, see below", style="red")
    shade = colour(outcome.emotion)
    drawn = bar(0.0 if outcome.emotion == NO_SPEECH else outcome.confidence)
    confidence = Text.assemble((drawn, shade), f" {told_confidence(outcome):>5}")
    remarks = Text(printable("; ".join(outcome.remarks)))
    return name, Text(printable(worded(outcome)), style=f"bold {shade}"), confidence, remarks
