"""A row for each recording: what was answered, or why nothing was."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from prosodyn import __version__
from prosodyn.formats.as_csv import PREFIX
from prosodyn.formats.text import writable
from prosodyn.scale.plan import Plan
from prosodyn.timeline import Timeline
from prosodyn.types import NO_SPEECH, Prediction

POSITION, FILE, EMOTION, DURATION = "position", "file", "emotion", "duration"
ERROR_CLASS, ERROR = "error_class", "error"

Row = Mapping[str, Any]
"""Column to value; what is missing is null."""


def schema_of(plan: Plan, own: pa.Schema) -> pa.Schema:
    """Return the columns of a shard, with what a reader must know of its origin.

    Args:
        plan: of the run
        own: the manifest's own columns
    """
    few, text = pa.float32(), pa.string()
    fields = [
        pa.field(POSITION, pa.int64(), nullable=False),
        pa.field(FILE, text, nullable=False),
        pa.field(EMOTION, text),
        pa.field("best_guess", text),
        pa.field("confidence", few),
        *(pa.field(f"{PREFIX}{label}", few) for label in plan.model.labels),
        pa.field("plausible", pa.list_(text)),
        pa.field("familiarity", few),
        pa.field(DURATION, pa.float64()),
        pa.field("fit", pa.bool_()),
        pa.field("speech_share", few),
        pa.field("moment_by_moment", pa.bool_()),
        pa.field("remarks", pa.list_(text)),
        pa.field(ERROR_CLASS, text),
        pa.field(ERROR, text),
        *own,
    ]
    told = {
        "prosodyn.version": __version__,
        "prosodyn.bundle": plan.model.bundle,
        "prosodyn.bundle_sha256": plan.model.sha256,
        "prosodyn.licence": plan.model.licence,
        "prosodyn.root": plan.inputs.root,
    }
    return pa.schema(fields, metadata={key: writable(value) for key, value in told.items()})


def prediction_row(prediction: Prediction) -> Row:
    """Return what is said about a recording as a whole."""
    diagnosis = prediction.diagnosis
    return {
        EMOTION: prediction.emotion,
        "best_guess": prediction.best_guess,
        "confidence": prediction.stated_confidence,
        **_columns(prediction.probabilities),
        "plausible": list(prediction.plausible),
        "familiarity": prediction.familiarity,
        DURATION: prediction.duration,
        "fit": None if diagnosis is None else diagnosis.is_fit,
        "speech_share": None if diagnosis is None else diagnosis.speech_share,
        "moment_by_moment": False,
        "remarks": [writable(remark) for remark in prediction.remarks],
    }


def timeline_row(timeline: Timeline) -> Row:
    """Return in one row what is said about a recording moment by moment.

    The emotion is the answer that was given for the longest time while somebody spoke, `uncertain` among
    them; the probabilities are the mean over that time.
    """
    seconds: dict[str, float] = {}
    for segment in timeline.segments:
        seconds[segment.emotion] = seconds.get(segment.emotion, 0.0) + segment.duration
    silent = seconds.pop(NO_SPEECH, 0.0)
    spoken = sum(seconds.values())
    row: dict[str, Any] = {
        EMOTION: max(seconds, key=seconds.__getitem__) if seconds else NO_SPEECH,
        DURATION: timeline.duration,
        "fit": bool(seconds),
        "speech_share": min(1.0, spoken / (spoken + silent)) if spoken + silent else 0.0,
        "moment_by_moment": True,
        "remarks": [writable(remark) for remark in timeline.remarks],
    }
    if seconds:
        mean = {
            label: sum(each.duration * each.probabilities.get(label, 0.0) for each in timeline.segments)
            / spoken
            for label in timeline.labels
        }
        guess = max(mean, key=mean.__getitem__)
        row |= {"best_guess": guess, "confidence": mean[guess], **_columns(mean)}
    return row


def failure_row(fault: BaseException) -> Row:
    """Return why a recording has no answer."""
    return {
        ERROR_CLASS: type(fault).__name__,
        ERROR: writable(str(fault)) or type(fault).__name__,
    }


def to_table(rows: Sequence[Row], positions: range, listed: pa.Table, schema: pa.Schema) -> pa.Table:
    """Put the answers beside what was listed.

    Args:
        rows: one for each recording
        positions: of the recordings in the whole list
        listed: as `listing.read_listed` gives them
        schema: as `schema_of` gives it
    """
    files = [spelt(path) for path in listed["path"].to_pylist()]
    made: dict[str, Any] = {POSITION: list(positions), FILE: files}
    for name in schema.names:
        if name in listed.column_names:
            made[name] = listed[name]
        elif name not in made:
            made[name] = [row.get(name) for row in rows]
    return pa.table(made, schema=schema)


def spelt(path: bytes) -> str:
    r"""Return a path as text; a byte that is not UTF-8 is spelt out.

    Examples:
        >>> print(spelt(b"caf\xe9.wav"))
        caf\xe9.wav
    """
    return path.decode("utf-8", "backslashreplace")


def _columns(probabilities: Mapping[str, float]) -> dict[str, float]:
    return {f"{PREFIX}{label}": value for label, value in probabilities.items()}
