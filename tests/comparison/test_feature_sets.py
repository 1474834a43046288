"""What the systems hear: a front end's frames, their statistics, openSMILE's functionals."""

import sys

import numpy as np
import pytest
import torch

from prosodyn.comparison.feature_sets import build_feature_set
from prosodyn.comparison.statistics import statistics_over_time
from prosodyn.config import FrontEndConfig
from prosodyn.errors import ConfigError, MissingExtraError
from prosodyn.features import build_front_end

FRONT_ENDS = [FrontEndConfig(n_mels=16), FrontEndConfig(name="mfcc", n_mels=16)]


@pytest.fixture
def waveform(rng: np.random.Generator) -> np.ndarray:
    return (0.1 * rng.standard_normal(8_000)).astype(np.float32)


@pytest.mark.parametrize("front_end", FRONT_ENDS, ids=lambda config: config.name)
def test_frames_are_those_of_the_networks_front_end(front_end: FrontEndConfig, waveform: np.ndarray) -> None:
    frames = build_feature_set("frames", front_end)(waveform)

    with torch.inference_mode():
        expected, lengths = build_front_end(front_end)(
            torch.from_numpy(waveform)[None], torch.tensor([len(waveform)])
        )
    np.testing.assert_array_equal(frames, expected[0, :, : int(lengths)])


def test_statistics_are_taken_over_true_frames(waveform: np.ndarray) -> None:
    frames = build_feature_set("frames", FRONT_ENDS[0])(waveform)
    statistics = build_feature_set("statistics", FRONT_ENDS[0])(waveform)

    np.testing.assert_array_equal(statistics, statistics_over_time(frames))


def test_a_click_has_features_too(waveform: np.ndarray) -> None:
    assert build_feature_set("statistics", FRONT_ENDS[0])(waveform[:1]).shape == (6 * 16, 1)


def test_a_front_end_must_be_named_where_it_is_needed() -> None:
    with pytest.raises(ConfigError, match="expected one to give the statistics"):
        build_feature_set("statistics", None)


def test_a_front_end_has_no_place_beside_opensmile() -> None:
    with pytest.raises(ConfigError, match="expected none for openSMILE's 'egemaps'"):
        build_feature_set("egemaps", FRONT_ENDS[0])


def test_without_torch_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prosodyn.comparison.spectra", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'prosodyn\[train\]'"):
        build_feature_set("frames", FRONT_ENDS[0])
