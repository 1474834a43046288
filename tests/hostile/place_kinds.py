"""Names that mislead, and places that are no files or that nobody may read."""

import os
import socket
from pathlib import Path

from hostile.kinds import WAV, Kind, Maker, holding
from prosodyn.errors import UnreadableAudioError

UNREADABLE = UnreadableAudioError
MISSING, NO_FILE = "does not exist; check the spelling", "a pipe or a device"


def named(name: str) -> Maker:
    """Return what makes a good recording of an odd name."""
    return holding(WAV, name)


def absent(name: str) -> Maker:
    return lambda folder: folder / name


def below_a_file(folder: Path) -> Path:
    return named("call.wav")(folder) / "call.wav"


def a_folder(folder: Path) -> Path:
    (folder / "folder.wav").mkdir()
    (folder / "folder.wav" / ".hidden.wav").write_bytes(WAV)
    return folder / "folder.wav"


def a_pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.wav")
    return folder / "pipe.wav"


def a_link_to_a_pipe(folder: Path) -> Path:
    (folder / "link.wav").symlink_to(a_pipe(folder))
    return folder / "link.wav"


def a_socket(folder: Path) -> Path:
    # bound by its name alone, because a socket's path may have a hundred bytes and no more
    before = Path.cwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind("socket.wav")
    finally:
        os.chdir(before)
    return folder / "socket.wav"


def device(path: str) -> Maker:
    return lambda _: Path(path)


def a_link(target: str) -> Maker:
    def make(folder: Path) -> Path:
        (folder / "link.wav").symlink_to(target)
        return folder / "link.wav"

    return make


def two_links_in_a_ring(folder: Path) -> Path:
    (folder / "back.wav").symlink_to("link.wav")
    return a_link("back.wav")(folder)


def forbidden(folder: Path) -> Path:
    path = named("mine.wav")(folder)
    path.chmod(0)
    return path


def in_a_forbidden_folder(folder: Path) -> Path:
    inner = folder / "mine"
    inner.mkdir()
    path = named("call.wav")(inner)
    inner.chmod(0)
    return path


NAME_KINDS = (
    Kind("a newline in the name", named("a\nprosodyn: all is well.wav"), None),
    Kind("a carriage return in the name", named("a\rb.wav"), None),
    Kind("an escape sequence in the name", named("a\x1b[2J\x1b]0;title\x07.wav"), None),
    Kind("writing from right to left in the name", named("a\u202evaw.exe.wav"), None),
    Kind("a name that is not utf-8", named(os.fsdecode(b"caf\xe9.wav")), None),
    Kind("a name of blanks", named("  "), None),
    Kind("quotes and a comma in the name", named("a\",'b.wav"), None),
    Kind("a command in the name", named("$(touch hacked);`touch hacked`.wav"), None),
    Kind("a pattern as the name", named("*.wav"), None),
    Kind("a formula as the name", named("=1+1.wav"), None),
    Kind("markup in the name", named("[bold red]a[link].wav"), None),
    Kind("broken, with an escape sequence in the name", holding(b"no", "\x1b[31m\n.wav"), UNREADABLE),
    Kind("missing, not utf-8", absent(os.fsdecode(b"\xff\xfe.wav")), UNREADABLE, MISSING),
    Kind("missing", absent("gone.wav"), UNREADABLE, MISSING),
    Kind("in a missing folder", absent("no/gone.wav"), UNREADABLE, MISSING),
    Kind("below a file", below_a_file, UNREADABLE),
    Kind("a name of 300 bytes", absent("a" * 300), UNREADABLE, "File name too long"),
    Kind("a path of 10 kB", absent("a/" * 5_000), UNREADABLE, "File name too long"),
)

PLACE_KINDS = (
    Kind("a folder", a_folder, UNREADABLE),
    Kind("a pipe", a_pipe, UNREADABLE, NO_FILE),
    Kind("a link to a pipe", a_link_to_a_pipe, UNREADABLE, NO_FILE),
    Kind("a socket", a_socket, UNREADABLE, NO_FILE),
    Kind("a link to nothing", a_link("gone.wav"), UNREADABLE, "mend the link"),
    Kind("a link to itself", a_link("link.wav"), UNREADABLE, "leads back to itself"),
    Kind("two links in a ring", two_links_in_a_ring, UNREADABLE, "leads back to itself"),
    Kind("forbidden", forbidden, UNREADABLE, "Permission denied", needs_permissions=True),
    Kind(
        "in a forbidden folder",
        in_a_forbidden_folder,
        UNREADABLE,
        "Permission denied",
        needs_permissions=True,
    ),
)

DEVICE_KINDS = (
    Kind("a device without end", device("/dev/zero"), UNREADABLE, NO_FILE),
    Kind("a device of nothing", device("/dev/null"), UNREADABLE, NO_FILE),
    Kind("a full device", device("/dev/full"), UNREADABLE, NO_FILE),
    # a file by its kind, which the system refuses to read: as a disk that is dying does
    Kind("a file that fails to be read", device("/proc/self/mem"), UNREADABLE, "cannot be read"),
)

PLACE_KINDS += tuple(kind for kind in DEVICE_KINDS if kind.make(Path()).exists())
