"""Result files: every key, nothing else, there and back."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.result_file import ResultFile, read_result, read_results, write_result

MakeResult = Callable[..., ResultFile]
KEYS = {
    "system", "corpus", "recipe", "protocol", "adapted", "outside_data", "folds_done", "folds_total", "seeds",
    "wa", "ua", "macro_f1", "wa_interval", "ua_interval", "macro_f1_interval", "interval_unit", "recalls",
    "confusion", "labels", "n_parameters", "n_multiply_adds", "latency_ms", "seconds_training", "command",
    "version", "audit", "settings_sha256",
}  # fmt: skip
LATER_KEYS = {"adaptation", "n_enrolled", "n_scored", "selected_on_test", "channel"}
"""Which older files do not hold."""


def written(result: ResultFile, folder: Path) -> Path:
    path = folder / "results" / "emodb-loso.json"
    write_result(result, path)
    return path


def rewrite(path: Path, change: Callable[[dict[str, object]], object]) -> Path:
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(values))
    return path


def test_a_result_comes_back_as_it_was_written(make_result: MakeResult, tmp_path: Path) -> None:
    result = make_result(outside_data=("ravdess",), adapted=True, adaptation="all", folds_done=2)

    assert read_result(written(result, tmp_path)) == result


def test_costs_that_do_not_apply_come_back_too(make_result: MakeResult, tmp_path: Path) -> None:
    result = make_result()
    result = replace(result, cost=replace(result.cost, n_multiply_adds=None))

    assert read_result(written(result, tmp_path)) == result


def test_what_several_seeds_answered_together_comes_back(make_result: MakeResult, tmp_path: Path) -> None:
    alone = make_result()
    result = replace(alone, together=replace(alone.scores, wa=91.25))
    write_result(result, tmp_path / "one.json")
    assert read_result(tmp_path / "one.json") == result


def test_a_result_from_before_duplicates_were_looked_for_is_read(
    make_result: MakeResult, tmp_path: Path
) -> None:
    def forget(values: dict[str, object]) -> None:
        values["audit"] = {"shares": "texts", "speakers": 0, "texts": 10, "sessions": None}

    audit = read_result(rewrite(written(make_result(), tmp_path), forget)).audit

    assert (audit.exact_duplicates, audit.near_duplicates) == (None, None)


def test_counted_duplicates_come_back(make_result: MakeResult, tmp_path: Path) -> None:
    result = make_result()
    result = replace(result, audit=replace(result.audit, exact_duplicates=0, near_duplicates=3))

    assert read_result(written(result, tmp_path)) == result


def test_a_file_is_one_flat_object_with_exactly_these_keys(make_result: MakeResult, tmp_path: Path) -> None:
    assert set(json.loads(written(make_result(), tmp_path).read_text())) == KEYS | LATER_KEYS


def test_a_row_of_the_confusion_matrix_takes_one_line(make_result: MakeResult, tmp_path: Path) -> None:
    lines = written(make_result(), tmp_path).read_text().splitlines()

    assert sum(line.strip().startswith("[") for line in lines) == 4


def test_a_command_with_brackets_survives(make_result: MakeResult, tmp_path: Path) -> None:
    result = make_result(command='prosodyn evaluate "[\n  a,\n  b ]"', outside_data=("a [b]", "c"))

    assert read_result(written(result, tmp_path)) == result


def test_writing_twice_gives_the_same_bytes(make_result: MakeResult, tmp_path: Path) -> None:
    first = written(make_result(), tmp_path).read_bytes()

    assert written(make_result(), tmp_path).read_bytes() == first


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_missing_key_is_refused(key: str, make_result: MakeResult, tmp_path: Path) -> None:
    path = rewrite(written(make_result(), tmp_path), lambda values: values.pop(key))

    with pytest.raises(EvaluationError, match=rf"emodb-loso\.json: .*'{key}'"):
        read_result(path)


def test_an_unknown_key_is_refused(make_result: MakeResult, tmp_path: Path) -> None:
    path = rewrite(written(make_result(), tmp_path), lambda values: values.update(accuracy=1))

    with pytest.raises(
        EvaluationError,
        match=r"a list 'paired', 'together' and 'belief' besides, found \['accuracy', 'audit'\]",
    ):
        read_result(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wa": "84"}, "wa: expected float, found '84'"),
        ({"adapted": 1}, "adapted: expected bool, found 1"),
        ({"folds_done": 2.0}, "folds_done: expected int"),
        ({"seeds": 0}, "seeds: expected"),
        ({"wa_interval": [80.0]}, "wa_interval: expected"),
        ({"recalls": {"anger": None}}, "recalls.anger: expected float"),
        ({"interval_unit": "texts"}, "interval_unit: expected"),
        ({"audit": "texts"}, "audit: expected a table of keys, found 'texts'"),
        ({"audit": {"shares": "texts"}}, "audit: the key 'speakers' is missing"),
        ({"wa": 0.84e3}, "wa is 840.0, expected percent"),
        ({"folds_done": 11}, "11 of 10 folds"),
        ({"adapted": True}, "adapted is True, but the adaptation is 'none'"),
        ({"channel": "radio"}, r"channel: expected one of \['', 'telephone', .*'noise'\]"),
        ({"adaptation": "some"}, "adaptation: expected one of"),
        ({"n_scored": 7}, "n_scored is 7, but the confusion matrix holds 400"),
        ({"confusion": [[1]]}, "the confusion matrix is not 4 by 4"),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    change: dict[str, object], message: str, make_result: MakeResult, tmp_path: Path
) -> None:
    path = rewrite(written(make_result(), tmp_path), lambda values: values.update(change))

    with pytest.raises(EvaluationError, match=message):
        read_result(path)


@pytest.mark.parametrize(("adapted", "adaptation"), [(False, "none"), (True, "all")])
def test_a_file_from_before_there_was_enrolment_is_read(
    adapted: bool, adaptation: str, make_result: MakeResult, tmp_path: Path
) -> None:
    path = rewrite(
        written(make_result(), tmp_path),
        lambda values: [values.update(adapted=adapted), *map(values.pop, LATER_KEYS)],
    )

    result = read_result(path)

    assert (result.run.adapted, result.run.adaptation) == (adapted, adaptation)
    assert (result.run.n_scored, result.n_scored) == (None, 400)
    assert result.run.channel == ""


def test_what_was_enrolled_and_scored_comes_back(make_result: MakeResult, tmp_path: Path) -> None:
    result = make_result(adapted=True, adaptation="enrolment", n_enrolled=100, n_scored=400)

    assert read_result(written(result, tmp_path)) == result


def test_a_whole_number_is_a_figure_too(make_result: MakeResult, tmp_path: Path) -> None:
    path = rewrite(written(make_result(), tmp_path), lambda values: values.update(wa=84))

    assert read_result(path).scores.wa == 84.0


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"'])
def test_a_file_that_is_no_result_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text)

    with pytest.raises(EvaluationError, match="broken"):
        read_result(path)


def test_a_folder_is_read_in_the_order_of_its_names(make_result: MakeResult, tmp_path: Path) -> None:
    for name in ("b", "a"):
        write_result(make_result(recipe=name), tmp_path / f"{name}.json")

    assert [result.run.recipe for result in read_results(tmp_path)] == ["a", "b"]
