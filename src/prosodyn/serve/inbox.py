"""Messages of a WebSocket that wait for the application."""

import asyncio
from collections import deque
from collections.abc import MutableMapping
from typing import Any

from websockets.frames import Frame, Opcode

Message = MutableMapping[str, Any]
"""Of ASGI, between an application and a connection; one of samples also has `since`, when the first of them
came, by the clock of the event loop."""

_MOST_BYTES, _MOST_MESSAGES = 65_536, 4  # that wait, beside what a single read brings
_MOST_FRAGMENTS = 1024  # of a message; empty ones have no size that would end them


class Inbox:
    """Messages that wait for the application, of which the last takes further samples in.

    Attributes:
        has_ended: nothing more comes
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.has_ended = False
        self._messages: deque[Message] = deque()
        self._has_some = asyncio.Event()
        self._parts: list[bytes] = []
        self._is_text = False

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing waits."""
        return not self._messages

    @property
    def is_full(self) -> bool:
        """Tell whether nothing more should be read until some of what waits is taken."""
        n_bytes = sum(len(each.get("bytes", b"")) for each in self._messages)
        return not self.has_ended and (n_bytes > _MOST_BYTES or len(self._messages) > _MOST_MESSAGES)

    def add(self, frame: Frame) -> None:
        """Take a frame of a message.

        Raises:
            UnicodeDecodeError: it ends a text that is none
            OverflowError: there are too many in one message
        """
        if frame.opcode is not Opcode.CONT:
            self._parts, self._is_text = [], frame.opcode is Opcode.TEXT
        self._parts.append(bytes(frame.data))
        if len(self._parts) > _MOST_FRAGMENTS:
            raise OverflowError
        if not frame.fin:
            return
        last = self._messages[-1] if self._messages else {}
        if self._is_text:
            self.put({"type": "websocket.receive", "text": b"".join(self._parts).decode()})
        elif "bytes" in last:
            last["bytes"] += b"".join(self._parts)
        else:
            since = asyncio.get_running_loop().time()
            self.put({"type": "websocket.receive", "bytes": bytearray().join(self._parts), "since": since})

    def put(self, message: Message) -> None:
        """Put a message behind the others."""
        self._messages.append(message)
        self._has_some.set()

    def end(self, code: int) -> None:
        """Say that nothing more comes; what has come is taken before."""
        if not self.has_ended:
            self.has_ended = True
            self.put({"type": "websocket.disconnect", "code": code})

    async def take(self) -> Message:
        """Return the first message, once there is one; after the end, the end."""
        while not self._messages:
            self._has_some.clear()
            await self._has_some.wait()
        is_end = self._messages[0]["type"] == "websocket.disconnect"
        return self._messages[0] if is_end else self._messages.popleft()
