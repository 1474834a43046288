"""The loss of a student, and a loop that can be stopped."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from prosodyn.config import (
    DistillationWeights,
    FrontEndConfig,
    NetworkConfig,
    SpeechAugmentConfig,
    TrainingConfig,
)
from prosodyn.errors import TrainingError
from prosodyn.features import FeatureNormaliser
from prosodyn.features.encoders import HOP
from prosodyn.features.prosody import VOICED, VOICING
from prosodyn.model import InputShape, build_network
from prosodyn.model.student import Student, frames_in_waveform
from prosodyn.training import loop
from prosodyn.training.distilling import Assignment, Distiller, imitation, masked_mean, prosody_terms
from prosodyn.training.journal import EpochReport
from prosodyn.training.loop import RunPlace
from prosodyn.training.speech import SpeechSide
from prosodyn.training.speech_augment import Surroundings

FRONT_END = FrontEndConfig(n_mels=6, hop=320, window=320)
NETWORK = NetworkConfig(
    channels=(3, 4), band_strides=(2, 2), frame_strides=(2, 2), n_kernels=2, hidden_size=4, dropout=0.2
)
BLOCKS = (3, 2)
TRAINING = TrainingConfig(
    epochs=6, batch_size=4, learning_rate=0.03, weight_average=0.5, temperature_epochs=2
)
CHANGES = SpeechAugmentConfig(
    reverberation=0.5, noise=0.5, gain=0.2, tilt=0.2, n_masks=1, mask_bands=2, mask_frames=2
)
WEIGHTS = DistillationWeights(states=1.0, f0=0.5, voicing=2.0, energy=0.25)


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def side() -> SpeechSide:
    """Return ten pieces of 3 to 12 of the teachers' frames, who say what the bands are."""
    lengths = [3 + n for n in range(10)]
    features = [random(6, 4 * n, seed=n) for n in lengths]
    states = [each[:5].reshape(5, n, 4).mean(dim=2) for each, n in zip(features, lengths, strict=True)]
    prosody = [random(3, n, seed=n) for n in lengths]
    for each in prosody:
        each[VOICING] = torch.sigmoid(each[VOICING])
    return SpeechSide(features, torch.zeros(10, 6), torch.ones(10, 6), states, FeatureNormaliser(5), prosody)


Distil = Callable[..., tuple[dict[str, Tensor], list[EpochReport]]]


class Interruption(BaseException):
    """Stands for Ctrl-C, which is no `Exception`."""


@pytest.fixture
def distil(side: SpeechSide) -> Distil:
    """Return a function that distils a small student, and returns its weights and reports."""

    def run(
        directory: Path | None = None, training: TrainingConfig = TRAINING, stop_after: int = 0
    ) -> tuple[dict[str, Tensor], list[EpochReport]]:
        reports: list[EpochReport] = []

        def progress(report: EpochReport) -> None:
            reports.append(report)
            if report.epoch == stop_after:
                raise Interruption

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(5)
            network = build_network(NETWORK, InputShape(6), 2)
            student = Student(
                network, NETWORK.hidden_size, frames_in_waveform(FRONT_END, NETWORK), sum(BLOCKS)
            )
        around = Surroundings(FRONT_END, [random(6, 9, seed=50)])
        place = RunPlace(torch.device("cpu"), directory, "ours", progress)
        distiller = Distiller(student, training, Assignment(WEIGHTS, BLOCKS, CHANGES, around), place)
        return distiller.fit(side).state_dict(), reports

    return run


def test_a_students_frames_are_as_long_as_its_teachers_here() -> None:
    assert frames_in_waveform(FRONT_END, NETWORK).stride == HOP


