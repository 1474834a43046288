"""What every front end promises; a new one is tested by being registered."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from prosodyn.config import FrontEndConfig
from prosodyn.features import FrontEnd, TwoSpectrograms, build_front_end
from prosodyn.features.build import FRONT_ENDS
from prosodyn.features.functional import length_mask

Noise = Callable[..., Tensor]
PadWaveforms = Callable[..., tuple[Tensor, Tensor]]

LENGTHS = [4_000, 1_000, 2_399, 300]

EVERY_FRONT_END = {
    **{name: FrontEndConfig(name=name) for name in sorted(FRONT_ENDS)},  # type: ignore[arg-type]
    "narrow band": FrontEndConfig(narrow_band=True),
}


@pytest.fixture(params=EVERY_FRONT_END.values(), ids=list(EVERY_FRONT_END))
def front_end(request: pytest.FixtureRequest) -> FrontEnd:
    return build_front_end(request.param)


@pytest.fixture
def waveforms(noise: Noise) -> list[Tensor]:
    return [noise(length) for length in LENGTHS]


@pytest.mark.parametrize("name", sorted(FRONT_ENDS))
def test_the_name_decides(name: str) -> None:
    assert type(build_front_end(FrontEndConfig(name=name))) is FRONT_ENDS[name]  # type: ignore[arg-type]


def test_a_narrow_band_spectrogram_is_a_second_one() -> None:
    assert type(build_front_end(FrontEndConfig(narrow_band=True))) is TwoSpectrograms


def test_shapes_follow_the_contract(
    front_end: FrontEnd, waveforms: list[Tensor], pad_waveforms: PadWaveforms
) -> None:
    features, lengths = front_end(*pad_waveforms(waveforms))

    assert features.shape[:2] == (4, front_end.n_features)
    assert features.shape[2] >= lengths.max()
    assert features.dtype == torch.float32


def test_lengths_are_those_of_the_samples(
    front_end: FrontEnd, waveforms: list[Tensor], pad_waveforms: PadWaveforms
) -> None:
    _, lengths = front_end(*pad_waveforms(waveforms))

    assert lengths.tolist() == front_end.lengths(torch.tensor(LENGTHS)).tolist() == [15, 3, 8, 1]


@pytest.mark.parametrize(
    ("extra", "filling"), [(0, 0.0), (1, 0.0), (5_000, 0.0), (333, 0.9), (333, -1e9), (333, math.nan)]
)
def test_padding_and_neighbours_change_nothing(
    front_end: FrontEnd, waveforms: list[Tensor], pad_waveforms: PadWaveforms, extra: int, filling: float
) -> None:
    features, lengths = front_end(*pad_waveforms(waveforms, extra, filling))

    # the narrow band's floor is lower: its logarithm shows the rounding of what is 80 dB louder
    atol = 1e-4 if isinstance(front_end, TwoSpectrograms) else 3e-5
    for row, waveform in enumerate(waveforms):
        alone, alone_lengths = front_end(waveform[None], torch.tensor([len(waveform)]))
        n_frames = int(alone_lengths)
        assert lengths[row] == n_frames
        torch.testing.assert_close(
            features[row, :, :n_frames], alone[0, :, :n_frames], atol=atol, rtol=0, msg=f"utterance {row}"
        )


def test_features_are_zero_on_padding(
    front_end: FrontEnd, waveforms: list[Tensor], pad_waveforms: PadWaveforms
) -> None:
    features, lengths = front_end(*pad_waveforms(waveforms, 700, 0.5))

    padding = ~length_mask(lengths, features.shape[2])
    assert padding.any()
    assert not features.transpose(1, 2)[padding].any()


def test_the_waveform_stays_as_it_was(
    front_end: FrontEnd, waveforms: list[Tensor], pad_waveforms: PadWaveforms
) -> None:
    waveform, samples = pad_waveforms(waveforms, 100, 0.5)
    before = waveform.clone()

    front_end(waveform, samples)

    assert torch.equal(waveform, before)


@pytest.mark.parametrize("samples", [1, 2, 479])
def test_less_than_a_window_is_one_finite_frame(front_end: FrontEnd, noise: Noise, samples: int) -> None:
    features, lengths = front_end(noise(1, samples), torch.tensor([samples]))

    assert lengths.tolist() == [1]
    assert torch.isfinite(features[:, :, :1]).all()


def test_silence_is_finite(front_end: FrontEnd) -> None:
    features, _ = front_end(torch.zeros(1, 2_000), torch.tensor([2_000]))

    assert torch.isfinite(features).all()
