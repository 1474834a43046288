"""A disk that fails is told, at whatever place it does."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from prosodyn.audio import load
from prosodyn.audio.steady import SteadyStream
from prosodyn.errors import UnreadableAudioError


class DyingDisk(io.BytesIO):
    """Holds a file that can be read up to some byte."""

    def __init__(self, content: bytes, last: int) -> None:
        super().__init__(content)
        self.last = last

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() + (size if size and size > 0 else 0) > self.last:
            raise OSError(5, "Input/output error")
        return super().read(size)

    def readinto(self, room: bytearray) -> int:  # type: ignore[override]
        content = self.read(len(room))
        room[: len(content)] = content
        return len(content)


@pytest.mark.parametrize("last", [0, 20, 100, 9_000])
@pytest.mark.parametrize("container", ["WAV", "FLAC", "OGG"])
def test_a_disk_that_fails_is_told_at_whatever_byte(
    last: int, container: str, tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, 0.1 * rng.standard_normal(16_000), 16_000, format=container)
    content = path.read_bytes()
    monkeypatch.setattr(Path, "open", lambda *_: DyingDisk(content, last))
    with pytest.raises(UnreadableAudioError, match=r"call\.wav: cannot be read: Input/output error; check"):
        load(path)


def test_a_place_that_a_lying_header_names_is_not_gone_to(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(bytes(100))
    with path.open("rb") as file:
        stream = SteadyStream(file, path)
        stream.seek(40)
        assert [stream.seek(-1), stream.seek(2**63), stream.seek(2**62, 1), stream.tell()] == [40] * 4
