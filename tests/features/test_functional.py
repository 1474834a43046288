"""Signal processing, found another way: by librosa, by scipy, by loops, by hand."""

from collections.abc import Callable

import librosa
import numpy as np
import pytest
import scipy.fft
import scipy.signal
import torch
from torch import Tensor

from prosodyn.config import FrontEndConfig
from prosodyn.errors import ConfigError
from prosodyn.features import functional

Noise = Callable[..., Tensor]


def test_the_mask_marks_the_true_positions() -> None:
    mask = functional.length_mask(torch.tensor([3, 1, 4]), 4)

    expected = [[True, True, True, False], [True, False, False, False], [True, True, True, True]]
    assert mask.tolist() == expected


def test_mean_and_variance_are_numpys_over_the_true_frames(noise: Noise) -> None:
    lengths = [9, 1, 4]
    features = 30 * noise(3, 2, 9) - 12
    features *= functional.length_mask(torch.tensor(lengths), 9)[:, None, :]

    mean, variance = functional.mean_and_variance(features, torch.tensor(lengths))

    for row, length in enumerate(lengths):
        frames = features[row, :, :length].double().numpy()
        np.testing.assert_allclose(mean[row], frames.mean(axis=1), rtol=1e-6)
        np.testing.assert_allclose(variance[row], frames.var(axis=1), rtol=1e-5, atol=1e-12)


def test_a_level_far_from_zero_does_not_blur_a_small_variance(noise: Noise) -> None:
    features = 0.01 * noise(1, 1, 500) - 13.8

    _, variance = functional.mean_and_variance(features, torch.tensor([500]))

    np.testing.assert_allclose(variance[0], features[0].double().numpy().var(axis=1), rtol=1e-3)


def test_pre_emphasis_is_a_finite_impulse_response_filter(noise: Noise) -> None:
    waveform = noise(2, 500)

    expected = scipy.signal.lfilter([1.0, -0.97], [1.0], waveform.double().numpy())
    np.testing.assert_allclose(functional.pre_emphasise(waveform, 0.97), expected, atol=1e-7)


def test_pre_emphasis_leaves_its_input_untouched(noise: Noise) -> None:
    waveform = noise(1, 50)
    before = waveform.clone()

    functional.pre_emphasise(waveform, 0.97)

    assert torch.equal(waveform, before)


@pytest.mark.parametrize(
    ("samples", "frames"),
    [(1, 1), (479, 1), (480, 1), (719, 1), (720, 2), (959, 2), (960, 3), (16_000, 65)],
)
def test_frames_lie_wholly_inside_the_waveform(samples: int, frames: int) -> None:
    assert functional.frame_count(torch.tensor([samples]), 480, 240).tolist() == [frames]


@pytest.mark.parametrize(
    "config",
    [
        FrontEndConfig(),
        FrontEndConfig(n_mels=40, f_min=0.0),
        FrontEndConfig(n_mels=26, f_min=300.0, f_max=3_400.0),
    ],
    ids=["default", "from zero", "telephone band"],
)
def test_the_mel_filters_are_librosas(config: FrontEndConfig) -> None:
    expected = librosa.filters.mel(
        sr=config.sample_rate,
        n_fft=config.n_fft,
        n_mels=config.n_mels,
        fmin=config.f_min,
        fmax=config.f_max,
        htk=False,
        norm="slaney",
        dtype=np.float64,
    )

    np.testing.assert_allclose(functional.mel_filter_bank(config), expected, atol=1e-12)


def test_a_band_without_a_bin_is_refused() -> None:
    # two edges a band, 31 Hz a bin: the lowest bands of 200 are 29 Hz wide
    with pytest.raises(ConfigError, match=r"^front_end\.n_mels: \d+ of the 200 bands hold no bin"):
        functional.mel_filter_bank(FrontEndConfig(n_mels=200))


def test_the_cosine_transform_is_scipys(rng: np.random.Generator) -> None:
    bands = rng.standard_normal((64, 7))

    expected = scipy.fft.dct(bands, type=2, norm="ortho", axis=0)[:13]
    np.testing.assert_allclose(functional.cosine_transform(13, 64) @ bands, expected, atol=1e-12)


def test_the_whole_cosine_transform_is_orthonormal() -> None:
    rows = functional.cosine_transform(20, 20)

    np.testing.assert_allclose(rows @ rows.T, np.eye(20), atol=1e-12)


def slope_by_loop(track: list[float], reach: int) -> list[float]:
    """Estimate the slope of one feature of one utterance, frame by frame."""
    slopes = []
    for frame in range(len(track)):
        numerator = 0.0
        for distance in range(1, reach + 1):
            ahead = track[min(frame + distance, len(track) - 1)]
            behind = track[max(frame - distance, 0)]
            numerator += distance * (ahead - behind)
        slopes.append(numerator / (2 * sum(distance**2 for distance in range(1, reach + 1))))
    return slopes


@pytest.mark.parametrize("reach", [1, 2, 3])
def test_deltas_equal_a_loop(noise: Noise, reach: int) -> None:
    features, lengths = noise(3, 2, 9), [9, 4, 1]

    slope = functional.deltas(features, torch.tensor(lengths), reach)

    for row, length in enumerate(lengths):
        for feature in range(2):
            expected = slope_by_loop(features[row, feature, :length].tolist(), reach)
            assert slope[row, feature, :length].tolist() == pytest.approx(expected, abs=1e-6)


def test_the_slope_of_a_ramp_is_its_step() -> None:
    ramp = 3.0 * torch.arange(10.0)[None, None, :]

    slope = functional.deltas(ramp, torch.tensor([10]))

    assert slope[0, 0, 2:-2].tolist() == pytest.approx([3.0] * 6)


def test_slaneys_scale_meets_its_fixed_points() -> None:
    # Slaney 1998: 66.67 Hz a mel up to 1 kHz at 15 mel, then 27 steps to 6.4 kHz
    config = FrontEndConfig(n_mels=40, f_min=0.0, f_max=6_400.0, n_fft=16_000)

    centres = functional.mel_filter_bank(config).argmax(axis=1)  # a bin is one hertz wide

    mels = np.arange(1, 41) * (42 / 41)
    expected = np.where(mels < 15, mels * 200 / 3, 1_000 * 6.4 ** ((mels - 15) / 27))
    np.testing.assert_allclose(centres, expected, atol=1)
