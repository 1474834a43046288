"""The summary of an utterance, beside numpy and loops over its true frames."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import scipy.fft
import scipy.signal
import torch
from torch import Tensor

from prosodyn.config import FrontEndConfig
from prosodyn.features import UtteranceSummary, build_front_end
from prosodyn.features.summary import contour_matrix, loudness_weights, slope

Noise = Callable[..., Tensor]

CONFIG = FrontEndConfig(n_mels=12, narrow_band=True)
N_CONTOURS = 6 + 12 + 12  # pairs of bands, and the cepstra of either spectrogram
LENGTHS = [1, 2, 5, 63, 64, 65, 80, 150]


@pytest.fixture
def draw_features(noise: Noise) -> Callable[[int], Tensor]:
    """Return a function that draws features that wander as speech does, `(feature, frame)`."""
    return lambda n_frames: 3 * noise(24, n_frames).cumsum(dim=1) - 6


def summarise(features: Tensor) -> np.ndarray:
    """Return the numbers on the contours of one utterance, `(kind, contour)`."""
    summary: Tensor = UtteranceSummary(CONFIG)(features[None], torch.tensor([features.shape[1]]))
    return summary[0].double().numpy().reshape(11, N_CONTOURS)


def contours_of(features: Tensor) -> np.ndarray:
    """Return the contours of one utterance, `(contour, frame)`."""
    mel, narrow = features.double().numpy()[:12], features.double().numpy()[12:]
    pairs = [(mel[2 * pair] + mel[2 * pair + 1]) / 2 for pair in range(6)]
    cepstra = [scipy.fft.dct(spectrogram, type=2, norm="ortho", axis=0) for spectrogram in (mel, narrow)]
    return np.concatenate([pairs, *cepstra])


def deviation_of(contours: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(contours.var(axis=1) + 1e-6))


def slope_by_fit(contours: np.ndarray) -> np.ndarray:
    """Fit a straight line to each contour, and return its deviation, with the sign of its slope."""
    frames = np.arange(contours.shape[1])
    if len(frames) == 1:
        return np.zeros(len(contours))
    return np.array([np.polyfit(frames, contour, 1)[0] * frames.std() for contour in contours])


def pace_by_loop(contours: np.ndarray) -> np.ndarray:
    """Estimate each frame's slope from two frames on either side, and return its deviation."""
    n_contours, n_frames = contours.shape
    deltas = np.zeros_like(contours)
    padded = np.pad(contours, ((0, 0), (2, 2)), mode="edge")
    for contour in range(n_contours):
        for frame in range(n_frames):
            back2, back1, _, ahead1, ahead2 = padded[contour, frame : frame + 5]
            deltas[contour, frame] = (ahead1 - back1 + 2 * (ahead2 - back2)) / 10
    return deviation_of(deltas)


def loudness_by_loop(features: Tensor) -> np.ndarray:
    """Weigh each frame by e to one and a half times its mean level in deviations."""
    level = features.double().numpy()[:12].sum(axis=0) / math.sqrt(12)  # the first cepstrum
    standard = (level - level.mean()) / math.sqrt(level.var() + 1e-6)
    weights = [math.exp(1.5 * value) for value in standard]
    return np.array(weights) / sum(weights)


def loud_mean(features: Tensor) -> np.ndarray:
    return np.average(contours_of(features), axis=1, weights=loudness_by_loop(features))


def loud_deviation(features: Tensor) -> np.ndarray:
    apart = contours_of(features) - loud_mean(features)[:, None]
    return np.asarray(np.sqrt(np.average(apart**2, axis=1, weights=loudness_by_loop(features)) + 1e-6))


