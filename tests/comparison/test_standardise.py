"""Standardising, beside scikit-learn's."""

import numpy as np
from sklearn.preprocessing import StandardScaler

from prosodyn.comparison.method import Examples
from prosodyn.comparison.standardise import Standardiser


def test_vectors_are_standardised_as_scikit_learn_does(vectors: Examples) -> None:
    standardised = Standardiser.fit(vectors.heard).apply(vectors.heard)

    expected = StandardScaler().fit_transform(np.concatenate(vectors.heard, axis=1).T)
    np.testing.assert_allclose(np.concatenate(standardised, axis=1).T, expected, atol=1e-12)


def test_every_frame_counts_once_however_long_its_utterance(sequences: Examples) -> None:
    frames = np.concatenate(Standardiser.fit(sequences.heard).apply(sequences.heard), axis=1)

    np.testing.assert_allclose(frames.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(frames.std(axis=1), 1)


def test_what_never_changes_is_centred_and_left_alone() -> None:
    heard = [np.array([[5e6 + 0.1], [float(place)]]) for place in range(3)]

    standardiser = Standardiser.fit(heard)

    assert standardiser.scale[0] == 1
    np.testing.assert_allclose([each[0, 0] for each in standardiser.apply(heard)], 0, atol=1e-6)
