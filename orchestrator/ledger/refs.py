"""Refs: their names, how they are read, and how several of them move at once, or none.

Reading goes to the files themselves (a loose file, else `packed-refs`), as git does and at no process's cost; a
repository that keeps its refs in another way is asked by git. Writing is one transaction of `git update-ref`.
"""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from orchestrator.errors import Busy, LedgerError, LostRace, OrchestratorError
from orchestrator.ledger.objects import Format
from orchestrator.ledger.process import Git
from orchestrator.ledger.values import RefUpdate

HEADS = "refs/heads/"
JOBS = "refs/heads/job/"
REVIEWS = "refs/heads/review/"
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
_IN_THE_WAY = re.compile(r"'(?P<there>refs/[^']+)' exists; cannot create '(?P<ref>[^']+)'")
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
class FileRefs:
    """Refs as files, git's own way since its beginning. See gitrepository-layout(5)."""

    common_dir: Path
    format: Format

    def read(self, ref: str) -> str | None:
        """Return the id that the ref is at. Raises LedgerError when what stands there is no id."""
        for _ in range(_SYMBOLIC_DEPTH):
            text = self._loose(ref)
            if text is None:
                return self._packed(ref)
            if not text.startswith("ref:"):
                return self._checked(ref, text)
            ref = text.removeprefix("ref:").strip()
        raise LedgerError(f"{ref} points at a ref that points at a ref, and so on")

    def below(self, prefix: str) -> tuple[str, ...]:
        """Return the names below `prefix`, loose and packed."""
        return tuple(sorted({*self._loose_below(prefix), *self._packed_below(prefix)}))

    def _loose(self, ref: str) -> str | None:
        try:
            with (self.common_dir / ref).open("rb") as file:
                return file.read(_LONGEST).decode("utf-8", "replace").strip()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def _checked(self, ref: str, text: str) -> str:
        if not self.format.is_id(text):
            raise LedgerError(f"{ref} is broken: it holds no object id", hint=f"look at .git/{ref}, or run `git fsck`")
        return text

    def _packed_text(self) -> bytes:
        try:
            return (self.common_dir / "packed-refs").read_bytes()
        except FileNotFoundError:
            return b""

    def _packed(self, ref: str) -> str | None:
        width = 2 * self.format.id_bytes
        text = self._packed_text()
        place = text.find(b" " + os.fsencode(ref) + b"\n")
        if place < width:
            return None
        return self._checked(ref, text[place - width : place].decode("ascii", "replace"))

    def _loose_below(self, prefix: str) -> Iterable[str]:
        top = self.common_dir / prefix
        for folder, _, names in os.walk(top):
            inner = "" if folder == str(top) else f"{os.path.relpath(folder, top)}/"
            yield from (f"{prefix}{inner}{name}" for name in names if not name.endswith(".lock"))

    def _packed_below(self, prefix: str) -> Iterable[str]:
        wanted = re.compile(rb"^[0-9a-f]+ (" + re.escape(os.fsencode(prefix)) + rb"[^\n]+)$", re.MULTILINE)
        return (os.fsdecode(found[1]) for found in wanted.finditer(self._packed_text()))


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
    """Return what git's refusal of a transaction means: a lost race, a lock, a name that is taken."""
    if locked := _LOCKED.search(error):
        hint = f"try again; if no git runs here, a killed one left it: delete {locked['lock']}"
        return Busy("another process moves the same ref", hint=hint)
    if there := _IN_THE_WAY.search(error):
        hint = f"rename it: git branch -m {there['there'].removeprefix(HEADS)} <another name>"
        return LedgerError(f"{there['there']} stands in the way of {there['ref']}", hint=hint)
    if _MOVED.search(error):
        return LostRace("the branch moved meanwhile; nothing was changed", hint="run the same command again")
    return LedgerError(f"git refused to move the refs: {error}")
