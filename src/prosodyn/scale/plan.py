"""What a run is about: which recordings, which recogniser, how the rows are divided. It is written once."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from prosodyn import __version__
from prosodyn.bundle import find, named_bundles, read_card
from prosodyn.bundle.store import CARD
from prosodyn.errors import ConfigError, OutputError
from prosodyn.files import read_whole, write_durably
from prosodyn.mapping import from_mapping, to_mapping

FORMAT_VERSION = 1
"""Of the results that this version of the package writes and goes on with."""

SHARD_SIZE = 1000
"""Recordings of a shard, which is what a crash may cost to do again: half a minute of short ones."""


@dataclass(frozen=True, slots=True)
class Model:
    """The recogniser that answers.

    Attributes:
        name: what `Recogniser.load` takes: a name, or the absolute path of a bundle
        bundle: the name on its card
        sha256: of its card, on which the hashes of its other files stand
        licence: of its weights
        labels: that it answers with
        error_rate: of its answers, how many may be wrong; None for the card's own threshold
    """

    name: str
    bundle: str
    sha256: str
    licence: str
    labels: tuple[str, ...]
    error_rate: float | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """The recordings, as they were listed when the run began.

    Attributes:
        source: absolute path or URL of the manifest or folder
        is_folder: whether it is a folder
        root: absolute path or URL that the listed paths start from
        sha256: of the manifest's content, or of the names in the folder
        n_rows: how many
    """

    source: str
    is_folder: bool
    root: str
    sha256: str
    n_rows: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is about.

    Attributes:
        inputs: the recordings
        model: what answers
        shard_size: recordings of a shard; the last may hold fewer
        created: moment of the listing, as in `2025-01-31T12:00:00+00:00`
        version: of the package that listed them
        format_version: of the results
    """

    inputs: Inputs
    model: Model
    shard_size: int
    created: str
    version: str = __version__
    format_version: int = FORMAT_VERSION

    @property
    def n_shards(self) -> int:
        """Return how many shards there are."""
        return -(-self.inputs.n_rows // self.shard_size)

    def rows_of(self, shard: int) -> range:
        """Return the positions of a shard's recordings."""
        first = shard * self.shard_size
        return range(first, min(first + self.shard_size, self.inputs.n_rows))


def describe_model(name_or_path: Path | str, error_rate: float | None) -> Model:
    """Describe a recogniser, so that no other takes its place later.

    Raises:
        BundleError: there is none, or it is broken
    """
    directory = find(name_or_path)
    card = read_card(directory)
    digest = hashlib.sha256((directory / CARD).read_bytes()).hexdigest()
    is_name = name_or_path in {bundle.name for bundle in named_bundles()}
    return Model(
        name=str(name_or_path if is_name else directory.resolve()),
        bundle=card.name,
        sha256=digest,
        licence=card.licence,
        labels=card.labels,
        error_rate=error_rate,
    )


def read_plan(path: Path) -> Plan | None:
    """Read what a run is about, where one has begun.

    Raises:
        OutputError: a plan that this version cannot go on with
    """
    if not path.exists():
        return None
    try:
        return from_mapping(Plan, json.loads(read_whole(path, OutputError)), str(path))
    except (ConfigError, ValueError, RecursionError) as fault:
        raise OutputError(
            f"{path}: is no plan of this version of prosodyn, {__version__}: {fault}; choose another --out"
        ) from fault


def write_plan(path: Path, plan: Plan) -> None:
    """Write what a run is about; from then on it can be gone on with.

    Raises:
        OutputError: it cannot be written
    """
    write_durably(path, (json.dumps(to_mapping(plan), indent=2, ensure_ascii=True) + "\n").encode())


def refuse_other(plan: Plan, path: Path, model: Model, shard_size: int | None) -> None:
    """Raise where somebody wants to go on otherwise than it was begun.

    Args:
        plan: as it was begun
        path: of the plan
        model: that is wanted now
        shard_size: that is wanted now; None for whatever it is

    Raises:
        OutputError: it was begun otherwise
    """
    rest = "go on with that, or choose another --out"
    if plan.format_version != FORMAT_VERSION:
        raise OutputError(f"{path}: is of prosodyn {plan.version}, whose results differ; {rest}")
    if (plan.model.bundle, plan.model.sha256) != (model.bundle, model.sha256):
        now = f"'{model.bundle}'" + (" of today" if model.bundle == plan.model.bundle else "")
        raise OutputError(f"{path}: was begun with the model '{plan.model.bundle}', not {now}; {rest}")
    if plan.model.error_rate != model.error_rate:
        raise OutputError(
            f"{path}: was begun with the error rate {_told(plan.model.error_rate)}, "
            f"not {_told(model.error_rate)}; {rest}"
        )
    if shard_size not in {None, plan.shard_size}:
        raise OutputError(f"{path}: was begun with shards of {plan.shard_size}, not {shard_size}; {rest}")


def _told(error_rate: float | None) -> str:
    return "of the model" if error_rate is None else f"{error_rate:g}"
