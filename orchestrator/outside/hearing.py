"""The other end of `keeper.py`: what it tells, what the program writes, and the clock. Starts nothing."""

import os
import selectors
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from orchestrator.model.outside import CannotRun
from orchestrator.outside.limits import Limits, size

MARGIN = 60.0
"""Seconds that the keeper may take beyond what it was told to; it needs them only where it kills a great many."""
_LOOK_UP = 0.2
"""Seconds after which a thread that waits for a program looks up: an interrupt that was sent to it takes hold."""
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Heard:
    """The keeper's last line, in two; what the program wrote; and why it had to be ended, where that was ours."""

    word: str
    number: int
    stdout: bytes
    stderr: bytes
    why: str | None


class Listener:
    """Hears one keeper to its end, and has it end the program that passes its limits."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        report: IO[bytes],
        limits: Limits,
        hear: Callable[[bytes], None] | None = None,
    ) -> None:
        self._process = process
        self._report = report
        self._limits = limits
        self._told = hear
        self._why: str | None = None
        self._until = time.monotonic() + limits.seconds
        self._heard_at = time.monotonic()
        self._heard = {pipe: bytearray() for pipe in (report, process.stdout, process.stderr) if pipe}
        self._selector = selectors.DefaultSelector()

    def listen(self) -> Heard:
        """Return what there was to hear, when the keeper has told its last."""
        with self._selector:
            for pipe in self._heard:
                self._selector.register(pipe, selectors.EVENT_READ)
            while self._report in self._open():
                due = min(self._until, self._silent_until(), time.monotonic() + _LOOK_UP)
                self._hear(max(0.0, due - time.monotonic()))
                if time.monotonic() >= self._until:
                    self._out_of_time()
                elif time.monotonic() >= self._silent_until():
                    self._stop(b"T", f"wrote nothing for {self._limits.idle:g} s", self._limits.grace)
            while self._hear(0.0):  # what was written before the end and not read yet
                pass
        _, stdout, stderr = self._heard.values()
        word, _, number = self._heard[self._report].split(b"\n")[0].decode().partition(" ")
        return Heard(word, int(number or 0), bytes(stdout), bytes(stderr), self._why)

    def _silent_until(self) -> float:
        """Return when its silence has been too long. One that was told to end may be silent."""
        if self._limits.idle is None or self._why is not None:
            return float("inf")
        return self._heard_at + self._limits.idle

    def _open(self) -> set[object]:
        return {key.fileobj for key in self._selector.get_map().values()}

    def _hear(self, seconds: float) -> bool:
        """Read what comes within some seconds. Say whether anything did."""
        ready = self._selector.select(seconds) if self._selector.get_map() else []
        for key, _ in ready:
            piece = os.read(key.fd, _PIECE)
            if piece:
                self._keep(self._heard[key.fileobj], piece)  # type: ignore[index]
            else:
                self._selector.unregister(key.fileobj)
        return bool(ready)

    def _keep(self, heard: bytearray, piece: bytes) -> None:
        self._heard_at = time.monotonic()
        room = self._limits.output - len(heard)
        heard += piece[:room]
        if self._told is not None and room and self._process.stdout and heard is self._heard[self._process.stdout]:
            self._told(piece[:room])
        if len(piece) > room:
            self._stop(b"K", f"wrote more than {size(self._limits.output)}")

    def _out_of_time(self) -> None:
        if self._why is not None:
            raise CannotRun(f"the program cannot be ended; process {self._process.pid} goes on trying")
        self._stop(b"T", f"took more than {self._limits.seconds:g} s", self._limits.grace)

    def _stop(self, word: bytes, why: str, grace: float = 0.0) -> None:
        if self._why is not None:
            return
        self._why = why
        self._until = time.monotonic() + grace + MARGIN
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.write(word)
