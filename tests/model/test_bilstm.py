"""LSTM and Bi-LSTM, beside torch's packed sequences."""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from prosodyn.features.functional import length_mask
from prosodyn.model.bilstm import BiLstm, Lstm, reverse_frames

LENGTHS = torch.tensor([4, 7, 1, 5])


def packed(lstm: nn.LSTM, x: Tensor) -> Tensor:
    """Run an LSTM over packed sequences; zero on padding."""
    sequences = pack_padded_sequence(x, LENGTHS, batch_first=True, enforce_sorted=False)
    y: Tensor = pad_packed_sequence(lstm(sequences)[0], batch_first=True)[0]
    return y


def without_padding(y: Tensor) -> Tensor:
    return y * length_mask(LENGTHS, y.shape[1])[:, :, None]


def test_the_bi_lstm_equals_torchs_on_packed_sequences() -> None:
    ours, theirs = BiLstm(3, 8), nn.LSTM(3, 4, batch_first=True, bidirectional=True)
    ahead, behind = ours.forward_lstm.state_dict(), ours.backward_lstm.state_dict()
    theirs.load_state_dict(ahead | {f"{name}_reverse": tensor for name, tensor in behind.items()})
    x = torch.randn(4, 7, 3)

    y = ours(x, LENGTHS)

    torch.testing.assert_close(without_padding(y), packed(theirs, x), atol=1e-6, rtol=0)


def test_the_one_way_lstm_equals_torchs_on_packed_sequences() -> None:
    ours = Lstm(3, 8)
    x = torch.randn(4, 7, 3)

    y = ours(x, LENGTHS)

    torch.testing.assert_close(without_padding(y), packed(ours.forward_lstm, x), atol=1e-6, rtol=0)


def test_both_have_the_same_width() -> None:
    x = torch.randn(4, 7, 3)

    assert BiLstm(3, 8)(x, LENGTHS).shape == Lstm(3, 8)(x, LENGTHS).shape == (4, 7, 8)


def test_frames_are_turned_around_up_to_each_true_end() -> None:
    x = torch.randn(4, 7, 2)

    turned = reverse_frames(x, LENGTHS)

    for row, length in enumerate(LENGTHS.tolist()):
        for frame in range(7):
            source = length - 1 - frame if frame < length else frame
            assert torch.equal(turned[row, frame], x[row, source])


def test_turning_twice_changes_nothing() -> None:
    x = torch.randn(4, 7, 2)

    assert torch.equal(reverse_frames(reverse_frames(x, LENGTHS), LENGTHS), x)
