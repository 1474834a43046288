"""A recogniser at work on listed recordings: whatever one of them does, it gets its row."""

from collections.abc import Callable
from pathlib import Path

from prosodyn.audio import measure_duration
from prosodyn.errors import BundleError, MissingExtraError, ProsodynError, UnreadableAudioError
from prosodyn.formats import Failure
from prosodyn.inference import Recogniser
from prosodyn.inference.clip import LONG
from prosodyn.scale.fetching import Coming, Place, arrived
from prosodyn.scale.plan import Model, describe_model
from prosodyn.scale.rows import ERROR, Row, failure_row, prediction_row, timeline_row


def load_recogniser(model: Model) -> Recogniser:
    """Load the recogniser of a run, and no other of its name.

    Raises:
        BundleError: it is not there, or differs on this machine
        MissingExtraError: it needs a package that is not installed
    """
    if describe_model(model.name, model.error_rate) != model:
        raise BundleError(
            f"{model.name}: is another bundle than the one that the run was begun with; "
            "install the same on every machine"
        )
    return Recogniser.load(model.name, error_rate=model.error_rate)


def answer(recogniser: Recogniser, coming: Coming, moved: Callable[[], None]) -> Row:
    """Return the row of one recording.

    What is longer than a minute is answered moment by moment, as `prosodyn predict` does, in memory that does
    not grow with it.

    Args:
        recogniser: answers
        coming: the recording, or where it is on its way
        moved: is told of progress within a long recording

    Raises:
        OutputError: there is no room for a copy of a distant recording
    """
    try:
        place = arrived(coming)
    except (UnreadableAudioError, MissingExtraError) as fault:
        return failure_row(fault)
    try:
        return _answer(recogniser, place.path, moved)
    except Exception as fault:  # noqa: BLE001 (what one file does must not cost the others)
        return _named(failure_row(fault), place)
    finally:
        if place.is_copy:
            place.path.unlink(missing_ok=True)


def _answer(recogniser: Recogniser, path: Path, moved: Callable[[], None]) -> Row:
    if _is_long(path):
        return timeline_row(recogniser.timeline(path, progress=lambda *_: moved()))
    (outcome,) = recogniser.from_files(path)
    if isinstance(outcome, Failure):
        raise outcome.error
    return prediction_row(outcome)


def _is_long(path: Path) -> bool:
    try:
        return measure_duration(path) > LONG
    except ProsodynError:
        return False  # what is wrong is told where it is answered


def _named(row: Row, place: Place) -> Row:
    """Return a failure that names a distant recording, and not the copy of it."""
    return {**row, ERROR: str(row[ERROR]).replace(str(place.path), place.name)}
