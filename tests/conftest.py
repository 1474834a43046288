"""Fixtures that every test may use."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from prosodyn.bundle import Card, Provenance, write_bundle
from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.encoders import description

WriteWav = Callable[..., Path]
SaveModel = Callable[..., Path]
CorpusRoot = Callable[[str], Path]


@pytest.fixture(scope="session")
def corpus_root() -> CorpusRoot:
    """Return what gives the folder of a real corpus, or skips the test where that corpus is not."""
    named = os.environ.get("PROSODYN_CORPORA")
    root = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "corpora"

    def find(name: str) -> Path:
        if not (root / name).is_dir():
            pytest.skip(f"no {name} in {root}; set PROSODYN_CORPORA to the folder that holds it")
        return root / name

    return find


@pytest.fixture
def small_encoders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator) -> Path:
    """Put encoders of random weights, and an empty cache, in the places of the real ones."""
    blocks = {
        "speech-embedding": ("hidden_9", "hidden_11", "hidden_13"),
        "yamnet": ("hidden_10", "hidden_15"),
    }
    root = tmp_path / "encoders"
    root.mkdir()
    for name, names in blocks.items():
        (root / f"{name}.onnx").write_bytes(convolutions(names, rng))
    declared = description.read_named

    def without_the_hash(*names: str) -> dict[str, object]:
        return {key: value for key, value in declared(*names).items() if key != "sha256"}

    monkeypatch.setattr(description, "read_named", without_the_hash)
    monkeypatch.setenv("PROSODYN_ENCODERS", str(root))
    monkeypatch.setenv("PROSODYN_CACHE", str(tmp_path / "cache"))
    return root


def convolutions(names: Sequence[str], rng: np.random.Generator) -> bytes:
    """Return an ONNX file of as many convolutions as there are names of outputs, three channels each."""
    import onnx
    from onnx import helper

    def value(name: str, n_channels: int | str) -> onnx.ValueInfoProto:
        shape = ["batch", n_channels, "frame", "band"]
        return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)

    nodes, arrays, source, n_inputs = [], [], "features", 1
    for name in names:
        kernel = (0.3 * rng.standard_normal((3, n_inputs, 3, 3))).astype(np.float32)
        arrays.append(onnx.numpy_helper.from_array(kernel, f"kernel of {name}"))
        nodes.append(
            helper.make_node("Conv", [source, f"kernel of {name}"], [f"convolved {name}"], strides=[1, 2])
        )
        nodes.append(helper.make_node("Relu", [f"convolved {name}"], [name]))
        source, n_inputs = name, 3
    graph = helper.make_graph(
        nodes, "small", [value("features", 1)], [value(name, 3) for name in names], arrays
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


OF_WAVEFORMS = {
    "hidden_size": 16,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "intermediate_size": 20,
    "conv_dim": [8] * 7,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
}
OF_WHISPER = {
    "d_model": 16,
    "encoder_layers": 3,
    "encoder_attention_heads": 2,
    "encoder_ffn_dim": 20,
    "decoder_layers": 1,
    "decoder_attention_heads": 2,
    "decoder_ffn_dim": 20,
    "num_mel_bins": 8,
    "max_source_positions": 50,  # of one second instead of thirty
    "vocab_size": 10,
    **dict.fromkeys(("pad_token_id", "bos_token_id", "eos_token_id", "decoder_start_token_id"), 0),
}
HEADLESS = {"wav2vec2": "Wav2Vec2", "hubert": "Hubert", "wavlm": "WavLM", "whisper": "Whisper"}


@pytest.fixture
def save_model(tmp_path: Path) -> SaveModel:
    """Return a function that saves a speech model of random weights, as transformers does, in a folder.

    What differs from the smallest configuration is given by its keys; `head` names another class of the
    family, such as `ForCTC`.
    """
    transformers = pytest.importorskip("transformers", reason="needs pip install 'prosodyn[encoders]'")
    import torch

    def save(family: str, name: str = "small", head: str = "Model", seed: int = 3, **changes: object) -> Path:
        own = OF_WHISPER if family == "whisper" else OF_WAVEFORMS
        config = getattr(transformers, f"{HEADLESS[family]}Config")(**{**own, **changes})
        shown = (
            transformers.WhisperFeatureExtractor(feature_size=8, chunk_length=1)
            if family == "whisper"
            else transformers.Wav2Vec2FeatureExtractor(do_normalize=True)
        )
        folder = tmp_path / "models" / name
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = getattr(transformers, f"{HEADLESS[family]}{head}")(config)
            for each in model.parameters():  # norms and biases, which start alike in every model
                each.data += 0.1 * torch.randn_like(each)
        model.save_pretrained(folder)
        shown.save_pretrained(folder)
        return folder

    return save


TINY = """\
about = "The smallest network that trains, for tests."

