"""The worktrees of a repository, as a person has them: which job one stands in, where one is checked out."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from orchestrator.errors import LedgerError, RefusedError
from orchestrator.ledger.checkouts import at
from orchestrator.ledger.refs import APPROVED, HEADS, JOBS, REVIEWS
from orchestrator.ledger.repository import Repository
from orchestrator.ledger.whereabouts import Whereabouts
from orchestrator.model.names import job_id_fault


@dataclass(frozen=True, slots=True)
class Worktrees:
    """The worktrees of one repository, its main one too."""

    repository: Repository
    where: Whereabouts
    _excluding: Lock = field(default_factory=Lock)

    def current_job(self) -> str | None:
        """Return the job of the branch, else of the folder, that one stands in."""
        return self._job_of_branch() or self._job_of_folder()

    def _job_of_branch(self) -> str | None:
        head = self.repository.head() or ""
        for prefix in (JOBS, APPROVED, REVIEWS):
            job = head.removeprefix(prefix).split("/")[0]
            if head.startswith(prefix) and job_id_fault(job) is None:
                return job
        return None

    def _job_of_folder(self) -> str | None:
        top, here = self.repository.top, self.repository.directory.resolve()
        if top is None or not here.is_relative_to(top):
            return None
        parts = here.relative_to(top).parts
        job = parts[1] if len(parts) > 1 and parts[0] == "jobs" else None
        return job if job and job_id_fault(job) is None else None

    def of_branch(self, branch: str) -> Path | None:
        """Return the worktree in which a branch (`job/mug`) is checked out, None when it is nowhere."""
        ref = branch if branch.startswith("refs/") else f"{HEADS}{branch}"
        return next((checkout.path for checkout in at(self.repository, ref)), None)

    def add(self, job: str, directory: str | Path) -> Path:
        """Make a worktree of the job's branch in `directory`; return its path. RefusedError: git will not."""
        if self.where.tip(job) is None:
            raise LedgerError(f"{job} has no branch", hint="orchestrator status lists the jobs")
        path = (self.repository.directory / directory).resolve()
        ran = self.repository.git.attempt("worktree", "add", "--quiet", "--", str(path), f"job/{job}")
        if ran.status:
            hint = "name a folder that is not there yet; `git worktree list` shows where the branch is checked out"
            raise RefusedError(f"git made no worktree: {ran.error.removeprefix('fatal: ')}", hint=hint)
        return path

    def exclude(self, pattern: str) -> None:
        """Have git ignore what matches `pattern`, in all worktrees of this repository alone (`info/exclude`)."""
        path = self.repository.common_dir / "info" / "exclude"
        path.parent.mkdir(exist_ok=True)
        with self._excluding:
            text = path.read_text("utf-8", "surrogateescape") if path.exists() else ""
            if pattern in text.split("\n"):
                return
            gap = "\n" if text and not text.endswith("\n") else ""
            with path.open("a", encoding="utf-8", errors="surrogateescape") as file:
                file.write(f"{gap}{pattern}\n")
