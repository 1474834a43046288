"""A student reads its own frames where the teachers' lie."""

import pytest
import torch
from torch import Tensor, nn

from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.features import build_front_end
from prosodyn.features.encoders import HOP, Place
from prosodyn.model import InputShape, build_network
from prosodyn.model.student import Student, at_middles, frames_in_waveform

FRONT_END = FrontEndConfig(n_mels=12, narrow_band=True)
NETWORK = NetworkConfig(
    channels=(3, 4), band_strides=(2, 2), frame_strides=(2, 2), n_kernels=2, hidden_size=4, dropout=0.0
)


@pytest.fixture
def student() -> Student:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        network = build_network(NETWORK, InputShape(24, 2), 2)
        return Student(network, NETWORK.hidden_size, frames_in_waveform(FRONT_END, NETWORK), 7).eval()


def interpolate(frames: Tensor, length: int, place: Place, n_frames: int) -> Tensor:
    """Do the same by one frame after the other."""
    rows = []
    for number in range(n_frames):
        position = (number * HOP + (HOP - 1) / 2 - place.first) / place.stride
        position = min(max(position, 0.0), length - 1.0)
        before = int(position)
        after = min(before + 1, length - 1)
        share = position - before
        rows.append((1 - share) * frames[before] + share * frames[after])
    return torch.stack(rows)


@pytest.mark.parametrize("stride", [240, 960, 1920])
def test_frames_are_interpolated_at_the_middles_of_others(stride: int) -> None:
    frames, lengths = torch.randn(3, 9, 2, generator=torch.Generator().manual_seed(1)), [9, 4, 1]
    place = Place(239.5, stride)

    found = at_middles(frames, torch.tensor(lengths), place, 8)

    for row, length, values in zip(frames, lengths, found, strict=True):
        torch.testing.assert_close(values, interpolate(row, length, place, 8))


def test_padding_is_never_read() -> None:
    frames = torch.randn(1, 5, 2, generator=torch.Generator().manual_seed(1))
    spoilt = frames.clone()
    spoilt[:, 3:] = torch.nan

    found = (at_middles(each, torch.tensor([3]), Place(0.0, 960), 9) for each in (frames, spoilt))

    torch.testing.assert_close(*found)


def test_a_click_is_seen_where_it_is() -> None:
    """The frame of convolutions that sees a click most is the one whose place is nearest to it."""
    place = frames_in_waveform(FRONT_END, NETWORK)
    front_end = build_front_end(FrontEndConfig(n_mels=12))
    smooth = torch.full((1, 1, 3), 1 / 3)
    for number in (2, 5, 11):
        waveform = torch.zeros(1, 16_000)
        at = round(place.first + number * place.stride)
        waveform[0, at - 1 : at + 1] = 0.9
        features, lengths = front_end(waveform, torch.tensor([16_000]))
        x = features[:, :, : int(lengths)].exp().sum(dim=1, keepdim=True)
        for stride in NETWORK.frame_strides:
            x = nn.functional.conv1d(x, smooth, stride=stride, padding=1)
        assert int(x[0, 0].argmax()) == number


def test_a_student_says_as_much_as_its_teachers(student: Student) -> None:
    found = student(torch.randn(2, 24, 40), torch.tensor([40, 22]), 8)

    assert (found.states.shape, found.prosody.shape) == ((2, 8, 7), (2, 8, 3))


def test_padding_changes_nothing(student: Student) -> None:
    generator = torch.Generator().manual_seed(2)
    alone = torch.randn(1, 24, 22, generator=generator)
    other = torch.randn(1, 24, 40, generator=generator)
    together = torch.cat([nn.functional.pad(alone, (0, 18)), other])

    padded = student(together, torch.tensor([22, 40]), 8)
    single = student(alone, torch.tensor([22]), 4)

    torch.testing.assert_close(padded.states[:1, :4], single.states)
    torch.testing.assert_close(padded.prosody[:1, :4], single.prosody)


def test_every_weight_below_the_pooling_learns(student: Student) -> None:
    found = student.train()(torch.randn(2, 24, 40), torch.tensor([40, 22]), 8)
    (found.states.sum() + found.prosody.square().sum()).backward()

    idle = {name for name, each in student.named_parameters() if each.grad is None}
    assert idle == {"network.head.weight", "network.head.bias"}


def test_without_encoders_there_are_no_states() -> None:
    network = build_network(NETWORK, InputShape(24, 2), 2)
    student = Student(network, NETWORK.hidden_size, frames_in_waveform(FRONT_END, NETWORK), 0)

    assert student(torch.randn(1, 24, 40), torch.tensor([40]), 8).states.shape == (1, 8, 0)


def test_a_clock_that_is_read_by_the_student_tells_the_times_of_the_teachers() -> None:
    place = frames_in_waveform(FRONT_END, NETWORK)
    clock = (place.first + place.stride * torch.arange(40.0))[None, :, None]

    found = at_middles(clock, torch.tensor([40]), place, 12)[0, :, 0]

    torch.testing.assert_close(found, torch.arange(12.0) * HOP + (HOP - 1) / 2)
