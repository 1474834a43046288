"""Archives: the emotion in very many recordings, whatever is killed on the way, a row for each in Parquet."""

from prosodyn.errors import MissingExtraError

try:
    import pyarrow  # noqa: F401
except ImportError as fault:
    raise MissingExtraError("pyarrow", "archive", "answering an archive") from fault

from prosodyn.scale.archive import Progress, archive
from prosodyn.scale.settings import ArchiveSettings
from prosodyn.scale.summary import Run, Summary

__all__ = ["ArchiveSettings", "Progress", "Run", "Summary", "archive"]
