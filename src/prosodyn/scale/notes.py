"""What a worker is reading, noted where its death does not reach it, so that the file at fault is known.

A note holds the position of the recording that is being read. A worker that is given a shard and finds a note
of the same run knows that another died there, and at which recording. One that has been died of three times
is not tried again. A note of another run says nothing: then the whole run was stopped.
"""

import json
from pathlib import Path
from types import TracebackType

from prosodyn.errors import OutputError

DEATHS = 3
"""Workers that a recording may cost, before it is left alone."""

NOWHERE = -1
"""The position while no recording is being read."""

_WIDTH = 20


class Note:
    """The note of one shard. Use it in a `with` block; where that ends without an error, it is removed."""

    def __init__(self, path: Path, run: str) -> None:
        """Read what other workers have left.

        Args:
            path: of the note
            run: names the run
        """
        self._path, self._run = path, run
        self._deaths = _read(path, run)

    def __enter__(self) -> "Note":
        """Begin to note.

        Raises:
            OutputError: it cannot be written, or workers die before they read anything
        """
        if self._deaths.get(NOWHERE, 0) >= DEATHS:
            raise OutputError(
                f"{self._path}: {DEATHS} workers died of this shard while they read none of its recordings, "
                "most likely because memory ran out; take fewer workers, or smaller shards in another --out"
            )
        told = {"run": self._run, "deaths": {str(place): n for place, n in self._deaths.items()}}
        try:
            self._path.write_text(f"{NOWHERE:{_WIDTH}d}\n{json.dumps(told)}\n", encoding="ascii")
            self._file = self._path.open("r+b", buffering=0)
        except OSError as fault:
            raise OutputError(
                f"{self._path}: cannot be written: {fault.strerror}; make room, or choose another place"
            ) from fault
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self._file.close()
        if fault is None:
            self._path.unlink(missing_ok=True)

    def is_fatal(self, position: int) -> bool:
        """Tell whether a recording has cost so many workers that it is left alone."""
        return self._deaths.get(position, 0) >= DEATHS

    def reading(self, position: int = NOWHERE) -> None:
        """Note which recording is read from now on."""
        self._file.seek(0)
        self._file.write(b"%*d" % (_WIDTH, position))  # in the room that it has, also on a full disk


def _read(path: Path, run: str) -> dict[int, int]:
    """Return how many workers have died at which recordings, the last of them included."""
    try:
        place, told = path.read_text(encoding="ascii").splitlines()
        found = json.loads(told)
        if found["run"] != run:
            return {}
        deaths = {int(each): int(n) for each, n in found["deaths"].items()}
        deaths[int(place)] = deaths.get(int(place), 0) + 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # none, or one whose writer was killed while it began
    return deaths
