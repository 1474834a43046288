"""The verb `models`: the bundles that come with the package."""

from prosodyn.cli.options import JsonOption
from prosodyn.cli.terminal import in_short, say, show_table


def models(as_json: JsonOption = False) -> None:
    """List the trained recognisers that come with prosodyn, for `--model`."""
    import json

    from prosodyn.bundle import find, read_card, shipped_names

    folders = [find(name) for name in shipped_names()]
    cards = [read_card(folder) for folder in folders]
    sizes = [sum(path.stat().st_size for path in folder.iterdir()) for folder in folders]
    if as_json:
        entries = [
            {
                "name": card.name,
                "corpora": card.corpora,
                "licence": card.licence,
                "labels": card.labels,
                "n_parameters": card.n_parameters,
                "bytes": size,
            }
            for card, size in zip(cards, sizes, strict=True)
        ]
        say(json.dumps(entries, indent=2, ensure_ascii=False))
        return
    rows = [
        (
            card.name,
            ", ".join(card.corpora),
            in_short(card.licence),
            f"{size / 1e6:.1f} MB",
            ", ".join(card.labels),
        )
        for card, size in zip(cards, sizes, strict=True)
    ]
    header = ("name", "trained on", "licence", "size", "answers with")
    show_table(header, rows, numbers=("size",), spare=("size", "trained on"))
