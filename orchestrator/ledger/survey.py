"""The refs of all jobs at once, and many commits at once: two processes of git, however many jobs there are."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from orchestrator.ledger.objects import decode_commit
from orchestrator.ledger.process import Git
from orchestrator.ledger.refs import (
    APPROVED,
    ARCHIVE,
    CLAIMS,
    INTENTS,
    JOBS,
    LOST,
    PUBLISHED,
    REVIEWS,
    TIPS,
)
from orchestrator.ledger.remote import tracking
from orchestrator.ledger.repository import Repository
from orchestrator.ledger.values import Commit, Kind
from orchestrator.model.names import job_id_fault

_THERE = "remote:"
_NAMESPACES = (JOBS, TIPS, REVIEWS, APPROVED, CLAIMS, ARCHIVE, LOST, INTENTS, PUBLISHED)


@dataclass(slots=True)
class JobRefs:
    """All that refs tell of a job. `refs`: namespace (`refs/heads/job/`) → what follows the job's id → id."""

    refs: dict[str, dict[str, str]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    @property
    def is_here(self) -> bool:
        """Say whether the job is one of this repository's own, and not known from a remote alone."""
        return JOBS in self.refs or TIPS in self.refs

    def below(self, namespace: str) -> Mapping[str, str]:
        """Return the namespace's refs of the job: here, or of a job that is not, at the remote."""
        return self.refs.get(namespace if self.is_here else f"{_THERE}{namespace}", {})

    def at(self, namespace: str) -> str | None:
        """Return where the namespace's one ref of the job is."""
        return self.below(namespace).get("")

    @property
    def tip(self) -> str | None:
        """Return where the job's branch is."""
        return self.at(JOBS)

    @property
    def recorded_tip(self) -> str | None:
        """Return the job's latest entry, as recorded beside its branch."""
        return self.at(TIPS)

    @property
    def approved(self) -> str | None:
        """Return where `approved/<id>` is."""
        return self.at(APPROVED)

    @property
    def reviews(self) -> tuple[str, ...]:
        """Return the steps whose review branch exists, sorted."""
        return tuple(sorted(self.below(REVIEWS)))

    @property
    def is_plain(self) -> bool:
        """Say whether the job stands at its last entry, and nothing of it is claimed, intended, archived or lost."""
        return self.tip == self.recorded_tip and self.is_quiet and self.refs.keys().isdisjoint({ARCHIVE, LOST})

    @property
    def is_quiet(self) -> bool:
        """Say whether nothing of the job is claimed or intended: nobody is at work on it."""
        return self.refs.keys().isdisjoint({CLAIMS, INTENTS})

    @property
    def receipts(self) -> Mapping[str, str]:
        """Return the latest receipts, `step/target` → commit: what the remote knows to have gone out has gone out."""
        return {**self.refs.get(f"{_THERE}{PUBLISHED}", {}), **self.refs.get(PUBLISHED, {})}

    @property
    def fingerprint(self) -> str:
        """Return a digest of all the refs."""
        return hashlib.blake2b(os.fsencode("\n".join(self.lines)), digest_size=12).hexdigest()


def listing(repository: Repository) -> bytes:
    """Return the lines that tell of all jobs' refs, id and name, sorted: `survey` reads them."""
    spaces = dict(_spaces(repository.remote()))
    return repository.git.run("for-each-ref", "--format=%(objectname) %(refname)", "--end-of-options", *spaces)


def survey(repository: Repository, listed: bytes) -> Mapping[str, JobRefs]:
    """Return job → its refs, here and as fetched from the remote, by id. A job that only a remote has is there too."""
    spaces = dict(_spaces(repository.remote()))
    prefixes = "|".join(map(re.escape, spaces))
    lines = re.compile(rf"^(([0-9a-f]+) ({prefixes})([^/\n]+)(?:/(.+))?)$", re.MULTILINE)
    found: dict[str, JobRefs] = {}
    for line, oid, prefix, job, rest in lines.findall(os.fsdecode(listed)):
        refs = found.setdefault(job, JobRefs())
        refs.lines.append(line)
        refs.refs.setdefault(spaces[prefix], {})[rest] = oid
    return {job: refs for job, refs in sorted(found.items()) if job_id_fault(job) is None}


def _spaces(remote: str | None) -> Iterator[tuple[str, str]]:
    """Yield where the refs of a namespace are, and under which name they are told."""
    for space in _NAMESPACES:
        yield space, space
    if remote is not None:
        for space in (JOBS, TIPS, REVIEWS, APPROVED, PUBLISHED):
            yield tracking(remote, space), f"{_THERE}{space}"


def read_commits(git: Git, oids: Iterable[str]) -> Mapping[str, Commit]:
    """Return id → commit, for those that are there and are commits. The ids are whole ones."""
    asked = "".join(f"{oid}\n" for oid in oids).encode("ascii")
    out = git.run("cat-file", "--batch", "--buffer", stdin=asked) if asked else b""
    return {oid: decode_commit(oid, body) for oid, kind, body in _objects(out) if kind == Kind.COMMIT}


def _objects(out: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Yield id, kind and body of what `git cat-file --batch` printed; what is missing is left out."""
    place = 0
    while (end := out.find(b"\n", place)) >= 0:
        words = out[place:end].decode("ascii", "replace").split(" ")
        place = end + 1
        if len(words) == 3:
            size = int(words[2])
            yield words[0], words[1], out[place : place + size]
            place += size + 1
