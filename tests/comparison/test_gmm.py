"""The mixtures, beside the estimators they came from."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from prosodyn.comparison.gmm import MAX_ITERATIONS, VARIANCE_FLOOR, GaussianMixtures, log_densities
from prosodyn.comparison.method import Examples


def test_a_logit_is_the_estimators_mean_log_likelihood(sequences: Examples) -> None:
    logits = GaussianMixtures.fit(sequences, 2, 5).logits(sequences.heard)

    for emotion in range(3):
        estimator = GaussianMixture(
            2, covariance_type="diag", reg_covar=VARIANCE_FLOOR, max_iter=MAX_ITERATIONS, random_state=5
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            estimator.fit(np.concatenate(sequences.of(emotion), axis=1).T)
        np.testing.assert_allclose(logits[:, emotion], [estimator.score(each.T) for each in sequences.heard])


def test_the_length_of_an_utterance_does_not_matter(sequences: Examples) -> None:
    mixtures = GaussianMixtures.fit(sequences, 2, 0)
    twice = np.concatenate([sequences.heard[0]] * 2, axis=1)

    np.testing.assert_allclose(mixtures.logits([twice]), mixtures.logits(sequences.heard[:1]))


def test_a_density_is_the_product_over_its_features(rng: np.random.Generator) -> None:
    features, means = rng.standard_normal((3, 5)), rng.standard_normal((2, 4, 3))
    variances = rng.uniform(0.1, 2, (2, 4, 3))

    found = log_densities(features, means, variances)

    for emotion, part, frame in np.ndindex(2, 4, 5):
        mean, variance = means[emotion, part], variances[emotion, part]
        factors = np.exp(-((features[:, frame] - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
        np.testing.assert_allclose(np.exp(found[emotion, part, frame]), factors.prod())
