"""HEAD is answered wherever GET is: as GET would be, without what the answer holds."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Heads:
    """Asks an application by GET what was asked by HEAD, and takes its word for the headers."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        has_all = asyncio.Event()

        async def nothing_more() -> Message:
            await has_all.wait()  # what goes on without end, as events do, sees that nobody waits for it
            return {"type": "http.disconnect"}

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
            elif not has_all.is_set():
                has_all.set()
                await send({"type": "http.response.body", "body": b""})

        asked = {**scope, "method": "GET"}
        try:
            await self._app(asked, nothing_more, send_head)
        finally:
            if "route" in asked:
                scope["route"] = asked["route"]
