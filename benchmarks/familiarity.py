"""Measure what is strange to recognisers that had not heard it: `python benchmarks/familiarity.py`.

The bundles are those of the folds of `open` on EmoDB, each trained without one speaker. That speaker's
recordings are of the kind that was learnt, as they are and through a telephone line and lossy codecs; about
one in twenty should be strange. Recordings of other corpora, the first by the hash of their names, are of
other kinds. The folder of corpora is that of PROSODYN_CORPORA, and the folds must have been run.
"""

import dataclasses
import hashlib
import json
from collections import defaultdict
from pathlib import Path

from prosodyn import __version__, corpora
from prosodyn.audio import CHANNELS
from prosodyn.files import write_text
from prosodyn.inference import Recogniser
from prosodyn.types import LEAST_FAMILIARITY, Utterance

ROOT = Path(__file__).resolve().parents[1]
FOLDS = ROOT / "benchmarks" / "folds" / "emodb-dycnn_bilstm-open-loso"
OUT = ROOT / "benchmarks" / "sounds" / "familiarity.json"
N_FOREIGN = 60
FOREIGN = ("nemo", "ravdess", "casia")


def first_by_hash(utterances: tuple[Utterance, ...], n: int) -> list[Utterance]:
    return sorted(utterances, key=lambda each: hashlib.sha256(each.id.encode()).digest())[:n]


def main() -> None:
    own = corpora.load("emodb")
    foreign = {name: first_by_hash(corpora.load(name), N_FOREIGN) for name in FOREIGN}
    strange: dict[str, list[bool]] = defaultdict(list)
    bundles = sorted(FOLDS.glob("speaker-*/bundle"))
    for bundle in bundles:
        recogniser = Recogniser.load(bundle)
        speaker = bundle.parent.name.removeprefix("speaker-")
        asked = {"EmoDB, unseen speaker": [each for each in own if each.speaker == speaker], **foreign}
        for channel in CHANNELS:
            through = [dataclasses.replace(each, channel=channel) for each in asked["EmoDB, unseen speaker"]]
            asked[f"EmoDB, unseen speaker, {channel}"] = through
        for kind, utterances in asked.items():
            strange[kind] += [answer.is_strange for answer in recogniser.from_utterances(utterances)]
        print(bundle.parent.name, flush=True)
    result = {
        "command": "python benchmarks/familiarity.py",
        "version": __version__,
        "folds": len(bundles),
        "least familiarity": LEAST_FAMILIARITY,
        "strange, %": {kind: round(100 * sum(found) / len(found), 1) for kind, found in strange.items()},
        "answers": {kind: len(found) for kind, found in strange.items()},
    }
    text = json.dumps(result, indent=2) + "\n"
    write_text(OUT, text)
    print(text)


if __name__ == "__main__":
    main()
