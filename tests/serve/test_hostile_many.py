"""Two thousand requests and frames that no client should send: no fault, no leak, all is well afterwards."""

import logging
import re
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import prosodyn
from serve.conftest import Start
from serve.hostile_cases import Case, cases
from serve.raw import answer_to, answer_to_frames
from serve.running import Running, until

MANY = 2_200
SEED = 20_240_607
IMPATIENT = dict.fromkeys(("upload_timeout", "head_timeout", "stream_timeout"), 0.3)
AUDIO = {"Content-Type": "audio/wav"}

STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
LEAKS = (
    "Traceback",
    'File "',
    sys.prefix,
    str(Path(prosodyn.__file__).parent),
    sysconfig.get_paths()["purelib"],
    str(Path.home()) + "/",
    tempfile.gettempdir() + "/",
)


def outcome(running: Running, case: Case) -> tuple[Case, bytes]:
    if case.stream is None:
        return case, answer_to(running, *case.sent)
    return case, answer_to_frames(running, case.stream, *case.sent)


def test_many_hostile_requests_and_frames_do_no_harm(
    start: Start, wav: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    running = start(**IMPATIENT, max_requests=64, max_jobs=2_000)
    before = running.post(content=wav, headers=AUDIO).json()
    drawn = list(cases(wav[:20_000], MANY, SEED))
    leaks = [each.encode() for each in (*LEAKS, str(running.folder))]
    with caplog.at_level(logging.INFO), ThreadPoolExecutor(16) as pool:
        for case, came in pool.map(lambda case: outcome(running, case), drawn):
            assert all(int(status) < 500 for status in STATUS.findall(came)), (case, came[:2_000])
            assert not [leak for leak in leaks if leak in came], (case, came[:2_000])
    assert sum(case.n for case in drawn) >= MANY
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert "Traceback" not in caplog.text

    service = running.service
    until(lambda: service.n_streams == service.n_uploads == service.n_requests == 0)
    until(lambda: not service.jobs._tasks)
    assert running.left_behind() == []
    assert running.get("/healthz").text == "ok\n"
    assert running.post(content=wav, headers=AUDIO).json() == before
