"""The verb `export`: from a bundle to a graph that runs anywhere."""

from pathlib import Path
from typing import Annotated

import typer

from prosodyn.cli import completion
from prosodyn.cli.terminal import say
from prosodyn.errors import OutputError

EXAMPLE = "Example: prosodyn export my-emodb --onnx my-emodb.onnx"


def export(
    bundle: Annotated[
        str,
        typer.Argument(
            metavar="BUNDLE", help="A shipped bundle, or a folder.", autocompletion=completion.bundles
        ),
    ],
    onnx: Annotated[Path, typer.Option("--onnx", help="The graph that is written.")],
    int8: Annotated[
        bool,
        typer.Option(
            "--int8", help="Store weights in 8 bits: a third of the room, and answers a little different."
        ),
    ] = False,
) -> None:
    """Export a bundle as one ONNX graph, from samples to probabilities, and prove that it answers alike."""
    if onnx.suffix.lower() != ".onnx":
        raise OutputError(f"{onnx}: is no name of a graph; let it end in .onnx")
    from prosodyn.bundle import find
    from prosodyn.export.from_bundle import export_bundle
    from prosodyn.files import write_bytes

    exported = export_bundle(find(bundle), int8)
    write_bytes(onnx, exported.graph)
    say(f"wrote {onnx}: {len(exported.graph) / 1e6:.1f} MB, labels {', '.join(exported.labels)}")
    of_what = "of a logit from the network, which 8 bits cost" if int8 else "from the network"
    if exported.levels is not None:
        told = " to ".join(f"{level:g}" for level in sorted(set(exported.levels)))
        say(f"it changes no level: bring what lies elsewhere to {told} dB first, by its loudest 20 ms")
    say(f"largest difference {of_what}, over sounds of 1 sample to 60 s: {exported.difference:.1e}")
