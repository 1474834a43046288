"""Ask a service (`prosodyn serve`) about a recording, and let it follow a long one as a job."""

import json
import os
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

SERVICE = os.environ.get("PROSODYN_SERVICE", "http://127.0.0.1:8000")
HEADERS = {"Content-Type": "audio/wav"}
if token := os.environ.get("PROSODYN_TOKEN"):
    HEADERS["Authorization"] = f"Bearer {token}"


def ask(path: str, recording: bytes | None = None) -> Any:
    """Return what is answered; wait where the service is busy, and end where it refuses."""
    while True:
        try:
            with urlopen(Request(SERVICE + path, recording, HEADERS)) as answer:
                return json.load(answer)
        except HTTPError as refused:
            problem = json.load(refused)
            if refused.code not in {429, 503}:
                raise SystemExit(problem["detail"]) from None
            time.sleep(problem["retry_after"])


recording = Path("call.wav").read_bytes()
(answer,) = ask("/v1/predict?name=call.wav", recording)
if "segments" in answer:  # it lasts more than a minute
    print(f"{answer['file']}: {len(answer['segments'])} stretches, one after the other")
else:
    print(f"{answer['file']}: {answer['emotion']}, best guess {answer['best_guess']}")

job = ask("/v1/jobs?name=call.wav", recording)
while job["state"] in {"waiting", "running"}:
    time.sleep(0.5)
    job = ask(f"/v1/jobs/{job['id']}")
if job["problem"]:
    raise SystemExit(job["problem"]["detail"])
for segment in job["timeline"]["segments"]:
    print(f"{segment['start']:6.1f} s to {segment['end']:6.1f} s: {segment['emotion']}")
