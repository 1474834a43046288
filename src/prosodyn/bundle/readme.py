"""The card as a page that people read: the model card beside the weights."""

from collections.abc import Sequence

from prosodyn.bundle.card import Card
from prosodyn.config import AnyEncoder, FrontEndConfig, HubEncoder

_PAGE = """\
# {name}

{description}

{use}

## How well it does

{figures}

## What it cannot do

{limits}

## Where it comes from

{origin}

## Licence

{licence}
"""


_USE = """\
```python
import prosodyn

recogniser = prosodyn.load("{name}")  # or the path of this folder
{enrolment}print(recogniser.from_file("call.wav").emotion)
```

It answers with one of {n_labels} emotions: {labels}.{expectation}"""

_NO_USE = "It has learnt no emotion yet: another training has to start from it (`prosodyn train --from`)."

_ENROLMENT = """\
recogniser = recogniser.enrol(["monday.wav", "tuesday.wav"])  # the same speaker, whatever the emotion
"""

_EXPECTATION = """

It listens to how something is said relative to how the speaker usually sounds, so it expects
to hear other recordings of the speaker first: ten seconds or more, of any emotion, without labels."""


def render_readme(card: Card) -> str:
    """Return the model card in Markdown."""
    return _PAGE.format(
        name=card.name,
        description=card.description,
        use=_use(card),
        figures=_figures(card),
        limits=card.limits,
        origin=_origin(card),
        licence=card.licence,
    )


def _use(card: Card) -> str:
    if not card.labels:
        return _NO_USE
    return _USE.format(
        name=card.name,
        n_labels=len(card.labels),
        labels=", ".join(card.labels),
        enrolment=_ENROLMENT if card.expects_enrolment else "",
        expectation=_EXPECTATION if card.expects_enrolment else "",
    )


def _figures(card: Card) -> str:
    if not card.figures:
        return "Nothing has been measured."
    rows = [
        (figure.measure, f"{figure.value:.2f} %", figure.corpus, figure.protocol, figure.remark)
        for figure in card.figures
    ]
    return _table(("Measure", "Value", "Corpus", "Protocol", "Remark"), rows)


def _origin(card: Card) -> str:
    made = card.provenance
    libraries = ([("torch", made.torch_version)] if made.torch_version else []) + [*made.libraries.items()]
    rows = [
        _system(card),
        *([("Front end", _front_end(card.front_end))] if card.front_end else []),
        *([("Precision", "half, of the large weights")] if card.precision == "half" else []),
        *([("Encoder", _encoder(each)) for each in card.front_end.encoders] if card.front_end else []),
        ("Temperature", f"{card.temperature:g}"),
        *([("Levels", _levels(*card.levels))] if card.levels else []),
        ("Corpora", ", ".join(card.corpora)),
        ("Training side", f"{made.n_utterances} utterances of {made.n_speakers or 'unknown'} speakers"),
        *([("Fine-tuned from", made.start)] if made.start else []),
        ("Experiment", f"{made.experiment}, seed {made.seed}"),
        ("Command", f"`{made.command}`"),
        ("Versions", ", ".join(map(" ".join, [("prosodyn", made.prosodyn_version), *libraries]))),
        ("Created", made.created),
    ]
    return _table(("", ""), rows)


def _front_end(front_end: FrontEndConfig) -> str:
    return f"{front_end.encoder_view} of encoders" if front_end.encoders else front_end.name


def _levels(low: float, high: float) -> str:
    told = "loudest 20 ms at {} dB of full scale; {} brought there"
    if low == high:
        return told.format(f"{low:g}", "all recordings are")
    return told.format(f"{low:g} to {high:g}", "others are")


def _system(card: Card) -> tuple[str, str]:
    """Name the network, or the comparison system with what was chosen for it."""
    if card.comparison is None:
        return "Network", f"{card.system}, {card.n_parameters} parameters"
    chosen = [f"{name} = {value}" for name, value in card.comparison.chosen.items()]
    return "Comparison system", ", ".join([card.system, *chosen, f"{card.n_parameters} stored numbers"])


def _encoder(encoder: AnyEncoder) -> str:
    """Tell who hears, under which licence, and where its files are."""
    told = f"{encoder.name}, {encoder.licence}, SHA-256 {encoder.sha256 or 'not stated'}"
    if isinstance(encoder, HubEncoder):
        return f"{told}; not part of this bundle: `{encoder.model}` has to be here (`prosodyn[encoders]`)"
    return f"{told}; what is needed of that file is part of this bundle"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
