"""Random changes to training features, each alone."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from prosodyn.config import AugmentConfig
from prosodyn.features.functional import length_mask
from prosodyn.training.augment import augment
from prosodyn.training.batches import Batch, TrainingSide

BuildSide = Callable[..., TrainingSide]

EVERY_CHANGE = {
    "crop": AugmentConfig(crop_frames=6),
    "speed": AugmentConfig(speed=0.3),
    "vocal tract": AugmentConfig(vocal_tract=0.3),
    "gain": AugmentConfig(gain=0.5),
    "masks": AugmentConfig(n_masks=2, mask_bands=3, mask_frames=4),
    "voice": AugmentConfig(voice=1.0),
    "mixup": AugmentConfig(mixup=0.4),
    "everything": AugmentConfig(
        voice=0.5,
        crop_frames=9,
        speed=0.3,
        vocal_tract=0.3,
        gain=0.5,
        n_masks=2,
        mask_bands=3,
        mask_frames=4,
        mixup=0.4,
    ),
}
changes = pytest.mark.parametrize("config", EVERY_CHANGE.values(), ids=EVERY_CHANGE.keys())


@pytest.fixture
def batch(build_side: BuildSide) -> Batch:
    """Return ten utterances of 3 to 14 frames of six features, with summaries, by two speakers."""
    batch = build_side(summary_size=4).batch(range(10))
    place = torch.tensor([2.0, 0.5, 0.0, -1.0])
    return batch._replace(voice=torch.where(torch.arange(10)[:, None] < 5, place, -place))


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def copy_of(batch: Batch) -> Batch:
    return Batch(*(tensor.clone() for tensor in batch))


def unsummarised(features: Tensor, lengths: Tensor, targets: Tensor) -> Batch:
    return Batch(
        features,
        lengths,
        targets,
        *torch.zeros(2, len(targets), 0),
        torch.ones_like(targets, dtype=torch.bool),
    )


def same(one: Batch, other: Batch) -> bool:
    return all(torch.equal(mine, yours) for mine, yours in zip(one, other, strict=True))


def ramps(n_utterances: int, n_bands: int, n_frames: int, along: int) -> Batch:
    """Return spectrograms that grow by one along their bands (1) or their frames (2)."""
    ramp = torch.arange(float((n_bands, n_frames)[along - 1]))
    features = ramp[None, :, None] if along == 1 else ramp[None, None, :]
    lengths = torch.full((n_utterances,), n_frames)
    return unsummarised(
        features.expand(n_utterances, n_bands, n_frames).clone(), lengths, torch.eye(n_utterances)
    )


def test_nothing_asked_for_is_nothing_changed(batch: Batch) -> None:
    generator = seeded()

    assert same(augment(batch, AugmentConfig(), generator), batch)
    assert torch.equal(generator.get_state(), seeded().get_state())


@changes
def test_the_batch_that_came_in_stays_as_it_was(batch: Batch, config: AugmentConfig) -> None:
    before = copy_of(batch)

    augment(batch, config, seeded())

    assert same(batch, before)


@changes
def test_something_changes(batch: Batch, config: AugmentConfig) -> None:
    assert not same(augment(batch, config, seeded()), batch)


@changes
def test_the_same_generator_makes_the_same_changes(batch: Batch, config: AugmentConfig) -> None:
    first = augment(batch, config, seeded())
    torch.rand(10)  # somebody else draws

    assert same(augment(batch, config, seeded()), first)


@changes
def test_another_generator_makes_other_changes(batch: Batch, config: AugmentConfig) -> None:
    assert not same(augment(batch, config, seeded(1)), augment(batch, config, seeded(2)))


@changes
def test_padding_stays_zero(batch: Batch, config: AugmentConfig) -> None:
    changed = augment(batch, config, seeded())

    padding = ~length_mask(changed.lengths, changed.features.shape[2])
    assert not changed.features.transpose(1, 2)[padding].any()


@changes
def test_the_longest_utterance_fills_the_batch(batch: Batch, config: AugmentConfig) -> None:
    changed = augment(batch, config, seeded())

    assert 1 <= int(changed.lengths.min()) <= int(changed.lengths.max()) <= changed.features.shape[2]


@changes
def test_targets_sum_to_one(batch: Batch, config: AugmentConfig) -> None:
    torch.testing.assert_close(augment(batch, config, seeded()).targets.sum(dim=1), torch.ones(10))


@pytest.mark.parametrize("change", sorted(EVERY_CHANGE.keys() - {"voice", "mixup", "everything"}))
def test_the_summary_is_of_the_utterance_before_any_change_to_its_spectrograms(
    batch: Batch, change: str
) -> None:
    assert torch.equal(augment(batch, EVERY_CHANGE[change], seeded()).summary, batch.summary)


def voices(n_utterances: int, places: Tensor) -> Batch:
    """Return utterances that are their speaker's place and nothing more, of speakers in turn."""
    voice = places[torch.arange(n_utterances) % len(places)]
    return unsummarised(
        torch.zeros(n_utterances, 2, 3), torch.full((n_utterances,), 3), torch.eye(n_utterances)
    )._replace(summary=voice.clone(), voice=voice)


