"""Send sound to a service (`prosodyn serve`) as it is made, and hear what it says of it meanwhile."""

import json
import os
import threading
import time
import wave

from websockets.sync.client import ClientConnection, connect

SERVICE = os.environ.get("PROSODYN_SERVICE", "http://127.0.0.1:8000").replace("http", "ws", 1)
PIECE = 0.1  # seconds; pieces of any size will do


def send(stream: ClientConnection, call: wave.Wave_read) -> None:
    """Send 16-bit samples no sooner than a microphone would give them, and say when they end."""
    while piece := call.readframes(round(PIECE * call.getframerate())):
        stream.send(piece)
        time.sleep(PIECE)
    stream.send("end")


with wave.open("call.wav") as call, connect(f"{SERVICE}/v1/live?rate={call.getframerate()}") as stream:
    sending = threading.Thread(target=send, args=(stream, call))
    sending.start()  # beside what follows: a service sends nothing more to whoever does not read
    for text in stream:
        event = json.loads(text)
        if event["type"] == "problem":
            print(event["detail"])
        for segment in event.get("settled", ()):
            print(f"{segment['start']:6.1f} s to {segment['end']:6.1f} s: {segment['emotion']}")
    sending.join()
