"""The narrow-band spectrogram, beside tones, clicks and a transform by loop."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import scipy.signal
import torch
from torch import Tensor

from prosodyn.config import FrontEndConfig
from prosodyn.features import LogMel
from prosodyn.features.fourier import PowerSpectrum
from prosodyn.features.narrow_band import NarrowBand, low_pass_filter, variable_q

Noise = Callable[..., Tensor]
PadWaveforms = Callable[..., tuple[Tensor, Tensor]]

CONFIG = FrontEndConfig(narrow_band=True)
N_SAMPLES = 8_000
CENTRES = 60 * (1_700 / 60) ** (np.arange(64) / 63)  # Hz, of 64 bands at even steps of pitch


def tone(hz: float) -> Tensor:
    """Return half a second of unit amplitude, `(1, time)`."""
    return torch.sin(2 * torch.pi * hz * torch.arange(N_SAMPLES, dtype=torch.float64) / 16_000)[None].float()


def click(at: int) -> Tensor:
    """Return silence but for one sample, `(1, time)`."""
    return torch.nn.functional.one_hot(torch.tensor([at]), N_SAMPLES).float()


def power_of(waveform: Tensor) -> Tensor:
    """Return the power of each band in each frame, `(band, frame)`."""
    logarithm: Tensor = NarrowBand(CONFIG)(waveform, torch.tensor([waveform.shape[1]]))[0]
    return logarithm.exp()


def power_by_loop(waveform: np.ndarray, band: int, frame: int) -> float:
    """Filter, decimate, weigh and transform, a sample at a time."""
    low = np.convolve(waveform, scipy.signal.firwin(89, 2_000, fs=16_000, window="hamming"), mode="same")
    # one band is a step from the next: a Hann window of two over that many seconds, at most 64 ms
    step = CENTRES[band] * (CENTRES[1] / CENTRES[0] - 1)
    seconds = min(0.064, 2 / step)
    start = 240 * frame - 272  # so that 1024 samples and 480 of a log-mel frame have one middle
    total, weights = 0j, 0.0
    for index in range(256):
        moment = (index - 127.5) / 4_000
        weight = 0.5 + 0.5 * math.cos(2 * math.pi * moment / seconds) if abs(moment) < seconds / 2 else 0.0
        angle = 2 * math.pi * CENTRES[band] * moment
        at = start + 4 * index
        sample = low[at] if 0 <= at < len(low) else 0.0
        total += weight * sample * complex(math.cos(angle), math.sin(angle))
        weights += weight
    return abs(total / weights) ** 2


@pytest.mark.parametrize("band", [0, 7, 30, 45, 63])
def test_the_power_is_that_of_a_transform_by_loop(noise: Noise, band: int) -> None:
    waveform = noise(N_SAMPLES)

    power = power_of(waveform[None])

    expected = [power_by_loop(waveform.double().numpy(), band, frame) for frame in (1, 10, 28)]
    np.testing.assert_allclose(power[band, [1, 10, 28]], expected, rtol=2e-3, atol=1e-8)


def test_the_low_pass_is_scipys() -> None:
    expected = scipy.signal.firwin(89, 2_000, fs=16_000, window="hamming")

    np.testing.assert_allclose(low_pass_filter(2_000, 16_000, 89), expected, atol=1e-15)


@pytest.mark.parametrize("band", range(0, 64, 7))
def test_a_tone_has_a_quarter_of_power_in_its_own_band(band: int) -> None:
    frames_inside = power_of(tone(CENTRES[band]))[band, 5:25]

    assert frames_inside.tolist() == pytest.approx([0.25] * 20, rel=0.01)


@pytest.mark.parametrize("band", range(0, 64, 7))
def test_a_tone_is_loudest_in_its_own_band(band: int) -> None:
    assert power_of(tone(CENTRES[band]))[:, 5:25].argmax(dim=0).tolist() == [band] * 20


@pytest.mark.parametrize("band", range(0, 62, 7))
def test_a_tone_a_semitone_higher_is_one_band_higher(band: int) -> None:
    higher = CENTRES[band] * 2 ** (1 / 12)

    assert power_of(tone(higher))[:, 5:25].argmax(dim=0).tolist() == [band + 1] * 20


@pytest.mark.parametrize("hz", [2_300.0, 3_000.0, 5_000.0, 6_300.0, 7_900.0])
def test_a_tone_above_the_bands_does_not_fold_into_them(hz: float) -> None:
    # every fourth sample alone would make 1 kHz of 5 kHz, in full; 50 dB are a hundred thousandth
    assert float(power_of(tone(hz))[:, 5:25].max()) < 1e-5 * 0.25


@pytest.mark.parametrize("frame", [3, 10, 20])
@pytest.mark.parametrize("middle", [239, 240])
def test_a_click_is_loudest_in_the_frame_of_the_log_mel_that_it_is_in_the_middle_of(
    frame: int, middle: int
) -> None:
    waveform = click(240 * frame + middle)
    mel, lengths = LogMel(CONFIG)(waveform, torch.tensor([N_SAMPLES]))

    assert mel[0, :, : int(lengths)].sum(dim=0).argmax() == frame
    assert power_of(waveform).sum(dim=0).argmax() == frame


@pytest.mark.parametrize("at", [3_000, 4_100, 4_123])
def test_a_click_is_seen_when_it_happens(at: int) -> None:
    # windows of 64 ms overlap enough for the mean moment of the power to be that of the click
    power = power_of(click(at))[:20].double() - 1e-10

    moments = 240 * torch.arange(power.shape[1]) + 239.5  # middles of the log-mel's frames
    seen = (power * moments).sum(dim=1) / power.sum(dim=1)
    np.testing.assert_allclose(seen, at, atol=2.5)


@pytest.mark.parametrize("filling", [0.9, -1e9, math.nan])
@pytest.mark.parametrize("samples", [1, 700, 4_001])
def test_what_lies_beyond_the_end_never_matters(
    noise: Noise, pad_waveforms: PadWaveforms, samples: int, filling: float
) -> None:
    waveform = noise(samples)

    padded = NarrowBand(CONFIG)(*pad_waveforms([waveform], 3_000, filling))

    alone = NarrowBand(CONFIG)(waveform[None], torch.tensor([samples]))
    torch.testing.assert_close(padded[:, :, : alone.shape[2]], alone, atol=1e-4, rtol=0)


@pytest.mark.parametrize(("window", "hop"), [(480, 240), (480, 160), (1_024, 1_024), (2, 4), (321, 100)])
@pytest.mark.parametrize("samples", [1, 239, 240, 479, 480, 481, 1_023, 1_024, 2_399, 2_400, 2_401])
def test_there_are_as_many_frames_as_the_log_mel_needs(window: int, hop: int, samples: int) -> None:
    config = FrontEndConfig(narrow_band=True, window=window, hop=hop, n_fft=1_024)
    waveform = torch.zeros(1, samples)

    narrow = NarrowBand(config)(waveform, torch.tensor([samples]))

    mel, _ = LogMel(config)(waveform, torch.tensor([samples]))
    assert narrow.shape[2] >= mel.shape[2]


def test_silence_is_the_floor() -> None:
    silence = NarrowBand(CONFIG)(torch.zeros(1, 960), torch.tensor([960]))

    torch.testing.assert_close(silence, torch.full_like(silence, math.log(1e-10)))


def test_the_waveform_stays_as_it_was(noise: Noise) -> None:
    waveform = noise(1, 900)
    before = waveform.clone()

    NarrowBand(CONFIG)(waveform, torch.tensor([500]))

    assert torch.equal(waveform, before)


@pytest.mark.parametrize("n_bands", [12, 64, 80])
def test_a_tone_in_the_middle_of_a_band_has_a_power_of_a_quarter(n_bands: int) -> None:
    windows, frequencies = variable_q(n_bands, 4_000)
    moments = np.arange(256)

    np.testing.assert_allclose(frequencies * 4_000, np.geomspace(60, 1_700, n_bands))
    tones = np.exp(2j * np.pi * frequencies[:, None] * moments)  # a cosine and a sine, whatever the phase
    waveforms = torch.from_numpy(np.stack([tones.real, tones.imag])).float()
    power = (
        PowerSpectrum(windows, frequencies, 1)(waveforms.flatten(0, 1)).view(2, n_bands, n_bands).mean(dim=0)
    )
    np.testing.assert_allclose(power.diagonal(), 0.25, rtol=0.02)


def test_its_tables_stay_out_of_the_weights() -> None:
    assert NarrowBand(CONFIG).state_dict() == {}
