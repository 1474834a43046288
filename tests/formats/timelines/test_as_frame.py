"""A table of pandas, on an index that audformat takes."""

import sys

import pytest

from prosodyn.errors import MissingExtraError
from prosodyn.formats import Failure, timelines_to_frame
from prosodyn.timeline import Timeline

pandas = pytest.importorskip("pandas")


def test_a_segment_is_found_by_file_start_and_end(timeline: Timeline) -> None:
    row = timelines_to_frame([timeline]).loc[
        (timeline.source, pandas.Timedelta(seconds=59.9996), pandas.Timedelta(seconds=62.5))
    ]
    assert row.to_dict() == {
        "emotion": "uncertain",
        "confidence": 0.41,
        "best_guess": "neutral",
        "speaker": "",
        "strange": False,
        "adapted": False,
        "probability_anger": 0.38,
        "probability_neutral": 0.41,
        "probability_sadness": 0.21,
    }


def test_the_levels_are_a_text_and_two_time_deltas(timeline: Timeline) -> None:
    levels = timelines_to_frame([timeline]).index.dtypes
    assert levels.to_dict() == {
        "file": pandas.StringDtype(),
        "start": "timedelta64[ns]",
        "end": "timedelta64[ns]",
    }


def test_silence_has_missing_values(timeline: Timeline) -> None:
    silence = timelines_to_frame([timeline]).iloc[0]
    assert silence[silence.isna()].index.tolist() == [
        "confidence", "best_guess", "probability_anger", "probability_neutral", "probability_sadness",
    ]  # fmt: skip


def test_every_segment_is_a_row_and_no_failure_is(
    timeline: Timeline, failure: Failure, conversation: Timeline, nothing: Timeline
) -> None:
    frame = timelines_to_frame([timeline, failure, conversation, nothing])
    assert frame.index.get_level_values("file").tolist() == 3 * [timeline.source] + 3 * ["b.wav"]


def test_nothing_is_a_table_without_rows(timeline: Timeline) -> None:
    empty = timelines_to_frame([])
    assert (len(empty), empty.index.names) == (0, ["file", "start", "end"])


def test_the_columns_have_their_types_even_without_rows(nothing: Timeline, timeline: Timeline) -> None:
    empty, full = timelines_to_frame([nothing]), timelines_to_frame([timeline])
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_audformat_takes_the_index(timeline: Timeline, conversation: Timeline, nothing: Timeline) -> None:
    audformat = pytest.importorskip("audformat")
    for timelines in ([timeline, conversation], [nothing]):
        index = timelines_to_frame(timelines).index
        audformat.assert_index(index)
        assert audformat.is_segmented_index(index)
        expected = audformat.segmented_index(*(index.get_level_values(level) for level in index.names))
        pandas.testing.assert_index_equal(index, expected)


def test_a_missing_pandas_is_named_with_its_remedy(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"'pandas': pip install 'prosodyn\[pandas\]'"):
        timelines_to_frame([timeline])
