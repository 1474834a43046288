"""`POST /v1/predict` answers as the library does."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from pydantic import TypeAdapter

from prosodyn.formats import TIMELINE_FORMATS, Failure, entry, render, to_csv
from prosodyn.inference import Recogniser, TimelineSettings
from prosodyn.serve.schema import FailureModel, PredictionModel, TimelineModel
from prosodyn.types import FloatArray
from serve.running import Running

PREDICTIONS = TypeAdapter(list[PredictionModel | TimelineModel | FailureModel])
TIMELINES = TypeAdapter(list[TimelineModel | FailureModel])


def named(answer: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an answer as a sender of that name is told it."""
    return {**answer, "file": name}


@pytest.fixture
def files(tmp_path: Path, voices: dict[str, FloatArray]) -> dict[str, Path]:
    """Return the voices as files."""
    for name, samples in voices.items():
        soundfile.write(tmp_path / name, samples, 16_000)
    return {name: tmp_path / name for name in voices}


def test_a_recording_is_answered_as_by_the_library(
    real: Running, shipped: Recogniser, files: dict[str, Path]
) -> None:
    path = files["angry.wav"]
    answered = real.post(files={"file": (path.name, path.read_bytes())})
    assert answered.status_code == 200
    assert answered.json() == [named(entry(shipped.from_file(path)), path.name)]


def test_a_timeline_is_that_of_the_library(
    real: Running, shipped: Recogniser, files: dict[str, Path]
) -> None:
    path = files["sad.wav"]
    answered = real.post("/v1/predict?timeline=true", files={"file": (path.name, path.read_bytes())})
    assert answered.json() == [named(entry(shipped.timeline(path)), path.name)]


def test_several_are_answered_in_their_order(
    service: Running, recogniser: Recogniser, files: dict[str, Path]
) -> None:
    sent = [("file", (name, path.read_bytes())) for name, path in [*files.items()] * 4]
    answered = service.post(files=sent).json()
    expected = [named(entry(recogniser.from_file(path)), name) for name, path in [*files.items()] * 4]
    assert answered == expected


def test_the_body_may_be_a_recording(
    service: Running, recogniser: Recogniser, files: dict[str, Path]
) -> None:
    path = files["angry.wav"]
    answered = service.post(
        "/v1/predict?name=call.wav", content=path.read_bytes(), headers={"Content-Type": "audio/wav"}
    )
    assert answered.json() == [named(entry(recogniser.from_file(path)), "call.wav")]


@pytest.mark.parametrize(
    ("container", "coding"),
    [("WAV", "FLOAT"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", None), ("AIFF", None)],
)
def test_any_container_is_read(service: Running, spoken: FloatArray, container: str, coding: str) -> None:
    stream = io.BytesIO()
    soundfile.write(stream, spoken[:48_000], 16_000, format=container, subtype=coding)
    (answer,) = service.post(files={"file": ("call", stream.getvalue())}).json()
    assert answer["duration"] == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_any_rate_and_number_of_channels_is_read(service: Running, wav: bytes, rate: int) -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal((2 * rate, 2))
    stream = io.BytesIO()
    soundfile.write(stream, noise, rate, format="WAV")
    (answer,) = service.post(files={"file": ("stereo.wav", stream.getvalue())}).json()
    assert answer["duration"] == pytest.approx(2)


@pytest.mark.parametrize("form", TIMELINE_FORMATS)
def test_each_format_is_the_one_of_the_library(
    service: Running, recogniser: Recogniser, tmp_path: Path, spoken: FloatArray, form: str
) -> None:
    soundfile.write(tmp_path / "call.wav", spoken, 16_000)
    found = recogniser.timeline(tmp_path / "call.wav")
    text = render(found, form).replace(str(tmp_path / "call.wav"), "call.wav")
    sent = {"file": ("call.wav", (tmp_path / "call.wav").read_bytes())}
    answered = service.post(f"/v1/predict?timeline=true&format={form}", files=sent)
    if form == "json":
        assert answered.json() == [json.loads(text)]
    else:
        assert answered.text == text
        assert answered.headers["content-disposition"].endswith(f'"call{TIMELINE_FORMATS[form].suffix}"')


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("my call.m4a", 'filename="my call.srt"'),
        ('a";\\x/../b$(c).wav', 'filename="b__c_.srt"'),
        ("喂.wav", "filename=\"_.srt\"; filename*=UTF-8''%E5%96%82.srt"),
        ("...", 'filename="timeline.srt"'),
        ("x" * 300, f'filename="{"x" * 100}.srt"'),
    ],
)
def test_a_download_is_called_as_its_recording(service: Running, wav: bytes, name: str, told: str) -> None:
    asked = {"timeline": "true", "format": "srt", "name": name}
    answered = service.post("/v1/predict", params=asked, content=wav, headers=AUDIO)
    assert answered.headers["content-disposition"] == f"attachment; {told}"


