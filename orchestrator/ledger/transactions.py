"""What changes a repository: commits are built, their objects written, refs moved, all of them or none.

A clean worktree on a branch that moves follows it; where somebody edits one, nothing moves.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice

from orchestrator.ledger import history
from orchestrator.ledger.checkouts import Follower
from orchestrator.ledger.children import RefMovers
from orchestrator.ledger.loose import ObjectWriter
from orchestrator.ledger.names import job_ref
from orchestrator.ledger.objects import encode_commit
from orchestrator.ledger.refs import HEADS
from orchestrator.ledger.repository import Repository
from orchestrator.ledger.tree_changes import Change, change_tree
from orchestrator.ledger.trees import Objects
from orchestrator.ledger.values import MACHINE, Edit, Kind, NewCommit, Person, RefUpdate

_EARLIER = 64
"""Entries: how far back a fast-forward that was cut short is looked for."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What a commit says beside its tree and its first parent."""

    message: str | bytes
    author: Person
    committer: Person = MACHINE
    parents_too: Sequence[str] = ()


class Transactions:
    """The changes of one repository. Every method raises LedgerError when it is not as it must be."""

    def __init__(self, repository: Repository, objects: Objects) -> None:
        self._repository = repository
        self._objects = objects
        self._writer = ObjectWriter(
            repository.git, repository.format, repository.common_dir, is_shared=repository.is_shared
        )
        self._movers = RefMovers(repository.git, repository.format, repository.refs)

    def close(self) -> None:
        """End the process that moves refs."""
        self._movers.close()

    def build(self, parent: str | None, changes: Mapping[str, Change], says: Saying) -> NewCommit:
        """Build a commit that changes some paths of `parent` (None: of nothing). Writes nothing, moves nothing."""
        built = change_tree(self._objects, self._objects.commit(parent).tree if parent else None, changes)
        parents = (*((parent,) if parent else ()), *says.parents_too)
        text = says.message.encode("utf-8", "replace") if isinstance(says.message, str) else says.message
        date = self._repository.git.clock()
        body = encode_commit(built.tree, parents, author=says.author, committer=says.committer, date=date, message=text)
        new = self._repository.format.new(Kind.COMMIT, body)
        objects = (*built.objects, new)
        for each in objects:
            self._objects.remember(each)
        return NewCommit(new.id, built.tree, parents, objects, built.blobs)

    def write(self, *commits: NewCommit) -> None:
        """Write the objects of commits that were built, durably. No ref moves."""
        self._writer.write([new for commit in commits for new in commit.objects])

    def write_blob(self, content: bytes) -> str:
        """Write one file's bytes, durably; return the blob's id."""
        new = self._repository.format.new(Kind.BLOB, content)
        self._writer.write([new])
        return new.id

    def move(self, updates: Sequence[RefUpdate], *, job: str | None = None, writing: Sequence[NewCommit] = ()) -> None:
        """Move all of `updates`, or none, having written the commits; clean worktrees on a branch that moves follow.

        With `job`, a worktree that an earlier advance of that job left half-way is brought along too. Raises LostRace
        when a ref was elsewhere; Busy, before anything is written, when somebody edits such a branch.
        """
        with self._held(job, updates):
            if writing:
                self.write(*writing)
            self._movers.move(updates)

    def refuse_if_edited(self, job: str, tip: str) -> None:
        """Raise Busy where somebody edits the job's branch, which is at `tip`, in a worktree."""
        with self._follower().held(job_ref(job), tip, tip, partial(self._earlier, job, tip)):
            pass

    def edit_of(self, job: str, tip: str) -> Edit | None:
        """Return where somebody edits the job's branch, which is at `tip`; None where nobody does. Writes nothing."""
        return self._follower().edit(job_ref(job), tip, partial(self._earlier, job, tip))

    @contextmanager
    def _held(self, job: str | None, updates: Iterable[RefUpdate]) -> Iterator[None]:
        """Hold still the worktrees whose branch is about to move, and bring them along afterwards."""
        follower = self._follower()
        with ExitStack() as stack:
            for update in updates:
                if update.ref.startswith(HEADS) and update.old and update.new and update.old != update.new:
                    earlier = partial(self._earlier, job, update.old)
                    stack.enter_context(follower.held(update.ref, update.old, update.new, earlier))
            yield

    def _follower(self) -> Follower:
        return Follower(self._repository, self._objects)

    def _earlier(self, job: str | None, tip: str) -> list[str]:
        if job is None:
            return []
        return [commit.id for commit in islice(history.chain(self._objects, job, tip), 1, _EARLIER)]
