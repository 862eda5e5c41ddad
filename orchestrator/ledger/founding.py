"""Found a workspace: lay files down in a person's checkout and commit just these, as that person.

This is the one place that works in a person's checkout as they would themselves, and so the one where GitPython drives
git's own porcelain: the index keeps what was staged, and the person's hooks have their say.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from git import GitCommandError, InvalidGitRepositoryError, Repo

from orchestrator.errors import OrchestratorError, Place, RefusedError, WorkspaceError
from orchestrator.model.names import shown

FIRST_BRANCH = "main"
DEMO_NAME, DEMO_EMAIL = "Demo", "demo@example.com"
# Where the user's own configuration is.
_KEPT = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"})


def found(
    directory: Path, files_for: Callable[[str], Mapping[str, bytes]], message: str, *, date: int | None = None
) -> tuple[str, ...]:
    """Write files below `directory`, in a repository made if there is none, and commit those that were not there.

    `files_for` is given the person's e-mail address; `date` is Unix time, now unless said. Returns the paths of what
    was written: a file that stands there already stays as it is. Raises RefusedError where something else than a file
    is in the way, WorkspaceError where git knows no user.name or will not commit; then nothing is left behind.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with _without_leaks(), _repository(directory) as repo:
        top = Path(str(repo.working_tree_dir)).resolve()
        if top != directory.resolve():
            raise WorkspaceError(f"{directory} is inside the repository {top}", hint=f"orchestrator -C {top} init")
        _refuse_detached(repo)
        if date is not None:
            repo.git.update_environment(GIT_AUTHOR_DATE=f"@{date} +0000", GIT_COMMITTER_DATE=f"@{date} +0000")
        files = files_for(_email(repo))
        _refuse_others(directory, files)
        missing = {path: content for path, content in files.items() if not (directory / path).exists()}
        if missing:
            _commit(repo, directory, missing, message)
    return tuple(missing)


def own_repository(directory: Path) -> None:
    """Make the folder and a repository of its own in it, also inside another one.

    Where git knows no user, the repository gets one of its own. Raises WorkspaceError where it cannot be made.
    """
    try:
        with _without_leaks(), Repo.init(directory, initial_branch=FIRST_BRANCH) as repo:
            if not all(_identity(repo)):
                with repo.config_writer() as config:
                    config.set_value("user", "name", DEMO_NAME).set_value("user", "email", DEMO_EMAIL)
    except OSError as exc:
        hint = "name another folder, or let yourself write there"
        raise WorkspaceError(f"{directory} cannot be made: {exc.strerror}", hint=hint) from exc
    except GitCommandError as exc:
        raise _translated(exc) from exc


def _identity(repo: Repo) -> tuple[str, str]:
    with repo.config_reader() as config:
        name, email = (str(config.get_value("user", key, "")).strip() for key in ("name", "email"))
    return name, email


def _email(repo: Repo) -> str:
    name, email = _identity(repo)
    if not name or not email:
        raise _nobody()
    return email


def _nobody() -> WorkspaceError:
    return WorkspaceError(
        "git does not know who you are: there is no user.name or user.email",
        hint='git config --global user.name "Your Name" && git config --global user.email you@example.com',
    )


def _refuse_others(directory: Path, files: Iterable[str]) -> None:
    for path in files:
        target = directory / path
        if target.is_symlink() or (target.exists() and not target.is_file()):
            raise RefusedError("something else than a file stands here", place=Place(path), hint="move it away")


@contextmanager
def _without_leaks() -> Iterator[None]:
    """Hide the caller's GIT_* for a while: a GIT_DIR that leaks splits a write between two repositories."""
    leaked = {key: value for key, value in os.environ.items() if key.startswith("GIT_") and key not in _KEPT}
    for key in leaked:
        del os.environ[key]
    try:
        yield
    finally:
        os.environ.update(leaked)


@contextmanager
def _repository(directory: Path) -> Iterator[Repo]:
    is_new = False
    try:
        repo = Repo(directory, search_parent_directories=True)
    except InvalidGitRepositoryError:
        repo, is_new = Repo.init(directory, initial_branch=FIRST_BRANCH), True
    if repo.bare:
        raise WorkspaceError(f"{directory} is a bare repository", hint="init a clone of it, and push")
    try:
        yield repo
    except OrchestratorError:
        if is_new:
            shutil.rmtree(repo.git_dir)
        raise
    finally:
        repo.close()


def _refuse_detached(repo: Repo) -> None:
    if repo.head.is_detached:
        raise WorkspaceError("HEAD is detached, so that no branch would get the workspace", hint="git switch main")


def _commit(repo: Repo, directory: Path, files: Mapping[str, bytes], message: str) -> None:
    made = list(_write(directory, files))
    paths = sorted(files)
    try:
        repo.git.add("--force", "--", *paths)
        repo.git.commit("--quiet", "--only", "-m", message, "--", *paths)
    except GitCommandError as exc:
        repo.git.rm("--cached", "--quiet", "--ignore-unmatch", "--force", "--", *paths)
        _take_back(directory, made)
        raise _translated(exc) from exc


def _write(directory: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    for path, content in sorted(files.items()):
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(content)
        yield target


def _take_back(directory: Path, made: list[Path]) -> None:
    for path in made:
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == directory or any(folder.iterdir()):
                break
            folder.rmdir()


def _translated(exc: GitCommandError) -> WorkspaceError:
    said = str(exc.stderr or exc).strip().removeprefix("stderr: ").strip("'").strip()
    return WorkspaceError(
        f"git did not commit the workspace: {shown(said)}",
        hint="nothing was kept; mend what git names, then run it again",
    )
