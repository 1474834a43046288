"""Counts of what a service does, as Prometheus reads them."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
"""Seconds that a request takes."""

_USUAL = 0.05  # weight of the last request in the usual time of one


class Metrics:
    """Counts of one service; nothing in them tells what was said or sent.

    Attributes:
        requests: by method, route and status
        seconds: that requests took, by route
        refused: requests and streams that were asked to come back
        streams: live ones that are open
        sound: seconds that were heard, by the way they came
    """

    def __init__(self) -> None:
        """Begin at zero."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "prosodyn_requests", "Requests.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "prosodyn_request_seconds",
            "Time of requests.",
            ["route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.refused = Counter("prosodyn_refused", "Asked to come back.", registry=self.registry)
        self.streams = Gauge("prosodyn_streams", "Open live streams.", registry=self.registry)
        self.sound = Counter("prosodyn_sound_seconds", "Sound heard.", ["way"], registry=self.registry)
        self._usual = 0.1

    def took(self, seconds: float) -> None:
        """Note how long a request with recordings took."""
        self._usual += _USUAL * (seconds - self._usual)

    def usual_seconds(self) -> float:
        """Return how long such a request takes of late."""
        return self._usual

    def text(self) -> bytes:
        """Return what Prometheus reads."""
        return generate_latest(self.registry)
