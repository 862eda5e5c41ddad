"""The ledger: a job's branch and refs, read and moved. Nothing here knows what a step, a gate or an approval is."""

import os
import threading
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Lock
from types import TracebackType

from orchestrator.errors import Busy, LedgerError, LostRace, RefusedError
from orchestrator.ledger import history
from orchestrator.ledger.checkouts import Follower, at
from orchestrator.ledger.children import ObjectReader, RefMover
from orchestrator.ledger.doctor import examine
from orchestrator.ledger.effects import RECEIPT_FILE, EffectRefs, intent_files
from orchestrator.ledger.locks import is_held, job_lock, till
from orchestrator.ledger.loose import ObjectWriter
from orchestrator.ledger.objects import REGULAR, TreeEntry, encode_commit
from orchestrator.ledger.refs import (
    APPROVED,
    ARCHIVE,
    CLAIMS,
    EFFECTS,
    HEADS,
    INTENTS,
    JOBS,
    LOST,
    OURS,
    PUBLISHED,
    REVIEWS,
    TIPS,
)
from orchestrator.ledger.repository import TRACKED, Repository, find, refspec
from orchestrator.ledger.survey import JobRefs, listing, read_commits, survey
from orchestrator.ledger.trees import Change, Objects, change_tree, differences
from orchestrator.ledger.values import (
    Base,
    ClaimRecord,
    Clock,
    Commit,
    Edit,
    EffectRecord,
    Kind,
    NewCommit,
    Person,
    RefUpdate,
    Remark,
)
from orchestrator.model.names import AGENT_DOMAIN, ORCHESTRATOR, job_id_fault, step_name_fault

MACHINE = Person(ORCHESTRATOR, f"{ORCHESTRATOR}@{AGENT_DOMAIN}")
# How far back a fast-forward that was cut short is looked for.
_EARLIER = 64