def modulation_by_fft(contours: np.ndarray, first: int, last: int) -> np.ndarray:
    """Average the spectra of windows of 64 frames, sixteen apart, and sum some bins."""
    centred = contours - contours.mean(axis=1, keepdims=True)
    if centred.shape[1] < 64:
        centred = np.pad(centred, ((0, 0), (0, 64 - centred.shape[1])))
    window = scipy.signal.windows.hamming(64, sym=True)
    starts = range(0, centred.shape[1] - 63, 16)
    spectra = [np.abs(np.fft.rfft(centred[:, start : start + 64] * window)) ** 2 for start in starts]
    power = np.mean(spectra, axis=0)[:, first : last + 1].sum(axis=1)
    return np.asarray(np.log(power + 1e-3))


KINDS: dict[str, Callable[[Tensor], np.ndarray]] = {
    "mean": lambda features: contours_of(features).mean(axis=1),
    "deviation": lambda features: deviation_of(contours_of(features)),
    "slope": lambda features: slope_by_fit(contours_of(features)),
    "pace": lambda features: pace_by_loop(contours_of(features)),
    "rise of the mean in loud frames": lambda features: (
        loud_mean(features) - contours_of(features).mean(axis=1)
    ),
    "deviation in loud frames": loud_deviation,
    "1 to 3 Hz": lambda features: modulation_by_fft(contours_of(features), 1, 3),
    "4 to 6 Hz": lambda features: modulation_by_fft(contours_of(features), 4, 6),
    "7 to 11 Hz": lambda features: modulation_by_fft(contours_of(features), 7, 11),
    "12 to 19 Hz": lambda features: modulation_by_fft(contours_of(features), 12, 19),
    "20 to 32 Hz": lambda features: modulation_by_fft(contours_of(features), 20, 32),
}


