"""Folds as pure functions: stable, stratified, balanced."""

from collections import Counter
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.evaluation.folds import balanced_groups, shuffled, stratified_folds, stratified_order

seeded = settings(derandomize=True, deadline=None, max_examples=50)
labelled = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=6),
    st.sampled_from(["anger", "fear", "neutral"]),
    min_size=1,
    max_size=60,
)


def test_an_order_is_the_same_on_every_machine() -> None:
    assert shuffled(["a", "b", "c", "d", "e", "f"], seed=0) == ["f", "c", "b", "e", "d", "a"]


def test_another_seed_gives_another_order() -> None:
    names = [str(i) for i in range(30)]

    assert shuffled(names, seed=0) != shuffled(names, seed=1)


def test_an_order_does_not_follow_the_names() -> None:
    names = [f"{i:03}" for i in range(100)]

    assert shuffled(names, seed=0) != names


@seeded
@given(labels=labelled, n_folds=st.integers(1, 12))
def test_every_fold_gets_its_share_of_every_label_within_one(labels: dict[str, str], n_folds: int) -> None:
    folds = stratified_folds(labels, n_folds, seed=3)

    for label, total in Counter(labels.values()).items():
        counts = [sum(labels[item] == label for item in fold) for fold in folds]
        assert all(total // n_folds <= count <= -(-total // n_folds) for count in counts)


@seeded
@given(labels=labelled, n_folds=st.integers(1, 12))
def test_folds_sizes_differ_by_one_at_most(labels: dict[str, str], n_folds: int) -> None:
    sizes = [len(fold) for fold in stratified_folds(labels, n_folds, seed=3)]

    assert max(sizes) - min(sizes) <= 1


@seeded
@given(labels=labelled)
def test_folds_hold_every_item_once(labels: dict[str, str]) -> None:
    folds = stratified_folds(labels, 5, seed=3)

    assert sorted(item for fold in folds for item in fold) == sorted(labels)


@seeded
@given(labels=labelled, share=st.floats(0, 1))
def test_every_beginning_of_a_stratified_order_is_stratified(labels: dict[str, str], share: float) -> None:
    order = stratified_order(labels, seed=3)
    beginning = order[: round(share * len(order))]

    for label, total in Counter(labels.values()).items():
        expected = total * len(beginning) / len(order)
        assert abs(sum(labels[item] == label for item in beginning) - expected) <= 2


def test_equal_groups_are_shared_out_equally() -> None:
    groups = {f"{i:02}": Counter(anger=4, fear=4) for i in range(50)}

    assert [len(fold) for fold in balanced_groups(groups, 10, seed=0)] == [5] * 10


def test_groups_of_one_label_each_are_spread_over_the_folds() -> None:
    groups = {f"{label}-{i}": Counter({label: 3}) for label, i in product(["anger", "fear"], range(4))}

    folds = balanced_groups(groups, 4, seed=0)

    assert [sorted(group.split("-")[0] for group in fold) for fold in folds] == [["anger", "fear"]] * 4


def test_a_large_group_leaves_its_fold_fewer_others() -> None:
    groups = {"large": Counter(anger=6), **{f"small-{i}": Counter(anger=1) for i in range(6)}}

    folds = balanced_groups(groups, 2, seed=0)

    assert sorted(sum(groups[group].total() for group in fold) for fold in folds) == [6, 6]
