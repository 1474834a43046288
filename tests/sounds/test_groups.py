"""The groups of classes: complete, without overlap, and as likely as their likeliest class."""

import numpy as np

from prosodyn.sounds import GROUPS, HUMAN, VOICE
from prosodyn.sounds.groups import N_CLASSES, group_logits


def test_every_class_is_in_one_group() -> None:
    assert sorted(place for parts in GROUPS.values() for part in parts for place in part) == list(
        range(N_CLASSES)
    )


def test_voices_are_human_and_both_are_groups() -> None:
    assert set(VOICE) <= set(HUMAN) <= set(GROUPS)


def test_a_group_is_as_likely_as_its_likeliest_class() -> None:
    logits = np.random.default_rng(0).standard_normal((3, N_CLASSES)).astype(np.float32)
    by_hand = [
        [max(row[place] for part in parts for place in part) for parts in GROUPS.values()] for row in logits
    ]
    assert np.array_equal(group_logits(logits), np.array(by_hand, dtype=np.float32))
