"""What a service allows, and where it listens."""

import ipaddress
import os
from dataclasses import dataclass
from typing import Annotated

from prosodyn.rules import Amount, Count, Positive, Rule, Size, check_rules

Port = Annotated[int, Rule("from 0 to 65535", lambda value: 0 <= value <= 65_535)]
Token = Annotated[
    str, Rule("letters, digits and signs of ASCII, without spaces", lambda value: set(value) <= _OF_TOKENS)
]

_OF_TOKENS = {chr(code) for code in range(0x21, 0x7F)}


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """Where a service listens, and the most that it takes on; whatever is beyond is refused with a reason.

    Attributes:
        host: address to listen on; by default nobody but this machine reaches it
        port: 0 for any that is free
        token: that every request must bring, `Authorization: Bearer …`; empty for none
        hosts: names under which it may be asked, besides those of this machine; empty where it listens on
            other addresses for any
        max_bytes: of a request
        max_files: of a request
        max_seconds: of sound in a recording that is answered while somebody waits
        max_job_seconds: of sound in a recording that is answered as a job
        max_long_seconds: of sound in all recordings longer than a minute that are answered while somebody
            waits, together; one alone is always taken
        max_connections: that are open at a time
        max_uploads: requests that are still arriving
        max_requests: that have arrived, and are worked on or wait
        max_batch: recordings that are answered at once
        batch_wait: seconds that a recording waits for others that are on their way
        max_jobs: that wait or run
        keep_jobs: seconds that the answer of a job is kept for
        max_streams: live ones at a time
        max_stream_seconds: that a live stream may last, by the clock or by its sound
        max_message_bytes: of a message of a live stream
        stream_timeout: seconds without sound after which a live stream is ended
        head_timeout: seconds until a connection has told what it wants, the next time as well
        upload_timeout: seconds that a request may take to arrive, beside those that `slowest_upload` gives it
        slowest_upload: bytes a second that a sender must reach
        answer_timeout: seconds that an answer may take once the request has arrived
        read_timeout: seconds for which a client may read nothing of what it is sent
        workers: threads that answer whoever waits; 0 for one a core
        drain: seconds that are given to what is under way when the service is stopped
    """

    host: str = "127.0.0.1"
    port: Port = 8000
    token: Token = ""
    hosts: tuple[str, ...] = ()
    max_bytes: Size = 200_000_000
    max_files: Size = 32
    max_seconds: Positive = 600.0
    max_job_seconds: Positive = 36_000.0
    max_long_seconds: Positive = 1800.0
    max_connections: Size = 512
    max_uploads: Size = 64
    max_requests: Size = 16
    max_batch: Size = 4
    batch_wait: Amount = 0.002
    max_jobs: Size = 8
    keep_jobs: Positive = 3600.0
    max_streams: Size = 64
    max_stream_seconds: Positive = 36_000.0
    max_message_bytes: Size = 4_000_000
    stream_timeout: Positive = 60.0
    head_timeout: Positive = 15.0
    upload_timeout: Positive = 30.0
    slowest_upload: Positive = 20_000.0
    answer_timeout: Positive = 60.0
    read_timeout: Positive = 60.0
    workers: Count = 0
    drain: Positive = 10.0

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        check_rules("serve", self)

    @property
    def is_local(self) -> bool:
        """Tell whether nobody but this machine reaches it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def n_workers(self) -> int:
        """Return how many threads answer."""
        if self.workers:
            return self.workers
        allowed = getattr(os, "sched_getaffinity", None)  # not on every system
        return len(allowed(0)) if allowed else os.cpu_count() or 1
