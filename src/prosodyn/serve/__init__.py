"""The recogniser as a service: files by POST, live sound by WebSocket, and a page for people.

Needs the extra `serve`. `create_app` makes the application, `serve` runs it until it is told to stop.
"""

from prosodyn.serve.app import create_app
from prosodyn.serve.run import serve
from prosodyn.serve.settings import ServeSettings

__all__ = ["ServeSettings", "create_app", "serve"]
