"""What a recogniser says, as text that other programs read."""

from prosodyn.formats.as_csv import to_csv
from prosodyn.formats.as_json import to_json, to_json_lines
from prosodyn.formats.outcome import Failure, Outcome

__all__ = ["Failure", "Outcome", "to_csv", "to_json", "to_json_lines"]
