"""Lay files down in a person's checkout and commit just these, as that person: a new workspace, what was imported.

All of them or none: where one cannot be written, or git will not commit, all stands as it stood.

This is the one place that works in a person's checkout as they would themselves, and so the one where GitPython drives
git's own porcelain: the index keeps what was staged, and the person's hooks have their say.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
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
        files = files_for(_ready(repo, "the workspace", date))
        _refuse_others(directory, files)
        missing = {path: content for path, content in files.items() if not (directory / path).exists()}
        if missing:
            _commit(repo, _Laid(directory), missing, message, "the workspace")
    return tuple(missing)


def lay_down(
    directory: Path,
    new: Mapping[str, bytes],
    replaced: Mapping[str, bytes],
    message: str,
    *,
    noun: str,
    date: int | None = None,
) -> None:
    """Write files into the repository whose top is `directory`, and commit just these; `noun` is what they are.

    Nothing may stand where `new` ones come; what stands where `replaced` ones come is in the last commit. `date` is
    Unix time, now unless said. Raises RefusedError, WorkspaceError; then all stands as it stood.
    """
    with _without_leaks(), Repo(directory) as repo:
        _ready(repo, noun, date)
        _refuse_others(directory, [*new, *replaced])
        _commit(repo, _Laid(directory, frozenset(replaced)), {**new, **replaced}, message, noun)


def _ready(repo: Repo, noun: str, date: int | None) -> str:
    """Make ready for a commit of that date; return the person's e-mail address. Raises WorkspaceError."""
    if repo.head.is_detached:
        raise WorkspaceError(f"HEAD is detached, so that no branch would get {noun}", hint="git switch main")
    if date is not None:
        repo.git.update_environment(GIT_AUTHOR_DATE=f"@{date} +0000", GIT_COMMITTER_DATE=f"@{date} +0000")
    return _email(repo)


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
        raise _translated(exc, "the workspace") from exc


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


@dataclass(slots=True)
class _Laid:
    """What was laid down so far, so that it can be taken back. Paths are relative to `directory`."""

    directory: Path
    replaced: frozenset[str] = frozenset()
    """The paths at which something else may stand."""
    created: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    former: dict[Path, bytes] = field(default_factory=dict)

    def put(self, path: str, content: bytes) -> None:
        """Write a file. Raises OSError."""
        file = self.directory / path
        if path in self.replaced:
            self.former[file] = file.read_bytes()
            _put(file, content)
            return
        self._make(file.parent)
        with file.open("xb") as begun:
            self.created.append(file)
            begun.write(content)

    def _make(self, folder: Path) -> None:
        for each in [each for each in (*reversed(folder.parents), folder) if not each.is_dir()]:
            each.mkdir()
            self.folders.append(each)

    def take_back(self) -> None:
        """Let all stand as it stood. Raises WorkspaceError where a file cannot be put back."""
        for file in self.created:
            file.unlink(missing_ok=True)
        for folder in reversed(self.folders):
            with suppress(OSError):  # a hook has put something there
                folder.rmdir()
        for file, content in self.former.items():
            try:
                _put(file, content)
            except OSError as exc:
                hint = f"git restore {file.relative_to(self.directory).as_posix()}"
                raise WorkspaceError(f"{file.name} cannot be put back: {exc.strerror}", hint=hint) from exc


def _put(file: Path, content: bytes) -> None:
    """Put a file in the place of another, at once."""
    beside = file.with_name(f".{file.name}.new")
    try:
        beside.write_bytes(content)
        shutil.copymode(file, beside)
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _commit(repo: Repo, laid: _Laid, files: Mapping[str, bytes], message: str, noun: str) -> None:
    paths = sorted(files)
    try:
        _refuse_staged(repo, paths)
        with _all_or_nothing(repo, laid, paths):
            for path in paths:
                laid.put(path, files[path])
            repo.git.add("--force", "--", *paths)
            repo.git.commit("--quiet", "--only", "-m", message, "--", *paths)
    except GitCommandError as exc:
        raise _translated(exc, noun) from exc
    except OSError as exc:
        name = Path(str(exc.filename)).name
        raise WorkspaceError(f"{name} cannot be written: {exc.strerror}", hint="nothing was changed") from exc


def _refuse_staged(repo: Repo, paths: Iterable[str]) -> None:
    """Raise RefusedError where the index holds what no commit has: it would be lost."""
    staged = repo.git.diff("--cached", "--name-only", "-z", "--", *paths).split("\0")[0]
    if staged:
        hint = "commit them, or take them back"
        raise RefusedError("has changes that are not committed", place=Place(staged), hint=hint)


@contextmanager
def _all_or_nothing(repo: Repo, laid: _Laid, paths: Iterable[str]) -> Iterator[None]:
    """Where it does not come to a commit, let index and files stand as they stood. Nothing else was staged there."""
    before = _head(repo)
    try:
        yield
    except BaseException:
        if _head(repo) == before:
            with suppress(GitCommandError):  # then git could not stage them either
                repo.git.reset("--quiet", "--", *paths)
            laid.take_back()
        raise


def _head(repo: Repo) -> str | None:
    return repo.head.commit.hexsha if repo.head.is_valid() else None


def _translated(exc: GitCommandError, noun: str) -> WorkspaceError:
    said = str(exc.stderr or exc).strip().removeprefix("stderr: ").strip("'").strip()
    return WorkspaceError(
        f"git did not commit {noun}: {shown(said)}",
        hint="nothing was kept; mend what git names, then run it again",
    )
