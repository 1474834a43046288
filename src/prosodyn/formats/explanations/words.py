"""An explanation in words."""

from collections.abc import Iterator

from prosodyn.explanation import Attention, Explanation, Region
from prosodyn.formats.text import one_line, percent
from prosodyn.types import NO_SPEECH, UNCERTAIN

NOTHING = "nothing that is hidden alone lowers it"

NAMED = 6
"""Layers that are named; more are counted."""


def explanation_in_words(explanation: Explanation) -> Iterator[str]:
    """Yield lines: the answer, the most telling regions, where attention lay, and remarks."""
    prediction, attention = explanation.prediction, explanation.attention
    yield f"{one_line(prediction.source)}: {answer_in_words(explanation)}"
    regions = explanation.occlusion.regions
    yield "most telling, and what is left without it:" if regions else NOTHING
    yield from (f"  {region_in_words(region)}: {loss_in_words(region)}" for region in regions)
    if attention is None:
        yield "no network answered: there is neither attention on frames nor a choice of kernels"
    else:
        start, end = attention.core()
        share = share_in_words(attention)
        yield f"frame attention: half of it from {start:.2f} to {end:.2f} s" + (f"; {share}" if share else "")
        yield kernels_in_words(attention)
    yield from map(one_line, prediction.remarks)


def answer_in_words(explanation: Explanation) -> str:
    """Return the best guess with its probability and its evidence, after what stands in its way."""
    prediction = explanation.prediction
    in_the_way = {UNCERTAIN: f"{UNCERTAIN}, perhaps ", NO_SPEECH: f"{NO_SPEECH}, else "}
    doubt = in_the_way.get(prediction.emotion, "")
    evidence = f"{explanation.evidence:+.1f} bits {question_in_words(explanation)}"
    return f"{doubt}{one_line(prediction.best_guess)} {percent(prediction.confidence)}, {evidence}"


def question_in_words(explanation: Explanation) -> str:
    """Return what the answer is compared with: `against sadness`, or `against all others`."""
    return f"against {one_line(explanation.against) or 'all others'}"


def region_in_words(region: Region) -> str:
    """Return where a region lies.

    Examples:
        >>> region_in_words(Region(1.2, 1.65, 450, 1200, 2.0, 0.4))
        '1.20 to 1.65 s, 450 to 1200 Hz'
    """
    return f"{region.start:.2f} to {region.end:.2f} s, {region.low:.0f} to {region.high:.0f} Hz"


def loss_in_words(region: Region) -> str:
    """Return what is left of the answer's probability, and what its evidence loses, without a region.

    Examples:
        >>> loss_in_words(Region(1.2, 1.65, 450, 1200, 2.0, 0.4))
        '40 %, -2.0 bits'
    """
    return f"{percent(region.confidence)}, {-region.fall:+.1f} bits"


def share_in_words(attention: Attention) -> str:
    """Return how much of the answer goes through what the attention is on; empty where all does."""
    if attention.share == 1:
        return ""
    return f"the network that attends has {100 * attention.share:.0f} % of the vote"


def kernels_in_words(attention: Attention) -> str:
    """Return which kernel each layer weighed most; nothing is chosen where kernels are static."""
    n_layers, n_kernels = attention.kernels.shape
    if n_kernels < 2:
        return "kernel attention: none, each layer has one kernel"
    chosen = [
        f"layer {layer}: kernel {weights.argmax() + 1} of {n_kernels}, {percent(float(weights.max()))}"
        for layer, weights in enumerate(attention.kernels, start=1)
    ]
    more = [f"and {n_layers - NAMED} layers more"] if n_layers > NAMED else []
    return f"kernel attention: {'; '.join([*chosen[:NAMED], *more])}"
