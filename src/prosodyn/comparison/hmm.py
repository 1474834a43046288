"""Hidden Markov models, one an emotion: what its frames sound like, and what follows what."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from prosodyn.comparison.extras import needing
from prosodyn.comparison.gmm import VARIANCE_FLOOR, log_densities
from prosodyn.comparison.method import Examples, Heard, RealArray, refuse_few_frames

MAX_ITERATIONS = 20
SEEN_BEFORE = 2.0
"""Parameter of the Dirichlet priors: each start and each transition counts as seen once before."""


@dataclass(frozen=True, slots=True)
class MarkovModels:
    """Models whose states are Gaussians with diagonal covariances; any state may follow any other.

    As in `GaussianMixtures`, the logit is the log-likelihood divided by the number of frames, and
    all emotions count as equally frequent.

    Attributes:
        starts: `(emotion, state)`, above zero, sum to one
        transitions: `(emotion, state, state)`, from row to column, above zero, rows sum to one
        means: `(emotion, state, feature)`
        variances: `(emotion, state, feature)`
    """

    fitted_by: ClassVar[str] = "hmmlearn"

    starts: RealArray
    transitions: RealArray
    means: RealArray
    variances: RealArray

    @classmethod
    def fit(cls, examples: Examples, value: float, seed: int) -> "MarkovModels":
        """Fit `value` states an emotion, by expectation maximisation (Baum and Welch)."""
        with needing("hmmlearn", "comparison", "fitting an HMM"):
            from hmmlearn.hmm import GaussianHMM
            from sklearn.cluster import KMeans
        models = []
        for emotion in range(examples.n_emotions):
            heard = examples.of(emotion)
            refuse_few_frames(heard, int(value), "states")
            model = GaussianHMM(
                int(value),
                covariance_type="diag",
                min_covar=VARIANCE_FLOOR,
                startprob_prior=SEEN_BEFORE,
                transmat_prior=SEEN_BEFORE,
                init_params="stc",  # the means are given
                n_iter=MAX_ITERATIONS,
                random_state=seed,
            )
            frames = np.concatenate(heard, axis=1).T
            # left to itself hmmlearn clusters ten times over, which takes longer than all that follows
            model.means_ = KMeans(int(value), n_init=1, random_state=seed).fit(frames).cluster_centers_
            models.append(model.fit(frames, [features.shape[1] for features in heard]))
        return cls(
            starts=np.stack([model.startprob_ for model in models]),
            transitions=np.stack([model.transmat_ for model in models]),
            means=np.stack([model.means_ for model in models]),
            variances=np.stack([np.diagonal(model.covars_, axis1=1, axis2=2) for model in models]),
        )

    def logits(self, heard: Heard) -> RealArray:
        """Return the log-likelihood per frame under each model, `(utterance, emotion)`."""
        return np.stack([self._log_likelihood(features) / features.shape[1] for features in heard])

    def _log_likelihood(self, features: RealArray) -> RealArray:
        """Sum over all paths by the forward recursion (Rabiner 1989, eq. 19 to 21), `(emotion,)`."""
        emissions = log_densities(features, self.means, self.variances)
        log_transitions = np.log(self.transitions)
        forward = np.log(self.starts) + emissions[:, :, 0]  # (emotion, state)
        for frame in range(1, features.shape[1]):
            arriving = np.logaddexp.reduce(forward[:, :, None] + log_transitions, axis=1)
            forward = arriving + emissions[:, :, frame]
        likelihood: RealArray = np.logaddexp.reduce(forward, axis=1)
        return likelihood
