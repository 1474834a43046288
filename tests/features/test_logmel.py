"""The log-mel spectrogram, beside librosa's."""

from collections.abc import Callable

import librosa
import numpy as np
import pytest
import scipy.signal
import torch
from torch import Tensor

from prosodyn.config import FrontEndConfig
from prosodyn.features import LogMel

Noise = Callable[..., Tensor]

CONFIG = FrontEndConfig()


def librosa_log_mel(waveform: np.ndarray) -> np.ndarray:
    """Compute the log-mel spectrogram of a waveform, `(time,)`, by scipy and librosa."""
    emphasised = scipy.signal.lfilter([1.0, -0.97], [1.0], waveform.astype(np.float64))
    # librosa puts a window of 480 into the middle of 512 points: 16 samples later than ours
    power = librosa.feature.melspectrogram(
        y=np.pad(emphasised, 16),
        sr=16_000,
        n_fft=512,
        win_length=480,
        hop_length=240,
        window=scipy.signal.windows.hamming(480, sym=True),
        center=False,
        power=2.0,
        n_mels=CONFIG.n_mels,
        fmin=CONFIG.f_min,
        fmax=CONFIG.f_max,
    )
    return np.log(power + 1e-6)


@pytest.mark.parametrize("samples", [480, 959, 960, 8_000])
def test_the_log_mel_spectrogram_is_librosas(noise: Noise, samples: int) -> None:
    waveform = noise(samples)

    features, lengths = LogMel(CONFIG)(waveform[None], torch.tensor([samples]))

    expected = librosa_log_mel(waveform.numpy())
    assert lengths.tolist() == [expected.shape[1]]
    np.testing.assert_allclose(features[0, :, : int(lengths)], expected, atol=1e-4)


def test_a_pure_tone_peaks_in_its_own_band() -> None:
    time = torch.arange(4_800) / 16_000
    tone = torch.sin(2 * torch.pi * 1_000 * time)[None]

    features, _ = LogMel(CONFIG)(tone, torch.tensor([4_800]))

    centres = librosa.mel_frequencies(CONFIG.n_mels + 2, fmin=CONFIG.f_min, fmax=CONFIG.f_max)[1:-1]
    nearest = int(np.abs(centres - 1_000).argmin())
    assert features[0, :, 10].argmax() == nearest


def test_silence_is_the_floor() -> None:
    features, _ = LogMel(CONFIG)(torch.zeros(1, 960), torch.tensor([960]))

    torch.testing.assert_close(features[0, :, :3], torch.full((CONFIG.n_mels, 3), float(np.log(1e-6))))


def test_a_waveform_shorter_than_a_window_is_padded_with_zeros(noise: Noise) -> None:
    waveform = noise(100)

    features, lengths = LogMel(CONFIG)(waveform[None], torch.tensor([100]))

    padded = np.pad(waveform.numpy(), (0, 380))
    assert lengths.tolist() == [1]
    np.testing.assert_allclose(features[0, :, :1], librosa_log_mel(padded), atol=1e-4)


def test_its_tables_stay_out_of_the_weights() -> None:
    assert LogMel(CONFIG).state_dict() == {}
