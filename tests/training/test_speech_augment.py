"""What a student hears is changed, and what its teachers say is not."""

import math

import pytest
import torch
from torch import Tensor

from prosodyn.config import FrontEndConfig, SpeechAugmentConfig
from prosodyn.training.speech import SpeechBatch
from prosodyn.training.speech_augment import Surroundings, level, reverberate, surround

FRONT_END = FrontEndConfig(n_mels=4, narrow_band=True)
NOISES = [torch.randn(8, n, generator=torch.Generator().manual_seed(n)) for n in (5, 60)]
AROUND = Surroundings(FRONT_END, NOISES)
EVERYTHING = SpeechAugmentConfig(
    reverberation=1.0, noise=1.0, gain=0.5, tilt=1.0, n_masks=1, mask_bands=2, mask_frames=3
)
CHANGES = [
    SpeechAugmentConfig(reverberation=1.0),
    SpeechAugmentConfig(noise=1.0),
    SpeechAugmentConfig(gain=1.0),
    SpeechAugmentConfig(tilt=1.0),
    SpeechAugmentConfig(n_masks=2, mask_bands=4, mask_frames=8),
    EVERYTHING,
]


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(3)


def speech(filling: float = 0.0) -> SpeechBatch:
    """Return two recordings of random loudness, whose second ends early."""
    features = torch.randn(2, 8, 30, generator=torch.Generator().manual_seed(1))
    features[1, :, 20:] = filling
    return SpeechBatch(
        features=features,
        lengths=torch.tensor([30, 20]),
        mean=torch.full((2, 8), 0.3),
        scale=torch.full((2, 8), 2.0),
        states=torch.randn(2, 6, 5, generator=generator()),
        prosody=torch.randn(2, 6, 3, generator=generator()),
        n_frames=torch.tensor([6, 4]),
    )


@pytest.mark.parametrize("config", CHANGES)
def test_what_the_teachers_say_stays(config: SpeechAugmentConfig) -> None:
    before = speech()

    after = surround(before, config, AROUND, generator())

    assert not torch.equal(
        after.features, surround(before, SpeechAugmentConfig(), AROUND, generator()).features
    )
    for key in ("lengths", "states", "prosody", "n_frames"):
        assert torch.equal(getattr(after, key), getattr(before, key))


@pytest.mark.parametrize("config", CHANGES)
def test_what_came_in_stays(config: SpeechAugmentConfig) -> None:
    before = speech()

    surround(before, config, AROUND, generator())

    assert torch.equal(before.features, speech().features)


@pytest.mark.parametrize("config", CHANGES)
def test_padding_changes_nothing_and_is_zero(config: SpeechAugmentConfig) -> None:
    one, other = (surround(speech(filling), config, AROUND, generator()) for filling in (0.0, 7.0))

    torch.testing.assert_close(one.features, other.features)
    assert not one.features[1, :, 20:].any()


def test_without_changes_features_are_normalised_and_nothing_else() -> None:
    found = surround(speech(), SpeechAugmentConfig(), AROUND, generator())

    torch.testing.assert_close(found.features[0], (speech().features[0] - 0.3) / 2.0)


def test_noise_is_mixed_in_at_the_ratio_that_is_asked_for() -> None:
    """The power that is added, over that of the speech, on the mel bands."""
    before = speech()
    config = SpeechAugmentConfig(noise=1.0, least_snr=6.0, most_snr=6.0)

    after = surround(before, config, AROUND, generator()).features * 2.0 + 0.3

    added = (after[0].exp() - before.features[0].exp())[None]
    loud, soft = (level(each, torch.tensor([30]), 4) for each in (before.features[:1], added.log()))
    assert float(loud - soft) * 10 / math.log(10) == pytest.approx(6.0, abs=1e-3)


def test_only_a_share_of_the_recordings_is_noisy() -> None:
    n = 400
    many = SpeechBatch(*(each[:1].expand(n, *each.shape[1:]) for each in speech()))

    after = surround(many, SpeechAugmentConfig(noise=0.25), AROUND, generator())

    plain = surround(many, SpeechAugmentConfig(), AROUND, generator())
    changed = (after.features != plain.features).flatten(1).any(dim=1).float().mean()
    assert float(changed) == pytest.approx(0.25, abs=0.06)


def echoes_of(features: Tensor) -> Tensor:
    return reverberate(features, 1.0, AROUND, generator())


def test_echoes_follow_a_sound_and_fall_by_the_same_share_in_every_frame() -> None:
    clap = torch.full((1, 8, 30), -20.0)
    clap[0, :, 4] = 3.0

    heard = echoes_of(clap)[0, 0]

    assert float(heard[3]) == pytest.approx(-20.0, abs=0.1)
    steps = heard[5:].diff()[:12]
    assert (steps < 0).all()
    torch.testing.assert_close(steps, steps[:1].expand(12), atol=1e-3, rtol=0.0)


def test_a_room_leaves_a_steady_sound_as_it_is() -> None:
    steady = torch.full((1, 8, 400), 1.0)

    torch.testing.assert_close(echoes_of(steady)[:, :, -1], steady[:, :, -1], atol=1e-2, rtol=0.0)


def test_a_tilt_is_a_line_over_each_spectrogram() -> None:
    plain = surround(speech(), SpeechAugmentConfig(), AROUND, generator()).features
    tilted = surround(speech(), SpeechAugmentConfig(tilt=1.0), AROUND, generator()).features

    line = (tilted - plain)[0, :, 0]
    torch.testing.assert_close(line[:4], line[4:])
    torch.testing.assert_close(line[:4].diff(), line[:4].diff()[:1].expand(3))
    assert abs(float(line[3] - line[0])) <= 1.0
