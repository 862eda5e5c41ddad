"""Forked processes, each with a pipe to us: what they do is handed in, and what is said on the pipes is the caller's.

A fork costs some milliseconds where a fresh Python costs some hundred, and must be made while this process has one
thread: the caller sees to that. The processes end when their work does, or when we close the pipe or die.
"""

import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from pickle import PickleError
from queue import SimpleQueue
from threading import Thread
from types import TracebackType

PATIENCE_SECONDS = 5.0
"""How long a process whose pipe was closed has to end by itself, before it is killed."""
_MOMENT = 0.01


@dataclass(frozen=True, slots=True)
class Failed:
    """A process's last word: its work raised this."""

    failure: BaseException


@dataclass(frozen=True, slots=True)
class Gone:
    """A process has ended, with this exit code; a negative one is the signal that killed it."""

    code: int


class Channel:
    """A process's end of its pipe. What is sent goes out in order, by a thread of its own: nobody waits for it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._out: SimpleQueue[object] = SimpleQueue()
        self._sender = Thread(target=self._send_all, name="channel", daemon=True)
        self._sender.start()

    def send(self, message: object) -> None:
        """Send a message, anything that can be pickled. Where nobody hears it any more, it is lost."""
        self._out.put(message)

    def receive(self) -> object:
        """Return the next message. Raises EOFError when no more will come."""
        try:
            return self._connection.recv()
        except OSError as error:
            raise EOFError from error

    def close(self) -> None:
        """Send what is left to be sent, and nothing more."""
        self._out.put(_LAST)
        self._sender.join()

    def _send_all(self) -> None:
        while (message := self._out.get()) is not _LAST:
            with suppress(OSError):
                try:
                    self._connection.send(message)
                except (TypeError, ValueError, AttributeError, PickleError) as failure:
                    self._connection.send(Failed(_portable(failure)))


_LAST = object()
Work = Callable[[int, Channel], None]
"""Given which of the processes it is, from 0, and its end of the pipe."""


class Processes:
    """So many processes that do the same work. Use them as a context: at its end none of them is left."""

    def __init__(self, work: Work, count: int, *, patience: float = PATIENCE_SECONDS) -> None:
        self._work = work
        self._count = count
        self._patience = patience
        self._ids: dict[int, int] = {}
        """Number → process id, of those that have not been waited for."""
        self._ends: dict[int, Connection] = {}
        """Number → our end of the pipe, while it is open."""

    @property
    def count(self) -> int:
        """Return how many there were to be."""
        return self._count

    def __enter__(self) -> "Processes":
        try:
            for number in range(self._count):
                self._fork(number)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def send(self, number: int, message: object) -> None:
        """Send a message to a process; to one that has gone, nothing."""
        end = self._ends.get(number)
        if end is not None:
            with suppress(OSError):
                end.send(message)

    def messages(self) -> Iterator[tuple[int, object]]:
        """Yield what each process says, by its number, as it comes; of each the last is Gone. Ends when all have."""
        while self._ends:
            numbers = {end: number for number, end in self._ends.items()}
            for end in wait(list(numbers)):
                assert isinstance(end, Connection)
                yield numbers[end], self._heard(numbers[end], end)

    def _heard(self, number: int, end: Connection) -> object:
        try:
            return end.recv()
        except (EOFError, OSError):
            del self._ends[number]
            end.close()
            return Gone(self._waited_for(number))

    def _fork(self, number: int) -> None:
        ours, theirs = Pipe()
        # Ctrl-C reaches all processes of a terminal. It is ours to act on, so it waits until they take no note of it,
        # and until we know of the new one.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process = os.fork()
            if not process:
                self._be_one_of_them(number, ours, theirs, before)
            self._ids[number], self._ends[number] = process, ours
        finally:
            theirs.close()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _be_one_of_them(
        self, number: int, ours: Connection, theirs: Connection, mask: set[int | signal.Signals]
    ) -> None:
        """Do the work in the new process, and end it; nothing of what the old one had open is flushed or closed."""
        code = 1
        try:
            # With a handler, not ignored: that would be handed down to the programs that it runs.
            signal.signal(signal.SIGINT, lambda *_: None)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            for end in (ours, *self._ends.values()):
                end.close()
            channel = Channel(theirs)
            try:
                self._work(number, channel)
                code = 0
            except BaseException as failure:  # noqa: BLE001  it is raised again where the work was asked for
                channel.send(Failed(_portable(failure)))
            channel.close()
        finally:
            os._exit(code)

    def _end(self) -> None:
        for end in self._ends.values():
            end.close()
        self._ends.clear()
        last = time.monotonic() + self._patience
        for number in list(self._ids):
            while not self._has_ended(number) and time.monotonic() < last:
                time.sleep(_MOMENT)
            if number in self._ids:
                os.kill(self._ids[number], signal.SIGKILL)
                self._waited_for(number)

    def _has_ended(self, number: int) -> bool:
        process, _ = os.waitpid(self._ids[number], os.WNOHANG)
        if process:
            del self._ids[number]
        return bool(process)

    def _waited_for(self, number: int) -> int:
        _, status = os.waitpid(self._ids.pop(number), 0)
        return os.waitstatus_to_exitcode(status)


def _portable(failure: BaseException) -> BaseException:
    """Return the failure as it can be sent: where it was raised goes with it as a note."""
    import pickle

    said = "".join(traceback.format_exception(failure))
    try:
        if type(pickle.loads(pickle.dumps(failure))) is type(failure):
            failure.add_note(said)
            return failure
    except Exception:  # noqa: BLE001  whatever its class does to be copied
        pass
    return RuntimeError(said)
