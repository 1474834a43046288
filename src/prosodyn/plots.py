"""The page that every figure is drawn on: its style, its colours, and how it is saved.

Drawn on `Figure` objects without pyplot, so that nothing global changes. The same input gives the
same bytes, whatever style the caller has set. matplotlib is loaded when the first figure is drawn.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prosodyn.errors import MissingExtraError, OutputError
from prosodyn.files import replacing

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

BLUES = (
    "#f5fafe", "#c4e2fb", "#96c9f8", "#6faef0", "#5493df", "#4479c4", "#3b60a1", "#344977", "#2c344b",
)  # fmt: skip
"""Nine steps of equal perceived lightness (CIE L* 98 to 22), readable with any colour vision and in grey."""

DPI = 150

INK = "#262f3d"
"""Of text and lines."""

QUIET = "#8b95a3"
"""Of what stands back."""

_STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is on every machine
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.labelpad": 8,
    "axes.titlesize": 12,
    "axes.titlepad": 12,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.hashsalt": "prosodyn",
}
_METADATA: dict[str, dict[str, None]] = {  # what would differ from day to day or between versions
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@contextmanager
def page(width: float, height: float, path: Path) -> Iterator["Figure"]:
    """Give an empty figure, in inches, and save it when the block ends.

    The page grows to whatever is drawn outside the figure, such as labels, so that nothing is cut off.

    Raises:
        OutputError: nothing can be written there, or the suffix is none of `.png`, `.svg` and `.pdf`
        MissingExtraError: matplotlib is not installed
    """
    kind = path.suffix.lower()
    if kind not in _METADATA:
        raise OutputError(f"{path}: figures are written as .png, .svg or .pdf; choose one of these")
    refuse_undrawable()
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(["default", _STYLE]):
        figure = Figure(figsize=(width, height), facecolor="white")
        yield figure
        with replacing(path) as partial:
            figure.savefig(
                partial,
                format=kind[1:],
                dpi=DPI,
                metadata=_METADATA[kind],
                bbox_inches="tight",
                pad_inches=0.15,
            )


def refuse_undrawable() -> None:
    """Raise, before long work, where no figure could be drawn after it.

    Raises:
        MissingExtraError: matplotlib is not installed
    """
    try:
        import matplotlib  # noqa: F401 (whether it is there)
    except ModuleNotFoundError as fault:
        raise MissingExtraError("matplotlib", "plots", "Drawing a figure") from fault


def colour_map() -> "Colormap":
    """Return `BLUES` as a scale without steps; what is missing is grey."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("prosodyn-blues", BLUES).with_extremes(bad="#eceef1")
