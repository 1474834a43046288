"""Measure what weights of 8 bits cost on EmoDB, by networks that never heard the test speaker.

    python benchmarks/int8.py --recipe open

The bundles of the finished folds answer their test sides by graphs exported anew, with weights as they are
and in 8 bits. Where a bundle is no longer there, its fold has to be trained again, see `prosodyn reproduce`.
"""

import argparse
import json
from pathlib import Path

from prosodyn import __version__, corpora
from prosodyn.bundle import read_card
from prosodyn.evaluation.metrics import unweighted_accuracy, weighted_accuracy
from prosodyn.export.from_bundle import export_bundle
from prosodyn.files import write_text
from prosodyn.inference import Recogniser
from prosodyn.inference.engines import LevelledEngine
from prosodyn.inference.engines.onnx import OnnxEngine
from prosodyn.types import Utterance

ROOT = Path(__file__).resolve().parents[1]
FOLDS = ROOT / "benchmarks" / "folds"
OUT = ROOT / "benchmarks" / "speed"


def answers(bundle: Path, test: list[Utterance], int8: bool) -> tuple[list[str], int]:
    """Return what a graph exported anew answers, and its size in bytes."""
    card, graph = read_card(bundle), export_bundle(bundle, int8).graph
    engine = OnnxEngine(graph, len(card.labels))
    recogniser = Recogniser(card, LevelledEngine(engine, card.levels) if card.levels else engine)
    return [answer.best_guess for answer in recogniser.from_utterances(test)], len(graph)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipe", default="open", help="of the folds (default: open)")
    recipe = parser.parse_args().recipe
    own = corpora.load("emodb")
    truth: list[str] = []
    found: dict[bool, list[str]] = {False: [], True: []}
    sizes: dict[bool, int] = {}
    bundles = sorted((FOLDS / f"emodb-dycnn_bilstm-{recipe}-loso").glob("speaker-*/bundle"))
    for bundle in bundles:
        test = [each for each in own if f"speaker-{each.speaker}" == bundle.parent.name]
        truth += [each.emotion for each in test]
        for int8 in found:
            said, sizes[int8] = answers(bundle, test, int8)
            found[int8] += said
        print(bundle.parent.name, flush=True)
    result = {
        "command": f"python benchmarks/int8.py --recipe {recipe}",
        "protocol": "EmoDB, leave one speaker out, seed 0",
        "version": __version__,
        "folds": len(bundles),
        "utterances": len(truth),
        "other answers": sum(one != other for one, other in zip(*found.values(), strict=True)),
    }
    for int8, said in found.items():
        result["8 bits" if int8 else "32 bits"] = {
            "megabytes": round(sizes[int8] / 1e6, 2),
            "wa": round(100 * weighted_accuracy(truth, said), 2),
            "ua": round(100 * unweighted_accuracy(truth, said), 2),
        }
    text = json.dumps(result, indent=2) + "\n"
    write_text(OUT / f"int8-{recipe}.json", text)
    print(text)


if __name__ == "__main__":
    main()
