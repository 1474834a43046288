"""Power spectra as products with a Fourier basis, which an exported graph computes as fast as any library.

Windows are symmetric, and power does not depend on where time begins: counted from the middle of a frame, a
cosine is the same on both sides and a sine the opposite. So each frame is folded in the middle, sums for
cosines and differences for sines, and a product takes half the multiplications.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from prosodyn.features.functional import cut_frames


def hamming_window(n: int) -> NDArray[np.float64]:
    """Return the symmetric Hamming window of the seed paper, eq. 9.

    Args:
        n: samples

    Returns:
        `(n,)`
    """
    return 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(n) / (n - 1))


def folded_basis(window: NDArray[np.float64], frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the kernels that turn one folded frame into its windowed spectrum.

    Args:
        window: `(window,)` or `(n_bins, window)`, symmetric
        frequencies: `(n_bins,)`, cycles per sample

    Returns:
        `(2 · n_bins, half)`, half of the window, rounded up: the cosine rows of every bin, then the sine rows
    """
    n = window.shape[-1]
    half = (n + 1) // 2
    weights = window[..., :half].copy()
    weights[..., n // 2 :] /= 2  # the middle of an odd window is folded onto itself
    angle = 2 * np.pi * np.outer(frequencies, np.arange(half) - (n - 1) / 2)
    return np.concatenate([np.cos(angle) * weights, -np.sin(angle) * weights])


def hamming_basis(window: int, n_fft: int) -> NDArray[np.float64]:
    """Return the folded kernels of a Fourier transform with a Hamming window.

    Args:
        window: samples of a frame
        n_fft: points of the transform, at least `window`

    Returns:
        `(n_fft + 2, half)`
    """
    return folded_basis(hamming_window(window), np.arange(n_fft // 2 + 1) / n_fft)


def power_spectrum(waveform: Tensor, basis: Tensor, window: int, hop: int) -> Tensor:
    """Compute the power spectrum of every frame.

    Args:
        waveform: `(batch, time)`, at least one window long
        basis: `(2 · n_bins, half)` of `folded_basis`
        window: samples of a frame
        hop: samples between the starts of two frames

    Returns:
        `(batch, n_bins, frame)`
    """
    frames, half = cut_frames(waveform, window, hop), basis.shape[1]
    ahead, behind = frames[:, :, :half], frames[:, :, window - half :].flip(2)
    cosines, sines = basis.T.chunk(2, dim=1)
    real, imaginary = torch.matmul(ahead + behind, cosines), torch.matmul(ahead - behind, sines)
    return (real.square() + imaginary.square()).transpose(1, 2)
