"""Every setting of a run: frozen dataclasses, read from TOML, unknown keys refused."""

import dataclasses
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from pathlib import Path
from typing import Any, Literal

from prosodyn.errors import ConfigError

T = typing.TypeVar("T")


@dataclass(frozen=True, slots=True)
class FrontEndConfig:
    """From waveform to features; the defaults are the seed paper's (section 3.1).

    Attributes:
        name: `logmel` or `mfcc`
        sample_rate: Hz
        window: samples, 30 ms
        hop: samples, 15 ms
        n_fft: points of the transform
        n_mels: mel bands
        n_mfcc: static cepstral coefficients; deltas and their deltas follow them
        f_min: lower edge of the mel bands, Hz
        f_max: upper edge of the mel bands, Hz
        pre_emphasis: factor of the first-order high-pass
        log_floor: added to the mel power before the logarithm
    """

    name: Literal["logmel", "mfcc"] = "logmel"
    sample_rate: int = 16_000
    window: int = 480
    hop: int = 240
    n_fft: int = 512
    n_mels: int = 64
    n_mfcc: int = 13
    f_min: float = 50.0
    f_max: float = 8_000.0
    pre_emphasis: float = 0.97
    log_floor: float = 1e-6


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """The shape of a network; the same settings serve the seed's network and its baseline.

    Attributes:
        name: `dycnn_bilstm`, or `cnn_lstm` with static kernels and a one-way LSTM
        channels: output channels of each convolution; all but the first are dynamic
        band_strides: stride of each convolution over the frequency bands
        frame_strides: stride of each convolution over the frames
        kernel_size: height and width of every kernel, odd
        n_kernels: K of eq. 1
        routing: `softmax` (eq. 1) or `sigmoid` (CondConv, ref. 26)
        reduction: width of the attention's hidden layer, as a share of its input
        hidden_size: width of the recurrent output, both directions together
        pooling: from frames to an utterance: `mean`, `attentive` (weighted mean), `last`, or
            `statistics` and `attentive_statistics`, which give the standard deviation besides
        dropout: share of the recurrent input and of the pooled embedding that is dropped
    """

    name: Literal["dycnn_bilstm", "cnn_lstm"] = "dycnn_bilstm"
    channels: tuple[int, ...] = (16, 32, 48, 64)
    band_strides: tuple[int, ...] = (2, 2, 2, 2)
    frame_strides: tuple[int, ...] = (2, 2, 2, 1)
    kernel_size: int = 3
    n_kernels: int = 4
    routing: Literal["softmax", "sigmoid"] = "softmax"
    reduction: float = 0.25
    hidden_size: int = 128
    pooling: Literal["attentive", "mean", "last", "statistics", "attentive_statistics"] = "mean"
    dropout: float = 0.3


