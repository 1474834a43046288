"""`/v1/jobs` follows what nobody waits for, tells how far it is, and forgets."""

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile
from pydantic import TypeAdapter

from prosodyn.formats import TIMELINE_FORMATS, entry, render
from prosodyn.inference import Recogniser
from prosodyn.serve import jobs
from prosodyn.serve.schema import JobModel
from prosodyn.types import FloatArray
from serve.conftest import Start, wav_of
from serve.running import PATIENCE, Running, until

JOB = TypeAdapter(JobModel)
QUERY = "?any_sound=true"  # so that the engine, which may be held back, is asked at once


def begin(running: Running, content: bytes, query: str = QUERY) -> str:
    """Begin a job, and return where it is told of."""
    begun = running.post(f"/v1/jobs{query}", files={"file": ("call.wav", content)})
    assert begun.status_code == 202
    JOB.validate_json(begun.content)
    return begun.headers["location"]


def look(running: Running, place: str) -> dict[str, Any]:
    answered = running.get(place)
    JOB.validate_json(answered.content)
    told: dict[str, Any] = answered.json()
    return told


def over(running: Running, place: str) -> dict[str, Any]:
    """Return what is told of a job once it is over."""
    until(lambda: look(running, place)["state"] in {"done", "failed"})
    return look(running, place)


