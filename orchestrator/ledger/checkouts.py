"""Worktrees in which a job's branch is checked out: a clean one follows the branch, a dirty one makes the job wait.

Nothing else of a user's checkout is ever written. A file is overwritten only when it holds, byte for byte, what an
entry of the job gave it. The index is made beside the user's and put in its place by one rename, under git's own
`index.lock`; ours says whose it is, so that one left by a killed process can be told from a user's.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.errors import Busy, LedgerError
from orchestrator.ledger.objects import TreeEntry
from orchestrator.ledger.process import Git
from orchestrator.ledger.repository import Repository, head_ref
from orchestrator.ledger.trees import Objects, differences
from orchestrator.ledger.values import Edit, Kind

_SIGN = "orchestrator"
_LONGEST_SIGN = 256
_PRIVATE_INDEX = "orchestrator-index"
# The file in which git notes an operation that a person has begun on a branch, and what we call it.
_OPERATIONS = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "BISECT_LOG": "a bisect",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
}


@dataclass(frozen=True, slots=True)
class Checkout:
    """A worktree: where its files are, where its own git directory is."""

    path: Path
    git_dir: Path

    @property
    def ref(self) -> str | None:
        """Return the ref that is checked out, None when detached."""
        return head_ref(self.git_dir)

    @property
    def lock(self) -> Path:
        """Return where git's lock of the index stands."""
        return self.git_dir / "index.lock"

    def operation(self) -> str | None:
        """Return what a person is in the middle of, in words, or None."""
        return next((name for file, name in _OPERATIONS.items() if (self.git_dir / file).exists()), None)

    def rebased_ref(self) -> str | None:
        """Return the ref that a rebase in this worktree is about to move."""
        for folder in ("rebase-merge", "rebase-apply"):
            with suppress(OSError):
                return (self.git_dir / folder / "head-name").read_text("utf-8", "replace").strip()
        return None


@dataclass(frozen=True, slots=True)
class _Changed:
    """A tracked path that is not as the branch's tip has it: the ids in the index and in the worktree."""

    path: str
    index: str | None
    worktree: str | None


def checkouts(repository: Repository) -> tuple[Checkout, ...]:
    """Return the worktrees of a repository, the main one first. One whose folder is gone is left out."""
    found = [Checkout(repository.root, repository.common_dir)] if repository.root else []
    folders = repository.common_dir / "worktrees"
    for git_dir in sorted(folders.iterdir()) if folders.is_dir() else []:
        with suppress(OSError):
            text = (git_dir / "gitdir").read_text("utf-8", "surrogateescape").strip()
            found.append(Checkout((git_dir / text).resolve().parent, git_dir))
    return tuple(checkout for checkout in found if checkout.path.is_dir())


def at(repository: Repository, ref: str) -> tuple[Checkout, ...]:
    """Return the worktrees that are on `ref`, or in the middle of a rebase of it."""
    return tuple(each for each in checkouts(repository) if ref in {each.ref, each.rebased_ref()})


