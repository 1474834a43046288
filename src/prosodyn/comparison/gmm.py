"""Gaussian mixtures, one an emotion: what its frames sound like, in whatever order."""

import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from prosodyn.comparison.extras import needing
from prosodyn.comparison.method import Examples, Heard, RealArray, refuse_few_frames

MAX_ITERATIONS = 20
VARIANCE_FLOOR = 1e-3
"""Added to each variance of the standardised features, so that no component narrows to a point."""


@dataclass(frozen=True, slots=True)
class GaussianMixtures:
    """Mixtures with diagonal covariances.

    Frames follow each other so closely that they are no independent witnesses; the logit is the
    mean of their log-likelihoods, not the sum. All emotions count as equally frequent.

    Attributes:
        weights: `(emotion, component)`, above zero, sum to one
        means: `(emotion, component, feature)`
        variances: `(emotion, component, feature)`
    """

    fitted_by: ClassVar[str] = "scikit-learn"

    weights: RealArray
    means: RealArray
    variances: RealArray

    @classmethod
    def fit(cls, examples: Examples, value: float, seed: int) -> "GaussianMixtures":
        """Fit `value` components an emotion, by expectation maximisation."""
        with needing("scikit-learn", "train", "fitting a GMM"):
            from sklearn.exceptions import ConvergenceWarning
            from sklearn.mixture import GaussianMixture
        mixtures = []
        for emotion in range(examples.n_emotions):
            heard = examples.of(emotion)
            refuse_few_frames(heard, int(value), "components")
            mixture = GaussianMixture(
                int(value),
                covariance_type="diag",
                reg_covar=VARIANCE_FLOOR,
                max_iter=MAX_ITERATIONS,
                random_state=seed,
            )
            with warnings.catch_warnings():
                # the last steps change the likelihood little, and the answers less
                warnings.simplefilter("ignore", ConvergenceWarning)
                mixtures.append(mixture.fit(np.concatenate(heard, axis=1).T))
        return cls(
            weights=np.stack([mixture.weights_ for mixture in mixtures]),
            means=np.stack([mixture.means_ for mixture in mixtures]),
            variances=np.stack([mixture.covariances_ for mixture in mixtures]),
        )

    def logits(self, heard: Heard) -> RealArray:
        """Return the mean log-likelihood of the frames under each mixture, `(utterance, emotion)`."""
        rows = []
        for features in heard:
            densities = log_densities(features, self.means, self.variances)
            joint = densities + np.log(self.weights)[:, :, None]
            rows.append(np.logaddexp.reduce(joint, axis=1).mean(axis=1))
        return np.stack(rows)


def log_densities(features: RealArray, means: RealArray, variances: RealArray) -> RealArray:
    """Compute log N(x; μ, σ²) of every frame under Gaussians with diagonal covariances.

    The square (x - μ)² / σ² is multiplied out, so that matrix products do the work.

    Args:
        features: `(feature, frame)`
        means: `(emotion, part, feature)`
        variances: `(emotion, part, feature)`

    Returns:
        `(emotion, part, frame)`
    """
    precisions = 1 / variances
    distances = (
        precisions @ np.square(features)
        - 2 * (means * precisions) @ features
        + (np.square(means) * precisions).sum(axis=2)[:, :, None]
    )
    constants = np.log(2 * np.pi * variances).sum(axis=2)[:, :, None]
    log_density: RealArray = -0.5 * (constants + distances)
    return log_density
