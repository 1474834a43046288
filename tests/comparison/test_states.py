"""Pooled states of encoders."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from prosodyn.comparison.feature_sets import ENCODERS, build_feature_set
from prosodyn.comparison.states import PooledStates
from prosodyn.encoders import find_encoder
from prosodyn.features.encoders import EncoderStates, pool_over_time
from prosodyn.types import FloatArray


@pytest.fixture
def waveform(rng: np.random.Generator) -> FloatArray:
    return (0.1 * rng.standard_normal(12_000)).astype(np.float32)


def test_the_feature_set_pools_every_block_of_every_encoder(
    small_encoders: Path, waveform: FloatArray
) -> None:
    found = build_feature_set("states", None)(waveform)

    states = EncoderStates([find_encoder(name) for name in ENCODERS])(
        torch.from_numpy(waveform)[None], torch.tensor([len(waveform)])
    )
    np.testing.assert_allclose(
        found[:, 0], np.concatenate([pool_over_time(each)[0] for each in states]), atol=1e-6
    )


def test_a_sound_that_was_heard_before_comes_from_the_cache(
    small_encoders: Path, waveform: FloatArray
) -> None:
    first = PooledStates(ENCODERS)(waveform)
    kept = list((small_encoders.parent / "cache").rglob("*.npy"))
    again = PooledStates(ENCODERS)
    again._compute = pytest.fail  # type: ignore[method-assign, assignment]

    np.testing.assert_array_equal(again(waveform), first)
    assert len(kept) == 1


def test_another_encoder_never_answers_from_the_cache_of_one(
    small_encoders: Path, waveform: FloatArray
) -> None:
    first = PooledStates(ENCODERS)(waveform)
    file = small_encoders / "yamnet.onnx"
    model = onnx.load_from_string(file.read_bytes())
    kernel = model.graph.initializer[0]
    kernel.CopyFrom(onnx.numpy_helper.from_array(2 * onnx.numpy_helper.to_array(kernel), kernel.name))
    file.write_bytes(model.SerializeToString())

    second = PooledStates(ENCODERS)(waveform)

    assert first.shape == second.shape
    assert not np.allclose(first, second)
