"""Outcomes as JSON: one array, or one object a line (JSON Lines)."""

import json
from collections.abc import Iterable, Mapping

from prosodyn.formats.entries import entry
from prosodyn.formats.outcome import Failure, Outcome


def to_json(outcomes: Iterable[Outcome]) -> str:
    """Return one array of objects, in order, each on its own line.

    A prediction has the keys `file`, `emotion` (the answer, which may be `uncertain` or `no speech`),
    `confidence`, `best_guess` (the most probable label, of which the confidence is), `duration` (seconds),
    `probabilities`, `adapted` (true where the speaker had been enrolled), `plausible` (emotions that it might
    be), `familiarity` (as of `Prediction`; null where the recogniser cannot tell), `remarks` and `diagnosis`
    (`fit`, `speech_share` from 0 to 1, `sounds`, and `findings` with their five fields; null where there is
    none); a failure has `file` and `error`.
    """
    lines = ",\n".join(f"  {_to_object(outcome)}" for outcome in outcomes)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def to_json_lines(outcomes: Iterable[Outcome]) -> str:
    """Return one object a line, in order, with the keys of `to_json`."""
    return "".join(f"{_to_object(outcome)}\n" for outcome in outcomes)


def _to_object(outcome: Outcome) -> str:
    if isinstance(outcome, Failure):
        return one_line_of_json({"file": outcome.source, "error": str(outcome.error)})
    return one_line_of_json(entry(outcome))


def one_line_of_json(entry: Mapping[str, object]) -> str:
    """Return an object on one line, letters beyond ASCII as they are.

    Escaped is what nobody would see: what steers a terminal, ends a line or turns it around, and lone
    surrogates, as which Python spells the bytes of a file's name that are not UTF-8.
    """
    text = json.dumps(entry, ensure_ascii=False, allow_nan=False)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