class Ledger:
    """The jobs of one repository. Paths are relative to the workspace, `/` separates; ids are hexadecimal.

    Several threads may use it at once, each with jobs of its own: who moves a job holds that job's lock.

    Every method raises LedgerError when the repository is not as it must be; those that move refs raise LostRace,
    and then nothing was moved.
    """

    def __init__(self, repository: Repository, clock: Clock) -> None:
        self._repository = repository
        self._git = repository.git
        self._refs = repository.refs
        self._clock = clock
        self._reader = ObjectReader(repository.git)
        self._writer = ObjectWriter(
            repository.git, repository.format, repository.common_dir, is_shared=repository.is_shared
        )
        self._mover = RefMover(repository.git, repository.format, repository.refs)
        self._objects = Objects(self._reader, repository.format, repository.shallow())
        self._common = Lock()

    @classmethod
    def open(cls, directory: str | Path, *, environ: Mapping[str, str], clock: Clock) -> "Ledger":
        """Return the ledger of the repository that `directory` is in.

        Raises WorkspaceError: no repository, no commits yet, git missing or too old.
        """
        repository = find(Path(directory).absolute(), environ=environ, clock=clock)
        repository.base()
        return cls(repository, clock)

    def close(self) -> None:
        """End the processes that read objects and move refs."""
        self._reader.close()
        self._mover.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- where and who -----------------------------------------------------------------------------------------------

    @property
    def root(self) -> Path | None:
        """The main worktree, None for a bare repository."""
        return self._repository.root

    @property
    def common_dir(self) -> Path:
        """The git directory that all worktrees share."""
        return self._repository.common_dir

    @property
    def directory(self) -> Path:
        """Where one stands."""
        return self._repository.directory

    def now(self) -> int:
        """Return the time that commits get: Unix time, SOURCE_DATE_EPOCH where it is set."""
        return self._git.clock()

    def person(self) -> Person:
        """Return the user, from git's configuration. Raises WorkspaceError when it says no name or e-mail."""
        return self._repository.person()

    def base(self) -> Base:
        """Return the branch that grants trust, where it is now. Raises WorkspaceError when there is none."""
        return self._repository.base()

    def current_job(self) -> str | None:
        """Return the job of the branch, else of the folder, that one stands in."""
        return self._job_of_branch() or self._job_of_folder()

    def _job_of_branch(self) -> str | None:
        head = self._repository.head() or ""
        for prefix in (JOBS, APPROVED, REVIEWS):
            job = head.removeprefix(prefix).split("/")[0]
            if head.startswith(prefix) and job_id_fault(job) is None:
                return job
        return None

    def _job_of_folder(self) -> str | None:
        top, here = self._repository.top, self.directory.resolve()
        if top is None or not here.is_relative_to(top):
            return None
        parts = here.relative_to(top).parts
        job = parts[1] if len(parts) > 1 and parts[0] == "jobs" else None
        return job if job and job_id_fault(job) is None else None

    # --- refs --------------------------------------------------------------------------------------------------------

    def ref(self, name: str) -> str | None:
        """Return the id that a ref (its whole name) is at, None when it does not exist."""
        return self._refs.read(name)

    def below(self, prefix: str) -> tuple[str, ...]:
        """Return the whole names of the refs that begin with `prefix` (it ends in a slash), sorted."""
        return self._refs.below(prefix)

    def jobs(self) -> tuple[str, ...]:
        """Return the ids of all jobs, sorted: those with a branch, and those whose branch was deleted."""
        prefixes = [JOBS, TIPS, self._tracked(JOBS), self._tracked(TIPS)]
        names = {ref.removeprefix(prefix) for prefix in prefixes if prefix for ref in self._refs.below(prefix)}
        return tuple(sorted(name for name in names if job_id_fault(name) is None))

    def tip(self, job: str) -> str | None:
        """Return the commit that the job's branch is at, None when there is no branch."""
        return self._of(job, f"{JOBS}{_job(job)}")

    def recorded_tip(self, job: str) -> str | None:
        """Return the job's latest entry, as recorded beside its branch."""
        return self._of(job, f"{TIPS}{_job(job)}")

    def review_tip(self, job: str, step: str) -> str | None:
        """Return where a step's proposal is, None when it has none."""
        return self._of(job, review_ref(job, step))

    def open_reviews(self, job: str) -> frozenset[str]:
        """Return the steps whose review branch exists."""
        own = f"{REVIEWS}{_job(job)}/"
        prefix = own if self.is_here(job) else self._tracked(own) or own
        names = (ref.removeprefix(prefix) for ref in self._refs.below(prefix))
        return frozenset(name for name in names if step_name_fault(name) is None)

    def approved_tip(self, job: str) -> str | None:
        """Return where `approved/<id>` is, None when it does not exist."""
        return self._of(job, approved_ref(job))

    def is_here(self, job: str) -> bool:
        """Say whether the job is one of this repository's own, and not known from a remote alone."""
        return bool(self.ref(f"{JOBS}{_job(job)}") or self.ref(f"{TIPS}{job}"))

    def _of(self, job: str, ref: str) -> str | None:
        """Return where a ref of the job is: here, or in a clone that has not moved the job yet, at the remote."""
        found = self.ref(ref)
        tracked = None if found or self.is_here(job) else self._tracked(ref)
        return self.ref(tracked) if tracked else found

    def _tracked(self, ref: str) -> str | None:
        """Return the name under which a fetch keeps the remote's copy of a ref; None without a remote."""
        remote = self._repository.remote()
        if remote is None:
            return None
        if ref.startswith(HEADS):
            return f"refs/remotes/{remote}/{ref.removeprefix(HEADS)}"
        return f"{TRACKED}{remote}/{ref.removeprefix(OURS)}"

    def _here_or_tracked(self, ref: str) -> str | None:
        """Return where a ref of an effect is: what the remote knows to have happened has happened."""
        tracked = self._tracked(ref)
        return self.ref(ref) or (self.ref(tracked) if tracked else None)

    def take_in(self, job: str) -> None:
        """Make a job that is known from a remote one of this repository's own: its branch, its proposals, its tip.

        The receipts of its effects are fetched first, so that a clone publishes nothing again. Raises LedgerError where
        the remote cannot be reached.
        """
        tip = self.tip(job)
        if tip is None or self.is_here(job):
            return
        self._fetch_receipts()
        names = [approved_ref(job), *(review_ref(job, step) for step in sorted(self.open_reviews(job)))]
        proposals = {ref: self._of(job, ref) for ref in names}
        moves = [RefUpdate(ref, oid, None) for ref, oid in proposals.items() if oid]
        self.move([RefUpdate(f"{JOBS}{job}", tip, None), RefUpdate(f"{TIPS}{job}", tip, None), *moves])

    def _fetch_receipts(self) -> None:
        self.init_refspecs()
        remote = self._repository.remote() or ""
        with self._common:  # two fetches at once would get in each other's way
            ran = self._git.as_user("fetch", "--quiet", "--no-tags", "--", remote, refspec(remote))
        if ran.status:
            raise LedgerError(
                f"{remote} cannot be asked what the job has published: {ran.error}", hint=f"git fetch {remote}"
            )

    def move(self, updates: Sequence[RefUpdate]) -> None:
        """Move all of `updates`, or none; clean worktrees on a branch that moves follow.

        Raises LostRace when a ref was elsewhere; Busy, before anything moves, when somebody edits such a branch.
        """
        with self._held(None, updates):
            self._mover.move(updates)

    def refuse_if_edited(self, job: str) -> None:
        """Raise Busy where somebody edits the job's branch in a worktree: before an agent is asked, not after."""
        tip = self.tip(job)
        if tip is not None:
            follower = Follower(self._repository, self._objects)
            with follower.held(f"{JOBS}{job}", tip, tip, partial(self._earlier, job, tip)):
                pass

    def edit_of(self, job: str) -> Edit | None:
        """Return where somebody edits the job's branch, so that an advance would be refused; None where nobody does.

        Writes nothing; git is asked only where the branch is checked out.
        """
        tip = self.tip(job)
        if tip is None:
            return None
        ref = f"{JOBS}{_job(job)}"
        found = Follower(self._repository, self._objects).edit(ref, tip, partial(self._earlier, job, tip))
        # What looked like an edit was an entry that came meanwhile.
        return found if self.tip(job) == tip else None

    def merge_base(self, one: str, other: str) -> str | None:
        """Return a best common ancestor, None where there is none."""
        ran = self._git.attempt("merge-base", self.commit(one).id, self.commit(other).id)
        return ran.out.decode("ascii").strip() or None

    def listing(self) -> bytes:
        """Return the lines that tell of all jobs' refs: as long as they are the same, no ref of a job has moved."""
        return listing(self._repository)

    def survey(self, listed: bytes | None = None) -> Mapping[str, JobRefs]:
        """Return job → all that refs tell of it, by id, however many jobs there are. `listed`: by that listing."""
        return survey(self._repository, self.listing() if listed is None else listed)

    # --- content -----------------------------------------------------------------------------------------------------

    def blob(self, oid: str) -> bytes:
        """Return a file's bytes."""
        return self._objects.blob(oid)

    def size(self, oid: str) -> int:
        """Return a file's size in bytes, without reading it."""
        return self._objects.size(oid)

    def blob_id(self, content: bytes) -> str:
        """Return the id that `content` has, or would have. Writes nothing."""
        return self._repository.format.id_of(Kind.BLOB, content)

    def commit(self, oid: str) -> Commit:
        """Return a commit."""
        return self._objects.commit(oid)

    def commits(self, oids: Iterable[str]) -> Mapping[str, Commit]:
        """Return id → commit of many at once; what is missing, or no commit, is left out."""
        return read_commits(self._git, oids)

    def files(self, commit: str, prefix: str = "") -> Mapping[str, str]:
        """Return path → id of the regular files below `prefix`, whose names are UTF-8; see `odd_files` for others."""
        walked = self._objects.walk(self.commit(commit).tree, prefix)
        return {path: entry.id for path, entry in walked if entry.mode in REGULAR and _is_text(path)}

    def odd_files(self, commit: str, prefix: str = "") -> Mapping[str, str]:
        """Return path → mode of what `files` leaves out: links, submodules, names that are no UTF-8."""
        walked = self._objects.walk(self.commit(commit).tree, prefix)
        return {path: entry.mode for path, entry in walked if entry.mode not in REGULAR or not _is_text(path)}

    def changed(self, old: str | None, new: str) -> Mapping[str, tuple[str | None, str | None]]:
        """Return path → ids before and after, of every file that differs between two commits (None: nothing)."""
        trees = (self.commit(old).tree if old else None, self.commit(new).tree)
        found = differences(self._objects, *trees)
        return {path: (_entry_id(before), _entry_id(after)) for path, before, after in found}

    # --- history -----------------------------------------------------------------------------------------------------

    def history(self, job: str) -> tuple[Commit, ...]:
        """Return the job's ledger, oldest first, from the entry that created it. Empty when it has no branch."""
        tip = self.tip(job)
        return self.history_of(job, tip) if tip else ()

    def history_of(self, job: str, tip: str) -> tuple[Commit, ...]:
        """Return the ledger of a job as it stands at `tip`, oldest first."""
        return tuple(reversed(list(history.chain(self._objects, _job(job), tip))))

    def added(self, job: str, tip: str, known: Container[str]) -> tuple[Commit, ...]:
        """Return the commits of the job that `tip` reaches by any parent and that are not known, in no certain order.

        With a commit all must be known that it reaches.
        """
        return tuple(history.added(self._objects, _job(job), tip, known))

    def is_ancestor(self, old: str, new: str) -> bool:
        """Say whether `new` descends from `old`, or is it."""
        return history.is_ancestor(self._git, self._objects, old, new)

    def editor(self, path: str, tip: str) -> str | None:
        """Return the id of the person whose commit last touched `path`, None when only agents did."""
        return history.editor(self._objects, path, tip)

    def brought_by(
        self, job: str, approved_tip: str, path: str, blob: str, exclude: Iterable[str] = ()
    ) -> Commit | None:
        """Return the commit by which a person brought `path` with that content; None for a fast-forward.

        `exclude` are the tips whose commits are nobody's bringing: of the proposal, of the job.
        """
        return history.brought_by(
            self._git, self._objects, _job(job), tip=approved_tip, path=path, blob=blob, exclude=exclude
        )

    def between(self, tip: str, exclude: Iterable[str]) -> tuple[Commit, ...]:
        """Return the commits that `tip` reaches and none of `exclude` does, in no particular order."""
        return tuple(self.commit(oid) for oid in sorted(history.reached(self._git, tip, exclude)))

    def is_held(self, job: str) -> bool:
        """Say whether a process on this machine is advancing the job just now. It keeps none from beginning to."""
        return is_held(self.common_dir, _job(job))

    def unreached(self, job: str) -> tuple[Commit, ...]:
        """Return the machine's entries that stand on archived and lost tips and no longer in the job's history."""
        tips = (*self.archived(job), *self.lost(job))
        if not tips:
            return ()  # of most jobs: every advance asks, and need not walk the whole history for it
        seen = {commit.id for commit in self.history(job)}
        found: dict[str, Commit] = {}
        for tip in tips:
            for commit in self.history_of(job, tip):
                if commit.id not in seen and commit.is_machine:
                    found[commit.id] = commit
        return tuple(found.values())

    # --- building and appending --------------------------------------------------------------------------------------

    def commit_on(
        self,
        parent: str | None,
        changes: Mapping[str, Change],
        *,
        message: str | bytes,
        author: Person,
        committer: Person = MACHINE,
        parents_too: Sequence[str] = (),
    ) -> NewCommit:
        """Build a commit that changes some paths of `parent` (None: of nothing). Writes nothing, moves nothing.

        A change is new content, the id of content that is there, or None to take the file away.
        """
        form = self._repository.format
        built = change_tree(self._objects, self.commit(parent).tree if parent else None, changes)
        parents = (*((parent,) if parent else ()), *parents_too)
        text = message.encode("utf-8", "replace") if isinstance(message, str) else message
        body = encode_commit(built.tree, parents, author=author, committer=committer, date=self.now(), message=text)
        new = form.new(Kind.COMMIT, body)
        objects = (*built.objects, new)
        for each in objects:
            self._objects.remember(each)
        return NewCommit(new.id, built.tree, parents, objects, built.blobs)

    def write(self, *commits: NewCommit) -> None:
        """Write the objects of commits that were built, durably. No ref moves."""
        self._writer.write([new for commit in commits for new in commit.objects])

    def append(
        self,
        job: str,
        commit: NewCommit,
        *,
        old: str | None,
        also: Sequence[RefUpdate] = (),
        others: Sequence[NewCommit] = (),
    ) -> str:
        """Make `commit` the job's tip, moving its branch, its recorded tip and `also` in one transaction.

        `old` is the tip that it was built on, None for a new job; `others` are further commits that `also` names.
        A clean worktree on the branch follows. Returns the commit's id. Raises LostRace when a ref was elsewhere, and
        Busy, before anything is written, when somebody edits the branch in a worktree.
        """
        recorded = self.recorded_tip(job)
        updates = [
            RefUpdate(f"{JOBS}{_job(job)}", commit.id, old),
            RefUpdate(f"{TIPS}{job}", commit.id, recorded),
            *self._archiving(job, recorded, old),
            *also,
        ]
        if self.tip(job) != old:
            raise _lost(job)
        with self._held(job, updates):
            self.write(commit, *others)
            self._mover.move(updates)
        return commit.id

    def keep_old_tip(self, job: str) -> str | None:
        """Archive the recorded tip if the job's branch no longer descends from it; return the archive's ref.

        Does nothing when it does, and when the branch is gone: that job is cancelled.
        """
        self.take_in(job)
        tip, recorded = self.tip(job), self.recorded_tip(job)
        if tip is None or tip == recorded:
            return None
        archiving = self._archiving(job, recorded, tip)
        if recorded is None or archiving:
            self.move([RefUpdate(f"{TIPS}{job}", tip, recorded), RefUpdate(f"{JOBS}{job}", tip, tip), *archiving])
        return archiving[0].ref if archiving else None

    def rewind(self, job: str, to: str) -> str:
        """Move a job back to `to`, keeping its tip; return the ref under which it is kept.

        Raises Busy when somebody edits the branch in a worktree.
        """
        tip, recorded = self.tip(job), self.recorded_tip(job)
        if tip is None:
            raise LedgerError(f"{job} has no branch: it was cancelled", hint=f"orchestrator restore {job}")
        kept = RefUpdate(self._next(f"{ARCHIVE}{job}/"), tip, None)
        updates = [
            RefUpdate(f"{JOBS}{job}", self.commit(to).id, tip),
            RefUpdate(f"{TIPS}{job}", to, recorded),
            kept,
            *self._archiving(job, recorded, tip, skip=1),
        ]
        with self._held(job, updates):
            self._mover.move(updates)
        return kept.ref

    def keep_lost(self, job: str, commit: NewCommit, also: Sequence[RefUpdate] = ()) -> str:
        """Keep a result that lost a race, so that what it cost stays known; return its ref.

        `also` moves with it, unless that was moved by another meanwhile: the result is kept in any case.
        """
        self.write(commit)
        try:
            return self._kept(job, commit, also)
        except (LostRace, Busy):
            return self._kept(job, commit, ())

    def _kept(self, job: str, commit: NewCommit, also: Sequence[RefUpdate]) -> str:
        ref = self._next(f"{LOST}{_job(job)}/")
        self.move([RefUpdate(ref, commit.id, None), *also])
        return ref

    def archived(self, job: str) -> tuple[str, ...]:
        """Return the tips that the job was moved away from, oldest first."""
        return self._numbered(f"{ARCHIVE}{_job(job)}/")

    def lost(self, job: str) -> tuple[str, ...]:
        """Return the results that lost a race, oldest first."""
        return self._numbered(f"{LOST}{_job(job)}/")

    def left_behind(self) -> Mapping[str, tuple[str, ...]]:
        """Return job → the tips that it was moved away from, and its results that lost a race, of all jobs.

        A ref there that is none of ours, by its name or since it is at no commit, is passed over.
        """
        found: dict[str, tuple[str, ...]] = {}
        for space in (ARCHIVE, LOST):
            for ref in self._refs.below(space):
                job, _, number = ref.removeprefix(space).partition("/")
                oid = self._refs.read(ref) if job_id_fault(job) is None and _numbers("", [number]) else None
                if oid and self._objects.is_of(oid, Kind.COMMIT):
                    found[job] = (*found.get(job, ()), oid)
        return found

    def _archiving(self, job: str, recorded: str | None, tip: str | None, *, skip: int = 0) -> list[RefUpdate]:
        """Return the move that keeps the recorded tip, where `tip` does not descend from it."""
        if recorded is None or (tip is not None and self.is_ancestor(recorded, tip)):
            return []
        return [RefUpdate(self._next(f"{ARCHIVE}{job}/", skip=skip), recorded, None)]

    def _next(self, prefix: str, *, skip: int = 0) -> str:
        return f"{prefix}{max([0, *_numbers(prefix, self._refs.below(prefix))]) + 1 + skip}"

    def _numbered(self, prefix: str) -> tuple[str, ...]:
        numbers = sorted(_numbers(prefix, self._refs.below(prefix)))
        found = (self._refs.read(f"{prefix}{number}") for number in numbers)
        return tuple(oid for oid in found if oid)

    @contextmanager
    def _held(self, job: str | None, updates: Iterable[RefUpdate]) -> Iterator[None]:
        """Hold still the worktrees whose branch is about to move, and bring them along afterwards."""
        follower = Follower(self._repository, self._objects)
        with ExitStack() as stack:
            for update in updates:
                if update.ref.startswith(HEADS) and update.old and update.new and update.old != update.new:
                    earlier = partial(self._earlier, job, update.old)
                    stack.enter_context(follower.held(update.ref, update.old, update.new, earlier))
            yield

    def _earlier(self, job: str | None, tip: str) -> list[str]:
        if job is None:
            return []
        return [commit.id for commit in islice(history.chain(self._objects, job, tip), 1, _EARLIER)]

    @contextmanager
    def lock(self, job: str) -> Iterator[None]:
        """Hold the right to advance a job on this machine. Raises Busy, with the holder's process id and since when."""
        with job_lock(self.common_dir, _job(job), clock=self._clock):
            yield

    def till(self) -> AbstractContextManager[None]:
        """Hold the till of this machine: jobs that run side by side pass no limit that they share."""
        return till(self.common_dir)

    # --- effects -----------------------------------------------------------------------------------------------------

    def effect(self, key: str) -> EffectRecord | None:
        """Return what is recorded of an outside effect, None when nothing is."""
        tip = self._here_or_tracked(f"{EFFECTS}{key}")
        if tip is None:
            return None
        parents = self.commit(tip).parents
        return EffectRecord(key, parents[0] if parents else tip, tip if parents else None)

    def effect_file(self, commit: str, name: str) -> bytes | None:
        """Return `intent.yaml` or `receipt.yaml` of an intent's or receipt's commit, None when it has none."""
        entry = self._objects.entry(commit, name)
        return self.blob(entry.id) if entry else None

    def intent_of(self, job: str, step: str, target: str) -> str | None:
        """Return the commit of the target's intent that has no receipt."""
        return self.ref(f"{INTENTS}{_job(job)}/{_step(step)}/{target}")

    def published(self, job: str, step: str, target: str) -> str | None:
        """Return the commit of the target's latest receipt."""
        return self._here_or_tracked(f"{PUBLISHED}{_job(job)}/{_step(step)}/{target}")

    def record_intent(
        self, key: str, job: str, step: str, target: str, *, text: bytes, payload: Mapping[str, str]
    ) -> str:
        """Record that an effect is about to be made; return the intent's commit.

        `text` becomes `intent.yaml`, `payload` is path → id. Raises LostRace when the effect has an intent already, or
        the target another.
        """
        refs = EffectRefs(key, _job(job), _step(step), target)
        message = f"{job}: {step} intends {target}"
        new = self.commit_on(None, intent_files(text, payload), message=message, author=MACHINE)
        self.write(new)
        self.move(refs.intended(new.id))
        return new.id

    def record_receipt(self, key: str, job: str, step: str, target: str, *, text: bytes) -> str:
        """Record that an effect has happened; return the receipt's commit. One that is recorded already stays.

        Raises LedgerError when nothing was intended under that key.
        """
        refs = EffectRefs(key, _job(job), _step(step), target)
        known = self._intended(refs)
        if known.receipt:
            return known.receipt
        message = f"{job}: {step} reached {target}"
        new = self.commit_on(known.intent, {RECEIPT_FILE: text}, message=message, author=MACHINE)
        self.write(new)
        self.move(refs.received(known.intent, new.id, latest=self.ref(refs.published)))
        return new.id

    def drop_intent(self, key: str, job: str, step: str, target: str) -> None:
        """Take back the intent of an effect that is known not to have happened."""
        refs = EffectRefs(key, _job(job), _step(step), target)
        known = self._intended(refs)
        if known.receipt:
            raise RefusedError(
                f"the effect has happened: receipt {known.receipt}", hint="what has gone out is not taken back"
            )
        self.move(refs.dropped(known.intent))

    def _intended(self, refs: EffectRefs) -> EffectRecord:
        known = self.effect(refs.key)
        if known is None:
            raise LedgerError(
                f"no effect was intended under the key {refs.key}",
                hint="git fetch, should another machine hold the intent",
            )
        return known

    # --- claims ------------------------------------------------------------------------------------------------------

    def claim(self, job: str) -> ClaimRecord | None:
        """Return the claim that stands on a job, None when there is none."""
        oid = self.ref(f"{CLAIMS}{_job(job)}")
        return ClaimRecord(oid, self.blob(oid).decode("utf-8", "replace")) if oid else None

    def claims(self) -> Mapping[str, ClaimRecord]:
        """Return job → the claim that stands on it. A ref there that is no claim is passed over: no job minds it."""
        found: dict[str, ClaimRecord] = {}
        for ref in self._refs.below(CLAIMS):
            job = ref.removeprefix(CLAIMS)
            with suppress(LedgerError):
                claim = self.claim(job)
                found |= {job: claim} if claim else {}
        return found

    def take_claim(self, job: str, text: str) -> str:
        """Claim a job; return the claim's id. Raises LostRace when it is claimed already."""
        new = self._repository.format.new(Kind.BLOB, text.encode())
        self._writer.write([new])
        self.move([RefUpdate(f"{CLAIMS}{_job(job)}", new.id, None)])
        return new.id

    def drop_claim(self, job: str, oid: str) -> None:
        """Give a claim back. Raises LostRace when it is no longer the one that stands."""
        self.move([claim_drop(job, oid)])

    # --- the cache ---------------------------------------------------------------------------------------------------

    def cache(self, name: str) -> bytes | None:
        """Return a file of the cache, None where there is none that can be read."""
        try:
            return (self.common_dir / "orchestrator" / name).read_bytes()
        except OSError:
            return None

    def keep_cache(self, name: str, content: bytes) -> None:
        """Put a file into the cache, whole; where that cannot be, there is none."""
        path = self.common_dir / "orchestrator" / name
        unfinished = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(content)
            unfinished.replace(path)

    # --- the workspace around it -------------------------------------------------------------------------------------

    def worktree_of(self, branch: str) -> Path | None:
        """Return the worktree in which a branch (`job/mug`) is checked out, None when it is nowhere."""
        ref = branch if branch.startswith("refs/") else f"{HEADS}{branch}"
        return next((checkout.path for checkout in at(self._repository, ref)), None)

    def checkout(self, job: str, directory: str | Path) -> Path:
        """Make a worktree of the job's branch in `directory`; return its path. RefusedError: git will not."""
        if self.tip(job) is None:
            raise LedgerError(f"{job} has no branch", hint="orchestrator status lists the jobs")
        path = (self.directory / directory).resolve()
        ran = self._git.attempt("worktree", "add", "--quiet", "--", str(path), f"job/{job}")
        if ran.status:
            hint = "name a folder that is not there yet; `git worktree list` shows where the branch is checked out"
            raise RefusedError(f"git made no worktree: {ran.error.removeprefix('fatal: ')}", hint=hint)
        return path

    def init_refspecs(self) -> tuple[str, ...]:
        """Make every remote's fetch bring receipts and tips along; return the remotes that lacked it."""
        with self._common:
            self._repository = self._repository.read_config()
            missing = self._repository.lacking_refspec()
            for remote in missing:
                self._git.run("config", "--local", "--add", f"remote.{remote}.fetch", refspec(remote))
            return missing

    def exclude(self, pattern: str) -> None:
        """Have git ignore what matches `pattern`, in this repository alone (`info/exclude`)."""
        path = self.common_dir / "info" / "exclude"
        path.parent.mkdir(exist_ok=True)
        with self._common:
            text = path.read_text("utf-8", "surrogateescape") if path.exists() else ""
            if pattern in text.split("\n"):
                return
            gap = "\n" if text and not text.endswith("\n") else ""
            with path.open("a", encoding="utf-8", errors="surrogateescape") as file:
                file.write(f"{gap}{pattern}\n")

    def doctor(self) -> tuple[Remark, ...]:
        """Return what may trouble a user of this repository. Looks only, writes nothing."""
        return examine(self._repository.read_config(), self._objects)


