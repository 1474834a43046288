import socket
import ssl
import time
from typing import Any

import pytest

from prosodyn.corpora.fetch.connection import PassingError, network_fault, open_url, reachable
from prosodyn.errors import FetchError


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/a.zip", "a.zip", "data:,a"])
def test_only_http_is_opened(url: str) -> None:
    with pytest.raises(FetchError, match="begins with http"):
        open_url(url, {}, 1.0)


def test_a_redirect_is_followed(shelf: Any) -> None:
    shelf.files["/new"] = b"here"
    shelf.locations["/old"] = "/new"
    with open_url(f"{shelf.address}/old", {}, 1.0) as response:
        assert response.read() == b"here"


def test_a_redirect_keeps_the_range(shelf: Any) -> None:
    shelf.files["/new"] = b"0123456789"
    shelf.locations["/old"] = "/new"
    with open_url(f"{shelf.address}/old", {"Range": "bytes=4-", "If-Range": '"first"'}, 1.0) as response:
        assert response.read() == b"456789"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a.zip", "data:,a", "http://[/"])
def test_a_redirect_elsewhere_is_refused(shelf: Any, target: str) -> None:
    shelf.locations["/old"] = target
    with pytest.raises(FetchError, match="/old"):
        open_url(f"{shelf.address}/old", {}, 1.0)


def test_a_redirect_in_circles_ends(shelf: Any) -> None:
    shelf.locations["/old"] = "/old"
    with pytest.raises(FetchError, match="302"):
        open_url(f"{shelf.address}/old", {}, 1.0)


@pytest.mark.parametrize(
    ("status", "remedy"), [(404, "owners' page"), (403, "ask the owners"), (410, "owners")]
)
def test_a_refusal_for_good_is_named(shelf: Any, status: int, remedy: str) -> None:
    shelf.statuses = [status]
    with pytest.raises(FetchError, match=f"/file: the server answers {status} .*{remedy}"):
        open_url(f"{shelf.address}/file", {}, 1.0)


def test_an_unknown_name_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(PassingError, match=r"no address is known for corpora\.example"):
        open_url("http://corpora.example/a.zip", {}, 1.0)


def test_a_closed_port_may_open_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/a.zip"
        with pytest.raises(PassingError, match="connection failed"):
            open_url(address, {}, 1.0)


def test_an_untrusted_certificate_is_not_tried_again() -> None:
    fault = ssl.SSLCertVerificationError(1, "certificate verify failed")
    fault.verify_message = "certificate has expired"
    named = network_fault("https://corpora.example/a.zip", fault)
    assert isinstance(named, FetchError)
    assert "has expired; check the clock" in str(named)


def test_a_file_that_is_there_is_reachable(shelf: Any) -> None:
    shelf.files["/file"] = b"content"
    assert reachable(f"{shelf.address}/file")


def test_a_file_that_is_gone_is_not_reachable(shelf: Any) -> None:
    assert not reachable(f"{shelf.address}/file")


def test_a_silent_server_is_not_reachable_and_does_not_hold_us_up(shelf: Any) -> None:
    shelf.silent = True
    began = time.monotonic()
    assert not reachable(f"{shelf.address}/file", timeout=0.2)
    assert time.monotonic() - began < 1.0


def test_a_slow_look_up_of_the_name_does_not_hold_us_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(*_: object, **__: object) -> None:
        time.sleep(0.6)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    began = time.monotonic()
    assert not reachable("http://corpora.example/a.zip", timeout=0.1)
    assert time.monotonic() - began < 0.5
