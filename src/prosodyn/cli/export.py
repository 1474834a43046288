"""The verb `export`: from a bundle to a graph that runs anywhere."""

from pathlib import Path
from typing import Annotated

import typer

from prosodyn.cli import completion
from prosodyn.cli.terminal import say

EXAMPLE = "Example: prosodyn export my-emodb --onnx my-emodb.onnx"


def export(
    bundle: Annotated[
        str,
        typer.Argument(
            metavar="BUNDLE", help="A shipped bundle, or a folder.", autocompletion=completion.bundles
        ),
    ],
    onnx: Annotated[Path, typer.Option("--onnx", help="The graph that is written.")],
) -> None:
    """Export a bundle as one ONNX graph, from samples to logits, and prove that it answers the same."""
    from prosodyn.bundle import find
    from prosodyn.export.from_bundle import export_bundle
    from prosodyn.files import write_bytes

    exported = export_bundle(find(bundle))
    write_bytes(onnx, exported.graph)
    say(f"wrote {onnx}: {len(exported.graph) / 1e6:.1f} MB, labels {', '.join(exported.labels)}")
    say(f"largest difference from the network, over recordings of all lengths: {exported.difference:.1e}")
