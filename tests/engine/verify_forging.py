"""Tampering with a ledger: an entry made anew with other words, files, people, and all later ones put on it."""

import os
import subprocess
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path

from places import git

STATE = "jobs/j/state.yaml"


@dataclass(frozen=True)
class Forged:
    """A change of one entry. Each function is given a text and returns another."""

    message: Callable[[str], str] = lambda text: text
    files: Mapping[str, Callable[[str], str] | None] = field(default_factory=dict)
    """Path → what becomes of its text, or None to take it away."""
    header: Callable[[str], str] = lambda text: text
    """What becomes of the lines `parent`, `author`, `committer`."""
    is_everywhere: bool = False
    """The files change in all later entries too."""


def line_of(where: Path, job: str = "j") -> list[str]:
    """Return the job's commits, oldest first."""
    return git(where, "rev-list", "--first-parent", "--reverse", f"job/{job}", "^main").splitlines()


def entry_of(where: Path, subject: str, job: str = "j") -> str:
    """Return the first entry of a subject."""
    told = git(where, "log", "--first-parent", "--reverse", "--format=%H %s", f"job/{job}", "^main").splitlines()
    return next(row[:40] for row in told if row[41:] == subject)


def forge(where: Path, oid: str, change: Forged, job: str = "j") -> str:
    """Make an entry anew, put all later ones on it, and move the job's refs; return the forged entry."""
    line = line_of(where, job)
    place = line.index(oid)
    made = parent = _made(where, oid, change, {})
    known = {oid: made}
    later = Forged(files=change.files if change.is_everywhere else {})
    for each in line[place + 1 :]:
        parent = _made(where, each, later, known)
        known[each] = parent
    point(where, parent, job)
    return made


def point(where: Path, oid: str, job: str = "j") -> None:
    """Move the job's branch and its recorded tip, as who may push can."""
    for ref in (f"refs/heads/job/{job}", f"refs/orchestrator/tips/{job}"):
        (where / ".git" / ref).write_text(f"{oid}\n")


def drop(where: Path, oid: str, job: str = "j") -> None:
    """Leave an entry out, and put all later ones on the one before it."""
    line = line_of(where, job)
    place = line.index(oid)
    known = {oid: line[place - 1]}
    for each in line[place + 1 :]:
        known[each] = _made(where, each, Forged(), known)
    point(where, known[line[-1]], job)


def insert(where: Path, after: str, change: Forged, job: str = "j") -> str:
    """Put a changed copy of an entry behind itself, and all later ones on it; return the copy."""
    line = line_of(where, job)
    place = line.index(after)
    made = _made(where, after, change, {line[place - 1]: after})
    known = {after: made}
    for each in line[place + 1 :]:
        known[each] = _made(where, each, Forged(), known)
    point(where, known[line[-1]], job)
    return made


def _made(where: Path, oid: str, change: Forged, known: Mapping[str, str]) -> str:
    head, _, message = read(where, oid).partition("\n\n")
    tree, *rows = head.split("\n")
    if change.files:
        tree = f"tree {_tree(where, oid, change)}"
    moved = "\n".join(f"parent {known.get(row[7:], row[7:])}" if row.startswith("parent ") else row for row in rows)
    text = f"{tree}\n{change.header(moved)}\n\n{change.message(message)}"
    return write(where, text)


def read(where: Path, oid: str) -> str:
    """Return a commit's text, from the loose object that it is."""
    return zlib.decompress((where / f".git/objects/{oid[:2]}/{oid[2:]}").read_bytes()).partition(b"\0")[2].decode()


def write(where: Path, text: str) -> str:
    """Write a commit as a loose object; return its id."""
    whole = b"commit %d\0" % len(text.encode()) + text.encode()
    oid = sha1(whole, usedforsecurity=False).hexdigest()
    file = where / f".git/objects/{oid[:2]}/{oid[2:]}"
    file.parent.mkdir(exist_ok=True)
    if not file.exists():
        file.write_bytes(zlib.compress(whole, 1))
    return oid


def _tree(where: Path, oid: str, change: Forged) -> str:
    more = {"GIT_INDEX_FILE": str(where / ".git/forging")}
    _raw(where, "read-tree", oid, more=more)
    for path, become in change.files.items():
        old = subprocess.run(["git", "show", f"{oid}:{path}"], cwd=where, capture_output=True, text=True, check=False)
        if become is None:
            _raw(where, "update-index", "--force-remove", path, more=more)
            continue
        blob = _raw(where, "hash-object", "-w", "--stdin", stdin=become(old.stdout)).strip()
        _raw(where, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", more=more)
    return _raw(where, "write-tree", more=more).strip()


def _raw(where: Path, *args: str, stdin: str = "", more: Mapping[str, str] | None = None) -> str:
    ran = subprocess.run(
        ["git", *args],
        cwd=where,
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **(more or {})},  # noqa: TID251  the hermetic one
    )
    return ran.stdout
