"""Send sound to a service (`prosodyn serve`) as it is made, and hear what it says of it meanwhile."""

import json
import os
import threading
import time
import wave

from websockets.sync.client import ClientConnection, connect

HEADERS = {}
if token := os.environ.get("PROSODYN_TOKEN"):
    HEADERS["Authorization"] = f"Bearer {token}"
SERVICE = os.environ.get("PROSODYN_SERVICE", "http://127.0.0.1:8000").replace("http", "ws", 1)
PIECE = 0.1  # seconds; pieces of any size will do


def send(stream: ClientConnection, call: wave.Wave_read) -> None:
    """Send 16-bit samples no sooner than a microphone would give them, and say when they end."""
    while piece := call.readframes(round(PIECE * call.getframerate())):
        stream.send(piece)
        time.sleep(PIECE)
    stream.send("end")


def opened(path: str) -> wave.Wave_read:
    """Open a recording; end where its samples are not of the kind that is sent here."""
    try:
        call = wave.open(path)  # noqa: SIM115 - whoever asks closes it
    except (wave.Error, EOFError) as fault:
        raise SystemExit(f"{path}: is no wav file of 16-bit samples: {fault}; convert it") from None
    if (call.getnchannels(), call.getsampwidth()) != (1, 2):
        kind = f"{8 * call.getsampwidth()} bit and {call.getnchannels()} channels"
        raise SystemExit(f"{path}: has {kind}, expected 16 bit and one channel; convert it")
    return call


with (
    opened("call.wav") as call,
    connect(f"{SERVICE}/v1/live?rate={call.getframerate()}", additional_headers=HEADERS) as stream,
):
    sending = threading.Thread(target=send, args=(stream, call))
    sending.start()  # beside what follows: a service sends nothing more to whoever does not read
    for text in stream:
        event = json.loads(text)
        if event["type"] == "problem":
            print(event["detail"])
        for segment in event.get("settled", ()):
            print(f"{segment['start']:6.1f} s to {segment['end']:6.1f} s: {segment['emotion']}")
    sending.join()