def events(running: Running, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of a job."""
    with (
        httpx.Client(timeout=PATIENCE) as client,
        client.stream("GET", f"{running.url}{place}/events") as answered,
    ):
        assert answered.headers["content-type"].startswith("text/event-stream")
        kind = ""
        for line in answered.iter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                JOB.validate_json(line.removeprefix("data: "))
                yield kind, json.loads(line.removeprefix("data: "))


@pytest.fixture(scope="session")
def long_wav(spoken: FloatArray) -> bytes:
    """Return a minute of sound, which is read in several blocks."""
    return wav_of(np.tile(spoken, 1 + 60 * 16_000 // len(spoken)))


def test_a_job_gives_the_timeline_of_the_library(
    service: Running, recogniser: Recogniser, long_wav: bytes, tmp_path: Path
) -> None:
    (tmp_path / "call.wav").write_bytes(long_wav)
    expected = recogniser.timeline(tmp_path / "call.wav", any_sound=True)
    place = begin(service, long_wav)
    done = over(service, place)
    assert done["timeline"] == {**entry(expected), "file": "call.wav"}
    assert (done["state"], done["problem"]) == ("done", None)
    assert (done["done"], done["total"]) == pytest.approx((expected.duration, expected.duration), abs=1e-3)
    for form in TIMELINE_FORMATS:
        text = render(expected, form).replace(str(tmp_path / "call.wav"), "call.wav")
        answered = service.get(f"{place}/timeline?format={form}")
        assert (answered.json() == [json.loads(text)]) if form == "json" else (answered.text == text)


def test_progress_is_told_as_it_goes(start: Start, long_wav: bytes) -> None:
    running = start()
    with running.engine.held():
        place = begin(running, long_wav)
        told = events(running, place)
        first = next(told)
    assert first[0] == "progress"
    following = [first, *told]
    kinds = [kind for kind, _ in following]
    assert kinds == ["progress"] * (len(kinds) - 1) + ["end"]
    done = [job["done"] for _, job in following]
    assert done == sorted(done)
    assert [job["timeline"] is None for _, job in following] == [True] * (len(kinds) - 1) + [False]


def test_a_job_that_waits_long_is_told_of_again(
    start: Start, long_wav: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_TOLD_AGAIN", 0.1)
    running = start()
    with running.engine.held():
        begin(running, long_wav)
        told = events(running, begin(running, long_wav))
        assert [next(told)[1]["state"] for _ in range(3)] == ["waiting"] * 3
        told.close()


def test_a_recording_that_cannot_be_used_fails_with_its_reason(service: Running) -> None:
    place = begin(service, b"no sound")
    failed = over(service, place)
    assert (failed["state"], failed["timeline"]) == ("failed", None)
    assert failed["problem"]["status"] == 415
    assert failed["problem"]["detail"].startswith("call.wav: is not audio")
    assert service.get(f"{place}/timeline").json() == failed["problem"]
    assert [kind for kind, _ in events(service, place)] == ["end"]


def test_too_long_a_recording_fails(start: Start, long_wav: bytes) -> None:
    running = start(max_job_seconds=10)
    problem = over(running, begin(running, long_wav))["problem"]
    assert (problem["status"], problem["detail"][:32]) == (413, "call.wav: lasts more than 10 s; ")


def test_an_answer_that_is_not_there_yet_is_409(start: Start, long_wav: bytes) -> None:
    running = start()
    with running.engine.held():
        place = begin(running, long_wav)
        refused = running.get(f"{place}/timeline")
    assert refused.status_code == 409


def test_a_job_that_runs_can_be_cancelled(start: Start, long_wav: bytes) -> None:
    running = start()
    with running.engine.held():
        place = begin(running, long_wav)
        until(lambda: look(running, place)["state"] == "running")
        told = events(running, place)
        next(told)
        assert httpx.delete(running.url + place).status_code == 204
        assert running.get(place).status_code == 404
    kind, job = list(told)[-1]
    assert (kind, job["state"], job["problem"]["status"]) == ("end", "failed", 409)
    until(lambda: running.left_behind() == [])


def test_a_job_that_waits_can_be_cancelled_at_once(start: Start, long_wav: bytes) -> None:
    running = start()
    with running.engine.held():
        first = begin(running, long_wav)
        until(lambda: look(running, first)["state"] == "running")
        second = begin(running, long_wav)
        assert len(running.left_behind()) == 2
        assert httpx.delete(running.url + second).status_code == 204
        until(lambda: len(running.left_behind()) == 1)
    assert over(running, first)["state"] == "done"


def test_an_answer_is_forgotten_when_it_is_told_so(service: Running, wav: bytes) -> None:
    place = begin(service, wav)
    over(service, place)
    assert httpx.delete(service.url + place).status_code == 204
    assert service.get(place).status_code == 404
    assert httpx.delete(service.url + place).status_code == 404


def test_an_answer_is_forgotten_by_itself(start: Start, wav: bytes) -> None:
    running = start(keep_jobs=0.3)
    place = begin(running, wav)
    until(lambda: running.get(place).status_code == 404)
    assert running.service.jobs._jobs == {}


def test_no_more_answers_are_kept_than_there_is_room_for(
    start: Start, wav: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_MOST_KEPT", 2)
    running = start()
    places = []
    for _ in range(4):
        places.append(begin(running, wav))
        over(running, places[-1])
    assert [running.get(place).status_code for place in places] == [404, 404, 200, 200]


def test_more_jobs_than_may_wait_are_429(start: Start, long_wav: bytes) -> None:
    running = start(max_jobs=2)
    with running.engine.held():
        places = [begin(running, long_wav) for _ in range(2)]
        refused = running.post("/v1/jobs", files={"file": ("call.wav", long_wav)})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    for place in places:
        assert over(running, place)["state"] == "done"


def test_a_job_follows_one_recording(service: Running, wav: bytes) -> None:
    sent = [("file", ("1.wav", wav)), ("file", ("2.wav", wav))]
    refused = service.post("/v1/jobs", files=sent)
    assert (refused.status_code, "a job for each" in refused.json()["detail"]) == (400, True)


@pytest.mark.parametrize("path", ["", "/timeline", "/events"])
def test_a_job_that_nobody_began_is_404(service: Running, path: str) -> None:
    assert service.get(f"/v1/jobs/guessed{path}").status_code == 404


def test_nobody_waits_behind_a_job(start: Start, long_wav: bytes, wav: bytes) -> None:
    running = start()
    with running.engine.held():
        begin(running, long_wav)
        until(lambda: running.engine.batches)
        assert running.get("/v1/models").status_code == 200
        started = time.monotonic()
        assert running.post(content=b"no sound", headers={"Content-Type": "audio/wav"}).status_code == 415
        assert time.monotonic() - started < 12


def test_a_recording_of_no_told_length_is_followed(service: Running, spoken: FloatArray) -> None:
    stream = io.BytesIO()
    soundfile.write(stream, spoken, 16_000, format="WAV")
    content = bytearray(stream.getvalue())
    content[40:44] = b"\xff\xff\xff\xff"
    done = over(service, begin(service, bytes(content)))
    assert (done["state"], done["total"]) == ("done", None)
