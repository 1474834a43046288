"""Planted copies are found, other takes are not."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from prosodyn import corpora
from prosodyn.corpora import toy
from prosodyn.evaluation.duplicates import Duplicate, find_duplicates
from prosodyn.types import SAMPLE_RATE, FloatArray, Utterance

WriteWav = Callable[..., Path]


def heard(name: str, waveform: FloatArray) -> Utterance:
    return Utterance(name, "anger", "f1", "own", waveform=waveform)


def coded(waveform: FloatArray, container: str, coding: str, rate: int = SAMPLE_RATE) -> FloatArray:
    """Send a sound through a codec, at another rate where one is given."""
    file = io.BytesIO()
    soundfile.write(file, soxr.resample(waveform, SAMPLE_RATE, rate), rate, format=container, subtype=coding)
    file.seek(0)
    decoded, _ = soundfile.read(file, dtype="float32")
    return soxr.resample(decoded, rate, SAMPLE_RATE)


def noisy(waveform: FloatArray) -> FloatArray:
    noise = np.random.default_rng(5).standard_normal(len(waveform))
    scale = np.linalg.norm(waveform) / np.linalg.norm(noise) * 10 ** (-30 / 20)
    return (waveform + scale * noise).astype(np.float32)


ROOM = (2e-4 * np.random.default_rng(6).standard_normal(60_000)).astype(np.float32)
TAKE = np.pad(toy.recording("anger", "f1", seed=9), (8000, 8000))
TAKE += ROOM[: len(TAKE)]
OTHERS = [
    Utterance(f"{text}-{seed}", "anger", "f1", "own", waveform=toy.recording("anger", "f1", text, seed))
    for text in toy.TEXTS
    for seed in (0, 1)
]
"""Two takes of six sentences, by the speaker of `TAKE` and in the same emotion."""

NEAR_COPIES = {
    "softer": 0.1 * TAKE,
    "inverted": -TAKE,
    "silence cut off": TAKE[8000:],
    "silence added": 0.5 * np.pad(TAKE, (7777, 3)),
    "noise of 30 dB": noisy(TAKE),
    "ogg vorbis": coded(TAKE, "OGG", "VORBIS"),
    "opus": coded(TAKE, "OGG", "OPUS"),
    "mp3": coded(TAKE, "MP3", "MPEG_LAYER_III"),
    "telephone": coded(TAKE, "WAV", "ULAW", 8000),
    "gsm": coded(TAKE, "WAV", "GSM610", 8000),
    "another rate": 0.9 * coded(TAKE, "FLAC", "PCM_24", 44_100),
    "all at once": noisy(coded(0.3 * TAKE[6000:], "OGG", "OPUS", 24_000)),
}
EXACT_COPIES = {
    "the same samples": TAKE,
    "digital silence added": np.pad(TAKE, (123, 4567)),
    "16 bits": coded(TAKE, "FLAC", "PCM_16"),
    "24 bits": coded(TAKE, "WAV", "PCM_24"),
    "another container": coded(TAKE, "AIFF", "PCM_16"),
}


@pytest.mark.parametrize("copy", NEAR_COPIES.values(), ids=NEAR_COPIES)
def test_a_copy_that_sounds_the_same_is_near(copy: FloatArray) -> None:
    (found,) = find_duplicates([heard("a", TAKE), heard("b", copy)])

    assert (found.first, found.second, found.exact) == ("a", "b", False)
    assert found.likeness > 0.7


@pytest.mark.parametrize("copy", EXACT_COPIES.values(), ids=EXACT_COPIES)
def test_a_copy_of_the_samples_is_exact(copy: FloatArray) -> None:
    (found,) = find_duplicates([heard("a", TAKE), heard("b", copy)])

    assert (found.first, found.second, found.exact) == ("a", "b", True)


def test_another_container_and_bit_depth_on_disk_is_exact(write_wav: WriteWav, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "renamed.flac", TAKE, SAMPLE_RATE, subtype="PCM_16")
    files = [write_wav("take.wav", TAKE, subtype="PCM_24"), tmp_path / "renamed.flac"]

    (found,) = find_duplicates([Utterance(path.name, "anger", "f1", "own", path=path) for path in files])

    assert found.exact


def test_other_takes_are_no_duplicates() -> None:
    assert find_duplicates([*OTHERS, heard("a", TAKE)]) == ()


def test_copies_are_found_among_many() -> None:
    corpus = [*OTHERS[:5], heard("a", TAKE), *OTHERS[5:], heard("hidden", NEAR_COPIES["silence added"])]

    (found,) = find_duplicates(corpus)

    assert (found.first, found.second) == ("a", "hidden")


def test_three_copies_make_three_pairs_in_the_order_of_the_corpus() -> None:
    softer = heard("b", NEAR_COPIES["softer"])

    found = find_duplicates([heard("a", TAKE), softer, heard("c", TAKE)])

    assert found == (
        Duplicate("a", "b", exact=False, likeness=1.0),
        Duplicate("a", "c", exact=True, likeness=1.0),
        Duplicate("b", "c", exact=False, likeness=1.0),
    )


def test_sounds_without_speech_are_compared_too() -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    whistle = (0.1 * np.sin(2 * np.pi * 5000 * time)).astype(np.float32)

    (found,) = find_duplicates([heard("a", whistle), heard("b", np.pad(whistle, 5))])

    assert found.exact


def test_windows_that_cover_each_other_are_near(write_wav: WriteWav) -> None:
    path = write_wav("call.wav", np.concatenate([TAKE, toy.recording("anger", "f1", seed=1)]))
    windows = [
        Utterance(str(start), "anger", "f1", "own", path=path, start=start, end=start + 1.0)
        for start in (0.5, 0.8, 1.6)
    ]

    assert find_duplicates(windows) == (Duplicate("0.5", "0.8", exact=False, likeness=0.7),)


def test_one_recording_has_no_duplicate() -> None:
    assert find_duplicates([heard("a", TAKE)]) == ()


def test_an_empty_corpus_has_no_duplicates() -> None:
    assert find_duplicates([]) == ()


def test_progress_counts_what_was_heard() -> None:
    told: list[tuple[int, int]] = []

    find_duplicates(OTHERS[:3], lambda done, total: told.append((done, total)))

    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.corpora
def test_the_one_pair_of_a_published_corpus_is_found(corpus_root: Callable[[str], Path]) -> None:
    everything = corpora.load("ravdess", corpus_root("ravdess"))

    found = find_duplicates([utterance for utterance in everything if utterance.speaker in {"07", "23"}])

    names = ("03-01-03-01-02-01-07", "03-01-03-01-02-02-07")
    assert found == (Duplicate(*names, exact=True, likeness=1.0),)


@pytest.mark.corpora
def test_takes_that_stand_under_two_emotions_are_found(corpus_root: Callable[[str], Path]) -> None:
    everything = corpora.load("casia", corpus_root("casia"))
    frightened_or_sad = [
        utterance
        for utterance in everything
        if utterance.speaker == "liuchanhg" and utterance.emotion in {"fear", "sadness"}
    ]

    found = find_duplicates(frightened_or_sad)

    assert [(pair.first, pair.second) for pair in found] == [
        (f"{text}-fear-liuchanhg", f"{text}-sad-liuchanhg") for text in range(201, 251)
    ]
