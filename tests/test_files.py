"""Files are whole or not there."""

import os
from pathlib import Path

import pytest

from prosodyn.errors import CorpusNotFoundError, OutputError
from prosodyn.files import reaching, replacing, walk, write_bytes, write_durably, write_text


class Interruption(BaseException):
    """Stands for Ctrl-C, which is no `Exception`."""


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_bytes(tmp_path / "sums", b"\r\n\x00\xff")

    assert (tmp_path / "sums").read_bytes() == b"\r\n\x00\xff"


def test_text_is_written_as_utf_8_with_its_own_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "notes.txt", "悲伤\n")

    assert (tmp_path / "notes.txt").read_bytes() == "悲伤\n".encode()


def test_folders_above_are_made(tmp_path: Path) -> None:
    write_text(tmp_path / "runs" / "own" / "notes.txt", "new")

    assert (tmp_path / "runs" / "own" / "notes.txt").read_text(encoding="utf-8") == "new"


def test_old_content_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    write_text(path, "old and longer")

    write_text(path, "new")

    assert path.read_text(encoding="utf-8") == "new"


def test_nothing_lies_beside_the_file_afterwards(tmp_path: Path) -> None:
    write_text(tmp_path / "notes.txt", "new")

    assert names_in(tmp_path) == ["notes.txt"]


def test_the_path_keeps_its_old_content_while_the_new_one_is_written(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    write_text(path, "old")

    with replacing(path) as partial:
        partial.write_text("ne", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "old"


def write_in_part(path: Path, fault: type[BaseException]) -> None:
    """Fail in the middle of writing."""
    with replacing(path) as partial:
        partial.write_text("ne", encoding="utf-8")
        raise fault


@pytest.mark.parametrize("fault", [ValueError, Interruption])
def test_an_error_leaves_the_old_content_alone(tmp_path: Path, fault: type[BaseException]) -> None:
    path = tmp_path / "notes.txt"
    write_text(path, "old")

    with pytest.raises(fault):
        write_in_part(path, fault)

    assert path.read_text(encoding="utf-8") == "old"
    assert names_in(tmp_path) == ["notes.txt"]


def test_a_full_disk_leaves_the_old_content_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "notes.txt"
    write_text(path, "old")
    write_whole = Path.write_bytes

    def write_half(self: Path, content: bytes) -> int:
        write_whole(self, content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OutputError, match=r"notes\.txt: cannot be written: No space left on device; choose"):
        write_text(path, "new")

    assert path.read_text(encoding="utf-8") == "old"
    assert names_in(tmp_path) == ["notes.txt"]


def test_a_folder_cannot_be_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").mkdir()

    with pytest.raises(OutputError, match=r"notes\.txt: cannot be written: "):
        write_text(tmp_path / "notes.txt", "new")

    assert names_in(tmp_path) == ["notes.txt"]


def test_a_pipe_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(OutputError, match=r"pipe: is a pipe or a device, .*; name a file"):
        write_text(tmp_path / "pipe", "new")

    assert (tmp_path / "pipe").is_fifo()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file", encoding="utf-8")

    with pytest.raises(OutputError, match=r"runs: cannot be made: .*; choose another place"):
        write_text(tmp_path / "runs" / "notes.txt", "new")


def test_a_name_that_is_too_long_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot be written: File name too long"):
        write_text(tmp_path / ("n" * 300), "new")


@pytest.mark.parametrize(
    "fault", [PermissionError(13, "Permission denied"), OSError(36, "File name too long")]
)
def test_a_path_that_the_system_refuses_is_named(tmp_path: Path, fault: OSError) -> None:
    message = rf"calls: cannot be opened: {fault.strerror}; name another path, or check its permissions"
    with pytest.raises(CorpusNotFoundError, match=message), reaching(tmp_path / "calls", CorpusNotFoundError):
        raise fault


@pytest.mark.parametrize(
    ("target", "refusal"),
    [
        ("nothing", "is a link to a file that does not exist; mend the link"),
        ("link", "is a link that leads back to itself; mend the link"),
    ],
)
def test_a_link_that_leads_nowhere_is_named(tmp_path: Path, target: str, refusal: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / target)
    with pytest.raises(OutputError, match=f"link: {refusal}"), reaching(tmp_path / "link", OutputError):
        pass


def test_what_is_written_durably_is_there_whole_and_alone(tmp_path: Path) -> None:
    (tmp_path / "rows").write_bytes(b"old and longer")

    write_durably(tmp_path / "rows", b"new")

    assert (tmp_path / "rows").read_bytes() == b"new"
    assert names_in(tmp_path) == ["rows"]


def test_a_failure_leaves_the_old_content_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rows").write_bytes(b"old")

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OutputError, match="rows: cannot be written: No space left on device; make room"):
        write_durably(tmp_path / "rows", b"new")

    assert (tmp_path / "rows").read_bytes() == b"old"
    assert names_in(tmp_path) == ["rows"]


def test_folders_are_walked_in_order_once_and_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b/c", "a", ".hidden", "__MACOSX"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a" / "x.wav").touch()
    (tmp_path / "a" / "ring").symlink_to(tmp_path)

    walked = list(walk(tmp_path, CorpusNotFoundError))

    assert walked == [
        (tmp_path, []),
        (tmp_path / "a", ["x.wav"]),
        (tmp_path / "b", []),
        (tmp_path / "b" / "c", []),
    ]