def review_ref(job: str, step: str) -> str:
    """Return the name of a step's review branch."""
    return f"{REVIEWS}{_job(job)}/{_step(step)}"


def approved_ref(job: str) -> str:
    """Return the name of the branch that only people move."""
    return f"{APPROVED}{_job(job)}"


def claim_drop(job: str, oid: str) -> RefUpdate:
    """Return the move that gives a claim back, for the transaction of the entry that it was taken for."""
    return RefUpdate(f"{CLAIMS}{_job(job)}", None, oid)


def _job(job: str) -> str:
    if fault := job_id_fault(job):
        raise LedgerError(fault, hint="rename the branch that bears this name: git branch -m OLD NEW")
    return job


def _step(step: str) -> str:
    if fault := step_name_fault(step):
        raise LedgerError(fault, hint="rename the step in pipeline.yaml")
    return step


def _lost(job: str) -> LostRace:
    return LostRace(f"{job} moved meanwhile; nothing was changed", hint="run the same command again")


def _is_text(path: str) -> bool:
    return not any("\udc80" <= character <= "\udcff" for character in path)


def _entry_id(entry: TreeEntry | None) -> str | None:
    return entry.id if entry else None


def _numbers(prefix: str, refs: Iterable[str]) -> list[int]:
    tails = (ref.removeprefix(prefix) for ref in refs)
    return [int(tail) for tail in tails if tail.isdecimal() and tail.isascii()]
