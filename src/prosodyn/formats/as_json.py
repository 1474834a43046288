"""Outcomes as JSON: one array, or one object a line (JSON Lines)."""

import dataclasses
import json
from collections.abc import Iterable, Mapping

from prosodyn.diagnosis import Diagnosis
from prosodyn.formats.outcome import Failure, Outcome
from prosodyn.types import Prediction


def to_json(outcomes: Iterable[Outcome]) -> str:
    """Return one array of objects, in order, each on its own line.

    A prediction has the keys `file`, `emotion` (the answer, which may be `uncertain` or `no speech`),
    `confidence`, `best_guess` (the most probable label, of which the confidence is), `duration` (seconds),
    `probabilities`, `adapted` (true where the speaker had been enrolled), `plausible` (emotions that it might
    be), `familiarity` (as of `Prediction`; null where the recogniser cannot tell), `remarks` and `diagnosis`
    (as of `diagnosis_entry`; null where there is none); a failure has `file` and `error`.
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
        "best_guess": prediction.best_guess,
        "duration": prediction.duration,
        "probabilities": dict(prediction.probabilities),
        "adapted": prediction.adapted,
        "plausible": list(prediction.plausible),
        "familiarity": prediction.familiarity,
        "remarks": list(prediction.remarks),
        "diagnosis": None if prediction.diagnosis is None else diagnosis_entry(prediction.diagnosis),
    }


def diagnosis_entry(diagnosis: Diagnosis) -> dict[str, object]:
    """Return `fit`, `speech_share` (0 to 1), `sounds`, and `findings` with their five fields."""
    return {
        "fit": diagnosis.is_fit,
        "speech_share": diagnosis.speech_share,
        "sounds": list(diagnosis.sounds),
        "findings": [dataclasses.asdict(finding) for finding in diagnosis.findings],
    }


def one_line_of_json(entry: Mapping[str, object]) -> str:
    """Return an object on one line, letters beyond ASCII as they are.

    Escaped is what nobody would see: what steers a terminal, ends a line or turns it around, and lone
    surrogates, as which Python spells the bytes of a file's name that are not UTF-8.
    """
    text = json.dumps(entry, ensure_ascii=False, allow_nan=False)
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
