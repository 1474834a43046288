"""Look whether the bundle may be sent out: `python packages/prosodyn-multi/check_bundle.py`.

It needs nothing but Python, because a build knows no other package.
"""

import hashlib
import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "src" / "prosodyn_multi" / "multi"
"""Where the bundle has to lie."""

LICENCE = "CC-BY-NC-SA-4.0"
"""How the licence on its card has to begin: that of the recordings which are shared alike."""

MAY_HEAR = frozenset({"cremad", "emodb", "nemo", "ravdess"})
"""Corpora whose licences let weights be passed on under it. CASIA's does not."""

LARGEST = 12_000_000
"""Bytes of all files together."""

HASHES = {"weights.safetensors": "weights_sha256", "graph.onnx": "graph_sha256"}


def check_bundle(folder: Path = FOLDER) -> None:
    """Refuse a bundle that is not there, or not as it must be.

    Args:
        folder: of the bundle

    Raises:
        ValueError: what is wrong with it, and what to do
    """
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    except FileNotFoundError as fault:
        raise ValueError(
            f"{folder}: holds no bundle: nothing is built without one; train it and put it there"
        ) from fault
    if card["name"] != folder.name:
        raise ValueError(f"{folder}: holds the bundle '{card['name']}', expected '{folder.name}'")
    if not card["licence"].startswith(LICENCE):
        raise ValueError(f"{folder}: its licence is '{card['licence']}', expected {LICENCE} first")
    unfree = sorted(set(card["corpora"]) - MAY_HEAR)
    if unfree:
        raise ValueError(f"{folder}: was trained on '{unfree[0]}', expected none but {sorted(MAY_HEAR)}")
    for name, key in HASHES.items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != card[key]:
            raise ValueError(f"{path}: is not the file that card.json describes; copy the whole bundle again")
    size = sum(path.stat().st_size for path in folder.iterdir())
    if size > LARGEST:
        raise ValueError(f"{folder}: takes {size / 1e6:.1f} MB, expected 12 MB at most; use half precision")


if __name__ == "__main__":
    check_bundle()
