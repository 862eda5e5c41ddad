"""Another repository, opened to be read: a range of its history as values. Nothing here writes, fetches or moves a ref.

Its configuration and content are the word of strangers. So git is asked by plumbing that runs no program of theirs
(`rev-parse`, `rev-list`, `for-each-ref`, `cat-file`), transports are forbidden, since a partial clone would fetch what
it lacks, and what a person or the repository names is resolved to whole ids before anything else is asked.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from orchestrator.errors import LedgerError, UsageError, WorkspaceError
from orchestrator.ledger.children import ObjectReader
from orchestrator.ledger.foreign_commit import ForeignCommit, Moment, decode_foreign, text_of
from orchestrator.ledger.foreign_people import KnownPeople
from orchestrator.ledger.foreign_ranges import LONGEST_NAME, NO_REPOSITORY, Range, Ranges, lines_of
from orchestrator.ledger.foreign_releases import called, declared, tagged
from orchestrator.ledger.foreign_trees import ForeignTrees, Touched
from orchestrator.ledger.mailmap import Mailmap
from orchestrator.ledger.repository import Repository, find
from orchestrator.ledger.trees import COMMIT_LIMIT
from orchestrator.ledger.values import Clock
from orchestrator.model.names import shown

_BATCH = 16 * 1024 * 1024
"""Bytes of commits that are read at once."""
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://.*|[^/\s]+@[^/\s]+:.*", re.IGNORECASE | re.DOTALL)
_WALK = ("--topo-order", "--reverse", "--parents")
_SEALED: Mapping[str, str] = {
    "GIT_ALLOW_PROTOCOL": "none",
    # Both may say other parents than the commits themselves do; the graft file is one that is not there.
    "GIT_GRAFT_FILE": "/dev/null/none",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.commitGraph",
    "GIT_CONFIG_VALUE_0": "false",
}


@dataclass(frozen=True, slots=True)
class Landed:
    """A commit of a range, what it touched, and the case-folded addresses of those who are new with it.

    Known, and so not new, is whose address an earlier commit has, and whose name a commit before the range has.
    """

    commit: ForeignCommit
    touched: Touched
    new_people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """A range that is read while one goes through `landed`: parents before children.

    `since` and `until` are when its ends were released: when they were tagged, else committed. An author's date may be
    weeks older. Unix time; zones in minutes east of UTC.
    """

    repository: str
    range: Range
    since: int | None
    since_zone: int
    until: int
    until_zone: int
    count: int
    people_before: int
    """How many addresses the commits have that `first` reaches."""
    landed: Iterator[Landed]


class ForeignRepository:
    """A repository that one reads and leaves as it is. Every method raises LedgerError where it is broken."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._git = replace(repository.git, more={**repository.git.more, **_SEALED})

    @classmethod
    def open(cls, said: str, *, here: Path, environ: Mapping[str, str], clock: Clock) -> "ForeignRepository":
        """Return the repository that the folder `said` is in, relative to `here`.

        Raises UsageError where there is no such folder, WorkspaceError where git cannot open it.
        """
        folder = here / _expanded(said, environ)
        if not os.path.isdir(folder):
            if _ADDRESS.fullmatch(said):
                raise UsageError(f"{shown(said)} is an address", hint="git clone it, and name the folder")
            raise UsageError(f"there is no folder {shown(said)}", hint=NO_REPOSITORY)
        if not os.access(folder, os.R_OK | os.X_OK):
            raise UsageError(f"the folder {shown(said)} may not be read", hint=f"ls -ld {folder}")
        try:
            return cls(find(Path(os.path.normpath(folder)), environ=environ, clock=clock))
        except WorkspaceError as exc:
            is_none = "not in a git repository" in exc.message
            raise WorkspaceError(exc.message, hint=NO_REPOSITORY if is_none else exc.hint) from exc

    @property
    def name(self) -> str:
        """Return what the repository is called: the last part of the origin's address, else the folder's name."""
        return called(self._remote, (), self._folder)

    @property
    def _remote(self) -> str:
        """The last part of the origin's address."""
        return _last_part(self._repository.config.get("remote.origin.url") or "")

    @property
    def _folder(self) -> str:
        return _without_git((self._repository.root or self._repository.common_dir).name)

    def resolve(self, said: str) -> Range:
        """Return the range that a person means, in whole ids. Raises UsageError: see `Ranges.resolve`."""
        with self._explained():
            return Ranges(self._git, self._repository.format, self.name).resolve(said)

    def history(self, asked: Range) -> History:
        """Return the commits of a range.

        Raises WorkspaceError where the clone is cut off, so that who is new cannot be told, or lacks what is asked.
        """
        with self._explained():
            # Id → parents.
            listed = dict(line.partition(" ")[::2] for line in self._ids(asked.last, asked.first, *_WALK))
            earlier = self._ids(asked.first, None) if asked.first else []
            self._refuse_shallow({*listed, *earlier})
            with closing(ObjectReader(self._git)) as reader:
                tree = next(self._commits([asked.last], Mailmap())).tree
                trees = ForeignTrees(reader, self._repository.format)
                mailmap = Mailmap.parse(text_of(trees.file(tree, b".mailmap") or b""))
                name = called(self._remote, declared(partial(trees.file, tree)), self._folder)
            ends = {commit.id: commit.committed for commit in self._commits(_ends(asked), mailmap)}
            since = self._released(asked.first_name, ends[asked.first]) if asked.first else None
            until = self._released(asked.last_name, ends[asked.last])
            known = KnownPeople.of(self._commits(earlier, mailmap))
            people_before = len(known.addresses)
            if known.names:
                known.recognise(self._commits(list(listed), mailmap))
        return History(
            repository=name,
            range=asked,
            since=since.date if since else None,
            since_zone=since.zone if since else 0,
            until=until.date,
            until_zone=until.zone,
            count=len(listed),
            people_before=people_before,
            landed=self._landed(listed, mailmap, known),
        )

    def _landed(self, listed: Mapping[str, str], mailmap: Mailmap, known: KnownPeople) -> Iterator[Landed]:
        """Yield the commits of id → parents."""
        with self._explained(), closing(ObjectReader(self._git)) as reader:
            outside = {parents.split()[0] for parents in listed.values() if parents} - listed.keys()
            roots = {commit.id: commit.tree for commit in self._commits(sorted(outside), mailmap)}
            trees = ForeignTrees(reader, self._repository.format)
            for commit in self._commits(list(listed), mailmap):
                roots[commit.id] = commit.tree
                before = roots[commit.parents[0]] if commit.parents else None
                yield Landed(commit, trees.touched(before, commit.tree), known.meet(commit))

    def _released(self, tag: str | None, committed: Moment) -> Moment:
        return (tagged(self._git, tag) if tag else None) or committed

    def _commits(self, ids: Sequence[str], mailmap: Mailmap) -> Iterator[ForeignCommit]:
        for sizes in self._batches(ids):
            asked = "".join(f"{oid}\n" for oid in sizes).encode()
            out = self._git.run("cat-file", "--batch", "--buffer", stdin=asked)
            place = 0
            for oid, size in sizes.items():
                start = out.index(b"\n", place) + 1
                yield decode_foreign(oid, out[start : start + size], mailmap)
                place = start + size + 1

    def _batches(self, ids: Sequence[str]) -> Iterator[dict[str, int]]:
        """Yield id → size of as many commits as are read at once."""
        asked = "".join(f"{oid}\n" for oid in ids).encode()
        batch: dict[str, int] = {}
        total = 0
        for line in lines_of(self._git.run("cat-file", "--batch-check", "--buffer", stdin=asked)):
            oid, size = _commit_size(line)
            batch[oid], total = size, total + size
            if total > _BATCH:
                yield batch
                batch, total = {}, 0
        if batch:
            yield batch

    def _ids(self, last: str, first: str | None, *options: str) -> list[str]:
        return lines_of(self._git.run("rev-list", *options, last, *([f"^{first}"] if first else [])))

    def _refuse_shallow(self, ids: set[str]) -> None:
        if not ids.isdisjoint(self._repository.shallow()):
            raise WorkspaceError(
                f"the history of {self.name} is cut off: it is a shallow clone",
                hint=f"git -C {self._repository.directory} fetch --unshallow",
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say of a partial clone that it is one, where something is missing."""
        try:
            yield
        except LedgerError as exc:
            config = self._repository.config.values
            if not any(key == "extensions.partialclone" or key.endswith(".promisor") for key in config):
                raise
            raise WorkspaceError(
                f"{self.name} is a partial clone and lacks a part of its history: {exc.message}",
                hint=f"git -C {self._repository.directory} fetch --refetch --no-filter",
            ) from exc


def _expanded(said: str, environ: Mapping[str, str]) -> str:
    """Return a folder with `~` written out, which a shell leaves alone behind `repo=`."""
    home = environ.get("HOME")
    return f"{home}{said[1:]}" if home and (said == "~" or said.startswith("~/")) else said


def _last_part(address: str) -> str:
    """Return the last part of an address's path, never its host or what a person's key may stand in."""
    found = re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/]*(?P<path>/.*)?|[^/]*?:(?P<short>.*)|(?P<folder>.*)", address)
    path = "".join(filter(None, found.groups())) if found else ""
    return _without_git(re.split(r"[?#]", path)[0].rstrip("/").rpartition("/")[2])


def _without_git(name: str) -> str:
    kept = "".join(letter for letter in name.removesuffix(".git") if letter.isprintable())
    return kept.strip()[:LONGEST_NAME]


def _ends(asked: Range) -> list[str]:
    return [asked.last, *([asked.first] if asked.first else [])]


def _commit_size(line: str) -> tuple[str, int]:
    """Return id and bytes of a commit in a line of `cat-file --batch-check`. Raises LedgerError where it is none."""
    words = line.split()
    if words[1:2] != ["commit"]:
        raise LedgerError(f"commit {words[0]} is missing", hint="run `git fsck`")
    if int(words[2]) > COMMIT_LIMIT:
        hint = "choose a range without it"
        raise LedgerError(f"commit {words[0]} has more than {COMMIT_LIMIT:,} bytes", hint=hint)
    return words[0], int(words[2])
