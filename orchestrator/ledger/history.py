"""Walks over commits by their parents, never by their dates: clocks go back. Reads only."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

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


def ledger(objects: Objects, job: str, tip: str) -> tuple[Commit, ...]:
    """Return the job's ledger as it stands at `tip`, oldest first."""
    return tuple(reversed(list(chain(objects, job, tip))))


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


@dataclass(frozen=True, slots=True)
class Ancestry:
    """Which commit descends from which, and who brought what. Raises LedgerError when a commit is missing."""

    git: Git
    objects: Objects

    def is_ancestor(self, old: str, new: str) -> bool:
        """Say whether `new` descends from `old`, or is it."""
        if old == new or old in self.objects.commit(new).parents:
            return True
        ran = self.git.attempt("merge-base", "--is-ancestor", self.objects.commit(old).id, new)
        return ran.status == 0

    def merge_base(self, one: str, other: str) -> str | None:
        """Return a best common ancestor, None where there is none."""
        ran = self.git.attempt("merge-base", self.objects.commit(one).id, self.objects.commit(other).id)
        return ran.out.decode("ascii").strip() or None

    def between(self, tip: str, exclude: Iterable[str]) -> tuple[Commit, ...]:
        """Return the commits that `tip` reaches and none of `exclude` does, in no particular order."""
        return tuple(self.objects.commit(oid) for oid in sorted(self._reached(tip, exclude)))

    def editor(self, path: str, tip: str) -> str | None:
        """Return the person whose commit last touched `path` (relative to the workspace), None when only agents did."""
        commit: Commit | None = self.objects.commit(tip)
        while commit is not None:
            entry = self.objects.entry(commit.id, path)
            same = [parent for parent in commit.parents if self.objects.entry(parent, path) == entry]
            is_touched = not same and (entry is not None or commit.parents != ())
            if is_touched and not commit.author.is_agent:
                return commit.author.id
            onward = same or list(commit.parents)
            commit = self.objects.commit(onward[0]) if onward else None
        return None

    def brought_by(self, job: str, tip: str, path: str, blob: str, exclude: Iterable[str] = ()) -> Commit | None:
        """Return the commit by which a person brought `path` with the content `blob` to `tip`, None for a fast-forward.

        Commits that `exclude` reaches (the proposal, the job) are nobody's bringing. Of the others, it is the one that
        has the file while a line of the job that it continues has not: a merge, a squash, a rebased proposal.
        """
        ours = self._reached(tip, exclude)

        def has(commit: str) -> bool:
            entry = self.objects.entry(commit, path)
            return entry is not None and entry.id == blob

        current = tip if tip in ours and has(tip) else None
        while current is not None:
            commit = self.objects.commit(current)
            before = next((parent for parent in commit.parents if parent in ours and has(parent)), None)
            if before is None:
                return commit if _adds(self.objects, job, commit.parents, has_it=[*map(has, commit.parents)]) else None
            current = before
        return None

    def _reached(self, tip: str, exclude: Iterable[str]) -> frozenset[str]:
        asked = "\n".join([tip, *(f"^{commit}" for commit in exclude)])
        return frozenset(self.git.run("rev-list", "--stdin", stdin=f"{asked}\n".encode()).decode("ascii").split())


def _adds(objects: Objects, job: str, parents: Sequence[str], *, has_it: Sequence[bool]) -> bool:
    """Say whether a commit adds what its parents lack.

    In a merge, a parent without the job (the base) says nothing, unless it is the first: who stood there and merged the
    proposal brought it, as by a squash; who stood at the proposal took in the base.
    """
    lacking = [parent for parent, there in zip(parents, has_it, strict=True) if not there]
    if len(parents) < 2:
        return len(lacking) == len(parents)
    return not has_it[0] or any(objects.entry(parent, job_directory(job)) for parent in lacking)
