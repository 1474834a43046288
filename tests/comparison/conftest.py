"""Three emotions that are easily told apart, as vectors and as sequences of frames."""

import numpy as np
import pytest

from prosodyn.comparison.method import Examples

N_FEATURES = 4


@pytest.fixture
def vectors(rng: np.random.Generator) -> Examples:
    """Return sixty vectors of three emotions, around three corners."""
    targets = np.arange(60) % 3
    corners = 2.5 * np.eye(3, N_FEATURES)
    return Examples([(corners[t] + rng.standard_normal(N_FEATURES))[:, None] for t in targets], targets, 3)


@pytest.fixture
def two_emotions(vectors: Examples) -> Examples:
    """Return the vectors of the first two emotions."""
    chosen = vectors.at([place for place, target in enumerate(vectors.targets) if target < 2])
    return Examples(chosen.heard, chosen.targets, 2)


@pytest.fixture
def sequences(rng: np.random.Generator) -> Examples:
    """Return eighteen sequences of 12 to 20 frames; their level jumps, in each emotion in its own way."""
    targets = np.arange(18) % 3
    heard = []
    for target in targets:
        n_frames = int(rng.integers(12, 21))
        level = np.where(rng.random(n_frames) < 0.2 + 0.3 * target, 2.0, -2.0 + target)
        heard.append(level + rng.standard_normal((N_FEATURES, n_frames)))
    return Examples(heard, targets, 3)
