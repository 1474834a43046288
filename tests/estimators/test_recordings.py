"""What counts as recordings, in the containers that scikit-learn hands on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prosodyn.errors import AudioError
from prosodyn.estimators.recordings import holds_recordings, recordings_of
from prosodyn.types import Utterance

PATHS = ["a.wav", "b.wav"]
WAVEFORMS = [np.zeros(3), np.ones(4)]


def frame(*columns: str) -> Any:
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame(dict.fromkeys(columns, PATHS))


def ragged(items: list[Any]) -> np.ndarray:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


@pytest.mark.parametrize(
    "container",
    [
        PATHS,
        tuple(PATHS),
        [Path("a.wav")],
        np.array(PATHS),
        np.array(PATHS)[:, None],
        WAVEFORMS,
        ragged(WAVEFORMS),
        [Utterance("a", "anger", "f1", "own", path=Path("a.wav"))],
    ],
)
def test_these_are_recordings(container: Any) -> None:
    assert holds_recordings(container)


@pytest.mark.parametrize(
    "container", [np.ones((2, 3)), [[1.0, 2.0], [3.0, 4.0]], np.ones(3), [], np.ones((2, 1)), 3.0, None]
)
def test_these_are_none(container: Any) -> None:
    assert not holds_recordings(container)


def test_a_series_of_paths_holds_recordings() -> None:
    assert holds_recordings(frame("path")["path"])


def test_a_table_of_one_column_holds_its_recordings() -> None:
    assert recordings_of(frame("path")) == PATHS


def test_a_table_of_two_columns_does_not_say_which() -> None:
    with pytest.raises(AudioError, match="choose the column"):
        recordings_of(frame("path", "other"))


def test_a_matrix_is_waveforms_of_one_length() -> None:
    assert [row.tolist() for row in recordings_of(np.eye(2))] == [[1, 0], [0, 1]]  # type: ignore[union-attr]


@pytest.mark.parametrize("single", ["a.wav", Path("a.wav"), np.zeros(16_000)])
def test_a_single_recording_is_refused(single: Any) -> None:
    with pytest.raises(AudioError, match="put it into a list"):
        recordings_of(single)


def test_what_cannot_be_listed_is_refused() -> None:
    with pytest.raises(AudioError, match="found int, expected a list of recordings"):
        recordings_of(3)
