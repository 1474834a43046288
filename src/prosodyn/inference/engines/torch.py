"""Runs a network by torch, from the weights of a bundle."""

from pathlib import Path

import torch

from prosodyn.bundle import Card, read_weights
from prosodyn.errors import BundleError, ConfigError
from prosodyn.model import WaveformNetwork, encoder_files
from prosodyn.types import EngineOutput, FloatArray, IntArray, SpeakerStatistics

# what building a network of impossible sizes, or giving it another's weights, ends in
_IMPOSSIBLE = (ConfigError, MemoryError, OverflowError, RuntimeError, ValueError)


class TorchEngine:
    """An engine on the CPU."""

    name = "torch"

    def __init__(self, network: WaveformNetwork) -> None:
        """Take a network, which is put into evaluation mode."""
        self._network = network.eval()

    @classmethod
    def from_bundle(cls, directory: Path, card: Card) -> "TorchEngine":
        """Build the network that a card describes, with the weights beside it.

        Raises:
            BundleError: no network, no weights, or not those of such a network; an encoder that is too large
                for a bundle, and is not here, or is another one here
            MissingExtraError: what reads such an encoder is not installed
        """
        front_end, shape = card.front_end_and_network()
        weights = read_weights(directory, card)
        try:
            network = WaveformNetwork(front_end, shape, len(card.labels), encoder_files(front_end, weights))
            network.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
        except _IMPOSSIBLE as fault:
            raise BundleError(
                f"{directory}: the weights are not those of the network on the card: {fault}; "
                "copy the whole bundle again"
            ) from fault
        return cls(network)

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        """Compute logits and attentions of a padded batch.

        Args:
            waveform: `(batch, time)` in [-1, 1] at `SAMPLE_RATE`
            samples: `(batch,)`, true lengths in samples, at least one
            speaker: normalises features and summaries, in place of the network's own means and scale
        """
        own = {} if speaker is None else speaker.normalisation()
        normalisation = {name: torch.from_numpy(array).float()[None] for name, array in own.items()}
        with torch.inference_mode():
            output = self._network(torch.tensor(waveform), torch.tensor(samples), **normalisation)
        return EngineOutput(*(tensor.numpy() for tensor in output))