def test_what_an_emotion_adds_to_a_voice_stays_when_the_voice_moves() -> None:
    plain = voices(6, torch.tensor([[4.0, -1.0], [-4.0, 1.0]]))
    moved_by = augment(plain, AugmentConfig(voice=1.0), seeded()).summary
    moving = plain._replace(summary=plain.summary + 7.0)

    torch.testing.assert_close(augment(moving, AugmentConfig(voice=1.0), seeded()).summary, moved_by + 7.0)


def test_moved_voices_lie_as_far_apart_as_the_speakers_do() -> None:
    places = torch.tensor([[3.0, 0.5, 0.0], [-1.0, 1.0, 0.0], [-2.0, -1.5, 0.0]])
    moved = augment(voices(3_000, places), AugmentConfig(voice=2.0), seeded()).summary

    torch.testing.assert_close(moved.mean(dim=0), torch.zeros(3), atol=0.3, rtol=0)
    expected = 2 * places.square().mean(dim=0).sqrt()
    torch.testing.assert_close(moved.square().mean(dim=0).sqrt(), expected, atol=0.3, rtol=0)


def test_a_single_voice_stays_where_it_is(batch: Batch) -> None:
    alone = batch._replace(voice=torch.zeros_like(batch.voice))

    assert torch.equal(augment(alone, AugmentConfig(voice=1.0), seeded()).summary, batch.summary)


def test_a_crop_is_a_piece_of_its_utterance(batch: Batch) -> None:
    cropped = augment(batch, AugmentConfig(crop_frames=6), seeded())

    assert cropped.lengths.tolist() == [min(length, 6) for length in batch.lengths.tolist()]
    for row, length in enumerate(cropped.lengths.tolist()):
        piece = cropped.features[row, :, :length]
        whole = batch.features[row, :, : int(batch.lengths[row])]
        starts = range(whole.shape[1] - length + 1)
        assert any(torch.equal(whole[:, start : start + length], piece) for start in starts)


def test_crops_start_everywhere() -> None:
    pieces = augment(ramps(200, 1, 9, along=2), AugmentConfig(crop_frames=6), seeded()).features

    assert set(pieces[:, 0, 0].tolist()) == {0.0, 1.0, 2.0, 3.0}


def test_speed_divides_the_length_by_the_tempo() -> None:
    batch = ramps(200, 1, 100, along=2)

    changed = augment(batch, AugmentConfig(speed=0.2), seeded())

    tempo = changed.features[:, 0, 1]  # on a ramp, the second frame shows how fast it is read
    assert float(tempo.min()) >= 0.8
    assert float(tempo.max()) <= 1.2
    assert float(tempo.max() - tempo.min()) > 0.3
    assert changed.lengths.tolist() == torch.round(100 / tempo).tolist()


def test_speed_reads_the_frames_in_between() -> None:
    changed = augment(ramps(20, 1, 100, along=2), AugmentConfig(speed=0.2), seeded())

    for row, length in zip(changed.features[:, 0], changed.lengths.tolist(), strict=True):
        expected = (torch.arange(length) * row[1]).clamp(max=99)
        torch.testing.assert_close(row[:length], expected, atol=1e-3, rtol=1e-4)


