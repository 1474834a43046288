"""The graph keeps its contract, and the bytes hold nothing but the network."""

import copy
import json
import re
import sys
import warnings
from collections.abc import Callable

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from prosodyn.errors import ExportError, MissingExtraError
from prosodyn.export import export_onnx
from prosodyn.inference.engines.onnx import OnnxEngine
from prosodyn.model import WaveformNetwork

LABELS = ("anger", "Freude", "悲伤")

SUMMARY_SIZE = 11 * (10 + 20 + 20)  # numbers on contours: pairs of 20 bands, cepstra of two spectrograms


@pytest.fixture(scope="module")
def graph(network: WaveformNetwork) -> bytes:
    return export_onnx(network, LABELS)


@pytest.fixture(scope="module")
def model(graph: bytes) -> onnx.ModelProto:
    return onnx.load_from_string(graph)


@pytest.fixture(scope="module")
def session(graph: bytes) -> onnxruntime.InferenceSession:
    return open_session(graph)


@pytest.fixture(scope="module")
def summarised_session(summarised: WaveformNetwork) -> onnxruntime.InferenceSession:
    return open_session(export_onnx(summarised, LABELS))


def open_session(graph: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def shapes(values: list[onnxruntime.NodeArg]) -> dict[str, list[int | str]]:
    return {value.name: value.shape for value in values}


def test_the_inputs_are_those_of_the_contract(session: onnxruntime.InferenceSession) -> None:
    assert shapes(session.get_inputs()) == {"waveform": ["batch", "time"], "samples": ["batch"]}


def test_the_normalisation_is_an_optional_input(session: onnxruntime.InferenceSession) -> None:
    assert shapes(session.get_overridable_initializers()) == {
        "feature_mean": ["speaker", 20],
        "feature_scale": ["speaker", 20],
    }


def test_the_outputs_are_those_of_the_contract(session: onnxruntime.InferenceSession) -> None:
    assert shapes(session.get_outputs()) == {
        "logits": ["batch", 3],
        "embedding": ["batch", 8],
        "frame_attention": ["batch", "frame"],
        "kernel_attention": ["batch", 2, 3],
        "utterance_mean": ["batch", 20],
        "utterance_variance": ["batch", 20],
        "n_frames": ["batch"],
        "summary": ["batch", 0],
    }


def test_the_size_of_the_summary_stands_in_the_graph(
    summarised_session: onnxruntime.InferenceSession,
) -> None:
    assert shapes(summarised_session.get_outputs())["summary"] == ["batch", SUMMARY_SIZE]


def test_a_speakers_summaries_are_optional_inputs_where_there_are_any(
    summarised_session: onnxruntime.InferenceSession,
) -> None:
    assert shapes(summarised_session.get_inputs()) == {"waveform": ["batch", "time"], "samples": ["batch"]}
    assert shapes(summarised_session.get_overridable_initializers()) == {
        "feature_mean": ["speaker", 40],
        "feature_scale": ["speaker", 40],
        "summary_mean": ["speaker", SUMMARY_SIZE],
        "summary_scale": ["speaker", SUMMARY_SIZE],
    }


def test_a_graph_gives_the_summary_that_its_network_is_shown(
    summarised: WaveformNetwork, summarised_session: onnxruntime.InferenceSession, rng: np.random.Generator
) -> None:
    waveform = (0.1 * rng.standard_normal((3, 20_000))).astype(np.float32)
    samples = np.array([20_000, 1, 16_001])
    found = summarised_session.run(["summary"], {"waveform": waveform, "samples": samples})[0]
    with torch.inference_mode():
        heard = summarised.listener(torch.from_numpy(waveform), torch.from_numpy(samples))
        expected = summarised.summary_normaliser.standardise(heard.summary).numpy()
    assert found.shape == (3, SUMMARY_SIZE)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_the_metadata_tell_labels_and_rate(session: onnxruntime.InferenceSession) -> None:
    metadata = session.get_modelmeta().custom_metadata_map
    assert json.loads(metadata["labels"]) == list(LABELS)
    assert metadata["sample_rate"] == "16000"


def test_the_operators_are_of_the_promised_version(model: onnx.ModelProto) -> None:
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]


