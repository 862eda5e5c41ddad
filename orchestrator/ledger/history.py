"""Walks over commits by their parents, never by their dates: clocks go back. Reads only."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence

from orchestrator.ledger.process import Git
from orchestrator.ledger.trees import Objects
from orchestrator.ledger.values import Commit

_SEQ = re.compile(rb"^seq: (\d{1,9})$", re.MULTILINE)
STATE_LIMIT = 5 * 1024 * 1024
"""Bytes of state.yaml that are looked at."""


def job_directory(job: str) -> str:
    """Return where a job's files are, relative to the workspace."""
    return f"jobs/{job}"


def chain(objects: Objects, job: str, tip: str) -> Iterator[Commit]:
    """Yield the job's ledger from `tip` back to the entry that created the job.

    It follows first parents; where a person merged, the parent that carries the job, and of two that do the one whose
    state is further on.
    """
    commit: Commit | None = objects.commit(tip)
    while commit is not None:
        yield commit
        commit = _before(objects, job, commit)


def added(objects: Objects, job: str, tip: str, known: Container[str]) -> Iterator[Commit]:
    """Yield the commits that carry the job, from `tip` on and by all parents, as far as they are not known.

    With a commit all must be known that it reaches. No state is asked: a merge hides nothing, whatever it says.
    """
    todo, met = [tip], {tip}
    while todo:
        commit = objects.commit(todo.pop())
        yield commit
        new = {parent for parent in commit.parents if parent not in met and parent not in known}
        met |= new
        todo += [parent for parent in sorted(new) if objects.entry(parent, job_directory(job))]


def _before(objects: Objects, job: str, commit: Commit) -> Commit | None:
    carriers = [parent for parent in commit.parents if objects.entry(parent, job_directory(job))]
    if not carriers:
        return None
    # max() keeps the first of equals: the first parent.
    chosen = max(carriers, key=lambda parent: _seq(objects, job, parent)) if len(carriers) > 1 else carriers[0]
    return objects.commit(chosen)


def _seq(objects: Objects, job: str, commit: str) -> int:
    entry = objects.entry(commit, f"{job_directory(job)}/state.yaml")
    if entry is None or entry.is_folder or objects.size(entry.id) > STATE_LIMIT:
        return -1
    found = _SEQ.search(objects.blob(entry.id))
    return int(found[1]) if found else -1


def is_ancestor(git: Git, objects: Objects, old: str, new: str) -> bool:
    """Say whether `new` descends from `old`, or is it. Raises LedgerError when either is missing."""
    if old == new or old in objects.commit(new).parents:
        return True
    ran = git.attempt("merge-base", "--is-ancestor", objects.commit(old).id, new)
    return ran.status == 0


def editor(objects: Objects, path: str, tip: str) -> str | None:
    """Return the person whose commit last touched `path` (relative to the workspace), None when only agents did."""
    commit: Commit | None = objects.commit(tip)
    while commit is not None:
        entry = objects.entry(commit.id, path)
        same = [parent for parent in commit.parents if objects.entry(parent, path) == entry]
        is_touched = not same and (entry is not None or commit.parents != ())
        if is_touched and not commit.author.is_agent:
            return commit.author.id
        onward = same or list(commit.parents)
        commit = objects.commit(onward[0]) if onward else None
    return None


def brought_by(
    git: Git, objects: Objects, job: str, *, tip: str, path: str, blob: str, exclude: Iterable[str]
) -> Commit | None:
    """Return the commit by which a person brought `path` with the content `blob` to `tip`, None for a fast-forward.

    Commits that `exclude` reaches (the proposal, the job) are nobody's bringing. Of the others, it is the one that
    has the file while a line of the job that it continues has not: a merge, a squash, a rebased proposal.
    """
    ours = reached(git, tip, exclude)

    def has(commit: str) -> bool:
        entry = objects.entry(commit, path)
        return entry is not None and entry.id == blob

    current = tip if tip in ours and has(tip) else None
    while current is not None:
        parents = objects.commit(current).parents
        before = next((parent for parent in parents if parent in ours and has(parent)), None)
        if before is None:
            return objects.commit(current) if _adds(objects, job, parents, has_it=list(map(has, parents))) else None
        current = before
    return None


def _adds(objects: Objects, job: str, parents: Sequence[str], *, has_it: Sequence[bool]) -> bool:
    """Say whether a commit adds what its parents lack.

    In a merge, a parent without the job (the base) says nothing, unless it is the first: who stood there and merged the
    proposal brought it, as by a squash; who stood at the proposal took in the base.
    """
    lacking = [parent for parent, there in zip(parents, has_it, strict=True) if not there]
    if len(parents) < 2:
        return len(lacking) == len(parents)
    return not has_it[0] or any(objects.entry(parent, job_directory(job)) for parent in lacking)


def reached(git: Git, tip: str, exclude: Iterable[str]) -> frozenset[str]:
    """Return the ids of the commits that `tip` reaches and none of `exclude` does."""
    asked = "\n".join([tip, *(f"^{commit}" for commit in exclude)])
    return frozenset(git.run("rev-list", "--stdin", stdin=f"{asked}\n".encode()).decode("ascii").split())
