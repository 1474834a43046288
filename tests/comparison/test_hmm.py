"""The hidden Markov models, beside hmmlearn and beside a sum over every path."""

import itertools

import numpy as np
import pytest
from hmmlearn.hmm import GaussianHMM

from prosodyn.comparison.hmm import MarkovModels
from prosodyn.comparison.method import Examples


@pytest.fixture
def models(sequences: Examples) -> MarkovModels:
    return MarkovModels.fit(sequences, 2, 0)


def test_a_logit_is_hmmlearns_log_likelihood_per_frame(models: MarkovModels, sequences: Examples) -> None:
    logits = models.logits(sequences.heard)

    for emotion in range(3):
        oracle = GaussianHMM(2, covariance_type="diag")
        oracle.startprob_, oracle.transmat_ = models.starts[emotion], models.transitions[emotion]
        oracle.means_, oracle.covars_ = models.means[emotion], models.variances[emotion]
        expected = [oracle.score(each.T) / each.shape[1] for each in sequences.heard]
        np.testing.assert_allclose(logits[:, emotion], expected)


def test_the_likelihood_sums_over_every_path(models: MarkovModels, rng: np.random.Generator) -> None:
    features = rng.standard_normal((4, 3))
    starts, transitions = models.starts[0], models.transitions[0]
    means, variances = models.means[0], models.variances[0]

    def density(state: int, frame: int) -> float:
        distances = (features[:, frame] - means[state]) ** 2 / variances[state]
        return float(np.prod(np.exp(-distances / 2) / np.sqrt(2 * np.pi * variances[state])))

    total = sum(
        starts[a] * density(a, 0) * transitions[a, b] * density(b, 1) * transitions[b, c] * density(c, 2)
        for a, b, c in itertools.product(range(2), repeat=3)
    )
    assert np.exp(3 * models.logits([features])[0, 0]) == pytest.approx(total)


def test_no_start_and_no_transition_is_impossible(models: MarkovModels) -> None:
    assert models.starts.min() > 0
    assert models.transitions.min() > 0
    np.testing.assert_allclose(models.transitions.sum(axis=2), 1)


def test_training_makes_what_was_heard_likelier(sequences: Examples, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosodyn.comparison.hmm.MAX_ITERATIONS", 1)
    early = MarkovModels.fit(sequences, 2, 0).logits(sequences.heard)
    monkeypatch.undo()
    late = MarkovModels.fit(sequences, 2, 0).logits(sequences.heard)

    own = (np.arange(18), sequences.targets)
    assert late[own].sum() > early[own].sum()
