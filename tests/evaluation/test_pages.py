"""Pages whose tables are generated."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.pages import TABLES, render_page
from prosodyn.evaluation.paired import Paired
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import table1

MakeResult = Callable[..., ResultFile]
BEGIN, END = "<!-- table1:begin -->", "<!-- table1:end -->"


def test_a_table_replaces_what_stands_between_its_markers(make_result: MakeResult) -> None:
    page = render_page(f"before\n{BEGIN}\nold\n{END}\nafter\n", [make_result()])
    assert page == f"before\n{BEGIN}\n\n{table1([make_result()])}\n\n{END}\nafter\n"


def test_every_table_goes_to_its_own_place(make_result: MakeResult) -> None:
    paired = Paired("cnn_lstm", 2.0, (0.5, 3.5), 1.0, (-0.5, 2.5), "speakers", {})
    results = [
        replace(make_result(), paired=(paired,)),
        make_result(system="svm", recipe="classical"),
        make_result(corpus="emodb-to-nemo", protocol="cross_corpus"),
        make_result(selected_on_test=True),
        make_result(channel="opus"),
    ]
    page = render_page("".join(f"<!-- {name}:begin --><!-- {name}:end -->\n" for name in TABLES), results)
    assert [table(results) in page for table in TABLES.values()] == [True] * len(TABLES)


def test_a_table_of_nothing_says_so() -> None:
    assert "Nothing of this has been run yet." in render_page(
        "<!-- comparison:begin --><!-- comparison:end -->", []
    )


def test_rendering_twice_changes_nothing(make_result: MakeResult) -> None:
    once = render_page(f"{BEGIN}{END}", [make_result()])
    assert render_page(once, [make_result()]) == once


@pytest.mark.parametrize(
    "page", ["nothing", BEGIN, f"{BEGIN}{BEGIN}{END}{END}", f"{END}{BEGIN}", f"{BEGIN}{END}{END}"]
)
def test_a_page_whose_markers_do_not_pair_is_refused(page: str) -> None:
    with pytest.raises(EvaluationError, match="do not come in pairs"):
        render_page(page, [])


def test_a_table_that_nobody_knows_is_refused() -> None:
    with pytest.raises(EvaluationError, match=r"room for \['table9'\]; expected some of \['accuracy'"):
        render_page("<!-- table9:begin --><!-- table9:end -->", [])
