"""A card and weights, as a training would leave them."""

import numpy as np
import pytest

from prosodyn.bundle import Card, Figure, Provenance
from prosodyn.config import FrontEndConfig, NetworkConfig


@pytest.fixture
def card() -> Card:
    return Card(
        name="shop-floor",
        description="Hears whether a customer is angry.",
        labels=("anger", "neutral", "sadness"),
        front_end=FrontEndConfig(n_mels=40),
        network=NetworkConfig(channels=(4, 8), band_strides=(2, 2), frame_strides=(2, 1)),
        corpora=("emodb", "casia"),
        licence="CC0-1.0",
        limits="Acted speech in two languages; nothing is known about telephones.",
        provenance=Provenance(
            experiment="recommended",
            settings={"training": {"epochs": 60, "betas": [0.9, 0.999]}, "about": "Über alles"},
            command="prosodyn train emodb",
            seed=3,
            prosodyn_version="0.1.0",
            torch_version="2.13.0",
            n_utterances=535,
            n_speakers=10,
            created="2025-01-31",
        ),
        n_parameters=1234,
        temperature=1.5,
        figures=(Figure("UA", 81.25, "emodb", "loso", "10 of 10 folds"), Figure("WA", 82, "emodb", "loso")),
    )


@pytest.fixture
def weights(rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {
        "head.weight": rng.standard_normal((3, 8)).astype(np.float32),
        "attention.temperature": np.array(2.5, dtype=np.float32),
        "norm.num_batches_tracked": np.array(7, dtype=np.int64),
    }
