"""Halfway from the baseline to the seed's network, to tell what each of its two changes is worth."""

from prosodyn.model.baseline import CnnLstm
from prosodyn.model.bilstm import BiLstm, Lstm
from prosodyn.model.dycnn_bilstm import DyCnnBiLstm


class CnnBiLstm(CnnLstm):
    """Static kernels and a Bi-LSTM."""

    def recurrent_layer(self, n_inputs: int, hidden_size: int) -> Lstm | BiLstm:
        """Build the Bi-LSTM; each direction has half the width."""
        return BiLstm(n_inputs, hidden_size)


class DyCnnLstm(DyCnnBiLstm):
    """Dynamic kernels and a one-way LSTM."""

    def recurrent_layer(self, n_inputs: int, hidden_size: int) -> Lstm | BiLstm:
        """Build the one-way LSTM."""
        return Lstm(n_inputs, hidden_size)
