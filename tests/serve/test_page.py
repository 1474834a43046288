"""`docs/service.md` tells the limits, routes and metrics that there are."""

import dataclasses
import re
from pathlib import Path

import pytest

from prosodyn.serve import ServeSettings
from prosodyn.serve.metrics import Metrics
from serve.running import Running

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "service.md").read_text(encoding="utf-8")
ELSEWHERE = {"host", "port", "token", "hosts", "workers"}
"""Settings that have options of their own."""


def test_every_limit_is_told_with_its_default() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| ([\d.e-]+) \|", PAGE, re.MULTILINE))
    limits = {
        each.name: each.default for each in dataclasses.fields(ServeSettings) if each.name not in ELSEWHERE
    }
    assert {name: float(value) for name, value in told.items()} == limits


def test_every_metric_is_told() -> None:
    told = set(re.findall(r"`(prosodyn_\w+)`", PAGE))
    kinds = re.findall(r"^# TYPE (prosodyn_\w+) ", Metrics().text().decode(), re.MULTILINE)
    assert told == {kind for kind in kinds if not kind.endswith("_created")}  # when counting began


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_every_route_is_told(service: Running, method: str) -> None:
    paths = service.get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        if method in methods:
            shown = path.replace("{identifier}", "{id}")
            head, _, tail = shown.rpartition("/")
            assert f"`{method.upper()} {shown}`" in PAGE or (f"{head}`" in PAGE and f"`/{tail}`" in PAGE)
