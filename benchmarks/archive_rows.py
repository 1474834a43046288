"""The list that `archive.py` has answered, which repeats recordings, and what is wrong with its rows."""

import csv
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import soundfile
from pyarrow import parquet

CORPORA = Path(os.environ.get("PROSODYN_CORPORA", "corpora"))
CLIPS = 200
"""Different recordings that a list repeats."""

HOSTILE = 500
"""Rows from one that cannot be answered to the next."""

ANSWER = "probability_anger"


def shortest_clips(n: int) -> list[Path]:
    """Return the shortest recordings of EmoDB and CASIA."""
    found = [path for name in ("emodb", "casia") for path in (CORPORA / name).rglob("*.flac")]
    return sorted(found, key=lambda path: (soundfile.info(path).duration, path.name))[:n]


def write_list(path: Path, n_rows: int) -> list[str]:
    """Write a list that repeats clips, with what is broken, missing, silent or empty among them."""
    broken, silent = path.parent / "broken.wav", path.parent / "silent.wav"
    broken.write_bytes(b"no audio")
    soundfile.write(silent, [0.0] * 16_000, 16_000)
    hostile = [str(broken), "gone.wav", str(silent), ""]
    clips = [str(clip) for clip in shortest_clips(CLIPS)]
    names = [
        hostile[place // HOSTILE % len(hostile)]
        if place % HOSTILE == HOSTILE // 2
        else clips[place % len(clips)]
        for place in range(n_rows)
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "number"))
        writer.writerows((name, place) for place, name in enumerate(names))
    return names


def faults_in(results: Path, names: Sequence[str]) -> list[str]:
    """Say what is wrong: rows that are missing, twice or strange, and answers that differ.

    Args:
        results: folder of an archive
        names: the path of each row of the list
    """
    positions: Counter[int] = Counter()
    answers: dict[str, set[tuple[object, ...]]] = {}
    faults = []
    for path in sorted(results.glob("shards/*.parquet")):
        rows = parquet.read_table(
            path, columns=["position", "file", "manifest_number", ANSWER, "error_class"]
        )
        for row in rows.to_pylist():
            positions[row["position"]] += 1
            if (row["file"], row["manifest_number"]) != (names[row["position"]], str(row["position"])):
                faults.append(f"row {row['position']} is of {row['file']}")
            answers.setdefault(row["file"], set()).add((row[ANSWER], row["error_class"]))
    faults += [f"row {place} is there {n} times" for place, n in sorted(positions.items()) if n != 1]
    faults += [f"row {place} is missing" for place in range(len(names)) if place not in positions]
    faults += [f"{name!r} has the answers {each}" for name, each in answers.items() if len(each) != 1]
    faults += [
        f"{name!r} is said to kill" for name, each in answers.items() if ("FatalAudioError" in str(each))
    ]
    left = [
        path.name for path in results.rglob("*") if path.suffix == ".partial" or path.parent.name == "notes"
    ]
    return faults + [f"{name} is left behind" for name in left]
