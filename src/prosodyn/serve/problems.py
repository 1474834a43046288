"""What a service answers where it cannot do what it is asked: problem details (RFC 9457)."""

import math
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse

from prosodyn.errors import AudioError, ConfigError, MissingExtraError, ProsodynError, UnreadableAudioError

MEDIA_TYPE = "application/problem+json"

_AFTER = "Retry-After"


class Problem(Exception):  # noqa: N818 - what RFC 9457 calls it
    """A request that ends with a status and a reason.

    Attributes:
        status: of HTTP
        detail: says what is wrong and what to do instead
        headers: of the answer
    """

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})

    def body(self) -> dict[str, object]:
        """Return what the answer holds; the status names the kind of problem."""
        title = HTTPStatus(self.status).phrase
        told: dict[str, object] = {"type": "about:blank", "title": title, "status": self.status}
        told["detail"] = self.detail
        if _AFTER in self.headers:  # where there are no headers, as in a live stream, this tells it
            told["retry_after"] = int(self.headers[_AFTER])
        return told

    def response(self) -> JSONResponse:
        """Return the answer."""
        return JSONResponse(self.body(), self.status, self.headers, MEDIA_TYPE)


def too_busy(detail: str, seconds: float) -> Problem:
    """Return the problem of a request that may succeed later.

    Args:
        detail: what there is too much of
        seconds: until it is worth another try
    """
    wait = max(1, math.ceil(seconds))
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, f"{detail}; try again in {wait} s", {_AFTER: str(wait)})


def unavailable(detail: str, seconds: int) -> Problem:
    """Return the problem of a request that the service cannot answer now, whatever it is."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, f"{detail}; try again in {seconds} s", {_AFTER: str(seconds)}
    )


def own_fault() -> Problem:
    """Return the problem of a request that failed by no fault of its sender; the log tells more."""
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the service failed for a reason that is not yours")


def problem_of(fault: ProsodynError, names: Mapping[str, str] | None = None) -> Problem:
    """Return the problem that an error of the library is to whoever asked.

    Args:
        fault: the error
        names: path of an uploaded file to the sender's own name for it, which alone is told
    """
    status = _status_of(fault)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return own_fault()
    return Problem(status, without_paths(str(fault), names or {}))


def without_paths(text: str, names: Mapping[str, str]) -> str:
    """Return a text in which the sender's own names stand for the paths of the files."""
    for path, name in names.items():
        text = text.replace(path, name)
    return text


def _status_of(fault: ProsodynError) -> HTTPStatus:
    if isinstance(fault, MissingExtraError | UnreadableAudioError):
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    if type(fault) is AudioError:  # whatever else is wrong has a class of its own
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if isinstance(fault, AudioError):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.BAD_REQUEST if isinstance(fault, ConfigError) else HTTPStatus.INTERNAL_SERVER_ERROR
