"""From a trained network to a bundle."""

from pathlib import Path
from typing import TYPE_CHECKING

from prosodyn.bundle import Card, write_bundle
from prosodyn.config import FrontEndConfig
from prosodyn.export import check_parity, export_onnx, rounded_to_half
from prosodyn.model import WaveformNetwork
from prosodyn.training.experiment import without_folders
from prosodyn.training.naming import Naming, provenance_of

if TYPE_CHECKING:
    from prosodyn.training.recipe import Lesson


def write_trained(
    directory: Path, module: WaveformNetwork, lesson: "Lesson", naming: Naming, graph: bool = True
) -> Card:
    """Write a trained module as a bundle.

    Args:
        directory: of the bundle
        module: trained by `train_network`
        lesson: that it was taught
        naming: what the card says besides
        graph: also export the graph, so that no torch is needed to use it; there is none where the network
            hears by encoders that no bundle holds

    Returns:
        the card as written

    Raises:
        ExportError: the graph does not answer as the module does
        BundleError: weights beyond the precision that is asked for
        OutputError: nothing can be written there
    """
    settings = lesson.settings
    experiment = without_folders(settings)
    start = "" if lesson.parent is None else f"{lesson.parent.name}, {lesson.parent.weights_sha256}"
    card = Card(
        name=naming.name,
        description=naming.description,
        labels=lesson.labels,
        front_end=experiment.front_end,
        network=experiment.network,
        corpora=heard_corpora(lesson),
        licence=joined_licence(naming.licence, lesson.parent, experiment.front_end),
        limits=naming.limits,
        provenance=provenance_of(experiment, naming, lesson.train, start),
        n_parameters=module.n_parameters,
        expects_enrolment=lesson.by_speaker,
        precision=naming.precision,
        levels=lesson.levels,
    )
    if naming.precision == "half":
        module = rounded_to_half(module, settings.front_end, settings.network)
    weights = {name: tensor.numpy() for name, tensor in module.state_dict().items()}
    has_graph = graph and not experiment.front_end.hub_encoders
    return write_bundle(directory, card, weights, _checked_graph(module, card) if has_graph else None)


def heard_corpora(lesson: "Lesson") -> tuple[str, ...]:
    """Return every corpus that the weights have heard, those of the bundle to fine-tune among them."""
    before = () if lesson.parent is None else lesson.parent.corpora
    return tuple(sorted({*before, *(utterance.corpus for utterance in lesson.train)}))


def joined_licence(licence: str, parent: Card | None, front_end: FrontEndConfig) -> str:
    """Return a licence together with those of all that a bundle holds besides.

    Args:
        licence: of what was learnt here
        parent: the bundle that was fine-tuned, which does not lift its licence
        front_end: with its encoders, which the bundle holds whole unless they are too large
    """
    outside = front_end.hub_encoders
    wheres = [", which it answers with" if each in outside else " in it" for each in front_end.encoders]
    inside = [
        f"the encoder '{each.name}'{where}: {each.licence}"
        for each, where in zip(front_end.encoders, wheres, strict=True)
    ]
    if parent is None:
        return "; ".join([licence, *inside])
    told = f"{licence}; fine-tuned from '{parent.name}': {parent.licence}"
    return "; ".join([told, *(line for line in inside if line not in told)])


def _checked_graph(module: WaveformNetwork, card: Card) -> bytes:
    graph = export_onnx(module, card.labels, "compact" if card.precision == "half" else "plain")
    check_parity(module, graph)
    return graph
