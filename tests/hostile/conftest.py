"""What a child process says to every kind."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from hostile.asking import are_permissions_binding, ask
from hostile.catalogue import KINDS, make_all
from hostile.kinds import WAV, Kind


@pytest.fixture(scope="session")
def permissions_bind(tmp_path_factory: pytest.TempPathFactory) -> bool:
    return are_permissions_binding(tmp_path_factory.mktemp("permissions"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the path of every kind."""
    return make_all(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return two recordings that are answered without a remark."""
    folder = tmp_path_factory.mktemp("good")
    for name in ("first.wav", "second.wav"):
        (folder / name).write_bytes(WAV)
    return folder / "first.wav", folder / "second.wav"


Say = Callable[[Kind], dict[str, Any]]


@pytest.fixture(scope="session")
def heard(small_bundle: Path, made: dict[str, Path], permissions_bind: bool) -> Say:
    """Return what tells how the library answered a kind."""
    return looking_up(ask(small_bundle, ({"path": str(path)} for path in made.values())), permissions_bind)


@pytest.fixture(scope="session")
def typed(small_bundle: Path, made: dict[str, Path], good: tuple[Path, Path], permissions_bind: bool) -> Say:
    """Return what tells how the command line answered a kind between two good recordings."""
    first, second = map(str, good)
    words = ["predict", "--model", str(small_bundle), "--jsonl", first]
    requests = ({"words": [*words, str(path), second]} for path in made.values())
    return looking_up(ask(small_bundle, requests), permissions_bind)


def looking_up(answers: Iterable[dict[str, Any]], permissions_bind: bool) -> Say:
    by_name = dict(zip((kind.name for kind in KINDS), answers, strict=True))

    def look_up(kind: Kind) -> dict[str, Any]:
        if kind.needs_permissions and not permissions_bind:
            pytest.skip("whoever runs this may read everything, and cannot give that up")
        return by_name[kind.name]

    return look_up
