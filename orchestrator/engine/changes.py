"""What changed between two entries of a job, file by file, as unified diffs. It reads; it writes nothing."""

import difflib
from collections.abc import Iterator, Mapping
from typing import TypedDict

from orchestrator.engine import paths
from orchestrator.engine.world import World

MOST_BYTES = 1_000_000
MOST_LINES = 5_000
CONTEXT = 3


class ChangeDocument(TypedDict):
    """A changed file, its path the workspace's. `diff` is None where it is binary, or too large to compare by line."""

    path: str
    before: str | None
    after: str | None
    bytes_before: int
    bytes_after: int
    added: int
    removed: int
    diff: str | None


def changes(world: World, job: str, before: str | None, after: str) -> list[ChangeDocument]:
    """Return what differs between two commits, ordered by path. The orchestrator's own state.yaml is left out."""
    own = paths.in_workspace(job, paths.STATE)
    return described(world, {path: ids for path, ids in world.ledger.changed(before, after).items() if path != own})


def described(world: World, changed: Mapping[str, tuple[str | None, str | None]]) -> list[ChangeDocument]:
    """Return changed files, workspace path → ids before and after, ordered by path."""
    return [_change(world, path, *changed[path]) for path in sorted(changed)]


def entry_changes(world: World, job: str, entry: str) -> list[ChangeDocument]:
    """Return what one entry changed: against its first parent, which is the job's former tip."""
    parents = world.ledger.commit(entry).parents
    return changes(world, job, parents[0] if parents else None, entry)


def _change(world: World, path: str, before: str | None, after: str | None) -> ChangeDocument:
    sizes = tuple(world.ledger.size(oid) if oid else 0 for oid in (before, after))
    diff = _diff(world, path, before, after) if max(sizes) <= MOST_BYTES else None
    body = diff.split("\n")[2:] if diff else []
    return {
        "path": path,
        "before": before,
        "after": after,
        "bytes_before": sizes[0],
        "bytes_after": sizes[1],
        "added": sum(line.startswith("+") for line in body),
        "removed": sum(line.startswith("-") for line in body),
        "diff": diff,
    }


def _diff(world: World, path: str, before: str | None, after: str | None) -> str | None:
    texts = [_text(world.ledger.blob(oid)) if oid else "" for oid in (before, after)]
    old, new = texts
    if old is None or new is None or max(old.count("\n"), new.count("\n")) > MOST_LINES:
        return None
    return "".join(unified(old, new, f"a/{path}" if before else "/dev/null", f"b/{path}" if after else "/dev/null"))


def _text(content: bytes) -> str | None:
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def unified(old: str, new: str, from_name: str, to_name: str) -> Iterator[str]:
    """Yield the lines of a unified diff that `git apply` takes. Lines end at `\\n` only, as git's do."""
    for line in difflib.unified_diff(_lines(old), _lines(new), from_name, to_name, n=CONTEXT):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Split at `\\n`, and there only: `splitlines` knows ends of lines that git does not."""
    parts = text.split("\n")
    lines = [f"{part}\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines
