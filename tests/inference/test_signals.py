"""Plain functions of a signal: what audinterface is given, and what it makes of it."""

import inspect
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import prosodyn
from prosodyn.errors import InvalidSamplesError, SilentAudioError
from prosodyn.inference import Recogniser
from prosodyn.inference.embedding import embed
from prosodyn.inference.signals import signal_embedding, signal_probabilities

Noise = Callable[[int], np.ndarray]


@pytest.fixture
def audinterface() -> Any:
    return pytest.importorskip("audinterface", reason="comes with pip install 'prosodyn[benchmark]'")


def test_the_probabilities_are_the_recognisers(bundle: Path, noise: Noise) -> None:
    waveform = noise(20_000)
    found = signal_probabilities(waveform[None], 16_000, recogniser=bundle)
    assert found == dict(Recogniser.load(bundle).from_waveform(waveform).probabilities)


def test_channels_are_averaged(bundle: Path, noise: Noise) -> None:
    left, right = noise(20_000), noise(20_000)
    both = signal_probabilities(np.stack([left, right]), 16_000, recogniser=bundle)
    mean = signal_probabilities((left + right) / 2, 16_000, recogniser=bundle)
    assert both == pytest.approx(mean, abs=1e-5)


def test_another_rate_is_resampled(bundle: Path, noise: Noise) -> None:
    signal = noise(44_100)
    found = signal_probabilities(signal[None], 44_100, recogniser=bundle)
    assert found == dict(Recogniser.load(bundle).from_waveform(signal, 44_100).probabilities)


def test_a_recogniser_that_is_loaded_answers_itself(bundle: Path, voice: list[np.ndarray]) -> None:
    following = Recogniser.load(bundle).enrol(voice)
    found = signal_probabilities(voice[0][None], 16_000, recogniser=following)
    assert found == dict(following.from_waveform(voice[0]).probabilities)


def test_the_embedding_is_a_row_of_numbers(bundle: Path, noise: Noise) -> None:
    waveform = noise(20_000)
    found = signal_embedding(waveform[None], 16_000, recogniser=bundle)
    assert found.tolist() == embed(Recogniser.load(bundle), [waveform])[0].tolist()


@pytest.mark.parametrize("function", [signal_probabilities, signal_embedding])
def test_silence_is_an_error_with_the_files_name(function: Callable[..., object], bundle: Path) -> None:
    with pytest.raises(SilentAudioError, match=r"call\.wav"):
        function(np.zeros((1, 16_000)), 16_000, recogniser=bundle, file="call.wav")


def test_silence_can_have_probabilities_that_are_no_numbers(bundle: Path) -> None:
    found = signal_probabilities(np.zeros((1, 16_000)), 16_000, recogniser=bundle, silence="nan")
    assert {label: str(share) for label, share in found.items()} == dict.fromkeys(
        Recogniser.load(bundle).labels, "nan"
    )


def test_silence_can_have_an_embedding_that_is_no_number(bundle: Path, noise: Noise) -> None:
    silent = signal_embedding(np.zeros((1, 16_000)), 16_000, recogniser=bundle, silence="nan")
    heard = signal_embedding(noise(16_000), 16_000, recogniser=bundle)
    assert np.isnan(silent).all()
    assert (silent.shape, silent.dtype) == (heard.shape, heard.dtype)


@pytest.mark.parametrize(
    ("signal", "complaint"),
    [
        (np.zeros((16_000, 2)), "more channels than samples"),
        (np.zeros((1, 2, 16_000)), r"expected an array \(channel, time\)"),
        (np.zeros((2, 16_000), dtype=np.int16), "2 channels of int16"),
        ([0.0, 0.1], "is list"),
    ],
)
def test_a_signal_of_another_form_is_refused(signal: Any, complaint: str, bundle: Path) -> None:
    with pytest.raises(InvalidSamplesError, match=complaint):
        signal_probabilities(signal, 16_000, recogniser=bundle)


