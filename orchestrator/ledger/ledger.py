"""The ledger: a job's branch and refs, read and moved. Nothing here knows what a step, a gate or an approval is."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType

from orchestrator.errors import LedgerError, LostRace
from orchestrator.ledger import history
from orchestrator.ledger.cache import Cache
from orchestrator.ledger.children import ObjectReader
from orchestrator.ledger.claims import Claims
from orchestrator.ledger.doctor import examine
from orchestrator.ledger.effects import Effects
from orchestrator.ledger.history import Ancestry
from orchestrator.ledger.kept import Kept
from orchestrator.ledger.locks import is_held, job_lock, till
from orchestrator.ledger.loose import LooseReader
from orchestrator.ledger.names import approved_ref, checked_job, job_ref, review_ref, tip_ref
from orchestrator.ledger.objects import REGULAR, TreeEntry
from orchestrator.ledger.remote import Remote
from orchestrator.ledger.repository import Repository, find
from orchestrator.ledger.survey import JobRefs, listing, read_commits, survey
from orchestrator.ledger.transactions import Saying, Transactions
from orchestrator.ledger.tree_changes import Change
from orchestrator.ledger.trees import Objects, differences
from orchestrator.ledger.values import MACHINE, Base, Clock, Commit, Edit, Kind, NewCommit, Person, RefUpdate, Remark
from orchestrator.ledger.whereabouts import Whereabouts
from orchestrator.ledger.worktrees import Worktrees


class Ledger:
    """The jobs of one repository. Paths are relative to the workspace, `/` separates; ids are hexadecimal.

    What stands beside a job's branch is in parts of their own: its `claims`, its `effects`, what is `kept` of it, who
    wrote and brought what (`ancestry`), the `worktrees` that people have, the `cache`.

    Several threads may use it at once, each with jobs of its own: who moves a job holds that job's lock.

    Every method raises LedgerError when the repository is not as it must be; those that move refs raise LostRace,
    and then nothing was moved.
    """

    def __init__(self, repository: Repository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock
        self._reader = ObjectReader(repository.git, LooseReader(repository.common_dir))
        self._objects = Objects(self._reader, repository.format, repository.shallow())
        self._transactions = Transactions(repository, self._objects)
        self._remote = Remote(repository)
        self._where = Whereabouts(repository.refs, self._remote)
        self.ancestry = Ancestry(repository.git, self._objects)
        self.kept = Kept(self._where, self._objects, self.ancestry, self._transactions)
        self.claims = Claims(repository.refs, self._objects, self._transactions)
        self.effects = Effects(self._where, self._objects, self._transactions)
        self.worktrees = Worktrees(repository, self._where)
        self.cache = Cache(repository.common_dir / "orchestrator")

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
        self._transactions.close()

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
        return self._repository.git.clock()

    def person(self) -> Person:
        """Return the user, from git's configuration. Raises WorkspaceError when it says no name or e-mail."""
        return self._repository.person()

    def base(self) -> Base:
        """Return the branch that grants trust, where it is now. Raises WorkspaceError when there is none."""
        return self._repository.base()

    def doctor(self) -> tuple[Remark, ...]:
        """Return what may trouble a user of this repository. Looks only, writes nothing."""
        return examine(self._repository.read_config(), self._objects)

    # --- refs --------------------------------------------------------------------------------------------------------

    def ref(self, name: str) -> str | None:
        """Return the id that a ref (its whole name) is at, None when it does not exist."""
        return self._repository.refs.read(name)

    def below(self, prefix: str) -> tuple[str, ...]:
        """Return the whole names of the refs that begin with `prefix` (it ends in a slash), sorted."""
        return self._repository.refs.below(prefix)

    def jobs(self) -> tuple[str, ...]:
        """Return the ids of all jobs, sorted: those with a branch, and those whose branch was deleted."""
        return self._where.jobs()

    def tip(self, job: str) -> str | None:
        """Return the commit that the job's branch is at, None when there is no branch."""
        return self._where.tip(job)

    def recorded_tip(self, job: str) -> str | None:
        """Return the job's latest entry, as recorded beside its branch."""
        return self._where.recorded_tip(job)

    def review_tip(self, job: str, step: str) -> str | None:
        """Return where a step's proposal is, None when it has none."""
        return self._where.review_tip(job, step)

    def open_reviews(self, job: str) -> frozenset[str]:
        """Return the steps whose review branch exists."""
        return self._where.open_reviews(job)

    def approved_tip(self, job: str) -> str | None:
        """Return where `approved/<id>` is, None when it does not exist."""
        return self._where.approved_tip(job)

    def listing(self) -> bytes:
        """Return the lines that tell of all jobs' refs: as long as they are the same, no ref of a job has moved."""
        return listing(self._repository)

    def survey(self, listed: bytes | None = None) -> Mapping[str, JobRefs]:
        """Return job → all that refs tell of it, by id, however many jobs there are. `listed`: by that listing."""
        return survey(self._repository, self.listing() if listed is None else listed)

    def init_refspecs(self) -> tuple[str, ...]:
        """Make every remote's fetch bring receipts and tips along; return the remotes that lacked it."""
        return self._remote.init_refspecs()

    def take_in(self, job: str) -> None:
        """Make a job that is known from a remote one of this repository's own: its branch, its proposals, its tip.

        The receipts of its effects are fetched first, so that a clone publishes nothing again. Raises LedgerError where
        the remote cannot be reached.
        """
        tip = self.tip(job)
        if tip is None or self._where.is_here(job):
            return
        self._remote.fetch_receipts()
        names = [approved_ref(job), *(review_ref(job, step) for step in sorted(self.open_reviews(job)))]
        proposals = {ref: self._where.of(job, ref) for ref in names}
        moves = [RefUpdate(ref, oid, None) for ref, oid in proposals.items() if oid]
        self.move([RefUpdate(job_ref(job), tip, None), RefUpdate(tip_ref(job), tip, None), *moves])

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
        return read_commits(self._repository.git, oids)

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
        return history.ledger(self._objects, checked_job(job), tip)

    def added(self, job: str, tip: str, known: Container[str]) -> tuple[Commit, ...]:
        """Return the commits of the job that `tip` reaches by any parent and that are not known, in no certain order.

        With a commit all must be known that it reaches.
        """
        return tuple(history.added(self._objects, checked_job(job), tip, known))

    # --- who is at it ------------------------------------------------------------------------------------------------

    @contextmanager
    def lock(self, job: str) -> Iterator[None]:
        """Hold the right to advance a job on this machine. Raises Busy, with the holder's process id and since when."""
        with job_lock(self.common_dir, checked_job(job), clock=self._clock):
            yield

    def is_held(self, job: str) -> bool:
        """Say whether a process on this machine is advancing the job just now. It keeps none from beginning to."""
        return is_held(self.common_dir, checked_job(job))

    def till(self) -> AbstractContextManager[None]:
        """Hold the till of this machine: jobs that run side by side pass no limit that they share."""
        return till(self.common_dir)

    def refuse_if_edited(self, job: str) -> None:
        """Raise Busy where somebody edits the job's branch in a worktree: before an agent is asked, not after."""
        tip = self.tip(job)
        if tip is not None:
            self._transactions.refuse_if_edited(job, tip)

    def edit_of(self, job: str) -> Edit | None:
        """Return where somebody edits the job's branch, so that an advance would be refused; None where nobody does.

        Writes nothing; git is asked only where the branch is checked out.
        """
        tip = self.tip(job)
        found = self._transactions.edit_of(job, tip) if tip is not None else None
        # What looked like an edit was an entry that came meanwhile.
        return found if self.tip(job) == tip else None

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
        return self._transactions.build(parent, changes, Saying(message, author, committer, parents_too))

    def write(self, *commits: NewCommit) -> None:
        """Write the objects of commits that were built, durably. No ref moves."""
        self._transactions.write(*commits)

    def move(self, updates: Sequence[RefUpdate]) -> None:
        """Move all of `updates`, or none; clean worktrees on a branch that moves follow.

        Raises LostRace when a ref was elsewhere; Busy, before anything moves, when somebody edits such a branch.
        """
        self._transactions.move(updates)

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
            RefUpdate(job_ref(job), commit.id, old),
            RefUpdate(tip_ref(job), commit.id, recorded),
            *self.kept.archiving_astray(job, recorded, old),
            *also,
        ]
        if self.tip(job) != old:
            raise _lost(job)
        self._transactions.move(updates, job=job, writing=[commit, *others])
        return commit.id

    def keep_old_tip(self, job: str) -> str | None:
        """Archive the recorded tip if the job's branch no longer descends from it; return the archive's ref.

        Does nothing when it does, and when the branch is gone: that job is cancelled.
        """
        self.take_in(job)
        tip, recorded = self.tip(job), self.recorded_tip(job)
        if tip is None or tip == recorded:
            return None
        archiving = self.kept.archiving_astray(job, recorded, tip)
        if recorded is None or archiving:
            self.move([RefUpdate(tip_ref(job), tip, recorded), RefUpdate(job_ref(job), tip, tip), *archiving])
        return archiving[0].ref if archiving else None

    def rewind(self, job: str, to: str) -> str:
        """Move a job back to `to`, keeping its tip; return the ref under which it is kept.

        Raises Busy when somebody edits the branch in a worktree.
        """
        tip, recorded = self.tip(job), self.recorded_tip(job)
        if tip is None:
            raise LedgerError(f"{job} has no branch: it was cancelled", hint=f"orchestrator restore {job}")
        kept = self.kept.archiving(job, tip)
        updates = [
            RefUpdate(job_ref(job), self.commit(to).id, tip),
            RefUpdate(tip_ref(job), to, recorded),
            kept,
            *self.kept.archiving_astray(job, recorded, tip, after=1),
        ]
        self._transactions.move(updates, job=job)
        return kept.ref


def _lost(job: str) -> LostRace:
    return LostRace(f"{job} moved meanwhile; nothing was changed", hint="run the same command again")


def _is_text(path: str) -> bool:
    return not any("\udc80" <= character <= "\udcff" for character in path)


def _entry_id(entry: TreeEntry | None) -> str | None:
    return entry.id if entry else None