def test_the_imitation_is_that_of_every_frame_by_itself() -> None:
    predicted, said = random(2, 4, 5, seed=1), random(2, 4, 5, seed=2)
    mask = torch.tensor([[True] * 4, [True, True, False, False]])

    found = imitation(predicted, said, mask, BLOCKS)

    each = []
    for row, frame in mask.nonzero().tolist():
        for block in (slice(0, 3), slice(3, 5)):
            ours, theirs = predicted[row, frame, block], said[row, frame, block]
            cosine = (ours @ theirs) / (ours.norm() * theirs.norm())
            each.append((ours - theirs).abs().mean() - functional.logsigmoid(cosine))
    torch.testing.assert_close(found, torch.stack(each).mean())


def test_nothing_is_better_than_what_the_teachers_say() -> None:
    said, mask = random(2, 4, 5), torch.ones(2, 4, dtype=torch.bool)

    best = imitation(said, said, mask, BLOCKS)

    torch.testing.assert_close(best, -functional.logsigmoid(torch.tensor(1.0)))
    assert best < imitation(said + 0.1 * random(2, 4, 5, seed=1), said, mask, BLOCKS)


def test_padding_has_no_part_in_any_term() -> None:
    mask = torch.tensor([[True, True, True, False]])
    predicted, said = random(1, 4, 3, seed=1), random(1, 4, 3, seed=2).sigmoid()
    spoilt = predicted.clone()
    spoilt[:, 3] = 99.0

    one, other = (prosody_terms(each, said, mask) for each in (predicted, spoilt))

    assert one.keys() == other.keys() == {"f0", "voicing", "energy"}
    for name, value in one.items():
        torch.testing.assert_close(value, other[name])


def test_where_there_is_no_voice_its_pitch_does_not_matter() -> None:
    said = random(1, 6, 3, seed=2).sigmoid()
    mask = torch.ones(1, 6, dtype=torch.bool)
    voiced = said[0, :, VOICING] >= VOICED
    assert 0 < int(voiced.sum()) < 6
    predicted = random(1, 6, 3, seed=1)

    found = prosody_terms(predicted, said, mask)["f0"]

    torch.testing.assert_close(found, (predicted - said)[0, voiced, 0].abs().mean())


def test_a_batch_without_a_voice_has_no_pitch_to_learn() -> None:
    assert float(masked_mean(random(1, 3), torch.zeros(1, 3, dtype=torch.bool))) == 0.0


def test_the_loss_falls(distil: Distil) -> None:
    _, reports = distil(training=dataclasses.replace(TRAINING, epochs=25))

    assert reports[-1].loss < 0.92 * reports[0].loss
    assert reports[-1].terms["states"] < 0.9 * reports[0].terms["states"]


def test_the_journal_tells_every_term_and_they_add_up(distil: Distil, tmp_path: Path) -> None:
    distil(tmp_path)

    lines = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3, 4, 5, 6]
    for line in lines:
        assert line["terms"].keys() == {"states", "f0", "voicing", "energy"}
        assert sum(line["terms"].values()) == pytest.approx(line["loss"])


@pytest.mark.parametrize("stops", [(1,), (2, 5)])
def test_a_stopped_distillation_ends_with_the_weights_of_an_unbroken_one(
    distil: Distil, tmp_path: Path, stops: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "SECONDS_BETWEEN_CHECKPOINTS", -1.0)
    for epoch in stops:
        with pytest.raises(Interruption):
            distil(tmp_path / "stopped", stop_after=epoch)

    resumed, _ = distil(tmp_path / "stopped")

    unbroken, _ = distil(tmp_path / "unbroken")
    assert all(torch.equal(resumed[name], value) for name, value in unbroken.items())


def test_without_speech_there_is_nothing_to_learn(side: SpeechSide) -> None:
    network = build_network(NETWORK, InputShape(6), 2)
    student = Student(network, NETWORK.hidden_size, frames_in_waveform(FRONT_END, NETWORK), 5)
    assignment = Assignment(WEIGHTS, BLOCKS, CHANGES, Surroundings(FRONT_END))
    distiller = Distiller(student, TRAINING, assignment, RunPlace(torch.device("cpu")))
    nothing = dataclasses.replace(side, features=[])

    with pytest.raises(TrainingError, match="there is no speech to hear"):
        distiller.fit(nothing)
