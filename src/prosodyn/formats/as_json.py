"""Outcomes as JSON: one array, or one object a line (JSON Lines)."""

import json
from collections.abc import Iterable, Mapping

from prosodyn.formats.outcome import Failure, Outcome
from prosodyn.types import Prediction


def to_json(outcomes: Iterable[Outcome]) -> str:
    """Return one array of objects, in order, each on its own line.

    A prediction has the keys `file`, `emotion`, `confidence`, `duration` (seconds), `probabilities`,
    `adapted` (true where the speaker had been enrolled), `uncertain` (true where no emotion is probable
    enough), `plausible` (emotions that it might be) and `remarks`; a failure has `file` and `error`.
    """
    lines = ",\n".join(f"  {_to_object(outcome)}" for outcome in outcomes)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def to_json_lines(outcomes: Iterable[Outcome]) -> str:
    """Return one object a line, in order, with the keys of `to_json`."""
    return "".join(f"{_to_object(outcome)}\n" for outcome in outcomes)


def _to_object(outcome: Outcome) -> str:
    if isinstance(outcome, Failure):
        return one_line_of_json({"file": outcome.source, "error": str(outcome.error)})
    return one_line_of_json(prediction_to_mapping(outcome))


def prediction_to_mapping(prediction: Prediction) -> dict[str, object]:
    """Return the keys of `to_json`, with values that JSON can hold."""
    return {
        "file": prediction.source,
        "emotion": prediction.emotion,
        "confidence": prediction.confidence,
        "duration": prediction.duration,
        "probabilities": dict(prediction.probabilities),
        "adapted": prediction.adapted,
        "uncertain": prediction.is_uncertain,
        "plausible": list(prediction.plausible),
        "remarks": list(prediction.remarks),
    }


def one_line_of_json(entry: Mapping[str, object]) -> str:
    """Return an object on one line, letters beyond ASCII as they are.

    Escaped is what nobody would see: what steers a terminal, ends a line or turns it around, and lone
    surrogates, as which Python spells the bytes of a file's name that are not UTF-8.
    """
    text = json.dumps(entry, ensure_ascii=False, allow_nan=False)
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