def test_predictions_come_as_csv(service: Running, recogniser: Recogniser, files: dict[str, Path]) -> None:
    sent = [("file", (name, path.read_bytes())) for name, path in files.items()]
    answered = service.post("/v1/predict?format=csv", files=sent)
    expected = to_csv([recogniser.from_file(path) for path in files.values()])
    for name, path in files.items():
        expected = expected.replace(str(path), name)
    assert answered.text == expected


def test_windows_are_as_they_are_asked_for(
    service: Running, recogniser: Recogniser, spoken: FloatArray, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "call.wav", spoken, 16_000)
    query = "/v1/predict?timeline=true&window=2&hop=2&any_sound=true"
    (answer,) = service.post(query, content=(tmp_path / "call.wav").read_bytes(), headers=AUDIO).json()
    expected = recogniser.timeline(tmp_path / "call.wav", TimelineSettings(window=2, hop=2), any_sound=True)
    assert answer["segments"] == entry(expected)["segments"]


AUDIO = {"Content-Type": "audio/wav"}


def test_every_answer_keeps_to_the_schema(service: Running, wav: bytes) -> None:
    sent = [("file", ("call.wav", wav)), ("file", ("bad.wav", b"RIFF")), ("file", ("none.wav", b""))]
    PREDICTIONS.validate_json(service.post(files=sent).content)
    TIMELINES.validate_json(service.post("/v1/predict?timeline=true", files=sent).content)


@pytest.mark.parametrize("query", ["", "?timeline=true"])
def test_a_bad_recording_hides_no_other(service: Running, wav: bytes, query: str) -> None:
    sent = [("file", ("bad.wav", b"no sound")), ("file", ("call.wav", wav)), ("file", ("none.wav", b""))]
    bad, good, none = service.post(f"/v1/predict{query}", files=sent).json()
    assert bad == {"file": "bad.wav", "error": bad["error"]}
    assert bad["error"].startswith("bad.wav: is not audio")
    assert good["file"] == "call.wav"
    assert none["error"].startswith("none.wav: is an empty file")


def test_a_bad_recording_has_its_row_in_csv(service: Running, wav: bytes) -> None:
    sent = [("file", ("bad.wav", b"no sound")), ("file", ("call.wav", wav))]
    text = service.post("/v1/predict?format=csv", files=sent).text
    assert [row["file"] for row in csv.DictReader(io.StringIO(text))] == ["bad.wav", "call.wav"]


@pytest.mark.parametrize("form", ["srt", "vtt", "textgrid", "audacity"])
def test_a_format_of_one_recording_takes_no_two(service: Running, wav: bytes, form: str) -> None:
    n_batches = len(service.engine.batches)
    sent = [("file", ("1.wav", wav)), ("file", ("2.wav", wav))]
    refused = service.post(f"/v1/predict?timeline=true&format={form}", files=sent)
    assert refused.status_code == 400
    assert f"{form} holds the timeline of one recording" in refused.json()["detail"]
    assert len(service.engine.batches) == n_batches  # before anything was computed


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("../../secret/call.wav", "call.wav"),
        ("C:\\recordings\\call.wav", "call.wav"),
        ("a\r\nb\x1b[2J.wav", "a b [2J.wav"),
        ("喂.wav", "喂.wav"),
        ("x" * 5_000, "x" * 200),
        ("", "recording"),
    ],
)
def test_a_name_is_told_on_one_line_and_without_folders(
    service: Running, wav: bytes, sent: str, told: str
) -> None:
    answered = service.post("/v1/predict", params={"name": sent}, content=wav, headers=AUDIO)
    assert [answer["file"] for answer in answered.json()] == [told]


def test_a_failure_tells_the_name_and_no_path(service: Running) -> None:
    sent = {"file": ("bad.wav", b"no sound")}
    detail = service.post(files=sent).json()["detail"]
    assert detail.startswith("bad.wav: is not audio")
    assert str(service.folder) not in detail


def test_failures_are_what_the_library_says(service: Running, recogniser: Recogniser, tmp_path: Path) -> None:
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    (failure,) = recogniser.from_files([tmp_path / "bad.wav"])
    assert isinstance(failure, Failure)
    told = str(failure.error).replace(str(tmp_path / "bad.wav"), "bad.wav")
    assert service.post(files={"file": ("bad.wav", b"no sound")}).json()["detail"] == told
