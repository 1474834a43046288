"""Whatever is too much is refused soon, with a status, a reason and what to do."""

import io
import json
import time
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import soundfile
from pydantic import TypeAdapter

from prosodyn.serve.schema import ProblemModel
from serve.conftest import Start
from serve.running import Running, aside, until

PROBLEM = TypeAdapter(ProblemModel)
AUDIO = {"Content-Type": "audio/wav"}


def problem(answered: httpx.Response, status: int) -> str:
    """Return the reason of a refusal that is as RFC 9457 wants it."""
    assert answered.status_code == status
    assert answered.headers["content-type"] == "application/problem+json"
    told = PROBLEM.validate_json(answered.content)
    assert (told.status, told.type) == (status, "about:blank")
    return told.detail


@pytest.mark.parametrize(
    "path",
    [
        "/v1/predict?timeline=perhaps",
        "/v1/predict?format=doc",
        "/v1/predict?window=long",
        "/v1/predict?any_sound=2",
    ],
)
def test_a_parameter_of_another_kind_is_422(service: Running, wav: bytes, path: str) -> None:
    assert path.partition("?")[2].partition("=")[0] in problem(service.post(path, content=wav), 422)


@pytest.mark.parametrize("query", ["window=0", "window=-1", "window=nan", "hop=inf", "window=2&hop=3"])
def test_a_setting_out_of_range_is_400(service: Running, wav: bytes, query: str) -> None:
    path = f"/v1/predict?timeline=true&{query}"
    assert "timeline." in problem(service.post(path, content=wav, headers=AUDIO), 400)


def test_a_format_of_timelines_is_for_timelines(service: Running, wav: bytes) -> None:
    refused = service.post("/v1/predict?format=srt", content=wav, headers=AUDIO)
    assert "timeline=true" in problem(refused, 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/x-www-form-urlencoded", ""])
def test_another_type_of_body_is_415(service: Running, wav: bytes, kind: str) -> None:
    refused = service.post(content=wav, headers={"Content-Type": kind} if kind else {})
    assert "multipart/form-data" in problem(refused, 415)


def test_a_coded_body_is_415(service: Running, wav: bytes) -> None:
    assert "gzip" in problem(service.post(content=wav, headers={**AUDIO, "Content-Encoding": "gzip"}), 415)


def test_what_is_no_audio_is_415(service: Running) -> None:
    assert "is not audio" in problem(service.post(content=b"no sound at all", headers=AUDIO), 415)


@pytest.mark.parametrize("content", [b"", b"RIFF", bytes(44)])
def test_what_holds_no_sound_is_refused(service: Running, content: bytes) -> None:
    assert service.post(content=content, headers=AUDIO).status_code in {415, 422}


def test_silence_is_422(service: Running) -> None:
    stream = io.BytesIO()
    soundfile.write(stream, np.zeros(16_000), 16_000, format="WAV")
    assert "holds no sound" in problem(service.post(content=stream.getvalue(), headers=AUDIO), 422)


def test_a_form_without_recordings_is_400(service: Running) -> None:
    empty = {"Content-Type": "multipart/form-data; boundary=x"}
    assert "field 'file'" in problem(service.post(content=b"--x--\r\n", headers=empty), 400)


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=" + 300 * "x"])
def test_a_form_without_a_usable_boundary_is_400(service: Running, kind: str) -> None:
    assert "boundary" in problem(service.post(content=b"--x", headers={"Content-Type": kind}), 400)


def test_a_form_that_breaks_off_is_400(service: Running, wav: bytes) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n' + wav
    refused = service.post(content=form, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert "breaks off" in problem(refused, 400)


def test_too_large_a_body_is_413_before_it_is_sent(start: Start) -> None:
    running = start(max_bytes=10_000)
    assert "0.01 MB" in problem(running.post(content=bytes(10_001), headers=AUDIO), 413)


def test_a_body_of_no_told_size_is_413_once_it_is_too_large(start: Start) -> None:
    running = start(max_bytes=10_000)

    def pieces() -> Iterator[bytes]:
        for _ in range(30):
            yield bytes(1_000)

    assert "0.01 MB" in problem(running.post(content=pieces(), headers=AUDIO), 413)


def test_too_many_recordings_are_413(start: Start) -> None:
    running = start(max_files=2)
    sent = [("file", (f"{number}.wav", b"RIFF")) for number in range(3)]
    assert "more than 2 recordings" in problem(running.post(files=sent), 413)


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/jobs"])
def test_another_field_of_the_form_is_400(service: Running, wav: bytes, path: str) -> None:
    sent = {"files": {"file": ("call.wav", wav)}, "data": {"timeline": "true"}}
    told = problem(service.post(path, **sent), 400)
    assert told.startswith("there is no field 'timeline' in the form; send recordings in 'file'")


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/v1/predict?timline=true", "timeline, format, window, hop, any_sound, name"),
        ("/v1/jobs?timeline=true", "window, hop, any_sound, name"),
        ("/v1/predict?%0d%0a=1&timeline=true", "timeline, "),
    ],
)
def test_an_unknown_parameter_is_400_and_those_that_are_known_are_told(
    service: Running, wav: bytes, path: str, known: str
) -> None:
    told = problem(service.post(path, content=wav, headers=AUDIO), 400)
    assert told.startswith("there is no parameter '")
    assert f"; known are {known}" in told


