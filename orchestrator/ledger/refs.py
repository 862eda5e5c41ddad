"""Refs: their names, how they are read, and how several of them move at once, or none.

Reading goes to the files themselves (a loose file, else `packed-refs`), as git does and at no process's cost; a
repository that keeps its refs in another way is asked by git. Writing is one transaction of `git update-ref`.
"""

import os
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile
from pathlib import Path
from typing import Protocol

from orchestrator.errors import Busy, LedgerError, LostRace, OrchestratorError
from orchestrator.ledger.objects import Format
from orchestrator.ledger.process import Git
from orchestrator.ledger.reading import content_of
from orchestrator.ledger.values import RefUpdate

HEADS = "refs/heads/"
JOBS = "refs/heads/job/"
REVIEWS = "refs/heads/review/"
PROPOSALS = "refs/heads/memory/"
APPROVED = "refs/heads/approved/"
OURS = "refs/orchestrator/"
TIPS = f"{OURS}tips/"
ARCHIVE = f"{OURS}archive/"
LOST = f"{OURS}lost/"
CLAIMS = f"{OURS}claims/"
EFFECTS = f"{OURS}effects/"
INTENTS = f"{OURS}intents/"
PUBLISHED = f"{OURS}published/"

_MOVED = re.compile(r"is at [0-9a-f]+ but expected|reference already exists|unable to resolve reference|but expected")
_LOCKED = re.compile(r"Unable to create '(?P<lock>[^']+)': File exists")
_UNWRITTEN = re.compile(
    r"(?:couldn't write|Unable to create|unable to create directory for) '?(?P<file>[^'\n]+)'?(?:: (?P<why>[^\n]+))?"
)
_IN_THE_WAY = re.compile(r"'(?P<there>refs/[^']+)' exists; cannot create '(?P<ref>[^']+)'")
_PACKED = re.compile(rb"^([0-9a-f]{40,64}) (\S[^\n]*)$", re.MULTILINE)
_SYMBOLIC_DEPTH = 5
_LONGEST = 4096


class RefStore(Protocol):
    """Where refs are read."""

    def read(self, ref: str) -> str | None:
        """Return the id that the ref is at, or None when there is no such ref."""
        ...

    def below(self, prefix: str) -> tuple[str, ...]:
        """Return the whole names of the refs that begin with `prefix` (it ends in a slash), sorted."""
        ...


@dataclass(frozen=True, slots=True)
class _Packed:
    """What `packed-refs` holds, and which file it was: inode, size, time of its last change."""

    stamp: tuple[int, int, int] | None = None
    names: tuple[bytes, ...] = ()
    ids: Mapping[bytes, bytes] = field(default_factory=dict)


class PackedRefs:
    """`packed-refs`, read again when it is another file than before. git sorts it; one that is not is sorted here."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._known = _Packed()

    def id(self, ref: bytes) -> bytes | None:
        """Return what stands for an id beside a ref, None when it is not packed."""
        return self._packed().ids.get(ref)

    def below(self, prefix: bytes) -> list[bytes]:
        """Return the names that begin with `prefix`, sorted."""
        names = self._packed().names
        first = bisect_left(names, prefix)
        return list(takewhile(lambda name: name.startswith(prefix), islice(names, first, None)))

    def _packed(self) -> _Packed:
        """Return the file as it is now: one value, so that no thread meets the names of one file and another's ids."""
        try:
            seen = os.stat(self._path)
        except FileNotFoundError:
            return _Packed()
        known, stamp = self._known, (seen.st_ino, seen.st_size, seen.st_mtime_ns)
        if stamp != known.stamp:
            with open(self._path, "rb") as file:
                ids = {name: oid for oid, name in _PACKED.findall(file.read())}
            self._known = known = _Packed(stamp, tuple(sorted(ids)), ids)
        return known


