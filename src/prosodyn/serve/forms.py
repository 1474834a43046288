"""Forms (`multipart/form-data`, RFC 7578) as they arrive: each recording goes straight into a file."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from prosodyn.formats.text import one_line
from prosodyn.serve.answers import Upload, own_name
from prosodyn.serve.problems import Problem

FIELD = "file"
"""Name of the field that holds a recording."""

_SHOWN = 40  # characters of a field's name that is refused


class Form:
    """The recordings of a form, of which pieces of any size come one after the other.

    Attributes:
        uploads: those that have begun
    """

    def __init__(self, content_type: str, new_path: Callable[[], Path], max_files: int) -> None:
        """Begin.

        Args:
            content_type: as the request's header tells it
            new_path: gives the path for a recording
            max_files: more are refused

        Raises:
            Problem: no boundary
        """
        self.uploads: list[Upload] = []
        self._new_path, self._max_files = new_path, max_files
        self._file: BinaryIO | None = None
        self._disposition, self._header = b"", b""
        self._is_whole = False
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        if not boundary:
            raise Problem(400, "the form tells no boundary; let the client write the Content-Type")
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._name,
                    "on_header_value": self._value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._open,
                    "on_part_data": self._write,
                    "on_part_end": self.close,
                    "on_end": self._end,
                },
            )
        except FormParserError as fault:
            raise Problem(400, "the boundary of the form is too long; 70 letters are allowed") from fault

    def take(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            Problem: it is no form, or one with too many recordings
            OSError: there is no room for it
        """
        try:
            self._parser.write(piece)
        except FormParserError as fault:
            raise Problem(400, "the form cannot be read: it is not as RFC 7578 describes it") from fault

    def end(self) -> list[Upload]:
        """Return the recordings, now that all has come.

        Raises:
            Problem: it has not, or there are none
        """
        if not self._is_whole:
            raise Problem(400, "the form breaks off before its last boundary; send it again")
        if not self.uploads:
            raise Problem(400, f"no recording in the form; send each in a field '{FIELD}'")
        return self.uploads

    def close(self) -> None:
        """Write no more to the recording that has come last."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self) -> None:
        self._disposition = self._header = b""

    def _name(self, piece: bytes, start: int, end: int) -> None:
        self._header += piece[start:end].lower()

    def _value(self, piece: bytes, start: int, end: int) -> None:
        if self._header == b"content-disposition":
            self._disposition += piece[start:end]

    def _end_header(self) -> None:
        self._header = b""

    def _open(self) -> None:
        options = parse_options_header(self._disposition.decode("latin-1"))[1]
        field = options.get(b"name", b"")
        if field != FIELD.encode():
            shown = one_line(field.decode("utf-8", "replace"))[:_SHOWN]
            told = f"send recordings in '{FIELD}', and whatever else as a parameter of the address"
            raise Problem(400, f"there is no field '{shown}' in the form; {told}")
        if len(self.uploads) == self._max_files:
            raise Problem(413, f"more than {self._max_files} recordings; send them in several requests")
        name = options.get(b"filename", b"").decode("utf-8", "replace")
        self.uploads.append(Upload(own_name(name), self._new_path()))
        self._file = self.uploads[-1].path.open("wb", buffering=0)

    def _write(self, piece: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(memoryview(piece)[start:end])

    def _end(self) -> None:
        self._is_whole = True
