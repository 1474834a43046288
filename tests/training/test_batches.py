"""The stream of batches."""

import dataclasses
import itertools
from collections.abc import Callable

import pytest
import torch

from prosodyn.training.batches import Batch, TrainingSide, batches_per_epoch, pieces, shuffled

BuildSide = Callable[..., TrainingSide]


@pytest.fixture
def numbered_side() -> TrainingSide:
    """Return a side whose utterances and summaries carry their own number, of 1 to 23 frames."""
    lengths = [(7 * i) % 23 + 1 for i in range(50)]
    spectrograms = [torch.full((2, length), float(i)) for i, length in enumerate(lengths, start=1)]
    summary = torch.arange(1.0, 51.0)[:, None].expand(50, 3)
    return TrainingSide(
        spectrograms, torch.arange(50) % 4, 4, summary, -summary, torch.arange(200).view(50, 4) % 3 > 0
    )


def numbers_of(batch: Batch) -> list[int]:
    return [int(row[0, 0]) for row in batch.features]


def epoch_of(side: TrainingSide, batch_size: int = 8, epoch: int = 0, seed: int = 0) -> list[list[int]]:
    return [numbers_of(batch) for batch in shuffled(side, batch_size, epoch, seed)]


@pytest.mark.parametrize("batch_size", [1, 3, 8, 50, 200])
def test_every_utterance_comes_once_an_epoch(numbered_side: TrainingSide, batch_size: int) -> None:
    epoch = epoch_of(numbered_side, batch_size)

    assert sorted(number for batch in epoch for number in batch) == list(range(1, 51))
    assert max(len(batch) for batch in epoch) <= batch_size


@pytest.mark.parametrize(("batch_size", "expected"), [(1, 50), (8, 7), (25, 2), (50, 1), (200, 1)])
def test_the_batches_of_an_epoch_are_counted(
    numbered_side: TrainingSide, batch_size: int, expected: int
) -> None:
    assert batches_per_epoch(numbered_side, batch_size) == expected
    assert len(epoch_of(numbered_side, batch_size)) == expected


def test_the_same_seed_and_epoch_give_the_same_order(numbered_side: TrainingSide) -> None:
    before = epoch_of(numbered_side, epoch=3, seed=7)
    torch.rand(10)  # somebody else draws

    assert epoch_of(numbered_side, epoch=3, seed=7) == before


@pytest.mark.parametrize(("epoch", "seed"), [(1, 0), (0, 1)])
def test_another_epoch_or_seed_gives_another_order(
    numbered_side: TrainingSide, epoch: int, seed: int
) -> None:
    assert epoch_of(numbered_side, epoch=epoch, seed=seed) != epoch_of(numbered_side)


def test_shuffling_leaves_the_global_generator_alone(numbered_side: TrainingSide) -> None:
    before = torch.get_rng_state()

    list(shuffled(numbered_side, 8, 0, 0))

    assert torch.equal(torch.get_rng_state(), before)


def companions(batches: list[list[int]]) -> set[frozenset[int]]:
    """Return every two utterances that share a batch."""
    return {frozenset(pair) for batch in batches for pair in itertools.combinations(batch, 2)}


@pytest.mark.parametrize("batch_size", [2, 8, 25])
def test_another_epoch_puts_others_together(numbered_side: TrainingSide, batch_size: int) -> None:
    first, second = (companions(epoch_of(numbered_side, batch_size, epoch)) for epoch in (0, 1))

    assert len(first & second) < 0.6 * len(first)


def test_where_there_are_many_a_batch_holds_utterances_of_like_length(numbered_side: TrainingSide) -> None:
    computed = sum(batch.features[:, 0].numel() for batch in shuffled(numbered_side, 2, 0, 0))

    true = sum(spectrogram.shape[1] for spectrogram in numbered_side.spectrograms)
    assert computed < 1.3 * true


def test_padding_is_zero(numbered_side: TrainingSide) -> None:
    batch = numbered_side.batch([3, 20, 11])

    for row, position in enumerate([3, 20, 11]):
        spectrogram = numbered_side.spectrograms[position]
        n_frames = int(batch.lengths[row])
        assert torch.equal(batch.features[row, :, :n_frames], spectrogram)
        assert not batch.features[row, :, n_frames:].any()


def test_a_target_is_one_at_its_emotion(numbered_side: TrainingSide) -> None:
    targets = numbered_side.batch([0, 5, 3]).targets

    assert targets.tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]]


def test_a_summary_stays_with_its_utterance(numbered_side: TrainingSide) -> None:
    for batch in shuffled(numbered_side, 8, 0, 0):
        assert batch.summary.tolist() == [[number] * 3 for number in numbers_of(batch)]


def test_a_batch_is_a_copy(numbered_side: TrainingSide) -> None:
    batch = numbered_side.batch([0])
    batch.features.zero_()
    batch.summary.zero_()

    assert numbered_side.spectrograms[0].eq(1).all()
    assert numbered_side.summary[0].eq(1).all()


@pytest.mark.parametrize(("largest", "expected"), [(1, 50), (20, 3), (49, 2), (50, 1), (64, 1)])
def test_the_pieces_of_a_batch_hold_every_utterance_once(
    numbered_side: TrainingSide, largest: int, expected: int
) -> None:
    cut = list(pieces(numbered_side.batch(range(50)), largest))

    assert len(cut) == expected
    assert max(len(piece.lengths) for piece in cut) <= largest
    assert sorted(number for piece in cut for number in numbers_of(piece)) == list(range(1, 51))


def test_a_piece_keeps_what_belongs_together(numbered_side: TrainingSide) -> None:
    for piece in pieces(numbered_side.batch(range(50)), 7):
        for row, number in enumerate(numbers_of(piece)):
            whole = numbered_side.spectrograms[number - 1]
            assert piece.lengths[row] == whole.shape[1]
            assert torch.equal(piece.features[row, :, : whole.shape[1]], whole)
            assert piece.targets[row].argmax() == numbered_side.targets[number - 1]
            assert piece.summary[row].tolist() == [number] * 3


def test_a_piece_is_padded_to_its_own_longest(numbered_side: TrainingSide) -> None:
    cut = list(pieces(numbered_side.batch(range(50)), 7))

    assert [piece.features.shape[2] for piece in cut] == [int(piece.lengths.max()) for piece in cut]
    assert cut[0].features.shape[2] < cut[-1].features.shape[2]


def test_who_has_no_chance_is_never_drawn_and_others_more_than_once(numbered_side: TrainingSide) -> None:
    chances = torch.tensor([1.0] * 10 + [0.0] * 40)

    drawn = [
        number for batch in epoch_of(dataclasses.replace(numbered_side, chances=chances)) for number in batch
    ]

    assert len(drawn) == 50
    assert set(drawn) <= set(range(1, 11))
    assert len(set(drawn)) > 5