@pytest.mark.parametrize("path", ["/v1/models?model=x", "/v1/jobs/x?format=srt", "/v1/jobs/x/events?since=1"])
def test_where_no_parameter_is_known_none_is_taken(service: Running, path: str) -> None:
    assert problem(service.get(path), 400).endswith("; none is known here")


def test_a_parameter_that_is_given_twice_is_400(service: Running, wav: bytes) -> None:
    refused = service.post("/v1/predict?timeline=true&timeline=false", content=wav, headers=AUDIO)
    assert problem(refused, 400) == "the parameter 'timeline' is given 2 times; give it once"


@pytest.mark.parametrize("query", ["window=2", "hop=1", "any_sound=true"])
def test_a_parameter_without_effect_is_400(service: Running, wav: bytes, query: str) -> None:
    told = problem(service.post(f"/v1/predict?{query}", content=wav, headers=AUDIO), 400)
    assert told == f"{query.partition('=')[0]} changes nothing here; add timeline=true, or leave it out"


def test_the_name_of_a_body_is_not_for_a_form(service: Running, wav: bytes) -> None:
    refused = service.post("/v1/predict?name=call.wav", files={"file": ("a.wav", wav)})
    assert problem(refused, 400).startswith("name changes nothing here; add the recording as the body")


@pytest.mark.parametrize("query", ["", "&timeline=true"])
def test_too_long_a_recording_is_413(start: Start, query: str) -> None:
    running = start(max_seconds=2)
    stream = io.BytesIO()
    soundfile.write(stream, 0.1 * np.random.default_rng(1).standard_normal(3 * 16_000), 16_000, format="WAV")
    path = f"/v1/predict?name=call.wav{query}"
    told = problem(running.post(path, content=stream.getvalue(), headers=AUDIO), 413)
    assert told == "call.wav: lasts more than 2 s; send it as a job, or in parts"


def test_a_slow_sender_is_408(start: Start, wav: bytes) -> None:
    running = start(upload_timeout=0.2, slowest_upload=1_000_000)

    def slowly() -> Iterator[bytes]:
        for place in range(0, len(wav), 1_000):
            time.sleep(0.1)
            yield wav[place : place + 1_000]

    assert "takes too long to arrive" in problem(running.post(content=slowly(), headers=AUDIO), 408)