@dataclass(frozen=True, slots=True)
class AugmentConfig:
    """Random changes to training features; zero switches a change off.

    Attributes:
        crop_frames: longest piece of an utterance that one step sees, drawn at random
        speed: largest relative change of tempo
        vocal_tract: largest relative warp of the frequency axis
        gain: largest change of level, in standard deviations of the features
        n_masks: bands and spans blanked per utterance (SpecAugment, Park et al. 2019)
        mask_bands: largest height of a blanked band, in features
        mask_frames: largest width of a blanked span, in frames
        mixup: parameter of the Beta distribution (Zhang et al. 2018)
    """

    crop_frames: int = 0
    speed: float = 0.0
    vocal_tract: float = 0.0
    gain: float = 0.0
    n_masks: int = 0
    mask_bands: int = 8
    mask_frames: int = 16
    mixup: float = 0.0


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How a network is fitted.

    Attributes:
        optimiser: `rmsprop` or `adamw`
        learning_rate: at the start (`constant`) or at the peak (`cosine`)
        schedule: `constant`, or `cosine` after a linear warm-up over the first tenth
        weight_decay: decoupled for `adamw`, L2 for `rmsprop`
        batch_size: utterances per optimiser step
        steps: optimiser steps; zero where `epochs` counts
        epochs: passes over the training side; zero where `steps` counts
        label_smoothing: share of the target spread over all emotions
        class_weights: weigh the loss by inverse class frequency
        gradient_clip: largest norm of the gradient; zero for none
        temperature: τ of the kernel attention at the start, annealed linearly to one
        temperature_epochs: epochs over which τ falls
        weight_average: decay per step of the averaged weights that are kept; zero for none
        validation_share: share of the training side's speakers held back
        selection: `last`, or the epoch with the best validation UA
        seed: of everything random
    """

    optimiser: Literal["rmsprop", "adamw"] = "adamw"
    learning_rate: float = 1e-3
    schedule: Literal["constant", "cosine"] = "cosine"
    weight_decay: float = 0.0
    batch_size: int = 32
    steps: int = 0
    epochs: int = 60
    label_smoothing: float = 0.0
    class_weights: bool = False
    gradient_clip: float = 0.0
    temperature: float = 30.0
    temperature_epochs: int = 10
    weight_average: float = 0.0
    validation_share: float = 0.0
    selection: Literal["last", "best_validation"] = "last"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment: everything that decides what a network becomes.

    Attributes:
        name: of the file it came from
        about: one sentence on what the experiment shows
        front_end: waveform to features
        network: features to logits
        augment: random changes to training features
        training: how the network is fitted
    """

    name: str
    about: str = ""
    front_end: FrontEndConfig = field(default_factory=FrontEndConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)


def from_mapping(cls: type[T], values: Mapping[str, Any], where: str) -> T:
    """Build a configuration from plain values, strictly.

    Args:
        cls: a frozen dataclass of this module
        values: what a TOML table or a JSON object holds
        where: names the table in error messages

    Raises:
        ConfigError: an unknown key, a missing one, or a value of the wrong type
    """
    hints = typing.get_type_hints(cls)
    unknown = sorted(set(values) - set(hints))
    if unknown:
        raise ConfigError(f"{where}: unknown key '{unknown[0]}', expected one of {sorted(hints)}")
    for entry in dataclasses.fields(typing.cast(Any, cls)):
        optional = entry.default is not MISSING or entry.default_factory is not MISSING
        if not optional and entry.name not in values:
            raise ConfigError(f"{where}: the key '{entry.name}' is missing; add it")
    return cls(**{key: _convert(hints[key], value, f"{where}.{key}") for key, value in values.items()})


def to_mapping(config: Any) -> dict[str, Any]:
    """Return a configuration as plain values that JSON and TOML can hold."""
    return {key: _to_plain(value) for key, value in dataclasses.asdict(config).items()}


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        ConfigError: the file is missing or is not TOML
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ConfigError(f"{path}: cannot be read as TOML: {fault}") from fault


def _to_plain(value: Any) -> Any:
    """Turn tuples into lists, however deep they lie."""
    if isinstance(value, Mapping):
        return {key: _to_plain(item) for key, item in value.items()}
    return [_to_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _convert(hint: Any, value: Any, where: str) -> Any:
    """Check a plain value against a field's type; lists become tuples, tables become dataclasses."""
    if dataclasses.is_dataclass(hint) and isinstance(value, Mapping):
        return from_mapping(typing.cast("type[Any]", hint), value, where)
    origin, choices = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal and value in choices:
        return value
    if origin is tuple and isinstance(value, list | tuple):
        return tuple(_convert(choices[0], item, where) for item in value)
    if origin is Mapping and isinstance(value, Mapping):
        return {key: _convert(choices[1], item, f"{where}.{key}") for key, item in value.items()}
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint is Any or (isinstance(hint, type) and origin is None and type(value) is hint):
        return value
    expected = f"one of {list(choices)}" if origin is Literal else str(getattr(hint, "__name__", hint))
    raise ConfigError(f"{where}: expected {expected}, found {value!r}")
