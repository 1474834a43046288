"""Power spectra are those of scipy's Fourier transform, though half of each product is folded away."""

import numpy as np
import pytest
import scipy.fft
import scipy.signal
from tests.features.conftest import Noise

from prosodyn.features.encoders.spectrogram import periodic_hann_window
from prosodyn.features.fourier import PowerSpectrum, folded_basis, fourier_frequencies, hamming_window


def test_the_window_of_five_samples_by_hand() -> None:
    # eq. 9: 0.54 - 0.46 cos(2 pi n / 4)
    np.testing.assert_allclose(hamming_window(5), [0.08, 0.54, 1.0, 0.54, 0.08], atol=1e-15)


def test_the_window_is_scipys_symmetric_one() -> None:
    expected = scipy.signal.windows.hamming(480, sym=True)

    np.testing.assert_allclose(hamming_window(480), expected, atol=1e-15)


@pytest.mark.parametrize(("window", "n_fft"), [(480, 512), (400, 512), (441, 512), (256, 256), (2, 4)])
def test_the_power_spectrum_is_the_fourier_transforms(noise: Noise, window: int, n_fft: int) -> None:
    waveform = noise(2, 2_000)

    power = PowerSpectrum(hamming_window(window), fourier_frequencies(n_fft), 240)(waveform)

    frames = cut(waveform.numpy(), window, 240) * scipy.signal.windows.hamming(window, sym=True)[:, None]
    np.testing.assert_allclose(power, power_of(frames, n_fft), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("window", [400, 401, 512])
def test_a_periodic_window_loses_its_first_sample_and_nothing_else(noise: Noise, window: int) -> None:
    waveform = noise(1, 2_000)

    power = PowerSpectrum(periodic_hann_window(window), fourier_frequencies(512), 160)(waveform[:, 1:])

    frames = cut(waveform.numpy(), window, 160) * scipy.signal.windows.hann(window, sym=False)[:, None]
    np.testing.assert_allclose(power, power_of(frames, 512), rtol=1e-4, atol=1e-5)


def test_a_basis_is_half_as_long_as_its_window() -> None:
    assert folded_basis(hamming_window(9), np.array([0.1, 0.2])).shape == (4, 5)
    assert folded_basis(hamming_window(8), np.array([0.1, 0.2])).shape == (4, 4)


def test_a_window_that_is_not_symmetric_is_refused() -> None:
    periodic = scipy.signal.windows.hann(400, sym=False)
    with pytest.raises(ValueError, match="not symmetric"):
        PowerSpectrum(periodic, fourier_frequencies(512), 160)


def cut(waveform: np.ndarray, window: int, hop: int) -> np.ndarray:
    starts = range(0, waveform.shape[1] - window + 1, hop)
    return np.stack([waveform[:, start : start + window] for start in starts], axis=2)


def power_of(frames: np.ndarray, n_fft: int) -> np.ndarray:
    return np.abs(scipy.fft.rfft(frames.astype(np.float64), n_fft, axis=1)) ** 2