def test_a_sender_who_is_quick_enough_may_take_longer(start: Start, wav: bytes) -> None:
    running = start(upload_timeout=0.5, slowest_upload=len(wav) / 20)

    def steadily() -> Iterator[bytes]:
        for place in range(0, len(wav), len(wav) // 10):
            time.sleep(0.1)
            yield wav[place : place + len(wav) // 10]

    assert running.post(content=steadily(), headers=AUDIO).status_code == 200


def test_more_requests_than_may_wait_are_429(start: Start, wav: bytes) -> None:
    running = start(max_requests=2)
    with running.engine.held():
        waiting = [aside(lambda: running.post(content=wav, headers=AUDIO)) for _ in range(2)]
        until(lambda: running.service.n_requests == 2)
        refused = running.post(content=wav, headers=AUDIO)
    assert "2 requests are being answered; try again in" in problem(refused, 429)
    assert refused.json()["retry_after"] == int(refused.headers["retry-after"]) >= 1
    assert [each.result().status_code for each in waiting] == [200, 200]
    assert running.post(content=wav, headers=AUDIO).status_code == 200


def test_more_senders_than_may_send_are_429(start: Start, wav: bytes) -> None:
    running = start(max_uploads=1)
    with running.engine.held():

        def stuck() -> Iterator[bytes]:
            yield wav[:100]
            until(lambda: refused)
            yield wav[100:]

        refused: list[httpx.Response] = []
        sending = aside(lambda: running.post(content=stuck(), headers=AUDIO))
        until(lambda: running.service.n_uploads == 1)
        refused.append(running.post(content=wav, headers=AUDIO))
    assert "1 requests are arriving" in problem(refused[0], 429)
    assert sending.result().status_code == 200


def test_an_answer_that_takes_too_long_is_503(start: Start, wav: bytes) -> None:
    running = start(answer_timeout=0.2)
    with running.engine.held():
        refused = running.post(content=wav, headers=AUDIO)
    assert "takes longer than 0.2 s" in problem(refused, 503)
    assert refused.headers["retry-after"] == "10"
    assert running.left_behind() == []
    assert running.post(content=wav, headers=AUDIO).status_code == 200


def test_what_is_not_there_is_404_and_405(service: Running) -> None:
    assert "see /docs" in problem(service.get("/v1/nothing"), 404)
    refused = service.get("/v1/predict")
    assert "not by this method" in problem(refused, 405)
    assert refused.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/healthz", "/v1/models", "/openapi.json", "/page/app.js", "/nothing"]
)
def test_head_is_answered_where_get_is(service: Running, path: str) -> None:
    asked, gotten = httpx.head(service.url + path), service.get(path)
    assert (asked.status_code, asked.content) == (gotten.status_code, b"")
    for name in ("content-type", "content-length", "content-security-policy"):
        assert asked.headers[name] == gotten.headers[name]


def test_head_does_not_wait_for_the_events_of_a_job(start: Start, wav: bytes) -> None:
    running = start()
    with running.engine.held():
        place = running.post("/v1/jobs?any_sound=true", content=wav, headers=AUDIO).headers["location"]
        with httpx.Client(timeout=10) as client:
            assert client.head(f"{running.url}{place}/events").status_code == 200
            assert client.get(f"{running.url}/healthz").status_code == 200  # on the same connection


def test_a_live_stream_is_no_page(service: Running) -> None:
    assert "WebSocket" in problem(service.get("/v1/live"), 426)


def test_more_connections_than_may_be_open_are_503(start: Start) -> None:
    running = start(max_connections=2)
    with httpx.Client() as first, httpx.Client() as second:
        for client in (first, second):
            assert client.get(f"{running.url}/healthz").status_code == 200
        with httpx.Client() as third:
            refused = third.get(f"{running.url}/healthz")
    assert json.loads(refused.content)["status"] == 503
    assert refused.headers["retry-after"] == "1"
    until(lambda: running.get("/healthz").status_code == 200)


def test_a_fault_of_ours_is_500_and_tells_nothing(
    start: Start, wav: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = start()

    def fail(*_: object) -> None:
        raise RuntimeError("secret of call.wav")

    monkeypatch.setattr(running.engine, "run", fail)
    told = problem(running.post("/v1/predict?name=call.wav", content=wav, headers=AUDIO), 500)
    assert told == "the service failed for a reason that is not yours"
    many = [("file", ("call.wav", wav))] * 2
    assert problem(running.post(files=many), 500) == told
