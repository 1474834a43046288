"""The verbs `corpora list`, `info`, `verify` and `fetch`."""

import dataclasses
import functools
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import soundfile

from prosodyn import corpora
from prosodyn.corpora import Download, toy

Prosodyn = Callable[..., CompletedProcess[str]]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> corpora.Corpus:
    """Declare an EmoDB of two utterances in place of the real one."""
    declared = dataclasses.replace(corpora.get("emodb"), utterances=2, speakers=1, emotions={})
    monkeypatch.setattr(corpora, "get", lambda name: declared)
    return declared


@pytest.fixture
def folder() -> Path:
    """Return a folder that holds exactly these two."""
    place = Path("corpora", "emodb", "wav")
    place.mkdir(parents=True)
    for name in ("03a01Fa", "03a01Wa"):
        soundfile.write(place / f"{name}.wav", toy.recording("anger", "m1"), 16_000)
    return place


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Serve an archive with the two utterances from this machine."""
    archive = io.BytesIO()
    sound = io.BytesIO()
    soundfile.write(sound, toy.recording("anger", "m1"), 16_000, format="WAV")
    with zipfile.ZipFile(archive, "w") as opened:
        for name in ("03a01Fa", "03a01Wa"):
            opened.writestr(f"wav/{name}.wav", sound.getvalue())
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "download.zip").write_bytes(archive.getvalue())
    handler = functools.partial(_Quiet, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/download.zip"
        server.shutdown()


def test_the_list_names_every_corpus(prosodyn: Prosodyn) -> None:
    rows = prosodyn("corpora", "list").stdout.splitlines()[1:-1]
    assert [row.split()[0] for row in rows] == list(corpora.names())


def test_the_list_says_where_a_corpus_was_found(prosodyn: Prosodyn) -> None:
    Path("corpora", "casia").mkdir(parents=True)
    entries = {entry["name"]: entry for entry in json.loads(prosodyn("corpora", "list", "--json").stdout)}
    assert entries["casia"]["found_in"] == str(Path("corpora", "casia"))
    assert entries["emodb"]["found_in"] is None


@pytest.mark.parametrize("name", corpora.names())
def test_the_description_holds_licence_citation_and_source(prosodyn: Prosodyn, name: str) -> None:
    said = prosodyn("corpora", "info", name).stdout
    declared = corpora.get(name)
    assert all(text in said for text in (declared.licence, declared.citation, declared.how_to_get))


@pytest.mark.parametrize(
    ("name", "vouching"),
    [
        ("ravdess", "compared with the checksum of its owners"),
        ("emodb", "no checksum of its owners is known: not verified beyond the counts"),
    ],
)
def test_the_description_says_what_a_download_is_compared_with(
    prosodyn: Prosodyn, name: str, vouching: str
) -> None:
    assert vouching in prosodyn("corpora", "info", name).stdout


def test_a_fault_of_many_recordings_is_told_once(prosodyn: Prosodyn) -> None:
    faults = [line for line in prosodyn("corpora", "info", "casia").stdout.splitlines() if "fault" in line]
    assert len(faults) == 1
    assert "201-fear-liuchanhg and 49 more: is the take of her sadness" in faults[0]


def test_the_description_is_also_for_programs(prosodyn: Prosodyn) -> None:
    entry = json.loads(prosodyn("corpora", "info", "emodb", "--json").stdout)
    assert (entry["utterances"], entry["speakers"], entry["licence"]) == (535, 10, "CC0-1.0")


@pytest.mark.usefixtures("small")
def test_a_whole_copy_is_complete(prosodyn: Prosodyn, folder: Path) -> None:
    done = prosodyn("corpora", "verify", "emodb")
    assert done.returncode == 0
    assert done.stdout.endswith("complete\n")


@pytest.mark.usefixtures("small")
def test_everything_that_is_wrong_is_told_at_once(prosodyn: Prosodyn, folder: Path) -> None:
    (folder / "03a01Wa.wav").write_bytes(b"no audio at all, but long enough for a header")
    (folder / "holiday.wav").write_bytes(b"RIFF")
    done = prosodyn("corpora", "verify", "emodb", "--root", folder)
    assert done.returncode == 4
    assert "cannot be decoded: " in done.stdout
    assert "unexpected: " in done.stdout
    assert done.stdout.endswith("not as declared\n")


@pytest.mark.usefixtures("small")
def test_decoding_can_be_left_out(prosodyn: Prosodyn, folder: Path) -> None:
    (folder / "03a01Wa.wav").write_bytes(b"no audio at all, but long enough for a header")
    done = prosodyn("corpora", "verify", "emodb", "--no-decode", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["ok"] is True


def test_an_empty_folder_says_what_is_missing(prosodyn: Prosodyn) -> None:
    Path("empty").mkdir()
    done = prosodyn("corpora", "verify", "emodb", "--root", "empty")
    assert done.returncode == 4
    assert all(done.stdout.splitlines())
    assert "0 of 535 utterances" in done.stdout


def test_a_fetched_corpus_lies_where_it_is_looked_for(
    prosodyn: Prosodyn, small: corpora.Corpus, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = dataclasses.replace(small, download=(Download(address),))
    monkeypatch.setattr(corpora, "get", lambda name: served)
    done = prosodyn("corpora", "fetch", "emodb")
    assert done.returncode == 0
    assert done.stdout.startswith("emodb is in corpora/emodb; licence: CC0-1.0")
    assert "download: no checksum of its owners is known: not verified beyond the counts" in done.stdout
    assert done.stdout.endswith("complete\n")
    assert prosodyn("corpora", "verify", "emodb").returncode == 0


def test_a_fetched_corpus_is_counted(
    prosodyn: Prosodyn, small: corpora.Corpus, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = dataclasses.replace(small, utterances=3, download=(Download(address),))
    monkeypatch.setattr(corpora, "get", lambda name: served)
    done = prosodyn("corpora", "fetch", "emodb")
    assert done.returncode == 4
    assert "2 of 3 utterances" in done.stdout
    assert done.stdout.endswith("not as declared\n")


def test_the_fixture_is_described(prosodyn: Prosodyn) -> None:
    assert "is not speech" in prosodyn("corpora", "info", "toy").stdout
    entry = json.loads(prosodyn("corpora", "info", "toy", "--json").stdout)
    assert (entry["utterances"], entry["speakers"]) == (288, 6)


@pytest.mark.parametrize("verb", ["verify", "fetch"])
def test_the_fixture_needs_no_files(prosodyn: Prosodyn, verb: str) -> None:
    done = prosodyn("corpora", verb, "toy")
    assert done.returncode == 0
    assert done.stdout.startswith("toy needs no files")


@pytest.mark.parametrize("words", [("corpora", "list"), ("models",)])
def test_no_word_of_a_list_is_broken_in_a_narrow_terminal(
    prosodyn: Prosodyn, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    plain = prosodyn(*words).stdout
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("prosodyn.cli.terminal.is_terminal", lambda: True)
    drawn = prosodyn(*words).stdout
    table = drawn.split("left out")[0].split("toy needs")[0]
    assert max(map(len, table.splitlines())) <= 80
    assert {word for word in table.split() if "─" not in word} <= set(plain.split())


@pytest.mark.parametrize(
    "words",
    [
        ["info", "berlin"],
        ["verify", "berlin"],
        ["verify", "casia"],
        ["verify", "casia", "--root", "nowhere"],
        ["verify", "casia", "--root", ".", "--variant", "1300"],
        ["verify", "toy", "--root", "."],
        ["verify", "toy", "--variant", "1300"],
        ["fetch", "berlin"],
        ["fetch", "casia"],
    ],
)
def test_a_mistake_is_told_in_one_line(prosodyn: Prosodyn, words: list[str]) -> None:
    done = prosodyn("corpora", *words)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("prosodyn: ")
    assert done.stderr.count("\n") == 1
