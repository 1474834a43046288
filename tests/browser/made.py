"""Answers that are made up, so that all occurs in them that may."""

import json
from typing import Any

from prosodyn.formats import entry
from prosodyn.formats.pictures.palette import palette
from prosodyn.timeline import Segment, Timeline
from prosodyn.types import NO_SPEECH, UNCERTAIN

LABELS = (
    "anger", "boredom", "contempt", "disgust", "fear", "happiness", "neutral", "sadness", "surprise",
    "a <b>, \"c\" & 100 % {d}",
)  # fmt: skip
"""All that have a colour of their own, and one that no format likes."""

COLOURS = palette(LABELS)


def everything(name: str = "made.wav") -> Timeline:
    """Return a timeline with every label, sure and unsure, and with silence."""
    segments = []
    for place, label in enumerate(LABELS):
        start = 5.0 * place
        sure = {each: 0.9 if each == label else 0.1 / (len(LABELS) - 1) for each in LABELS}
        unsure = {each: 0.4 if each == label else 0.6 / (len(LABELS) - 1) for each in LABELS}
        segments += [
            Segment(start, start + 2.0, label, sure),
            Segment(start + 2.0, start + 4.0004, UNCERTAIN, unsure, is_strange=place == 0),
            Segment(start + 4.0004, start + 5.0, NO_SPEECH, {}),
        ]
    return Timeline(name, LABELS, 5.0 * len(LABELS), tuple(segments), ('made up, "all" of it',))


def dense(n: int) -> Timeline:
    """Return a timeline of many short segments within a minute."""
    labels = LABELS[:3]
    each = 59.0 / n
    segments = tuple(
        Segment(
            at * each, (at + 1) * each, labels[at % 3], dict.fromkeys(labels, 0.3) | {labels[at % 3]: 0.4}
        )
        for at in range(n)
    )
    return Timeline("dense.wav", labels, 59.0, segments)


def whole(timeline: Timeline) -> dict[str, Any]:
    """Return the one answer to its recording."""
    first = entry(timeline.segments[0])
    return {
        "file": timeline.source, "emotion": first["emotion"], "confidence": first["confidence"],
        "best_guess": first["best_guess"], "duration": timeline.duration, "plausible": [],
        "remarks": list(timeline.remarks), "diagnosis": None,
    }  # fmt: skip


def answer_with(page: Any, timeline: Timeline) -> None:
    """Let the page get this answer, whatever it asks about, from a model with these labels."""

    def predict(route: Any) -> None:
        told = entry(timeline) if "timeline=true" in route.request.url else whole(timeline)
        route.fulfill(json=[told])

    def models(route: Any) -> None:
        told = route.fetch().json()[0] | {"labels": list(LABELS), "colours": COLOURS}
        route.fulfill(json=[told])

    page.route("**/v1/predict*", predict)
    page.route("**/v1/models", models)


def live_with(page: Any, timeline: Timeline) -> None:
    """Let the page get this as the events of a live stream, half of it settled, whatever it sends."""

    def talk(socket: Any) -> None:
        half = len(timeline.segments) // 2
        told = [entry(segment) for segment in timeline.segments]
        event = {
            "type": "timeline",
            "heard": timeline.duration,
            "settled": told[:half],
            "provisional": told[half:],
        }
        socket.on_message(lambda _message: None)
        socket.send(json.dumps({"type": "ready", "labels": list(timeline.labels), "rate": 16000}))
        socket.send(json.dumps(event))

    page.route_web_socket("**/v1/live*", talk)
