"""Whatever is asked, in any way that HTTP can say: an answer, or a problem in words, and never a fault."""

from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from serve.running import Running
from serve.test_hostile_many import LEAKS

ROUTES = (
    "/", "/docs", "/openapi.json", "/healthz", "/metrics", "/v1/models", "/v1/predict", "/v1/jobs",
    "/v1/jobs/none", "/v1/jobs/none/events", "/v1/live", "/v2/predict",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")
KNOWN = ("timeline", "format", "window", "hop", "any_sound", "error_rate", "name", "rate", "encoding")
VALUES = ("true", "0", "-1", "nan", "1e9", "json", "srt", "../../etc/passwd", "")
TYPES = ("audio/wav", "application/octet-stream", "multipart/form-data; boundary=x", "text/plain", "x", "")

words = st.text(max_size=12)
parameters = st.lists(st.tuples(st.sampled_from(KNOWN) | words, st.sampled_from(VALUES) | words), max_size=3)
bodies = st.binary(max_size=300) | st.builds(
    lambda name, content: (
        b"--x\r\nContent-Disposition: form-data; " + name + b"\r\n\r\n" + content + b"\r\n--x--"
    ),
    st.sampled_from([b'name="file"; filename="a.wav"', b'name="file"', b'name="other"', b"", b'name="file'])
    | st.binary(max_size=20),
    st.binary(max_size=100),
)


requests = st.fixed_dictionaries(
    {
        "method": st.sampled_from(METHODS),
        "route": st.sampled_from(ROUTES),
        "params": parameters,
        "headers": st.builds(lambda kind: {"Content-Type": kind} if kind else {}, st.sampled_from(TYPES)),
        "content": bodies,
    }
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(asked=requests)
def test_any_request_has_an_answer_or_a_problem_in_words(service: Running, asked: dict[str, Any]) -> None:
    sent = {**asked, "url": service.url + asked["route"]}
    del sent["route"]
    answer = httpx.request(timeout=30, **sent)

    assert answer.status_code < 500, answer.text
    assert not [leak for leak in LEAKS if leak in answer.text]
    if answer.status_code >= 400 and asked["method"] != "HEAD":
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["status"] == answer.status_code
