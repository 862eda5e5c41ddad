"""A repository's first files: the one place where the user's own branch gets a commit, because they asked for it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from orchestrator.errors import LedgerError, RefusedError, WorkspaceError
from orchestrator.ledger.process import Git
from orchestrator.ledger.repository import find
from orchestrator.ledger.values import Clock


def start_repository(directory: Path, *, environ: Mapping[str, str], clock: Clock) -> bool:
    """Make a repository in `directory` unless it is in one already; say whether one was made.

    Raises WorkspaceError when git is missing or too old.
    """
    git = Git(directory, environ, clock)
    if git.attempt("rev-parse", "--git-dir").status == 0:
        return False
    git.run("init", "--quiet", "--initial-branch=main")
    return True


def commit_files(
    directory: Path, paths: Iterable[str], *, message: str, environ: Mapping[str, str], clock: Clock
) -> str:
    """Commit exactly `paths` (relative to `directory`), as they stand there, on the branch that is checked out.

    Author and committer are the user; what else is changed or staged stays as it is. Returns the commit's id. Raises
    WorkspaceError when git knows no user, RefusedError when the branch cannot take a commit now.
    """
    repository = find(directory, environ=environ, clock=clock)
    if repository.top is None:
        raise WorkspaceError(f"{directory} is in no worktree: a bare repository has no files to commit")
    person, date = repository.person(), f"@{repository.git.clock()} +0000"
    identity = {"AUTHOR_NAME": person.name, "AUTHOR_EMAIL": person.email, "AUTHOR_DATE": date}
    identity |= {"COMMITTER_NAME": person.name, "COMMITTER_EMAIL": person.email}
    git = replace(repository.git, more={f"GIT_{key}": value for key, value in identity.items()})
    listed = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    named = ("--pathspec-from-file=-", "--pathspec-file-nul")
    literal = replace(git, more={**git.more, "GIT_LITERAL_PATHSPECS": "1"})
    literal.run("add", "--force", *named, stdin=listed)
    ran = literal.attempt("commit", "--quiet", "--only", "--no-gpg-sign", f"--message={message}", *named, stdin=listed)
    if ran.status:
        raise RefusedError(f"git did not commit: {ran.error or 'nothing has changed'}", hint="git status")
    head = git.run("rev-parse", "HEAD").decode("ascii").strip()
    if not repository.format.is_id(head):
        raise LedgerError("git commit left no commit behind")
    return head
