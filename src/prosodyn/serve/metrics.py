"""Counts of what a service does, as Prometheus reads them."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
"""Seconds that a request, or the answer to a piece of live sound, takes."""

_USUAL = 0.05  # weight of the last request in the usual time of one


class Metrics:
    """Counts of one service; nothing in them tells what was said or sent.

    Attributes:
        requests: by method, route and status
        seconds: that requests took, by route
        refused: requests, jobs and streams that were asked to come back
        streams: live ones that are open
        jobs: that wait or run
        sound: seconds that were heard, by the way they came
        batch: recordings that were answered at once
        lag: seconds from a piece of live sound to the events that came of it
    """

    def __init__(self) -> None:
        """Begin at zero."""
        own = self.registry = CollectorRegistry()
        self.requests = Counter("prosodyn_requests", "Requests.", ["method", "route", "status"], registry=own)
        self.seconds = Histogram(
            "prosodyn_request_seconds", "Time of requests.", ["route"], buckets=BUCKETS, registry=own
        )
        self.refused = Counter("prosodyn_refused", "Asked to come back.", registry=own)
        self.streams = Gauge("prosodyn_streams", "Open live streams.", registry=own)
        self.jobs = Gauge("prosodyn_jobs", "Jobs that wait or run.", registry=own)
        self.sound = Counter("prosodyn_sound_seconds", "Sound heard.", ["way"], registry=own)
        self.batch = Histogram(
            "prosodyn_batch_recordings", "Recordings answered at once.", buckets=range(1, 17), registry=own
        )
        self.lag = Histogram(
            "prosodyn_live_seconds", "Time from a live piece to its events.", buckets=BUCKETS, registry=own
        )
        self._usual = 0.1

    def took(self, seconds: float) -> None:
        """Note how long the answer to a request with recordings took."""
        self._usual += _USUAL * (seconds - self._usual)

    def usual_seconds(self) -> float:
        """Return how long such an answer takes of late."""
        return self._usual

    def text(self) -> bytes:
        """Return what Prometheus reads."""
        return generate_latest(self.registry)