[front_end]
n_mels = 16

[network]
channels = [4, 4]
band_strides = [2, 2]
frame_strides = [4, 2]
hidden_size = 8

[training]
epochs = 2
batch_size = 8
"""


@pytest.fixture(scope="session")
def tiny_recipe() -> str:
    """Return the text of an experiment that takes a moment."""
    return TINY


@pytest.fixture
def tiny(tmp_path: Path, tiny_recipe: str) -> Path:
    """Return the file of an experiment that takes a moment, the test's own to change."""
    path = tmp_path / "tiny.toml"
    path.write_text(tiny_recipe, encoding="utf-8")
    return path


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a generator of random numbers that is the same in every run."""
    return np.random.default_rng(20240607)


@pytest.fixture
def write_wav(tmp_path: Path, rng: np.random.Generator) -> WriteWav:
    """Return a function that writes a wav file (one second of noise by default) and returns its path."""

    def write(
        name: str = "call.wav",
        waveform: np.ndarray | None = None,
        rate: int = 16_000,
        subtype: str = "PCM_16",
    ) -> Path:
        samples = 0.1 * rng.standard_normal(rate) if waveform is None else waveform
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, rate, subtype=subtype, format="WAV")
        return path

    return write


def loudness() -> bytes:
    """Return a graph that keeps the contract and tells loud from quiet, which takes no time."""

    import onnx
    from onnx import helper

    def value(name: str, kind: int, *shape: str | int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    real, whole = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
    nodes = [
        helper.make_node("Abs", ["waveform"], ["magnitude"]),
        helper.make_node("ReduceMean", ["magnitude", "time"], ["embedding"], keepdims=1),
        helper.make_node("MatMul", ["embedding", "weight"], ["logits"]),
        helper.make_node("Softmax", ["embedding"], ["frame_attention"]),
        helper.make_node("Softmax", ["embedding"], ["kernel_attention"]),
    ]
    names = ("embedding", "frame_attention", "kernel_attention")
    made = helper.make_graph(
        nodes,
        "loudness",
        [value("waveform", real, "batch", "time"), value("samples", whole, "batch")],
        [value("logits", real, "batch", 2), *(value(name, real, "batch", 1) for name in names)],
        [
            onnx.numpy_helper.from_array(np.array([1], np.int64), "time"),
            onnx.numpy_helper.from_array(np.array([[1, -1]], np.float32), "weight"),
        ],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    helper.set_model_props(model, {"labels": '["anger", "sadness"]'})
    content: bytes = model.SerializeToString()
    return content


@pytest.fixture(scope="session")
def small_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a bundle that answers in a moment, and that no test changes."""
    directory = tmp_path_factory.mktemp("bundles") / "small"
    card = Card(
        name="small",
        description="Tells loud from quiet.",
        labels=("anger", "sadness"),
        front_end=FrontEndConfig(),
        network=NetworkConfig(),
        corpora=("toy",),
        licence="CC0-1.0",
        limits="Knows nothing of emotions.",
        provenance=Provenance("none", {}, "none", 7, "0", "0", 0, 0, "2025-01-31"),
        n_parameters=2,
    )
    write_bundle(directory, card, {"weight": np.ones((1, 2), np.float32)}, loudness())
    return directory


@pytest.fixture
def install_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return what installs a distribution that names a bundle, and tells the folder where that has to lie.

    Its version is 1.2, and its package ends whoever imports it.
    """
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(site)

    def install(name: str, distribution: str) -> Path:
        package = distribution.replace("-", "_")
        described = site / f"{package}-1.2.dist-info"
        described.mkdir(parents=True)
        (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
        (described / "entry_points.txt").write_text(f"[prosodyn.bundles]\n{name} = {package}\n")
        (site / package).mkdir()
        (site / package / "__init__.py").write_text("raise SystemExit('a bundle is data: nothing may run')\n")
        return site / package / name

    return install