def test_another_vocal_tract_stretches_the_bands() -> None:
    batch = ramps(200, 40, 3, along=1)

    changed = augment(batch, AugmentConfig(vocal_tract=0.1), seeded())

    stretch = changed.features[:, 1, 0]
    assert 0.9 <= float(stretch.min()) < 0.95
    assert 1.05 < float(stretch.max()) <= 1.1
    expected = (torch.arange(40) * stretch[:, None]).clamp(max=39)
    torch.testing.assert_close(changed.features[:, :, 1], expected, atol=1e-3, rtol=1e-4)
    assert torch.equal(changed.lengths, batch.lengths)


def test_gain_adds_one_number_to_each_utterance(batch: Batch) -> None:
    changed = augment(batch, AugmentConfig(gain=0.5), seeded())

    for before, after, length in zip(batch.features, changed.features, batch.lengths, strict=True):
        shift = (after - before)[:, :length]
        torch.testing.assert_close(shift, shift[:1, :1].expand_as(shift), atol=1e-5, rtol=0)
        assert abs(float(shift[0, 0])) <= 0.5


def blanked(n_masks: int) -> Tensor:
    """Mask 300 utterances of 20 bands and 30 or 60 frames, and return what was blanked."""
    lengths = torch.tensor([30, 60] * 150)
    ones = torch.ones(300, 20, 60) * length_mask(lengths, 60)[:, None, :]
    config = AugmentConfig(n_masks=n_masks, mask_bands=5, mask_frames=8)
    masked = augment(unsummarised(ones, lengths, torch.ones(300, 1)), config, seeded()).features
    return (ones - masked).bool()


def test_a_mask_is_never_larger_than_allowed() -> None:
    gone = blanked(1)

    bands = torch.stack(
        [row[:, :length].all(dim=1).sum() for row, length in zip(gone, [30, 60] * 150, strict=True)]
    )
    frames = gone.all(dim=1).sum(dim=1)
    assert int(bands.max()) == 5
    assert int(frames[0::2].max()) == 6  # a fifth of 30
    assert int(frames[1::2].max()) == 8


def test_a_mask_is_whole_bands_and_whole_spans() -> None:
    gone, lengths = blanked(1), [30, 60] * 150

    for row, length in zip(gone, lengths, strict=True):
        true = row[:, :length]
        bands, frames = true.all(dim=1), true.all(dim=0)
        assert torch.equal(true, bands[:, None] | frames[None, :])


def test_masks_add_up_to_no_more_than_their_number_allows() -> None:
    frames = blanked(3).all(dim=1).sum(dim=1)

    assert int(frames[0::2].max()) <= 3 * 6
    assert int(frames[1::2].max()) <= 3 * 8


def test_a_very_short_utterance_keeps_its_frames() -> None:
    batch = unsummarised(torch.ones(50, 6, 4), torch.full((50,), 4), torch.ones(50, 1))

    changed = augment(batch, AugmentConfig(n_masks=2, mask_bands=0, mask_frames=4), seeded())

    assert changed.features.all()


def test_mixing_blends_features_targets_and_summaries_alike() -> None:
    n = 30
    one_hot = torch.eye(n)
    features, lengths = one_hot[:, :, None].expand(n, n, 4).clone(), torch.full((n,), 4)
    batch = Batch(features, lengths, one_hot, one_hot, one_hot, one_hot.bool())

    mixed = augment(batch, AugmentConfig(mixup=1.0), seeded())

    # each utterance is its own target in every frame, so that a fair blend stays so
    torch.testing.assert_close(mixed.features, mixed.targets[:, :, None].expand(n, n, 4))
    torch.testing.assert_close(mixed.summary, mixed.targets)
    assert (mixed.targets.diagonal() >= 0.5).all()
    assert (mixed.targets > 0).sum() > n
    assert torch.equal(mixed.allowed, mixed.targets > 0)  # what either may be called, the blend may


def test_a_blend_is_as_long_as_the_longer_one() -> None:
    lengths = torch.tensor([2, 9])
    batch = unsummarised(torch.ones(2, 1, 9) * length_mask(lengths, 9)[:, None, :], lengths, torch.eye(2))
    blends = [augment(batch, AugmentConfig(mixup=1.0), seeded(seed)) for seed in range(20)]

    mixed = [blend for blend in blends if blend.targets[0, 1] > 0]
    assert mixed
    assert all(blend.lengths.tolist() == [9, 9] for blend in mixed)
