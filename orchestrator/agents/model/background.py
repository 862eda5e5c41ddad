"""One event loop for all calls of models, on a thread of its own: threads hand a coroutine in, and wait for its value.

Providers' clients keep their connections on the loop that opened them; with a loop a call each would open its own.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar
from weakref import WeakMethod

T = TypeVar("T")

_ENDING = 15.0
"""Seconds that what was called off may take to put itself away: MCP servers are asked to end before they are killed."""


class Background:
    """An event loop that starts with the first coroutine, and anew in a process that was forked."""

    def __init__(self) -> None:
        self._forget()
        kept = WeakMethod(self._forget)
        os.register_at_fork(after_in_child=lambda: forget() if (forget := kept()) else None)

    def _forget(self) -> None:
        """The loop's thread is not forked with the rest, nor is the one that may hold the lock."""
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what the coroutine returns, or raise what it raises. Where the wait is broken off, so is the work."""
        over = threading.Event()
        future: Future[T] | None = None
        try:
            future = asyncio.run_coroutine_threadsafe(_announced(work, over), self.loop())
            return future.result()
        except BaseException:
            _call_off(future, over)
            raise

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Have the coroutine run, and do not wait for it."""
        asyncio.run_coroutine_threadsafe(work, self.loop())

    def loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop, running."""
        with self._lock:
            if self._loop is None:
                self._loop = _started()
            return self._loop


async def _announced(work: Coroutine[Any, Any, T], over: threading.Event) -> T:
    try:
        return await work
    finally:
        over.set()


def _call_off(future: Future[T] | None, over: threading.Event) -> None:
    """Work that is cancelled before its turn gets to its first wait all the same, so `over` comes with it."""
    if future is not None and not future.done():
        future.cancel()
        over.wait(_ENDING)


def _started() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="models", daemon=True).start()
    return loop


BACKGROUND = Background()
"""The process's own."""
