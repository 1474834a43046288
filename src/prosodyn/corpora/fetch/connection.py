"""Ask a server for a file: http and https only, every fault with its cause and remedy."""

import http.client
import socket
import ssl
import threading
import urllib.request
from email.message import Message
from http import HTTPStatus
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from prosodyn.errors import FetchError

HEADERS = {"User-Agent": "prosodyn", "Accept-Encoding": "identity"}

PASSING_ANSWERS = (408, 425, 429, 500, 502, 503, 504)
"""What another try may change."""

FORBIDDING_ANSWERS = (401, 402, 403, 407, 451)


class PassingError(Exception):
    """A fault that another try may mend."""


class RangeError(Exception):
    """The server has no such part of the file.

    Attributes:
        total: bytes that it has, where it says so
    """

    def __init__(self, total: int | None) -> None:
        super().__init__("the server has no such part of the file")
        self.total = total


def open_url(url: str, headers: dict[str, str], timeout: float) -> http.client.HTTPResponse:
    """Send a GET request and return the answer, its body unread.

    Args:
        url: http or https, also after redirects
        headers: beyond those of every request
        timeout: seconds without a byte

    Raises:
        FetchError: the address is wrong, or the server refuses for good
        PassingError: the network or the server has a fault that may pass
        RangeError: status 416
    """
    if not _is_http(url):
        raise FetchError(f"{url}: is not opened: expected an address that begins with http:// or https://")
    request = urllib.request.Request(url, headers=HEADERS | headers)
    try:
        answer: Any = _opener().open(request, timeout=timeout)
    except HTTPError as fault:
        fault.close()
        raise _refusal(url, fault) from fault
    except ValueError as fault:
        raise FetchError(f"{url}: leads to an address that is none: {fault}; report it") from fault
    except (OSError, http.client.HTTPException) as fault:
        raise network_fault(url, fault) from fault
    response: http.client.HTTPResponse = answer
    return response


def reachable(url: str, timeout: float = 3.0) -> bool:
    """Tell whether a server hands out a file now, within about the timeout.

    Args:
        url: http or https
        timeout: seconds
    """
    answers: list[bool] = []

    def ask() -> None:
        try:
            with open_url(url, {"Range": "bytes=0-0"}, timeout):
                answers.append(True)
        except (FetchError, PassingError, RangeError):
            answers.append(False)

    # Looking up a name has no timeout of its own: a thread that may be left behind gives it one.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(timeout)
    return bool(answers) and answers[0]


def network_fault(url: str, fault: Exception) -> FetchError | PassingError:
    """Say in plain words what is wrong with the connection, and whether it may pass."""
    reason = fault.reason if isinstance(fault, URLError) else fault
    if isinstance(reason, ssl.SSLCertVerificationError):
        return FetchError(
            f"{url}: the server's certificate is not trusted: {reason.verify_message}; "
            "check the clock of this machine, and that no proxy stands between"
        )
    if isinstance(reason, socket.gaierror):
        return PassingError(f"no address is known for {urlsplit(url).hostname}: {reason.strerror}")
    if isinstance(reason, TimeoutError):
        return PassingError("the server does not answer in time")
    return PassingError(f"the connection failed: {reason or type(fault).__name__}")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, to http and https only."""

    def redirect_request(  # noqa: PLR0917 (the signature is the standard library's)
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Refuse other schemes."""
        if not _is_http(newurl):
            raise FetchError(f"{req.full_url}: leads to {newurl}, which is not opened; report it")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _is_http(url: str) -> bool:
    return urlsplit(url).scheme in {"http", "https"}


def _opener() -> urllib.request.OpenerDirector:
    """Build an opener that, unlike the usual one, cannot open files, FTP or data addresses."""
    opener = urllib.request.OpenerDirector()
    opener.add_handler(urllib.request.ProxyHandler())
    opener.add_handler(urllib.request.HTTPHandler())
    opener.add_handler(urllib.request.HTTPSHandler())
    opener.add_handler(urllib.request.HTTPDefaultErrorHandler())
    opener.add_handler(urllib.request.HTTPErrorProcessor())
    opener.add_handler(_Redirects())
    return opener


def _refusal(url: str, answer: HTTPError) -> FetchError | PassingError | RangeError:
    """Say in plain words what the status means, and whether another try may help."""
    said = f"the server answers {answer.code} {answer.reason}"
    if answer.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return RangeError(total_of_range(answer.headers))
    if answer.code in PASSING_ANSWERS:
        return PassingError(said)
    if answer.code in FORBIDDING_ANSWERS:
        return FetchError(f"{url}: {said}: it does not hand the file out to everyone; ask the owners")
    return FetchError(f"{url}: {said}; look for the new address on the owners' page")


def total_of_range(headers: Message) -> int | None:
    """Return the bytes of the whole file from a Content-Range such as `bytes 5-9/10` or `bytes */10`."""
    total = headers.get("Content-Range", "").rpartition("/")[2]
    return int(total) if total.isdecimal() else None
