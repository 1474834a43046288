"""Outcomes as JSON: one array, or one object a line (JSON Lines)."""

import dataclasses
import json
from collections.abc import Iterable, Mapping

from prosodyn.diagnosis import Diagnosis
from prosodyn.formats.outcome import Failure, Outcome


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
    entry: dict[str, object]
    if isinstance(outcome, Failure):
        entry = {"file": outcome.source, "error": str(outcome.error)}
    else:
        entry = {
            "file": outcome.source,
            "emotion": outcome.emotion,
            "confidence": outcome.confidence,
            "best_guess": outcome.best_guess,
            "duration": outcome.duration,
            "probabilities": dict(outcome.probabilities),
            "adapted": outcome.adapted,
            "plausible": list(outcome.plausible),
            "familiarity": outcome.familiarity,
            "remarks": list(outcome.remarks),
            "diagnosis": None if outcome.diagnosis is None else diagnosis_entry(outcome.diagnosis),
        }
    return one_line_of_json(entry)


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
