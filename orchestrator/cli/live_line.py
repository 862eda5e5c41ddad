"""A line on stderr that is written anew while time goes by, for a terminal alone. It knows nothing of what it shows."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from orchestrator.cli.output import columns, cut

_TICK_SECONDS = 0.25
_CLEAR = "\r\x1b[2K"


class LiveLine:
    """One line on stderr, written anew while time goes by; none where it is not shown. Any thread may call it."""

    def __init__(self, *, is_shown: bool = True) -> None:
        self._is_shown = is_shown
        self._lock = threading.RLock()
        self._text: Callable[[], str] | None = None
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def show(self, text: Callable[[], str]) -> None:
        """Begin to show what `text` returns, again and again."""
        if not self._is_shown:
            return
        with self._lock:
            self._text = text
            self._draw()
        if self._thread is None:
            self._thread = threading.Thread(target=self._go_on, daemon=True)
            self._thread.start()

    def hide(self) -> None:
        """Take the line away."""
        with self._lock:
            self._clear()
            self._text = None

    def stop(self) -> None:
        """Take the line away for good."""
        self.hide()
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    @contextmanager
    def parted(self) -> Iterator[None]:
        """Take the line away while something else is written, and show it again. Other threads wait."""
        with self._lock:
            self._clear()
            yield
            self._draw()

    def _go_on(self) -> None:
        while not self._stopped.wait(_TICK_SECONDS):
            with self._lock:
                self._draw()

    def _draw(self) -> None:
        if self._text is not None:
            click.echo(f"{_CLEAR}{cut(self._text(), columns() - 1)}", nl=False, err=True, color=True)

    def _clear(self) -> None:
        if self._text is not None:
            click.echo(_CLEAR, nl=False, err=True, color=True)
