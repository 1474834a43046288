"""What goes through a channel comes out as long, in its place, and with less in it."""

import typing
from collections.abc import Callable

import numpy as np
import pytest

from prosodyn.audio import CHANNELS, find_channel, through, utterance_waveform
from prosodyn.audio.channels import telephone
from prosodyn.corpora.toy import recording
from prosodyn.errors import ConfigError
from prosodyn.types import SAMPLE_RATE, Channel, FloatArray, Utterance

SPEECH = recording("anger", "f1")


def tone(frequency: float, seconds: float = 1.0, amplitude: float = 0.3) -> FloatArray:
    """Return a sine, in Hz."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def level_change(frequency: float, channel: str) -> float:
    """Return by how many dB a tone comes out louder, away from its ends."""
    sent = tone(frequency)
    (before, after) = (
        np.abs(np.vdot(np.exp(-2j * np.pi * frequency * np.arange(8000) / SAMPLE_RATE), each[4000:12000]))
        for each in (sent, through(sent, channel))
    )
    return float(20 * np.log10(after / before))


@pytest.mark.parametrize("name", CHANNELS)
@pytest.mark.parametrize("n_samples", [1, 2, 159, 1600, 1601, 20_001])
def test_it_comes_out_as_long_as_it_went_in(name: str, n_samples: int) -> None:
    assert through(SPEECH[:n_samples], name).shape == (n_samples,)


@pytest.mark.parametrize("name", CHANNELS)
def test_nothing_goes_in_and_nothing_comes_out(name: str) -> None:
    assert through(SPEECH[:0], name).shape == (0,)


@pytest.mark.parametrize("name", CHANNELS)
def test_it_comes_out_where_it_went_in(name: str) -> None:
    # every shift by up to 1600 samples, one after the other
    out = through(SPEECH, name)
    middle = SPEECH[2000:-2000]
    likeness = [float(middle @ out[2000 + shift : len(out) - 2000 + shift]) for shift in range(-1600, 1601)]
    assert int(np.argmax(likeness)) - 1600 == 0


@pytest.mark.parametrize("name", CHANNELS)
def test_the_waveform_that_goes_in_stays_as_it_was(name: str) -> None:
    before = SPEECH.copy()

    through(before, name)

    assert np.array_equal(before, SPEECH)


@pytest.mark.parametrize("name", CHANNELS)
def test_the_same_comes_out_again(name: str) -> None:
    assert np.array_equal(through(SPEECH, name), through(SPEECH, name))


@pytest.mark.parametrize("name", CHANNELS)
def test_something_is_lost(name: str) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 16_000).astype(np.float32)

    lost = noise - through(noise, name)

    assert float(lost @ lost) > 0.01 * float(noise @ noise)


@pytest.mark.parametrize("name", CHANNELS)
def test_silence_stays_silence(name: str) -> None:
    assert np.abs(through(np.zeros(8_000, np.float32), name)).max() < 1e-4


@pytest.mark.parametrize("name", CHANNELS)
@pytest.mark.parametrize(
    "waveform", [np.sign(tone(440)), np.ones(8_000, np.float32)], ids=["square", "offset"]
)
def test_what_is_clipped_stays_within_full_scale(name: str, waveform: FloatArray) -> None:
    out = through(waveform, name)

    assert out.dtype == np.float32
    assert np.isfinite(out).all()
    assert np.abs(out).max() <= 1.0


@pytest.mark.parametrize("name", ["opus", "mp3"])
def test_more_than_a_block_goes_through_whole(name: str) -> None:
    long = np.tile(SPEECH, -(-300_000 // len(SPEECH)))

    out = through(long, name)

    assert len(out) == len(long)
    assert np.corrcoef(long[-16_000:], out[-16_000:])[0, 1] > 0.9


@pytest.mark.parametrize(
    ("frequency", "lowest", "highest"),
    [
        (100, -99, -35),
        (200, -99, -25),
        (300, -3.5, -2.5),
        (1000, -0.3, 0.3),
        (3400, -3.5, -2.5),
        (3600, -99, -28),
    ],
)
def test_a_telephone_has_its_band(frequency: float, lowest: float, highest: float) -> None:
    assert lowest <= level_change(frequency, "telephone") <= highest


def test_a_telephone_leaves_nothing_above_its_band() -> None:
    power = np.abs(np.fft.rfft(telephone(SPEECH))) ** 2
    frequency = np.fft.rfftfreq(len(SPEECH), 1 / SAMPLE_RATE)

    assert power[frequency > 4200].sum() < 1e-3 * power.sum()


def mu_law_by_segments(sample: float) -> float:
    """Return what G.711 makes of a sample in [-1, 1]: 8 segments of 16 steps either side of zero."""
    magnitude = min(abs(sample) * 8192, 8158) + 33  # the standard counts 14 bits
    segment = int(np.floor(np.log2(magnitude))) - 5
    step = int(magnitude / 2 ** (segment + 1)) - 16
    value = (2 * step + 33) * 2**segment - 33
    return float(np.sign(sample)) * value / 8192


def test_a_telephone_codes_by_the_steps_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    # all of it within the band, at the line's own rate
    monkeypatch.setattr("soxr.resample", lambda waveform, *_, **__: waveform)
    monkeypatch.setattr("prosodyn.audio.channels._telephone_taps", lambda: np.eye(129)[64])
    # between steps, where a rounding decides nothing
    sent = np.array([0.9, -0.9, 0.5003, 0.101, -0.0502, 0.00701, -0.001, 0.0], np.float32)

    np.testing.assert_allclose(telephone(sent), [mu_law_by_segments(each) for each in sent], atol=1e-4)


@pytest.mark.parametrize(("frequency", "lowest", "highest"), [(200, -2, 1), (3000, -4, 1), (7000, -9, 3)])
def test_opus_keeps_the_band(frequency: float, lowest: float, highest: float) -> None:
    assert lowest <= level_change(frequency, "opus") <= highest


def test_an_mp3_keeps_what_lies_below_7200_hz() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 32_000).astype(np.float32)
    frequency = np.fft.rfftfreq(len(noise), 1 / SAMPLE_RATE)
    before, after = (np.abs(np.fft.rfft(each)) ** 2 for each in (noise, through(noise, "mp3")))

    above = frequency > 7300
    assert after[above].sum() < 1e-2 * before[above].sum()
    assert after[~above].sum() == pytest.approx(before[~above].sum(), rel=0.1)


def test_without_a_channel_all_stays_as_it_is() -> None:
    assert through(SPEECH, "") is SPEECH


@pytest.mark.parametrize("ask", [find_channel, lambda name: through(SPEECH, name)], ids=["find", "through"])
def test_an_unknown_channel_is_named(ask: Callable[[str], object]) -> None:
    with pytest.raises(
        ConfigError, match=r"unknown channel 'radio', expected one of \['telephone', 'opus', .*'noise'\]"
    ):
        ask("radio")


def test_every_channel_has_a_name_and_every_name_a_channel() -> None:
    assert {"", *CHANNELS} == set(typing.get_args(Channel))


@pytest.mark.parametrize("name", CHANNELS)
def test_an_utterance_is_heard_through_its_channel(name: Channel) -> None:
    utterance = Utterance("a", "anger", "f1", "toy", waveform=SPEECH, channel=name)

    assert np.array_equal(utterance_waveform(utterance), through(SPEECH, name))


def test_an_utterance_of_no_channel_is_heard_as_it_is() -> None:
    assert np.array_equal(utterance_waveform(Utterance("a", "anger", "f1", "toy", waveform=SPEECH)), SPEECH)
