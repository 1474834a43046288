"""Plain functions of a signal and its sampling rate, as audinterface and its like call them."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from prosodyn.bundle import DEFAULT
from prosodyn.errors import InvalidSamplesError, SilentAudioError
from prosodyn.inference.clip import clip_from_waveform
from prosodyn.inference.embedding import embed_clips, embedding_size
from prosodyn.inference.loaded import loaded
from prosodyn.inference.recogniser import Recogniser
from prosodyn.types import FloatArray

Silence = Literal["raise", "nan"]
"""What comes of a signal without sound: an error, or numbers that are none."""


def signal_probabilities(
    signal: NDArray[Any],
    sampling_rate: int,
    *,
    recogniser: Recogniser | Path | str = DEFAULT,
    silence: Silence = "raise",
    file: str | None = None,
) -> dict[str, float]:
    """Compute the probability of each emotion in a signal, for `audinterface.Process`.

    Args:
        signal: `(channel, time)` or `(time,)`, floating point in [-1, 1], of which channels are averaged;
            PCM where there is a single channel; never changed
        sampling_rate: Hz
        recogniser: the name or the folder of a bundle, which stays loaded from one call to the next, and
            can be sent to other processes; or a recogniser that is loaded, as one that follows a speaker
        silence: with `nan`, a signal without sound has the probability NaN for each emotion; windows that
            slide over a recording meet some
        file: names the signal in error messages; audinterface gives it by this name

    Returns:
        label to probability, in the bundle's order of labels, summing to one

    Raises:
        AudioError: a signal that cannot be used
        BundleError: the bundle is missing or broken
        MissingExtraError: the bundle needs a package that is not installed
    """
    chosen = _loaded(recogniser)
    try:
        clip = clip_from_waveform(_mono(signal, file), sampling_rate, file or "signal")
    except SilentAudioError:
        if silence == "raise":
            raise
        return dict.fromkeys(chosen.labels, float("nan"))
    (probabilities,) = chosen.answerer.probabilities([clip])
    return dict(zip(chosen.labels, probabilities.tolist(), strict=True))


def signal_embedding(
    signal: NDArray[Any],
    sampling_rate: int,
    *,
    recogniser: Recogniser | Path | str = DEFAULT,
    silence: Silence = "raise",
    file: str | None = None,
) -> FloatArray:
    """Compute the embedding of a signal, for `audinterface.Process` and `audinterface.Feature`.

    Args:
        signal: as of `signal_probabilities`
        sampling_rate: Hz
        recogniser: as of `signal_probabilities`
        silence: as of `signal_probabilities`
        file: as of `signal_probabilities`

    Returns:
        `(number,)`, what the network pools over the frames, and the summary that it is shown, if it is

    Raises:
        AudioError: a signal that cannot be used
        BundleError: the bundle is missing or broken, or holds no network
        MissingExtraError: the bundle needs a package that is not installed
    """
    chosen = _loaded(recogniser)
    try:
        clip = clip_from_waveform(_mono(signal, file), sampling_rate, file or "signal")
    except SilentAudioError:
        if silence == "raise":
            raise
        return np.full(embedding_size(chosen), np.nan, dtype=np.float32)
    row: FloatArray = embed_clips(chosen, [clip])[0]
    return row


def _loaded(recogniser: Recogniser | Path | str) -> Recogniser:
    return recogniser if isinstance(recogniser, Recogniser) else loaded(recogniser)


def _mono(signal: NDArray[Any], file: str | None) -> NDArray[Any]:
    """Average the channels, `(channel, time)` -> `(time,)`.

    Raises:
        InvalidSamplesError: not of this shape, or several channels of integers, whose scale a mean loses
    """
    name = file or "signal"
    if not isinstance(signal, np.ndarray) or signal.ndim not in (1, 2):
        found = (
            f"has the shape {signal.shape}"
            if isinstance(signal, np.ndarray)
            else f"is {type(signal).__name__}"
        )
        raise InvalidSamplesError(f"{name}: {found}, expected an array (channel, time)")
    if signal.ndim == 1 or len(signal) == 1:
        return signal.reshape(-1)
    if signal.shape[0] > signal.shape[1]:
        raise InvalidSamplesError(
            f"{name}: has the shape {signal.shape}, which is more channels than samples; "
            "expected (channel, time)"
        )
    if not np.issubdtype(signal.dtype, np.floating):
        raise InvalidSamplesError(
            f"{name}: holds {len(signal)} channels of {signal.dtype}, expected floating point in [-1, 1]"
        )
    mean: NDArray[Any] = signal.mean(axis=0)
    return mean