def test_a_signal_is_not_changed(bundle: Path, noise: Noise) -> None:
    signal = np.stack([noise(16_000), noise(16_000)])
    before = signal.copy()
    signal_probabilities(signal, 16_000, recogniser=bundle)
    assert (signal == before).all()


@pytest.mark.parametrize("name", ["signal_probabilities", "signal_embedding"])
def test_a_function_can_be_sent_to_another_process(name: str) -> None:
    function = getattr(prosodyn, name)
    assert pickle.loads(pickle.dumps(function)) is function  # noqa: S301


@pytest.mark.parametrize("function", [signal_probabilities, signal_embedding])
def test_a_signal_and_its_rate_are_all_that_must_be_given(function: Callable[..., object]) -> None:
    parameters = inspect.signature(function).parameters.values()
    needed = [each.name for each in parameters if each.default is inspect.Parameter.empty]
    assert needed == ["signal", "sampling_rate"]


@pytest.mark.filterwarnings("ignore")  # of another's libraries
def test_audinterface_hears_files(audinterface: Any, bundle: Path, write_wav: Callable[..., Path]) -> None:
    path = write_wav("call.wav")
    process = audinterface.Process(
        process_func=prosodyn.signal_probabilities, process_func_args={"recogniser": str(bundle)}
    )
    (found,) = process.process_file(str(path))
    expected = Recogniser.load(bundle).from_file(path).probabilities
    assert found == pytest.approx(dict(expected), abs=1e-4)


@pytest.mark.filterwarnings("ignore")
def test_audinterface_hears_the_segments_of_an_index(
    audinterface: Any, bundle: Path, noise: Noise, write_wav: Callable[..., Path]
) -> None:
    audformat = pytest.importorskip("audformat")
    waveform = noise(48_000)
    path = str(write_wav("call.wav", waveform, subtype="FLOAT"))
    index = audformat.segmented_index([path, path], starts=["0s", "1s"], ends=["1s", "3s"])
    process = audinterface.Process(
        process_func=prosodyn.signal_probabilities, process_func_args={"recogniser": str(bundle)}
    )
    found = process.process_index(index)
    alone = [
        dict(Recogniser.load(bundle).from_waveform(part).probabilities)
        for part in (waveform[:16_000], waveform[16_000:])
    ]
    assert [found.iloc[0], found.iloc[1]] == [pytest.approx(each, abs=1e-4) for each in alone]


@pytest.mark.filterwarnings("ignore")
def test_audinterface_slides_over_silence(audinterface: Any, bundle: Path, noise: Noise) -> None:
    signal = np.concatenate([noise(16_000), np.zeros(16_000, dtype=np.float32), noise(16_000)])[None]
    process = audinterface.Process(
        process_func=prosodyn.signal_probabilities,
        process_func_args={"recogniser": str(bundle), "silence": "nan"},
        win_dur=1.0,
        hop_dur=1.0,
    )
    found = process.process_signal(signal, 16_000)
    assert [np.isnan(list(each.values())).any() for each in found] == [False, True, False]


@pytest.mark.filterwarnings("ignore")
def test_audinterface_makes_features_of_embeddings(audinterface: Any, bundle: Path, noise: Noise) -> None:
    size = len(signal_embedding(noise(16_000), 16_000, recogniser=bundle))
    feature = audinterface.Feature(
        [f"embedding-{number}" for number in range(size)],
        process_func=prosodyn.signal_embedding,
        process_func_args={"recogniser": str(bundle)},
    )
    assert feature.process_signal(noise(16_000)[None], 16_000).shape == (1, size)


@pytest.mark.filterwarnings("ignore")
def test_audinterface_hears_by_several_workers(
    audinterface: Any, bundle: Path, write_wav: Callable[..., Path]
) -> None:
    paths = [str(write_wav(f"{number}.wav")) for number in range(2)]
    settings = {
        "process_func": prosodyn.signal_probabilities,
        "process_func_args": {"recogniser": str(bundle)},
    }
    one = audinterface.Process(**settings).process_files(paths)
    two = audinterface.Process(**settings, num_workers=2).process_files(paths)
    assert one.tolist() == two.tolist()
