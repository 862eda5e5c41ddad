"""Proposals to the base: branches beside it, each one commit of ours on top of it, that people merge or delete.

They stand under `memory/`, apart from `review/`: what is there is about a job and is merged into `approved/<id>`. No
job looks at these branches, so that one left lying holds none up. The base, HEAD, the index and worktrees on other
branches are never moved.
"""

from collections.abc import Mapping
from itertools import dropwhile, takewhile

from orchestrator.errors import Place, RefusedError
from orchestrator.ledger.ledger import Ledger
from orchestrator.ledger.refs import HEADS, PROPOSALS
from orchestrator.ledger.values import MACHINE, Commit, Person, RefUpdate

_MOST_OF_PEOPLE = 64
"""Commits that people may have put on top of a proposal before it is no longer looked for."""


class Proposals:
    """The proposals of one repository. Every method raises LedgerError when it is not as it must be."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def base(self) -> str:
        """Return the commit that the base is at. Raises WorkspaceError when there is no base."""
        return self._ledger.base().commit

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file at a commit, None where there is none. Raises RefusedError where a link stands there."""
        if self._ledger.odd_files(commit, path):
            hint = "name another path in orchestrator.yaml, or put a plain file there"
            raise RefusedError("what stands there on the base is no plain file", place=Place(path), hint=hint)
        oid = self._ledger.files(commit, path).get(path)
        return self._ledger.blob(oid) if oid else None

    def branch(self, job: str, step: str) -> str:
        """Return the short name of the branch on which a step's proposal stands, or would stand."""
        return f"{PROPOSALS}{job}/{step}".removeprefix(HEADS)

    def propose(
        self, job: str, step: str, files: Mapping[str, bytes], *, base: str, source: tuple[str, bytes], message: str
    ) -> None:
        """Put one commit that changes `files` on top of `base`, and the step's branch on it.

        Its author is who brought `source`, a file's path and version, to the job. Raises LostRace when somebody moved
        the branch meanwhile, Busy when it is edited in a worktree, RefusedError where a person's commits stand on it
        and where it is the base.
        """
        self._refuse_base(self.branch(job, step))
        ref = f"{HEADS}{self.branch(job, step)}"
        old = self._ledger.ref(ref)
        if old is not None:
            self._refuse_peoples(ref, old, base)
        new = self._ledger.commit_on(base, files, message=message, author=self._author(job, *source))
        self._ledger.write(new)
        self._ledger.move([RefUpdate(ref, new.id, old)])

    def messages(self, job: str) -> tuple[str, ...]:
        """Return the messages of the proposals that stand on the job's branches, or below what people put on them."""
        tips = (self._ledger.ref(ref) for ref in self._ledger.below(f"{PROPOSALS}{job}/"))
        found = (self._proposal(tip) for tip in tips if tip)
        return tuple(commit.message for commit in found if commit)

    def _proposal(self, tip: str) -> Commit | None:
        commit = self._ledger.commit(tip)
        for _ in range(_MOST_OF_PEOPLE):
            if commit.is_machine or not commit.parents:
                break
            commit = self._ledger.commit(commit.parents[0])
        return commit if commit.is_machine else None

    def _refuse_base(self, branch: str) -> None:
        """Raise RefusedError where the branch is the base, or the local one of a base that is a remote's."""
        name = self._ledger.base().name
        if branch in (name, name.partition("/")[2]):
            hint = "call the base otherwise: git config orchestrator.base BRANCH, with a branch outside memory/"
            raise RefusedError(f"{branch} is the base, which people alone move", hint=hint)

    def _refuse_peoples(self, ref: str, tip: str, base: str) -> None:
        """Raise RefusedError where replacing the branch would lose what a person committed on it."""
        theirs = [commit for commit in self._ledger.ancestry.between(tip, [base]) if not commit.is_machine]
        if theirs:
            branch = ref.removeprefix(HEADS)
            raise RefusedError(
                f"{branch} has commits of {theirs[0].author.id}, and a new proposal would lose them",
                hint=f"merge it (git merge {branch}) or delete it (git branch -D {branch}), then retry",
            )

    def _author(self, job: str, path: str, content: bytes) -> Person:
        """Return the author of the entry that gave the job this version of a file; ours where there is none."""
        version = self._ledger.blob_id(content)

        def has_it(entry: Commit) -> bool:
            return self._ledger.files(entry.id, path).get(path) == version

        latest_first = reversed(self._ledger.history(job))
        having = list(takewhile(has_it, dropwhile(lambda entry: not has_it(entry), latest_first)))
        return having[-1].author if having else MACHINE
