"""Power spectra as products with a Fourier basis, which an exported graph computes as fast as any library.

Windows are symmetric, and power does not depend on where time begins: counted from the middle of a frame, a
cosine is the same on both sides and a sine the opposite. So each frame is folded in the middle, sums for
cosines and differences for sines, and a product takes half the multiplications.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from prosodyn.features.functional import cut_frames


class PowerSpectrum(nn.Module):
    """The power of every frame of a waveform at some frequencies.

    Attributes:
        basis: `(2 · n_bins, half)` of `folded_basis`
    """

    basis: Tensor

    def __init__(self, window: NDArray[np.float64], frequencies: NDArray[np.float64], hop: int) -> None:
        """Fold a window.

        Args:
            window: `(window,)` or `(n_bins, window)`, symmetric
            frequencies: `(n_bins,)`, cycles per sample
            hop: samples between the starts of two frames

        Raises:
            ValueError: the window is not symmetric
        """
        super().__init__()
        self._window, self._hop = window.shape[-1], hop
        basis = torch.from_numpy(folded_basis(window, frequencies)).float()
        self.register_buffer("basis", basis, persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        """Compute the spectrum of waveforms, `(batch, time)`, at least one window long.

        Returns:
            `(batch, n_bins, frame)`
        """
        frames, half = cut_frames(waveform, self._window, self._hop), self.basis.shape[1]
        ahead, behind = frames[:, :, :half], frames[:, :, self._window - half :].flip(2)
        cosines, sines = self.basis.T.chunk(2, dim=1)
        real, imaginary = torch.matmul(ahead + behind, cosines), torch.matmul(ahead - behind, sines)
        return (real.square() + imaginary.square()).transpose(1, 2)


def hamming_window(n: int) -> NDArray[np.float64]:
    """Return the symmetric Hamming window of the seed paper, eq. 9.

    Args:
        n: samples

    Returns:
        `(n,)`
    """
    return 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(n) / (n - 1))


def fourier_frequencies(n_fft: int) -> NDArray[np.float64]:
    """Return the bins of a real Fourier transform, `(n_fft / 2 + 1,)`, cycles per sample."""
    return np.arange(n_fft // 2 + 1) / n_fft


def folded_basis(window: NDArray[np.float64], frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the kernels that turn one folded frame into its windowed spectrum.

    Args:
        window: `(window,)` or `(n_bins, window)`, symmetric
        frequencies: `(n_bins,)`, cycles per sample

    Returns:
        `(2 · n_bins, half)`, half of the window, rounded up: the cosine rows of every bin, then the sine rows

    Raises:
        ValueError: the window is not symmetric
    """
    if not np.allclose(window, window[..., ::-1]):
        raise ValueError("the window is not symmetric")
    n = window.shape[-1]
    half = (n + 1) // 2
    weights = window[..., :half].copy()
    weights[..., n // 2 :] /= 2  # the middle of an odd window is folded onto itself
    angle = 2 * np.pi * np.outer(frequencies, np.arange(half) - (n - 1) / 2)
    return np.concatenate([np.cos(angle) * weights, -np.sin(angle) * weights])
