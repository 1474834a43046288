"""Who may ask: names, pages of other origins, tokens."""

import json

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from prosodyn.errors import ConfigError
from prosodyn.serve import ServeSettings
from serve.conftest import Start
from serve.running import Running

TOKEN = "opensesame-1234"
GUARDED = ("/v1/models", "/metrics")


def test_a_token_lets_in(start: Start) -> None:
    running = start(token=TOKEN)
    for path in GUARDED:
        assert running.get(path, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü", TOKEN]
)
def test_without_the_token_nothing_is_told(locked: Running, path: str, header: str) -> None:
    refused = locked.get(path, headers={"Authorization": header.encode("latin-1")} if header else {})
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.headers["content-type"] == "application/problem+json"


def test_the_page_and_health_need_no_token(locked: Running) -> None:
    for path in ("/", "/docs", "/openapi.json", "/healthz"):
        assert locked.get(path).status_code == 200


def test_the_description_says_what_needs_the_token(locked: Running, service: Running) -> None:
    told = locked.get("/openapi.json").json()
    assert told["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    assert told["paths"]["/v1/predict"]["post"]["security"] == [{"token": []}]
    assert "security" not in told["paths"]["/healthz"]["get"]
    anybody = service.get("/openapi.json").json()
    assert anybody["paths"]["/v1/predict"]["post"]["security"] == [{}, {"token": []}]


def test_a_recording_is_not_read_without_the_token(locked: Running, wav: bytes) -> None:
    assert locked.post(files={"file": ("call.wav", wav)}).status_code == 401
    assert locked.engine.batches == []


@pytest.fixture
def locked(start: Start) -> Running:
    return start(token=TOKEN)


def test_a_live_stream_brings_the_token_as_a_header_or_a_parameter(locked: Running) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with connect(f"{locked.address}/v1/live", additional_headers=headers) as socket:
        assert json.loads(socket.recv())["type"] == "ready"
    with connect(f"{locked.address}/v1/live?token={TOKEN}") as socket:
        assert json.loads(socket.recv())["type"] == "ready"


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", f"?tokens={TOKEN}"])
def test_a_live_stream_without_the_token_is_not_opened(locked: Running, query: str) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(f"{locked.address}/v1/live{query}"):
        pass
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body or b"")["status"] == 401


@pytest.mark.parametrize("token", ["with space", "tab\t", "ümlaut", "\x00"])
def test_a_token_that_no_header_holds_is_refused(token: str) -> None:
    with pytest.raises(ConfigError, match=r"serve\.token"):
        ServeSettings(token=token)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "[", "[::1", "127.0.0.1.evil.example", ""]
)
def test_a_foreign_name_is_refused(service: Running, host: str) -> None:
    refused = service.get("/v1/models", headers={"Host": host})
    assert refused.status_code in {400, 421}
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "[::1]:8000"])
def test_names_of_this_machine_are_its_own(service: Running, host: str) -> None:
    assert service.get("/v1/models", headers={"Host": host}).status_code == 200


def test_a_name_is_allowed_where_it_is_said(start: Start) -> None:
    running = start(hosts=("Voice.example",))
    assert running.get("/v1/models", headers={"Host": "voice.example"}).status_code == 200
    assert running.get("/v1/models", headers={"Host": "other.example"}).status_code == 421


def test_where_others_reach_it_any_name_is_its_own_unless_some_are_said(start: Start) -> None:
    anybody = start(host="0.0.0.0")
    port = anybody.port
    assert httpx.get(f"http://127.0.0.1:{port}/healthz", headers={"Host": "voice.example"}).status_code == 200
    some = start(host="0.0.0.0", hosts=("voice.example",))
    asked = f"http://127.0.0.1:{some.port}/healthz"
    assert httpx.get(asked, headers={"Host": "other.example"}).status_code == 421


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://[", "http://127.0.0.1:1"])
def test_a_page_of_another_origin_is_refused(service: Running, wav: bytes, origin: str) -> None:
    refused = service.post(files={"file": ("call.wav", wav)}, headers={"Origin": origin})
    assert refused.status_code == 403
    with pytest.raises(InvalidStatus) as closed, connect(f"{service.address}/v1/live", origin=origin):
        pass
    assert closed.value.response.status_code == 403


def test_the_own_page_may_ask(service: Running, wav: bytes) -> None:
    answered = service.post(files={"file": ("call.wav", wav)}, headers={"Origin": service.url})
    assert answered.status_code == 200


def test_nothing_is_shared_with_other_origins(service: Running) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for answered in (
        service.get("/v1/models", headers=asked),
        httpx.options(f"{service.url}/v1/predict", headers=asked),
    ):
        assert not [name for name in answered.headers if name.startswith("access-control")]
