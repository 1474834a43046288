"""`/metrics` counts what went on, as Prometheus reads it."""

from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect

from serve.conftest import Start
from serve.running import PATIENCE, Running, aside, events_of, until

AUDIO = {"Content-Type": "audio/wav"}


def count(running: Running, name: str, **labels: str) -> float:
    """Return the value of a count, summed over what is not told apart; none is zero."""
    answered = running.get("/metrics")
    assert answered.headers["content-type"].startswith("text/plain; version=")
    return sum(
        sample.value
        for family in text_string_to_metric_families(answered.text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_requests_are_counted_by_route_and_status(start: Start, wav: bytes) -> None:
    running = start()
    running.post(content=wav, headers=AUDIO)
    running.post(content=b"no sound", headers=AUDIO)
    told = {"method": "POST", "route": "/v1/predict"}
    assert count(running, "prosodyn_requests_total", status="200", **told) == 1
    assert count(running, "prosodyn_requests_total", status="415", **told) == 1
    assert count(running, "prosodyn_request_seconds_count", route="/v1/predict") == 2


def test_sound_is_counted_by_its_way(start: Start, wav: bytes) -> None:
    running = start()
    seconds = (len(wav) - 44) / 32_000
    running.post(content=wav, headers=AUDIO)
    running.post("/v1/predict?timeline=true", content=wav, headers=AUDIO)
    running.post("/v1/jobs", content=wav, headers=AUDIO)
    with connect(f"{running.address}/v1/live") as stream:
        stream.send(wav[44:])
        stream.send("end")
        assert events_of(stream)[-1]["type"] == "end"
    until(lambda: count(running, "prosodyn_sound_seconds_total", way="job"))
    for way in ("predict", "timeline", "job", "live"):
        assert abs(count(running, "prosodyn_sound_seconds_total", way=way) - seconds) < 1e-3
    assert count(running, "prosodyn_live_seconds_count") >= 1
    assert count(running, "prosodyn_jobs") == 0


def test_open_streams_and_refusals_are_counted(start: Start, wav: bytes) -> None:
    running = start(max_streams=1, max_requests=1)
    with connect(f"{running.address}/v1/live") as stream:
        stream.recv(PATIENCE)
        assert count(running, "prosodyn_streams") == 1
        with connect(f"{running.address}/v1/live") as other:
            assert len(events_of(other)) == 1
    until(lambda: count(running, "prosodyn_streams") == 0)
    with running.engine.held():
        first = aside(lambda: running.post(content=wav, headers=AUDIO))
        until(lambda: running.service.n_requests == 1)
        assert running.post(content=wav, headers=AUDIO).status_code == 429
    first.result()
    assert count(running, "prosodyn_refused_total") == 2


def test_whoever_leaves_is_counted_as_such(start: Start) -> None:
    running = start()
    with connect(f"{running.address}/v1/live") as stream:
        stream.recv(PATIENCE)
    until(lambda: count(running, "prosodyn_requests_total", method="WEBSOCKET", status="101") == 1)


def test_what_is_refused_before_its_route_is_counted_as_its_route(start: Start, wav: bytes) -> None:
    running = start(token="abc", max_bytes=1_000)
    running.post(content=wav, headers=AUDIO)  # too large
    running.post("/v1/jobs", content=b"x", headers=AUDIO)  # no token
    running.get("/v1/predict")
    running.get("/v1/nothing", headers={"Authorization": "Bearer abc"})
    text = running.get("/metrics", headers={"Authorization": "Bearer abc"}).text
    for method, route, status in (
        ("POST", "/v1/predict", 413),
        ("POST", "/v1/jobs", 401),
        ("GET", "/v1/predict", 401),
        ("GET", "unknown", 404),
    ):
        assert f'{{method="{method}",route="{route}",status="{status}"}} 1.0' in text