@pytest.mark.parametrize("n_speakers", [1, 4])
def test_a_speakers_own_normalisation_takes_the_place_of_the_networks(
    network: WaveformNetwork,
    session: onnxruntime.InferenceSession,
    rng: np.random.Generator,
    n_speakers: int,
) -> None:
    waveform = (0.1 * rng.standard_normal((4, 9_000))).astype(np.float32)
    samples = np.array([9_000, 481, 4_000, 8_000])
    mean = rng.standard_normal((n_speakers, 20)).astype(np.float32)
    scale = rng.uniform(0.5, 2, (n_speakers, 20)).astype(np.float32)
    adapted = copy.deepcopy(network).eval()
    adapted.normaliser.mean = torch.from_numpy(mean)
    adapted.normaliser.scale = torch.from_numpy(scale)
    with torch.inference_mode():
        expected = adapted(torch.from_numpy(waveform), torch.from_numpy(samples)).logits.numpy()
    inputs = {"waveform": waveform, "samples": samples}
    found = session.run(["logits"], inputs | {"feature_mean": mean, "feature_scale": scale})[0]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert not np.allclose(found, session.run(["logits"], inputs)[0], atol=1e-2)


@pytest.mark.parametrize("n_speakers", [1, 4])
def test_a_speakers_own_summaries_take_the_place_of_the_networks(
    summarised: WaveformNetwork,
    summarised_session: onnxruntime.InferenceSession,
    rng: np.random.Generator,
    n_speakers: int,
) -> None:
    waveform = (0.1 * rng.standard_normal((4, 9_000))).astype(np.float32)
    samples = np.array([9_000, 481, 4_000, 8_000])
    adapted = copy.deepcopy(summarised).eval()
    stored = adapted.summary_normaliser
    mean = rng.standard_normal((n_speakers, stored.mean.shape[1])).astype(np.float32)
    scale = rng.uniform(0.5, 2, mean.shape).astype(np.float32)
    stored.mean = stored.mean + torch.from_numpy(mean) * stored.scale
    stored.scale = stored.scale * torch.from_numpy(scale)
    with torch.inference_mode():
        expected = adapted(torch.from_numpy(waveform), torch.from_numpy(samples)).logits.numpy()
    inputs = {"waveform": waveform, "samples": samples}
    found = summarised_session.run(["logits"], inputs | {"summary_mean": mean, "summary_scale": scale})[0]
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert not np.allclose(found, summarised_session.run(["logits"], inputs)[0], atol=1e-2)


def test_the_same_weights_give_the_same_bytes(network: WaveformNetwork, graph: bytes) -> None:
    assert export_onnx(network, LABELS) == graph


def test_the_graph_names_no_file_and_no_machine(graph: bytes) -> None:
    assert not re.search(rb"\.py\b|site-packages|/(?:home|root|work|opt|tmp|usr|Users)/", graph)


def test_the_graph_holds_no_comments(model: onnx.ModelProto) -> None:
    assert (
        not model.doc_string + model.graph.doc_string + "".join(node.doc_string for node in model.graph.node)
    )


def test_the_graph_is_hardly_larger_than_what_it_holds(network: WaveformNetwork, graph: bytes) -> None:
    held = sum(tensor.numel() for tensor in (*network.parameters(), *network.buffers()))
    assert len(graph) < 4 * held + 250_000


def test_the_network_stays_as_it_is(network: WaveformNetwork) -> None:
    training = copy.deepcopy(network).train()
    export_onnx(training, LABELS)
    after = training.state_dict()
    assert training.training
    assert all(torch.equal(tensor, after[name]) for name, tensor in network.state_dict().items())


def test_other_labels_than_logits_are_refused(network: WaveformNetwork) -> None:
    with pytest.raises(ExportError, match="2 labels for 3 logits"):
        export_onnx(network, ["anger", "sadness"])


def test_exporting_leaves_the_filters_of_warnings_alone(network: WaveformNetwork) -> None:
    before = list(warnings.filters)
    export_onnx(network, LABELS)
    assert warnings.filters == before


def test_exporting_without_onnx_says_what_to_install(
    network: WaveformNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"exporting a graph .*'prosodyn\[train\]'"):
        export_onnx(network, LABELS)


def test_quiet_changes_nothing_where_it_is_not_heard(
    build_small_network: Callable[..., WaveformNetwork],
) -> None:
    network = build_small_network(quiet=30.0)
    engine = OnnxEngine(export_onnx(network, LABELS), len(LABELS))
    voice = np.random.default_rng(1).uniform(-0.5, 0.5, (1, 9600)).astype(np.float32)
    # around the voice, and between its halves
    short, long = (
        np.concatenate([np.pad(half, [(0, 0), (n, n)]) for half in np.split(voice, 2, axis=1)], axis=1)
        for n in (3200, 6400)
    )
    few, many = (engine.run(each, np.array([each.shape[1]])) for each in (short, long))
    assert np.allclose(few.logits, many.logits, atol=1e-5)
    assert few.frame_attention.shape == many.frame_attention.shape
