"""Divide labelled items into folds: pure functions of names, labels and a seed.

The random orders come from SHA-256 instead of a generator of random numbers, so that a fold
holds the same items on every machine, with every version of numpy, and in whatever order the
items are given.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping


def shuffled(names: Iterable[str], seed: int | str) -> list[str]:
    """Put names into a random order that depends on nothing but the names and the seed.

    Examples:
        >>> shuffled(["a", "b", "c"], seed=0) == shuffled(["c", "a", "b"], seed=0)
        True
    """
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}/{name}".encode()).digest())


def stratified_folds(labels: Mapping[str, str], n_folds: int, seed: int | str) -> list[list[str]]:
    """Deal items into folds like cards, one label after the other.

    The folds' sizes differ by one at most, and so do their counts of every label.

    Args:
        labels: item to label
        n_folds: at least one
        seed: of the order in which the items of a label are dealt

    Returns:
        the items of each fold
    """
    dealt = sorted(shuffled(labels, seed), key=labels.__getitem__)
    return [dealt[fold::n_folds] for fold in range(n_folds)]


def stratified_order(labels: Mapping[str, str], seed: int | str) -> list[str]:
    """Put items into a random order of which every beginning is stratified.

    The j-th of a label's n items stands at (j + 1/2) / n of the way, so each label is spread evenly.
    """
    totals = Counter(labels.values())
    seen: Counter[str] = Counter()
    place: dict[str, float] = {}
    for item in shuffled(labels, seed):
        label = labels[item]
        place[item] = (seen[label] + 0.5) / totals[label]
        seen[label] += 1
    return sorted(place, key=place.__getitem__)


def balanced_groups(groups: Mapping[str, Counter[str]], n_folds: int, seed: int | str) -> list[list[str]]:
    """Share out whole groups so that the folds' counts of every label come close to equal.

    Greedy: the largest group first, each to the fold where it raises the sum of squared shares
    of the labels least. For counts c of a fold and g of a group that rise is the sum over the
    labels of (2cg + g²) / n², n the label's total; g² is the same for every fold.

    Args:
        groups: group to its count of every label
        n_folds: at most the number of groups
        seed: of the order among groups of equal size

    Returns:
        the groups of each fold
    """
    totals = sum(groups.values(), Counter[str]())
    counts = [Counter[str]() for _ in range(n_folds)]
    folds: list[list[str]] = [[] for _ in range(n_folds)]
    for name in sorted(shuffled(groups, seed), key=lambda group: -groups[group].total()):
        fold = min(range(n_folds), key=lambda i: (_rise(counts[i], groups[name], totals), counts[i].total()))
        folds[fold].append(name)
        counts[fold] += groups[name]
    return folds


def _rise(counts: Counter[str], group: Counter[str], totals: Counter[str]) -> float:
    """Sum exactly (`fsum`), so that ties are ties on every machine."""
    return math.fsum(counts[label] * group[label] / totals[label] ** 2 for label in group)
