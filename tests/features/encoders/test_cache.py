"""What encoders made of sounds, kept on disk."""

from pathlib import Path

import numpy as np
import pytest

from prosodyn.features.encoders.cache import cache_folder, cached


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROSODYN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Doubling:
    """Counts how often it has to work."""

    def __init__(self) -> None:
        self.n_calls = 0

    def __call__(self, waveform: np.ndarray) -> np.ndarray:
        self.n_calls += 1
        return 2 * waveform


SOUND = np.arange(5, dtype=np.float32)


def test_the_same_sound_is_computed_once(folder: Path) -> None:
    compute = Doubling()

    first, second = (cached(SOUND, "double", compute) for _ in range(2))

    assert compute.n_calls == 1
    np.testing.assert_array_equal(first, second)


def test_another_sound_or_maker_is_computed_afresh(folder: Path) -> None:
    compute = Doubling()

    cached(SOUND, "double", compute)
    cached(SOUND + 1, "double", compute)
    cached(SOUND, "twice", compute)

    assert compute.n_calls == 3


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\x01\x00"])
def test_a_broken_file_is_computed_again_and_mended(folder: Path, content: bytes) -> None:
    cached(SOUND, "double", Doubling())
    (path,) = folder.rglob("*.npy")
    path.write_bytes(content)
    compute = Doubling()

    for _ in range(2):
        np.testing.assert_array_equal(cached(SOUND, "double", compute), 2 * SOUND)

    assert compute.n_calls == 1


def test_a_pickle_in_its_place_is_never_opened(folder: Path) -> None:
    cached(SOUND, "double", Doubling())
    (path,) = folder.rglob("*.npy")
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)

    np.testing.assert_array_equal(cached(SOUND, "double", Doubling()), 2 * SOUND)


def test_a_cache_that_cannot_be_written_to_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PROSODYN_CACHE", str(tmp_path / "file"))

    np.testing.assert_array_equal(cached(SOUND, "double", Doubling()), 2 * SOUND)


@pytest.mark.parametrize("named", ["", None])
def test_nothing_is_kept_unless_a_folder_is_named(monkeypatch: pytest.MonkeyPatch, named: str | None) -> None:
    monkeypatch.delenv("PROSODYN_CACHE", raising=False)
    if named is not None:
        monkeypatch.setenv("PROSODYN_CACHE", named)

    assert cache_folder() is None
    np.testing.assert_array_equal(cached(SOUND, "double", Doubling()), 2 * SOUND)
