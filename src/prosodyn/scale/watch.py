"""What ends a process that takes forever over one file."""

import os
import threading
import time

LEAST_WAIT = 0.2


class Watch:
    """Ends this process at once where nothing has moved for too long.

    A decoder that loops, or a store that never answers, cannot be interrupted from Python. Whoever started
    the process starts another.
    """

    def __init__(self, patience: float) -> None:
        """Begin to watch.

        Args:
            patience: seconds that may pass between two movements
        """
        self._patience = patience
        self._moved: float | None = None
        threading.Thread(target=self._look, daemon=True).start()

    def move(self) -> None:
        """Tell that something has moved; from now on it is waited for the next movement."""
        self._moved = time.monotonic()

    def rest(self) -> None:
        """Tell that nothing is to be waited for."""
        self._moved = None

    def _look(self) -> None:
        while True:
            time.sleep(max(LEAST_WAIT, min(5.0, self._patience / 10)))
            moved = self._moved
            if moved is not None and time.monotonic() - moved > self._patience:
                os._exit(1)
