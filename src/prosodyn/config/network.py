"""From features to logits."""

from dataclasses import dataclass
from typing import Annotated, Literal

from prosodyn.rules import Count, EvenSize, OddSize, Positive, Rule, Share, Size, Sizes, check_rules

Views = Annotated[
    tuple[Literal["plain", "centred"], ...],
    Rule("one or more, each once", lambda value: 0 < len(value) == len(set(value))),
]

Kernels = Annotated[tuple[int, ...], Rule("each at least 1", lambda value: min(value, default=1) >= 1)]


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """The shape of a network; the same settings serve the seed's network and its baseline.

    Attributes:
        name: `dycnn_bilstm`, or `cnn_lstm` with static kernels and a one-way LSTM; the other two are halfway
        views: what the first convolution sees, a channel each: the features `plain`, or `centred` about
            their mean over the utterance (cepstral mean normalisation)
        encoder_kernels: K of every convolution of each encoder that the network begins with; a single
            one is static, as all are in the networks of static kernels, and several are routed by softmax
        projection: channels that features without neighbours, such as states of encoders, are mixed to before
            the first convolution, which then sees a single band; zero where the features are bands
        feature_dropout: share of those features that is dropped, each over a whole utterance
        residual: add the input of a convolution to its output, where they are of one shape
        channels: output channels of each convolution; all but the first are dynamic
        band_strides: stride of each convolution over the frequency bands
        frame_strides: stride of each convolution over the frames
        kernel_size: height and width of every kernel, odd
        n_kernels: K of eq. 1
        routing: `softmax` (eq. 1), `sigmoid` (CondConv, ref. 26), or `frequency`, eq. 1 for each band
        reduction: width of the attention's hidden layer, as a share of its input
        hidden_size: width of the recurrent output, both directions together, even
        pooling: from frames to an utterance: `mean`, `attentive` (weighted mean), `last`, or
            `statistics` and `attentive_statistics`, which give the standard deviation besides
        dropout: share of the recurrent input and of the pooled embedding that is dropped
        summary_size: hidden width of the perceptrons that vote on a summary of the utterance; 0 for none
        summary_members: how many there are
        summary_weight: of their votes; the network's own has the rest of one
        summary_dropout: share of the summary, and of that hidden layer, that is dropped
    """

    name: Literal["dycnn_bilstm", "dycnn_lstm", "cnn_bilstm", "cnn_lstm"] = "dycnn_bilstm"
    views: Views = ("plain",)
    encoder_kernels: Kernels = ()
    projection: Count = 0
    feature_dropout: Share = 0.0
    residual: bool = False
    channels: Sizes = (16, 32, 48, 64)
    band_strides: Sizes = (2, 2, 2, 2)
    frame_strides: Sizes = (2, 2, 2, 1)
    kernel_size: OddSize = 3
    n_kernels: Size = 4
    routing: Literal["softmax", "sigmoid", "frequency"] = "softmax"
    reduction: Positive = 0.25
    hidden_size: EvenSize = 128
    pooling: Literal["attentive", "mean", "last", "statistics", "attentive_statistics"] = "mean"
    dropout: Share = 0.3
    summary_size: Count = 0
    summary_members: Size = 1
    summary_weight: Share = 0.5
    summary_dropout: Share = 0.5

    def __post_init__(self) -> None:
        """Refuse a network that cannot be built."""
        n_layers = len(self.channels)
        strides = Rule(f"one for each of the {n_layers} channels", lambda value: len(value) == n_layers)
        plain = Rule(
            "('plain',), which is all that a projection sees",
            lambda value: not self.projection or value == ("plain",),
        )
        dropped = Rule("0 without a projection", lambda value: self.projection > 0 or value == 0)
        relations = {"band_strides": strides, "frame_strides": strides, "views": plain}
        check_rules("network", self, **relations, feature_dropout=dropped)
