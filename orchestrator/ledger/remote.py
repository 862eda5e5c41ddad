"""The remote that is the shared truth: what was last fetched of it, and how more is. Pushes nothing."""

from threading import Lock

from orchestrator.errors import LedgerError
from orchestrator.ledger.refs import HEADS, OURS
from orchestrator.ledger.repository import TRACKED, Repository, refspec


def tracking(remote: str, ref: str) -> str:
    """Return the name under which a fetch keeps a remote's copy of a ref, or of a prefix of refs."""
    if ref.startswith(OURS):
        return f"{TRACKED}{remote}/{ref.removeprefix(OURS)}"
    return f"refs/remotes/{remote}/{ref.removeprefix(HEADS)}"


class Remote:
    """The remote of one repository, where it has one. Every method raises LedgerError when git will not."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._asking = Lock()
        """Held while git works with the remote: two fetches at once would get in each other's way."""

    def tracked(self, ref: str) -> str | None:
        """Return the name under which a fetch keeps the remote's copy of a ref; None without a remote."""
        remote = self._repository.remote()
        return None if remote is None else tracking(remote, ref)

    def init_refspecs(self) -> tuple[str, ...]:
        """Make every remote's fetch bring receipts and tips along; return the remotes that lacked it."""
        with self._asking:
            self._repository = self._repository.read_config()
            missing = self._repository.lacking_refspec()
            for remote in missing:
                self._repository.git.run("config", "--local", "--add", f"remote.{remote}.fetch", refspec(remote))
            return missing

    def fetch_receipts(self) -> None:
        """Fetch what every machine has published. Raises LedgerError where the remote cannot be reached."""
        self.init_refspecs()
        remote = self._repository.remote() or ""
        with self._asking:
            ran = self._repository.git.as_user("fetch", "--quiet", "--no-tags", "--", remote, refspec(remote))
        if ran.status:
            raise LedgerError(
                f"{remote} cannot be asked what the job has published: {ran.error}", hint=f"git fetch {remote}"
            )
