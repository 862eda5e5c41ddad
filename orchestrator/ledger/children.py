"""git processes that live as long as the ledger is open: one reads objects, one moves refs.

Each is begun when it is first needed, and begun anew when it has died. What one says is in git's own words.
"""

import subprocess
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import LifoQueue
from threading import Lock

from orchestrator.errors import LedgerError
from orchestrator.ledger.loose import Broken, LooseReader
from orchestrator.ledger.objects import Format
from orchestrator.ledger.process import Git
from orchestrator.ledger.refs import RefStore, refusal, transaction
from orchestrator.ledger.values import RefUpdate
from orchestrator.model.names import shown

_FSCK = "run `git fsck`"
_PATIENCE_SECONDS = 1.0


class Child:
    """One git process: requests go in, lines come out, one exchange at a time."""

    def __init__(self, git: Git, *args: str, is_heard: bool = False) -> None:
        """Take what is to run. `is_heard`: what it says of errors is kept, and must be little."""
        self._git = git
        self._args = args
        self._errors = subprocess.PIPE if is_heard else subprocess.DEVNULL
        self._process: subprocess.Popen[bytes] | None = None
        self._finalizer: weakref.finalize[..., Child] | None = None
        self._lock = Lock()

    @property
    def name(self) -> str:
        """Return what runs."""
        return f"git {self._args[0]}"

    def send(self, request: bytes) -> None:
        """Write a request. That the process has died is seen when it does not answer."""
        process = self._running()
        assert process.stdin
        with suppress(BrokenPipeError):
            process.stdin.write(request)
            process.stdin.flush()

    def line(self) -> bytes:
        """Return the next line of the answer, nothing when the process has ended."""
        assert self._process
        assert self._process.stdout
        return self._process.stdout.readline()

    def body(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer when the process has ended."""
        assert self._process
        assert self._process.stdout
        return self._process.stdout.read(size)

    @contextmanager
    def exchange(self) -> Iterator[None]:
        """Hold a request and its answer together: where that is cut short, nobody else gets the rest of it."""
        with self._lock:
            try:
                yield
            except BaseException:
                self.stop()
                raise

    def last_words(self) -> str:
        """End the process and return what it said was wrong."""
        process = self._process
        if process is None:
            return ""
        if process.stdin:
            with suppress(BrokenPipeError):
                process.stdin.close()
        said = process.stderr.read() if process.stderr else b""
        self.stop()
        return said.decode("utf-8", "replace").strip()

    def stop(self) -> None:
        """End the process."""
        self._process = None
        if self._finalizer is not None:
            self._finalizer()

    def close(self) -> None:
        """End the process when the exchange under way is over; one that an interrupt left hanging is not waited for."""
        is_over = self._lock.acquire(timeout=_PATIENCE_SECONDS)
        try:
            self.stop()
        finally:
            if is_over:
                self._lock.release()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = subprocess.Popen(
                [*self._git.argv(), *self._args],
                cwd=self._git.folder,
                env=self._git.lasting(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
            )
            self._finalizer = weakref.finalize(self, _end, self._process)
        return self._process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()
    process.wait()


class ObjectReader:
    """`git cat-file`. Its requests are whole ids: nothing that a file says is ever taken for a revision expression.

    What stands in a file of its own is read there, and by several threads at a time.
    """

    def __init__(self, git: Git, loose: LooseReader | None = None) -> None:
        """Take where git is run, and where objects of its repository stand loose."""
        self._git = git
        self._child = Child(git, "cat-file", "--batch-command")
        self._loose = loose

    def read(self, oid: str, *, limit: int) -> tuple[str, bytes] | None:
        """Return kind and body of an object, None when it is missing. Raises LedgerError above `limit` bytes."""
        found = self._read_loose(oid)
        if found is not None and len(found[1]) <= limit:
            return found
        with self._child.exchange():
            header = self._ask("contents", oid)
            if header is None:
                return None
            kind, size = header
            if size > limit:
                # The body is on its way: a new process is cheaper than reading it away.
                raise LedgerError(
                    f"object {oid} is too large to read: {size} bytes, at most {limit}",
                    hint=f"find its path with `git log --all --find-object={oid}`, and take it out of the branch",
                )
            return kind, self._body(size)

    def look(self, oid: str) -> tuple[str, int] | None:
        """Return kind and size (bytes) of an object, None when it is missing."""
        with suppress(Broken):
            found = self._loose.look(oid) if self._loose else None
            if found is not None:
                return found
        with self._child.exchange():
            return self._ask("info", oid)

    def close(self) -> None:
        """End the process."""
        self._child.close()

    def _read_loose(self, oid: str) -> tuple[str, bytes] | None:
        try:
            return self._loose.read(oid) if self._loose else None
        except Broken:
            return self._read_once(oid)

    def _read_once(self, oid: str) -> tuple[str, bytes]:
        """Ask a git of its own for an object whose file is broken: it may stand in a pack too.

        Of a broken file git may send less or more than it says, and one that goes on would be out of step for good.
        """
        ran = self._git.attempt("cat-file", "--batch", stdin=oid.encode())
        head, _, body = ran.out.partition(b"\n")
        words = head.decode("ascii", "replace").split()
        if ran.status or len(words) != 3 or words[2] != str(len(body) - 1):
            hint = "git fsck says what else is broken; fetch from another clone what is lost"
            raise LedgerError(f"object {oid} is broken: its file is not what git wrote", hint=hint)
        return words[1], body[:-1]

    def _ask(self, verb: str, oid: str) -> tuple[str, int] | None:
        line = self._exchange(verb, oid) or self._again(verb, oid)
        words = line.decode("ascii", "replace").split()
        if words == [oid, "missing"]:
            return None
        if len(words) != 3 or words[0] != oid or not words[2].isdigit():
            raise LedgerError(f"git cat-file answered {shown(line.decode('ascii', 'replace'))} to {oid}", hint=_FSCK)
        return words[1], int(words[2])

    def _again(self, verb: str, oid: str) -> bytes:
        self._child.stop()
        line = self._exchange(verb, oid)
        if not line:
            raise LedgerError("git cat-file ended without an answer", hint=_FSCK)
        return line

    def _exchange(self, verb: str, oid: str) -> bytes:
        self._child.send(f"{verb} {oid}\n".encode())
        return self._child.line()

    def _body(self, size: int) -> bytes:
        body = self._child.body(size + 1)
        if len(body) != size + 1:
            raise LedgerError("git cat-file ended in the middle of an object", hint=_FSCK)
        return body[:-1]


class RefMovers:
    """Several of them: while one waits for its disk another is asked, begun where all of the few are at work."""

    def __init__(self, git: Git, form: Format, refs: RefStore, *, most: int = 4) -> None:
        """Take what a mover takes, and how many there may be."""
        self._idle: LifoQueue[RefMover] = LifoQueue()
        self._all = [RefMover(git, form, refs) for _ in range(most)]
        for mover in self._all[::-1]:
            self._idle.put(mover)

    def move(self, updates: Sequence[RefUpdate]) -> None:
        """Move all of `updates`, or none. Raises as a mover does."""
        mover = self._idle.get()
        try:
            mover.move(updates)
        finally:
            self._idle.put(mover)

    def close(self) -> None:
        """End the processes."""
        for mover in self._all:
            mover.close()


class RefMover:
    """`git update-ref --stdin`: several refs move at once, or none does. Its process begins with its first move."""

    def __init__(self, git: Git, form: Format, refs: RefStore) -> None:
        self._child = Child(git, "update-ref", "-m", "orchestrator", "--no-deref", "--stdin", "-z", is_heard=True)
        self._format = form
        self._refs = refs

    def move(self, updates: Sequence[RefUpdate]) -> None:
        """Move all of `updates`, or none. Raises LostRace when a ref was elsewhere, Busy when one is locked."""
        if not updates:
            return
        with self._child.exchange():
            self._child.send(transaction(updates, self._format.zero))
            for stage in (b"start", b"prepare", b"commit"):
                if self._child.line() == stage + b": ok\n":
                    continue
                words = self._child.last_words()
                if stage != b"commit":
                    raise refusal(words)
                self._find_out(updates, words)

    def close(self) -> None:
        """End the process."""
        self._child.close()

    def _find_out(self, updates: Sequence[RefUpdate], words: str) -> None:
        """Read back what came of a transaction whose end was not told: git may have died before it, or after."""
        there = [(update, self._refs.read(update.ref)) for update in updates]
        if all(oid == update.new for update, oid in there):
            return
        if all(oid == update.old for update, oid in there):
            raise refusal(words or "it ended before it had moved any")
        moved = ", ".join(update.ref for update, oid in there if oid == update.new)
        raise LedgerError(
            f"git died while it moved the refs; moved were {moved or 'others than these'}",
            hint="orchestrator doctor says what is left locked; then run the same command again",
        )
