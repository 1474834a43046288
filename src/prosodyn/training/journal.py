"""The journal of a run: one JSON object a line, one line an epoch."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from prosodyn.files import write_text


@dataclass(frozen=True, slots=True)
class EpochReport:
    """What a progress bar and the journal learn after each epoch.

    Attributes:
        epoch: counted from one
        n_epochs: in all
        loss: mean over the epoch's batches
        learning_rate: of the last step
        seconds: that the epoch took
        validation_ua: share of one, where there is a validation side
        terms: of the loss, by name, where it has several
    """

    epoch: int
    n_epochs: int
    loss: float
    learning_rate: float
    seconds: float
    validation_ua: float | None = None
    terms: dict[str, float] = field(default_factory=dict)


class Journal:
    """Appends reports to a file, or to nothing where a run keeps no files."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def rewind(self, epoch: int) -> None:
        """Forget what was written after an epoch, so that a resumed run tells each epoch once."""
        if self.path is None or not self.path.exists():
            return
        # a killed run may have left half a line, always of an epoch that is run again
        whole = [line for line in self.path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
        kept = [line for line in whole if json.loads(line)["epoch"] <= epoch]
        write_text(self.path, "".join(line + "\n" for line in kept))

    def append(self, report: EpochReport) -> None:
        """Write one line."""
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # a loss of a single term has nothing to tell of it
            line = {key: value for key, value in asdict(report).items() if key != "terms" or value}
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
