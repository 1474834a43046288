"""Recognise every recording of a folder and keep the answers as CSV; a broken file hides no other."""

from pathlib import Path

import prosodyn
from prosodyn.formats import Failure, to_csv

recogniser = prosodyn.load()
outcomes = list(recogniser.from_files(sorted(Path("calls").rglob("*.wav"))))
Path("answers.csv").write_text(to_csv(outcomes), encoding="utf-8")

for outcome in outcomes:
    if isinstance(outcome, Failure):
        print(f"cannot be used: {outcome.error}")