@pytest.mark.parametrize("n_frames", LENGTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_number_is_numpys(draw_features: Callable[[int], Tensor], kind: str, n_frames: int) -> None:
    features = draw_features(n_frames)

    found = summarise(features)[list(KINDS).index(kind)]

    np.testing.assert_allclose(found, KINDS[kind](features), rtol=1e-3, atol=2e-4)


@pytest.mark.parametrize("extra", [0, 1, 70])
def test_padding_and_neighbours_change_nothing(draw_features: Callable[[int], Tensor], extra: int) -> None:
    module, utterances = UtteranceSummary(CONFIG), [draw_features(length) for length in LENGTHS]
    batch = torch.zeros(len(LENGTHS), 24, max(LENGTHS) + extra)
    for row, features in zip(batch, utterances, strict=True):
        row[:, : features.shape[1]] = features

    together = module(batch, torch.tensor(LENGTHS))

    for row, features in enumerate(utterances):
        alone = module(features[None], torch.tensor([features.shape[1]]))[0]
        torch.testing.assert_close(together[row], alone, atol=1e-4, rtol=1e-4)


def test_the_features_stay_as_they_were(draw_features: Callable[[int], Tensor]) -> None:
    features = draw_features(70)[None]
    before = features.clone()

    UtteranceSummary(CONFIG)(features, torch.tensor([70]))

    assert torch.equal(features, before)


def test_one_frame_is_its_own_mean_and_does_not_move(draw_features: Callable[[int], Tensor]) -> None:
    features = draw_features(1)

    mean, deviation, rise, pace, in_loud, deviation_in_loud, *modulation = summarise(features)

    np.testing.assert_allclose(mean, contours_of(features)[:, 0], atol=1e-5)
    np.testing.assert_allclose(in_loud, 0, atol=1e-5)
    np.testing.assert_allclose([deviation, pace, deviation_in_loud], 1e-3, rtol=1e-2)
    np.testing.assert_allclose(rise, 0, atol=1e-6)
    np.testing.assert_allclose(modulation, math.log(1e-3), rtol=1e-3)


@pytest.mark.parametrize("n_frames", [2, 64, 200])
def test_what_never_changes_moves_no_more_than_one_frame(
    draw_features: Callable[[int], Tensor], n_frames: int
) -> None:
    frame = draw_features(1)

    np.testing.assert_allclose(
        summarise(frame.expand(24, n_frames).contiguous()), summarise(frame), atol=1e-3
    )


def test_a_louder_recording_differs_in_its_mean_alone(draw_features: Callable[[int], Tensor]) -> None:
    features = draw_features(100)

    softer, louder = summarise(features), summarise(features + 2.5)

    moved = {
        kind for kind, one, other in zip(KINDS, softer, louder, strict=True) if abs(one - other).max() > 0.01
    }
    assert moved == {"mean"}


@pytest.mark.parametrize("n_frames", [2, 3, 50])
def test_the_slope_of_a_line_is_its_deviation(n_frames: int) -> None:
    line = torch.arange(float(n_frames)) - (n_frames - 1) / 2

    rise = slope(torch.stack([3 * line, -0.5 * line])[None], torch.tensor([n_frames]))

    deviation = math.sqrt((n_frames**2 - 1) / 12)
    assert rise[0].tolist() == pytest.approx([3 * deviation, -0.5 * deviation])


def test_loud_frames_weigh_more_by_hand() -> None:
    # two frames one deviation above the mean and two below it; then padding
    level = torch.tensor([[4.0, -4.0, 4.0, -4.0, 0.0]])

    weights = loudness_weights(level, torch.tensor([4]))[0]

    loud, soft = math.exp(1.5), math.exp(-1.5)
    expected = [share / (2 * loud + 2 * soft) for share in (loud, soft, loud, soft)]
    assert weights.tolist() == pytest.approx([*expected, 0.0], abs=1e-6)


@pytest.mark.parametrize("n_mels", [40, 41, 64])
def test_contours_are_pairs_of_bands_and_the_lowest_cepstra(rng: np.random.Generator, n_mels: int) -> None:
    mel, narrow = rng.standard_normal((2, n_mels, 7))

    found = contour_matrix(FrontEndConfig(n_mels=n_mels, narrow_band=True)) @ np.concatenate([mel, narrow])

    n_pairs = n_mels // 2  # a band that is left over has no pair
    pairs = mel[: 2 * n_pairs].reshape(n_pairs, 2, 7).mean(axis=1)
    cepstra = [scipy.fft.dct(each, type=2, norm="ortho", axis=0) for each in (mel, narrow)]
    np.testing.assert_allclose(found, np.concatenate([pairs, cepstra[0][:20], cepstra[1][:30]]), atol=1e-12)


@pytest.mark.parametrize(
    ("config", "n_contours"),
    [
        (FrontEndConfig(), 32 + 20),
        (FrontEndConfig(narrow_band=True), 32 + 20 + 30),
        (FrontEndConfig(n_mels=13), 6 + 13),
        (FrontEndConfig(n_mels=13, narrow_band=True), 6 + 13 + 13),
        (FrontEndConfig(n_mels=1), 1),
        (FrontEndConfig(name="mfcc"), 39),
        (FrontEndConfig(name="mfcc", n_mfcc=4), 12),
    ],
    ids=["log-mel", "narrow band", "odd", "odd, narrow band", "one band", "39 cepstra", "12 cepstra"],
)
def test_every_front_end_has_its_summary(noise: Noise, config: FrontEndConfig, n_contours: int) -> None:
    features, lengths = build_front_end(config)(noise(2, 9_000), torch.tensor([9_000, 100]))
    module = UtteranceSummary(config)

    summary = module(features, lengths)

    assert summary.shape == (2, module.size) == (2, 11 * n_contours)
    assert torch.isfinite(summary).all()


def test_the_loud_frames_of_cepstra_are_those_of_their_first(noise: Noise) -> None:
    config = FrontEndConfig(name="mfcc", n_mfcc=2)
    features = noise(6, 30)

    summary = UtteranceSummary(config)(features[None], torch.tensor([30]))[0]

    level = features[0].double()
    weights = torch.softmax(1.5 * (level - level.mean()) / (level.var(correction=0) + 1e-6).sqrt(), dim=0)
    rise = features.double() @ weights - features.double().mean(dim=1)
    torch.testing.assert_close(summary[24:30].double(), rise, atol=1e-5, rtol=1e-5)


def test_its_tables_stay_out_of_the_weights() -> None:
    assert UtteranceSummary(CONFIG).state_dict() == {}
