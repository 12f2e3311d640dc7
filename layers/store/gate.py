"""Many may read at once; a commit may ask for a moment when nobody does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Gate"]


class Gate:
    """Readers pass unless a commit waits; a commit waits for them, but not for ever.

    A thread that is reading already passes again, so that it can never wait for itself.
    """

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._readers = 0
        self._closers = 0
        self._own = threading.local()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold the gate open while something is read."""
        depth = getattr(self._own, "depth", 0)
        with self._change:
            if not depth:
                self._change.wait_for(lambda: not self._closers)
            self._readers += 1
        self._own.depth = depth + 1
        try:
            yield
        finally:
            # A stream may be closed by another thread than the one that began it.
            self._own.depth = max(getattr(self._own, "depth", 0) - 1, 0)
            with self._change:
                self._readers -= 1
                self._change.notify_all()

    @contextmanager
    def quiet(self, seconds: float) -> Iterator[None]:
        """Keep new readers out and wait up to ``seconds`` for those inside to leave."""
        mine = getattr(self._own, "depth", 0)
        with self._change:
            self._closers += 1
            self._change.wait_for(lambda: self._readers <= mine, seconds)
        try:
            yield
        finally:
            with self._change:
                self._closers -= 1
                self._change.notify_all()
