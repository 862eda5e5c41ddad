"""What may trouble a user of this repository, seen and named. Looks only: nothing is written, nothing mended."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace

from orchestrator.errors import LedgerError, WorkspaceError
from orchestrator.ledger.checkouts import Checkout, checkouts
from orchestrator.ledger.process import without_git
from orchestrator.ledger.refs import CLAIMS
from orchestrator.ledger.repository import Repository
from orchestrator.ledger.trees import Objects, name_text
from orchestrator.ledger.values import Kind, Level, Remark
from orchestrator.model.names import job_id_fault, shown

_NAMED_JOBS = 3


@dataclass(frozen=True, slots=True)
class _Patient:
    repository: Repository
    objects: Objects


def examine(repository: Repository, objects: Objects) -> tuple[Remark, ...]:
    """Return every remark, the environment's first, then the repository's, the base's and each worktree's."""
    patient = _Patient(repository, objects)
    looks = (_git, _environment, _identity, _clone, _refspecs, _base, _leftovers, _claims, _worktrees)
    return tuple(remark for look in looks for remark in look(patient))


def _git(patient: _Patient) -> Iterator[Remark]:
    version = ".".join(map(str, patient.repository.git.version()))
    yield Remark(Level.INFO, f"git {version}, objects named by {patient.repository.format.algorithm}")


def _environment(patient: _Patient) -> Iterator[Remark]:
    environ = patient.repository.git.environ
    names = sorted(environ.keys() - without_git(environ).keys())
    redirecting = [name for name in names if name in {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"}]
    if redirecting:
        hint = f"unset {' '.join(redirecting)}"
        yield Remark(Level.WARNING, f"{', '.join(redirecting)} is set: we ignore it, other programs do not", hint)


def _identity(patient: _Patient) -> Iterator[Remark]:
    try:
        person = patient.repository.person()
    except WorkspaceError as error:
        yield Remark(Level.WARNING, error.message, error.hint)
        return
    yield Remark(Level.INFO, f"you are {person.name} <{person.email}>")


def _clone(patient: _Patient) -> Iterator[Remark]:
    config = patient.repository.config
    if patient.repository.shallow():
        yield Remark(Level.WARNING, "the clone is shallow: old entries are missing", "git fetch --unshallow")
    if config.get("extensions.partialclone") or any(key.endswith(".promisor") for key in config.values):
        hint = "git fetch --refetch, with remote.<name>.partialclonefilter unset"
        yield Remark(Level.WARNING, "the clone is partial: files may be missing without the network", hint)


def _refspecs(patient: _Patient) -> Iterator[Remark]:
    for remote in patient.repository.lacking_refspec():
        message = f"fetching from {remote} does not bring tips and receipts along"
        yield Remark(Level.WARNING, message, patient.repository.refspec_command(remote))


def _base(patient: _Patient) -> Iterator[Remark]:
    try:
        base = patient.repository.base()
    except WorkspaceError as error:
        yield Remark(Level.ERROR, error.message, error.hint)
        return
    yield Remark(Level.INFO, f"the base is {base.name} at {base.commit[:12]}")
    jobs = patient.objects.entry(base.commit, "jobs")
    names = patient.objects.tree(jobs.id).items() if jobs and jobs.is_folder else ()
    standing = [name_text(name) for name, entry in names if entry.is_folder and name != b"templates"]
    if standing:
        named = ", ".join(f"jobs/{name}" for name in standing[:_NAMED_JOBS])
        more = f" and {len(standing) - _NAMED_JOBS} more" if len(standing) > _NAMED_JOBS else ""
        hint = f"every new job carries them along: git rm -r {named.split(', ')[0]}"
        yield Remark(Level.WARNING, f"{named}{more} stands on the base", hint)


def _leftovers(patient: _Patient) -> Iterator[Remark]:
    common_dir = patient.repository.common_dir
    locks = [*sorted((common_dir / "refs").rglob("*.lock")), common_dir / "packed-refs.lock"]
    for lock in locks:
        if lock.exists():
            name = lock.relative_to(common_dir)
            yield Remark(Level.WARNING, f"{name} locks a ref", f"if no git runs here, delete {lock}")


def _claims(patient: _Patient) -> Iterator[Remark]:
    """Remark on what stands among the claims and is none: no job minds it, and none takes it away."""
    for ref in patient.repository.refs.below(CLAIMS):
        if job_id_fault(ref.removeprefix(CLAIMS)) or not _is_file(patient, ref):
            yield Remark(Level.WARNING, f"{shown(ref)} is no job's claim", f"git update-ref -d {shlex.quote(ref)}")


def _is_file(patient: _Patient, ref: str) -> bool:
    try:
        oid = patient.repository.refs.read(ref)
        return oid is None or patient.objects.is_of(oid, Kind.BLOB)
    except LedgerError:
        return False


def _worktrees(patient: _Patient) -> Iterator[Remark]:
    for checkout in checkouts(patient.repository):
        yield from _worktree(patient.repository, checkout)


def _worktree(repository: Repository, checkout: Checkout) -> Iterator[Remark]:
    if operation := checkout.operation():
        yield Remark(Level.INFO, f"{checkout.path}: {operation} is under way")
    elif checkout.ref is None:
        yield Remark(Level.INFO, f"{checkout.path}: HEAD is detached; no job minds")
    if checkout.lock.exists():
        hint = f"if no git runs there, delete {checkout.lock}"
        yield Remark(
            Level.WARNING, f"{checkout.path}: index.lock stands, so a git command runs there or was killed", hint
        )
    git = replace(repository.git, folder=checkout.path)
    ran = git.attempt("status", "--porcelain", "-z", "--untracked-files=no", "--no-renames")
    if ran.status:
        yield Remark(Level.WARNING, f"{checkout.path}: git cannot read it: {shown(ran.error)}", "git status")
    elif count := ran.out.count(b"\0"):
        yield Remark(Level.INFO, f"{checkout.path}: {count} changed and not committed; never touched")