@dataclass(frozen=True, slots=True)
class Follower:
    """What is needed to bring worktrees along with a branch."""

    repository: Repository
    objects: Objects

    @contextmanager
    def held(self, ref: str, tip: str, new: str, earlier: Callable[[], Iterable[str]]) -> Iterator[None]:
        """Hold the worktrees on `ref` still while the caller moves it from `tip` to `new`, then bring them along.

        A fast-forward that was cut short, from one of the commits `earlier`, is finished first. Raises Busy before
        anything is written when a person is at work there.
        """
        here = at(self.repository, ref)
        with ExitStack() as stack:
            for checkout in here:
                began = stack.enter_context(_index_lock(checkout, tip, new))
                self._settle(checkout, tip, began, earlier)
                self._refuse_collisions(checkout, tip, new)
            yield
            for checkout in here:
                # The entry stands already; a worktree that could not follow is brought along the next time.
                with suppress(LedgerError, OSError):
                    self._read_tree(checkout, "-m", "-u", tip, new)

    def edit(self, ref: str, tip: str, earlier: Callable[[], Iterable[str]]) -> Edit | None:
        """Return where a person is at work on `ref`, None where nobody is. Writes nothing, and takes no lock."""
        for checkout in at(self.repository, ref):
            try:
                self._look(checkout, tip, earlier)
            except Busy as busy:
                return Edit(str(checkout.path), busy.message)
        return None

    def _look(self, checkout: Checkout, tip: str, earlier: Callable[[], Iterable[str]]) -> None:
        began = None
        with suppress(FileNotFoundError):
            sign = _sign(checkout.lock)
            if sign is None:
                raise _at_work(checkout)
            if is_alive(sign.pid):
                return  # one of us brings it along just now, having found nobody there
            began = sign.old if sign.new == tip else None
        self._is_behind(checkout, tip, began, earlier)

    def _settle(self, checkout: Checkout, tip: str, began: str | None, earlier: Callable[[], Iterable[str]]) -> None:
        if self._is_behind(checkout, tip, began, earlier):
            self._read_tree(checkout, "--reset", "-u", tip)

    def _is_behind(self, checkout: Checkout, tip: str, began: str | None, earlier: Callable[[], Iterable[str]]) -> bool:
        """Say whether a fast-forward of this worktree was cut short. Raises Busy where a person is at work there."""
        if operation := checkout.operation():
            raise _being_edited(checkout, f"{operation} is under way there")
        changed = self._changed(checkout)
        if not changed:
            return False
        was_ours = began is not None and self._is_cut_short(checkout, changed, began, tip, may_be_half=True)
        if not was_ours and not any(self._is_cut_short(checkout, changed, old, tip) for old in earlier()):
            raise _being_edited(checkout, f"{changed[0].path} is changed and not committed")
        return True

    def _is_cut_short(
        self, checkout: Checkout, changed: Sequence[_Changed], old: str, tip: str, *, may_be_half: bool = False
    ) -> bool:
        """Say whether a move of this worktree from `old` to `tip` began and did not end.

        The index is replaced in one stroke, so it is `old`'s, whole; each file is as one of the two has it, or, where
        our own sign says that we were killed at it, written in part.
        """
        if not self.objects.has(old):
            return False
        trees = (self.objects.commit(commit).tree for commit in (old, tip))
        between = {path: (_id(before), _id(after)) for path, before, after in differences(self.objects, *trees)}
        if {each.path: each.index for each in changed} != {path: ids[0] for path, ids in between.items()}:
            return False
        return all(
            each.worktree in between[each.path]
            or (may_be_half and self._is_half_written(checkout.path / each.path, between[each.path][1]))
            for each in changed
        )

    def _is_half_written(self, path: Path, wanted: str | None) -> bool:
        if wanted is None or path.is_symlink():
            return False
        return not path.exists() or self.objects.blob(wanted).startswith(path.read_bytes())

    def _changed(self, checkout: Checkout) -> list[_Changed]:
        git = self._git(checkout)
        out = git.run("status", "--porcelain=v2", "-z", "--untracked-files=no", "--no-renames", "--ignore-submodules")
        lines = os.fsdecode(out).split("\0")[:-1]
        return [self._change(checkout, line) for line in lines if not line.startswith("#")]

    def _change(self, checkout: Checkout, line: str) -> _Changed:
        if line.startswith("u "):
            raise _being_edited(checkout, "there are conflicts to resolve there")
        fields = line.split(" ", 8)
        index = None if set(fields[7]) == {"0"} else fields[7]
        return _Changed(fields[8], index, self._on_disk(checkout.path / fields[8]))

    def _on_disk(self, path: Path) -> str | None:
        if not os.path.lexists(path):
            return None
        if path.is_symlink() or not path.is_file():
            return "something else"
        return self.repository.format.id_of(Kind.BLOB, path.read_bytes())

    def _refuse_collisions(self, checkout: Checkout, tip: str, new: str) -> None:
        trees = (self.objects.commit(commit).tree for commit in (tip, new))
        for path, before, after in differences(self.objects, *trees):
            if before is None and after is not None and _is_taken(checkout.path, path):
                raise _being_edited(checkout, f"{path} stands there and is not in git yet")

    def _read_tree(self, checkout: Checkout, *args: str) -> None:
        for leftover in checkout.git_dir.glob(f"{_PRIVATE_INDEX}*"):
            leftover.unlink(missing_ok=True)
        private = checkout.git_dir / f"{_PRIVATE_INDEX}-{os.getpid()}"
        index = checkout.git_dir / "index"
        git = replace(self._git(checkout), more={"GIT_INDEX_FILE": str(private)})
        try:
            if index.exists():
                shutil.copyfile(index, private)
            # Its exit status only says that something needs an update.
            git.attempt("update-index", "-q", "--refresh")
            git.run("read-tree", *args)
            private.replace(index)
        finally:
            private.unlink(missing_ok=True)

    def _git(self, checkout: Checkout) -> Git:
        return replace(self.repository.git, folder=checkout.path)


@contextmanager
def _index_lock(checkout: Checkout, old: str, new: str) -> Iterator[str | None]:
    """Hold git's lock of the index. Yields the commit that a killed process of ours was moving the worktree from."""
    began = _drop_leftover(checkout.lock, old)
    signed = checkout.git_dir / f"{_PRIVATE_INDEX}-lock-{os.getpid()}"
    signed.write_text(f"{_SIGN} {os.getpid()} {old} {new}\n", "ascii")
    try:
        # A link appears whole or not at all: a lock of ours is never found without our sign.
        os.link(signed, checkout.lock)
    except FileExistsError as error:
        raise _at_work(checkout) from error
    finally:
        signed.unlink()
    try:
        yield began
    finally:
        checkout.lock.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Sign:
    """What a lock of ours says: whose it is, and between which commits the worktree was being moved."""

    pid: int
    old: str
    new: str


def _sign(lock: Path) -> _Sign | None:
    """Return what a lock of the index says, None where it is not ours. Raises FileNotFoundError where there is none."""
    words = lock.read_bytes()[:_LONGEST_SIGN].decode("ascii", "replace").split()
    if len(words) != 4 or words[0] != _SIGN or not words[1].isdigit():
        return None
    return _Sign(int(words[1]), words[2], words[3])


def _drop_leftover(lock: Path, tip: str) -> str | None:
    """Take away a lock of ours whose process is dead; return whence it was moving, if that move was to `tip`."""
    try:
        sign = _sign(lock)
    except FileNotFoundError:
        return None
    if sign is None or is_alive(sign.pid):
        return None
    lock.unlink(missing_ok=True)
    return sign.old if sign.new == tip else None


def _id(entry: TreeEntry | None) -> str | None:
    return entry.id if entry else None


def is_alive(pid: int) -> bool:
    """Say whether a process of that id runs on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_taken(top: Path, path: str) -> bool:
    parents = list(Path(path).parents)[:-1]
    if any(os.path.lexists(top / parent) and not (top / parent).is_dir() for parent in parents):
        return True
    return os.path.lexists(top / path)


def _at_work(checkout: Checkout) -> Busy:
    return _being_edited(checkout, "a git command is running there (index.lock)")


def _being_edited(checkout: Checkout, why: str) -> Busy:
    return Busy(f"being edited in {checkout.path}: {why}", hint="commit or undo it there, then run the same again")
