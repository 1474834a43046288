"""Recordings that arrive together are answered together; none waits for company, and none is confused."""

from functools import partial
from pathlib import Path

import httpx
import numpy as np
import pytest

from prosodyn.formats import entry
from prosodyn.inference import Recogniser
from serve.conftest import Start, wav_of
from serve.running import Running, aside, until

AUDIO = {"Content-Type": "audio/wav"}


def ask(running: Running, number: int, content: bytes) -> httpx.Response:
    return running.post(f"/v1/predict?name={number}.wav", content=content, headers=AUDIO)


def ask_at_once(running: Running, contents: list[bytes]) -> list[dict[str, object]]:
    """Ask for many recordings while nothing is answered, and return the answers in order."""
    with running.engine.held():
        asking = [aside(partial(ask, running, number, each)) for number, each in enumerate(contents)]
        until(lambda: running.service.n_requests == len(contents))
        until(lambda: running.service.batcher._n_coming == 0)
    return [each.result().json()[0] for each in asking]


def test_what_waits_is_answered_at_once(start: Start, wav: bytes) -> None:
    running = start(workers=1, max_batch=4, max_requests=12)
    ask_at_once(running, [wav] * 9)
    assert sum(running.engine.batches) == 9
    assert max(running.engine.batches) == 4


def test_no_batch_is_larger_than_is_said(start: Start, wav: bytes) -> None:
    running = start(workers=1, max_batch=1)
    ask_at_once(running, [wav] * 5)
    assert running.engine.batches == [1] * 5


def test_everybody_gets_their_own_answer(real: Running, shipped: Recogniser, tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    lengths, levels = rng.integers(8_000, 40_000, 9), rng.uniform(0.05, 0.5, 9)
    pairs = zip(lengths, levels, strict=True)
    contents = [wav_of(level * rng.standard_normal(length)) for length, level in pairs]
    answers = ask_at_once(real, contents)
    for number, (content, answer) in enumerate(zip(contents, answers, strict=True)):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(content)
        assert answer == {**entry(shipped.from_file(path)), "file": path.name}


def test_a_recording_that_is_broken_leaves_the_batch_alone(start: Start, wav: bytes) -> None:
    running = start(workers=1)
    with running.engine.held():
        good = [aside(lambda: running.post(content=wav, headers=AUDIO)) for _ in range(3)]
        bad = aside(lambda: running.post(content=b"no sound", headers=AUDIO))
        assert bad.result().status_code == 415  # and waits for nobody
    assert [each.result().status_code for each in good] == [200] * 3


def test_batches_are_counted(start: Start, wav: bytes) -> None:
    running = start(workers=1, max_batch=4, max_requests=12)
    ask_at_once(running, [wav] * 9)
    text = running.get("/metrics").text
    assert f"prosodyn_batch_recordings_count {len(running.engine.batches):.1f}" in text
    assert "prosodyn_batch_recordings_sum 9.0" in text


@pytest.mark.parametrize("wait", [0.0, 5.0])
def test_whoever_comes_alone_waits_for_nobody(start: Start, wav: bytes, wait: float) -> None:
    running = start(batch_wait=wait)
    answered = running.post(content=wav, headers=AUDIO)
    assert answered.elapsed.total_seconds() < 5


def test_a_recording_of_a_request_that_ended_is_not_computed(start: Start, wav: bytes) -> None:
    running = start(workers=1, max_batch=1, answer_timeout=0.5)
    with running.engine.held():
        asking = [aside(lambda: running.post(content=wav, headers=AUDIO)) for _ in range(3)]
        assert [each.result().status_code for each in asking] == [503] * 3
    assert running.post(content=wav, headers=AUDIO).status_code == 200
    assert running.engine.batches == [1, 1]