class FileRefs:
    """Refs as files, git's own way since its beginning. See gitrepository-layout(5)."""

    def __init__(self, common_dir: Path, form: Format) -> None:
        self._folder = str(common_dir)
        self._format = form
        self._packed = PackedRefs(f"{self._folder}/packed-refs")

    def read(self, ref: str) -> str | None:
        """Return the id that the ref is at. Raises LedgerError when what stands there is no id."""
        for _ in range(_SYMBOLIC_DEPTH):
            text = self._loose(ref)
            text = self._packed.id(os.fsencode(ref)) if text is None else text
            if text is None:
                return None
            if not text.startswith(b"ref:"):
                return self._checked(ref, text.decode("ascii", "replace"))
            ref = os.fsdecode(text.removeprefix(b"ref:").strip())
        hint = f"git symbolic-ref --delete {ref}, then make the branch anew"
        raise LedgerError(f"{ref} points at a ref that points at a ref, and so on", hint=hint)

    def below(self, prefix: str) -> tuple[str, ...]:
        """Return the names below `prefix`, loose and packed."""
        # As git does, the loose first: one that is packed meanwhile is then found there.
        loose = list(self._loose_below(prefix))
        packed = map(os.fsdecode, self._packed.below(os.fsencode(prefix)))
        return tuple(sorted({*loose, *packed}))

    def _loose(self, ref: str) -> bytes | None:
        try:
            return content_of(f"{self._folder}/{ref}", _LONGEST).strip()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def _checked(self, ref: str, text: str) -> str:
        if not self._format.is_id(text):
            raise LedgerError(f"{ref} is broken: it holds no object id", hint=f"look at .git/{ref}, or run `git fsck`")
        return text

    def _loose_below(self, prefix: str) -> Iterable[str]:
        top = f"{self._folder}/{prefix}"
        for folder, _, names in os.walk(top):
            inner = "" if folder == top else f"{os.path.relpath(folder, top)}/"
            yield from (f"{prefix}{inner}{name}" for name in names if not name.endswith(".lock"))


@dataclass(frozen=True, slots=True)
class AskedRefs:
    """Refs as git tells them, for repositories that do not keep them as files (reftable)."""

    git: Git

    def read(self, ref: str) -> str | None:
        """Return the id that the ref is at."""
        return self._told(ref).get(ref)

    def below(self, prefix: str) -> tuple[str, ...]:
        """Return the names below `prefix`."""
        return tuple(sorted(self._told(prefix)))

    def _told(self, pattern: str) -> dict[str, str]:
        out = self.git.run("for-each-ref", "--format=%(objectname) %(refname)", "--end-of-options", pattern)
        lines = (line.partition(" ") for line in os.fsdecode(out).split("\n") if line)
        return {name: oid for oid, _, name in lines}


def transaction(updates: Sequence[RefUpdate], zero: str) -> bytes:
    """Return what moves all of `updates`, or none, as `git update-ref --stdin -z` reads it. `zero`: no such ref."""
    commands = ["start", *(_command(update, zero) for update in updates), "prepare", "commit"]
    return "".join(f"{command}\0" for command in commands).encode("utf-8", "surrogateescape")


def _command(update: RefUpdate, zero: str) -> str:
    if update.new == update.old:
        return f"verify {update.ref}\0{update.old or zero}"
    if update.new is None:
        return f"delete {update.ref}\0{update.old}"
    if update.old is None:
        return f"create {update.ref}\0{update.new}"
    return f"update {update.ref}\0{update.new}\0{update.old}"


def refusal(error: str) -> OrchestratorError:
    """Return what git's refusal of a transaction means: a lost race, a lock, a name that is taken, a full disk."""
    if locked := _LOCKED.search(error):
        hint = f"try again; if no git runs here, a killed one left it: delete {locked['lock']}"
        return Busy("another process moves the same ref", hint=hint)
    if there := _IN_THE_WAY.search(error):
        hint = f"rename it: git branch -m {there['there'].removeprefix(HEADS)} <another name>"
        return LedgerError(f"{there['there']} stands in the way of {there['ref']}", hint=hint)
    if _MOVED.search(error):
        return LostRace("the branch moved meanwhile; nothing was changed", hint="run the same command again")
    if unwritten := _UNWRITTEN.search(error):
        said = f"git cannot write {unwritten['file']}: {unwritten['why'] or 'the disk may be full'}"
        hint = "nothing was changed: see that there is room on the disk and that you may write there, and run it again"
        return LedgerError(said, hint=hint)
    return LedgerError(
        f"git refused to move the refs: {error}",
        hint="nothing was changed; orchestrator doctor looks for what is wrong",
    )
