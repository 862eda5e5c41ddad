"""What finished jobs wrote, for checks that compare with it: files by job, read when they are asked for."""

from collections.abc import Iterator, Mapping

from orchestrator import trailers
from orchestrator.engine import paths
from orchestrator.engine.stored import StoredFiles
from orchestrator.errors import LedgerError
from orchestrator.ledger import Ledger
from orchestrator.model.outside import CannotRun
from orchestrator.model.state import Status

MOST = 2_000
"""Finished jobs that are compared with."""


class EarlierJobs(Mapping[str, Mapping[str, bytes]]):
    """The jobs that are done, by id, but for one: each with the files of its directory."""

    def __init__(self, ledger: Ledger, job: str | None) -> None:
        """Find them. Raises CannotRun where there are more than can be compared with."""
        tips = {name: refs.tip for name, refs in ledger.survey().items() if refs.tip and name != job}
        commits = ledger.commits(tip for tip in tips.values() if tip)
        self._ledger = ledger
        self._tips = {
            name: tip
            for name, tip in tips.items()
            if tip in commits and trailers.parse(commits[tip].message).get("Status") == Status.DONE
        }
        if len(self._tips) > MOST:
            raise CannotRun(f"{len(self._tips):,} jobs are done, and a text is compared with at most {MOST:,}")

    def __getitem__(self, job: str) -> Mapping[str, bytes]:
        """Return the files of a job, as its own commands name them."""
        folder = paths.job_folder(job)
        try:
            listed = self._ledger.files(self._tips[job], folder)
        except LedgerError as exc:
            raise CannotRun(f"{job} cannot be read: {exc}; orchestrator doctor tells what is broken") from exc
        return StoredFiles(self._ledger, {path.removeprefix(folder): oid for path, oid in listed.items()})

    def __iter__(self) -> Iterator[str]:
        """Return the jobs' ids in order."""
        return iter(sorted(self._tips))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._tips)
