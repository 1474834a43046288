"""A model of the library transformers, read from a folder: its own weights alone, and no code."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch

from prosodyn.config import HubEncoder
from prosodyn.encoders.hub_model import CONFIG, find_model, model_digest, read_table
from prosodyn.errors import BundleError, MissingExtraError
from prosodyn.types import SAMPLE_RATE

CLASSES = {
    "hubert": ("HubertModel", "Wav2Vec2FeatureExtractor"),
    "wav2vec2": ("Wav2Vec2Model", "Wav2Vec2FeatureExtractor"),
    "wavlm": ("WavLMModel", "Wav2Vec2FeatureExtractor"),
    "whisper": ("WhisperModel", "WhisperFeatureExtractor"),
}
"""Of each family, as `config.json` names it: the model, and what it is shown."""

_NEEDLESS = ("masked_spec_embed", "adapter.", "decoder.")
"""Beginnings of the names of weights that no hidden state of an encoder depends on."""


class LoadedModel(NamedTuple):
    """A model that is not trained.

    Attributes:
        family: one of `CLASSES`
        network: in evaluation mode, of single precision
        shown: the model's own feature extractor
        where: names the folder in error messages
    """

    family: str
    network: Any
    shown: Any
    where: str


def load_model(encoder: HubEncoder) -> LoadedModel:
    """Read a model from its folder, from safetensors alone; nothing is fetched, and no foreign code is run.

    Raises:
        BundleError: it is not here, is another than the one that was described, is of a family that is not
            known here, or lacks weights
        MissingExtraError: transformers is not installed
    """
    transformers = _import_transformers(encoder)
    folder = find_model(encoder)
    found = model_digest(folder)
    if found != (encoder.sha256 or found):
        raise BundleError(
            f"{folder}: is not the encoder '{encoder.name}': the SHA-256 of its files is {found}, "
            f"expected {encoder.sha256}; copy the model again"
        )
    family = read_table(folder / CONFIG).get("model_type")
    if family not in CLASSES:
        raise BundleError(f"{folder}: is a model of type '{family}', expected one of {sorted(CLASSES)}")
    network, shown = _read(transformers, str(family), folder)
    if shown.sampling_rate != SAMPLE_RATE:
        raise BundleError(
            f"{folder}: is to be shown {shown.sampling_rate} Hz, expected {SAMPLE_RATE}; take another model"
        )
    network.requires_grad_(requires_grad=False)
    return LoadedModel(family, network.eval(), shown, str(folder))


def _read(transformers: Any, family: str, folder: Path) -> tuple[Any, Any]:
    of_model, of_shown = (getattr(transformers, name) for name in CLASSES[family])
    try:
        with _quiet(transformers):
            shown = of_shown.from_pretrained(folder, local_files_only=True)
            network, report = of_model.from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=True,
                dtype=torch.float32,  # whatever it was stored as: the states shall be the same everywhere
                output_loading_info=True,
            )
    except Exception as fault:  # transformers and safetensors raise classes of their own
        raise BundleError(f"{folder}: cannot be read as a model: {fault}; copy it again") from fault
    missing = sorted(name for name in report["missing_keys"] if not name.startswith(_NEEDLESS))
    if missing:  # which the library would draw at random
        raise BundleError(f"{folder}: holds no weights '{missing[0]}'; copy the model again")
    return network, shown


def _import_transformers(encoder: HubEncoder) -> Any:
    try:
        import transformers
    except ImportError as fault:
        raise MissingExtraError("transformers", "encoders", f"the encoder '{encoder.name}'") from fault
    return transformers


@contextmanager
def _quiet(transformers: Any) -> Iterator[None]:
    """Let the library print nothing meanwhile."""
    logging = transformers.utils.logging
    level, shows_progress = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if shows_progress:
            logging.enable_progress_bar()
