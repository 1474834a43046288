"""Every kind of recording that is broken or hostile has one row of an archive, with its class of error."""

import os
from pathlib import Path
from typing import Any

import pytest

from hostile.catalogue import KINDS
from hostile.kinds import Kind

pytest.importorskip("pyarrow", reason="needs pip install 'prosodyn[archive]'")

import pyarrow as pa
from pyarrow import parquet

from prosodyn import errors
from prosodyn.scale import ArchiveSettings, archive

every_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


@pytest.fixture(scope="module")
def rows(
    tmp_path_factory: pytest.TempPathFactory, made: dict[str, Path], small_bundle: Path
) -> list[dict[str, Any]]:
    """Return the rows of all kinds, in their order."""
    folder = tmp_path_factory.mktemp("archive")
    paths = [bytes(path) for path in made.values()]
    parquet.write_table(pa.table({"path": paths, "kind": list(made)}), folder / "list.parquet")
    settings = ArchiveSettings(model=small_bundle, n_workers=1, patience=60.0)
    archive(folder / "list.parquet", folder / "results", settings)
    answered: list[dict[str, Any]] = parquet.read_table(folder / "results" / "shards").to_pylist()
    return answered


def test_each_kind_has_one_row(rows: list[dict[str, Any]]) -> None:
    assert [row["manifest_kind"] for row in rows] == [kind.name for kind in KINDS]


@every_kind
def test_the_row_has_the_kinds_class(kind: Kind, rows: list[dict[str, Any]]) -> None:
    if kind.needs_permissions and os.geteuid() == 0:
        pytest.skip("the system refuses nothing to its administrator")
    (row,) = [row for row in rows if row["manifest_kind"] == kind.name]
    if kind.error is None:
        assert row["error"] is None
    else:
        # what is too long for one answer is answered moment by moment, and may be silent
        assert issubclass(getattr(errors, row["error_class"]), kind.error), row["error"]
