"""What workers tell the one who hands out shards, in words that any engine can carry."""

import re
import traceback
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from prosodyn import errors
from prosodyn.errors import MissingExtraError, ProsodynError


@dataclass(frozen=True, slots=True)
class Step:
    """What has happened to a shard.

    Attributes:
        shard: its number
        n_rows: that are ready of it; of one that is done, those that were answered for it
        is_done: whether its file is there
        megabytes: the most memory that its worker has held; None where nobody knows
        has_died: whether its worker has died, so that it is begun anew
    """

    shard: int
    n_rows: int = 0
    is_done: bool = False
    megabytes: float | None = None
    has_died: bool = False


Steps = Generator[Step | None, None, None]
"""What happens, as it happens; None where nothing has happened for a while."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What ends a run.

    Attributes:
        name: of the error's class
        told: what it is made of again, or the whole trace of one that nobody expected
    """

    name: str
    told: tuple[str, ...]


def fault_of(error: BaseException) -> Fault:
    """Describe an error."""
    if isinstance(error, ProsodynError):
        return Fault(type(error).__name__, tuple(map(str, error.args)))
    return Fault("", ("".join(traceback.format_exception(error)),))


def error_of(fault: Fault) -> Exception:
    """Return the error that was described; one that nobody expected is a `RuntimeError` with its trace."""
    kind = getattr(errors, fault.name, None)
    if kind is MissingExtraError:
        return MissingExtraError(*fault.told)
    if isinstance(kind, type) and issubclass(kind, ProsodynError):
        return kind(*fault.told)
    return RuntimeError("a worker has failed:\n" + "\n".join(fault.told))


def megabytes_held() -> float | None:
    """Return the most memory that this process has held, in MB; None where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:  # another system; getrusage would count what the process held that started this one
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return None if found is None else int(found[1]) / 1000
