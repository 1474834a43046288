"""`/docs` describes the service as it is, and nothing that it shows comes from another host."""

import re
from typing import Any

import pytest

from prosodyn.formats.entries import ENTRIES
from prosodyn.inference import Recogniser
from prosodyn.timeline import Segment, Timeline
from prosodyn.types import Prediction
from serve.running import Running


@pytest.fixture(scope="module")
def described(service: Running) -> dict[str, Any]:
    told: dict[str, Any] = service.get("/openapi.json").json()
    return told


def every(told: Any, key: str) -> list[Any]:
    """Return the value of a key wherever it stands."""
    if isinstance(told, list):
        return [found for each in told for found in every(each, key)]
    if not isinstance(told, dict):
        return []
    own = [told[key]] if key in told else []
    return own + [found for each in told.values() for found in every(each, key)]


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    references = every(described, "$ref")
    assert references
    for reference in references:
        found: Any = described
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_it_is_told_in_the_words_of_its_version(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.0.3"
    assert "null" not in every(described, "type")
    assert every(described, "const") == []


@pytest.mark.parametrize("noun", [Prediction, Timeline, Segment])
def test_the_schema_has_the_keys_of_the_library(described: dict[str, Any], noun: type) -> None:
    schema = described["components"]["schemas"][noun.__name__]
    assert list(schema["properties"]) == list(ENTRIES[noun])
    assert sorted(schema["required"]) == sorted(ENTRIES[noun])
    assert all("description" in value or "$ref" in value for value in schema["properties"].values())


def test_the_events_of_a_live_stream_are_described(described: dict[str, Any]) -> None:
    assert {"LiveEvent", "Ready", "Heard", "End", "LiveProblem"} <= {
        each.get("title", name) for name, each in described["components"]["schemas"].items()
    } | {"LiveEvent"}
    assert "LiveEvent" in described["components"]["schemas"]


def test_every_route_tells_how_it_refuses(described: dict[str, Any]) -> None:
    for path, methods in described["paths"].items():
        for method in methods.values():
            assert list(method["responses"]["429"]["content"]) == ["application/problem+json"]
            assert {"400", "401", "413", "415", "422", "429", "503"} <= set(method["responses"]), path


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/jobs"])
def test_every_parameter_is_described(described: dict[str, Any], path: str) -> None:
    told = {each["name"]: each for each in described["paths"][path]["post"]["parameters"]}
    assert {"window", "hop", "any_sound", "name"} <= set(told)
    assert "body of the request" in told["name"]["description"]


def test_the_viewer_asks_no_other_host(service: Running) -> None:
    page = service.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    parts = re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text)
    assert len(parts) >= 3
    for part in parts:
        assert part.startswith("/")
        assert service.get(part).status_code == 200
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "http" not in policy


@pytest.mark.parametrize("name", ["nothing.js", "..%2F..%2Fsetup.py", "index.html", "%00"])
def test_the_viewer_gives_nothing_else(service: Running, name: str) -> None:
    assert service.get(f"/docs/{name}").status_code == 404


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fapp.py", "%00", "%2e%2e"])
def test_the_page_gives_nothing_else(service: Running, name: str) -> None:
    assert service.get(f"/page/{name}").status_code == 404


def test_who_answers_is_told(service: Running, recogniser: Recogniser) -> None:
    (model,) = service.get("/v1/models").json()
    assert (model["name"], tuple(model["labels"])) == (recogniser.card.name, recogniser.labels)
    assert set(recogniser.labels) <= set(model["colours"])


def test_every_answer_says_how_it_may_be_used(service: Running) -> None:
    for path in ("/", "/docs", "/healthz", "/v1/models", "/nothing", "/metrics"):
        headers = service.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "no-" in headers["cache-control"]
        assert "server" not in headers
