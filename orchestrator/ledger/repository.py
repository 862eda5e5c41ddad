"""Where a repository is, which git works on it, and what it is configured to be. Found by git itself, once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.ledger.objects import Format
from orchestrator.ledger.process import OLDEST_GIT, Config, Git
from orchestrator.ledger.refs import HEADS, AskedRefs, FileRefs, RefStore
from orchestrator.ledger.values import Base, Clock, Person

TRACKED = "refs/orchestrator-remotes/"
"""Where fetched copies of a remote's ledger refs go: apart from our own, so that no fetch and no prune moves those."""
_NOT_A_BASE = re.compile(r"refs/heads/(job|review|approved|memory)/")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository that was found. `git_dir` is that of the worktree one stands in, `common_dir` the one they share."""

    git: Git
    directory: Path
    git_dir: Path
    common_dir: Path
    root: Path | None
    """The main worktree; None for a bare repository."""
    top: Path | None
    """The worktree that one stands in; None outside of any."""
    format: Format
    refs: RefStore
    config: Config

    def read_config(self) -> "Repository":
        """Return the repository with its configuration as it is now."""
        return replace(self, config=self.git.user_config())

    def lacking_refspec(self) -> tuple[str, ...]:
        """Return the remotes whose fetch leaves out the refs of the ledger."""
        fetched = ((remote, self.config.values.get(f"remote.{remote}.fetch", ())) for remote in self.config.remotes())
        return tuple(remote for remote, refspecs in fetched if refspec(remote) not in refspecs)

    def refspec_command(self, remote: str) -> str:
        """Return the command by which a person would add what `lacking_refspec` found missing."""
        return f"git config --add remote.{remote}.fetch '{refspec(remote)}'"

    @property
    def is_shared(self) -> bool:
        """Say whether other users write to it too, so that files want other permissions than the user's own."""
        said = self.config.get("core.sharedrepository")
        return said is not None and said not in {"umask", "false", "0", "no", "off"}

    def shallow(self) -> frozenset[str]:
        """Return the commits at which a shallow clone is cut off."""
        try:
            return frozenset((self.common_dir / "shallow").read_text("ascii").split())
        except FileNotFoundError:
            return frozenset()

    def head(self) -> str | None:
        """Return the ref that HEAD names in the worktree one stands in, None when it is detached."""
        return head_ref(self.git_dir)

    def person(self) -> Person:
        """Return the user as git knows them. Raises WorkspaceError when it does not."""
        name, email = (self._identity(part) for part in ("name", "email"))
        return Person(name, email)

    def _identity(self, part: str) -> str:
        said = (self.config.get(f"author.{part}") or self.config.get(f"user.{part}") or "").strip()
        if not said:
            example = {"name": '"Ada Lovelace"', "email": "ada@example.com"}[part]
            raise WorkspaceError(f"git has no user.{part}", hint=f"git config --global user.{part} {example}")
        return said

    def remote(self) -> str | None:
        """Return the remote that is the shared truth: origin, else the only one."""
        remotes = self.config.remotes()
        if "origin" in remotes or not remotes:
            return "origin" if remotes else None
        return remotes[0] if len(remotes) == 1 else None

    def base(self) -> Base:
        """Return the branch that grants trust. Raises WorkspaceError when there is none."""
        named = self.config.get("orchestrator.base")
        ref = self._named_base(named) if named else self._found_base()
        commit = self.refs.read(ref) if ref else None
        if ref is None or commit is None:
            raise self._no_base(named)
        return Base(re.sub(r"^refs/(heads|remotes)/", "", ref), commit)

    def _named_base(self, name: str) -> str | None:
        if name.startswith("refs/"):
            return name
        return self._first(f"refs/remotes/{self.remote()}/{name}", f"{HEADS}{name}", f"refs/remotes/{name}")

    def _found_base(self) -> str | None:
        remote, here = self.remote(), self.head()
        theirs = head_ref(self.common_dir / f"refs/remotes/{remote}") if remote else None
        last = here if here and not _NOT_A_BASE.match(here) else None
        return self._first(theirs, f"refs/remotes/{remote}/main", f"{HEADS}main", last)

    def _first(self, *candidates: str | None) -> str | None:
        return next((ref for ref in candidates if ref and self.refs.read(ref)), None)

    def _no_base(self, named: str | None) -> WorkspaceError:
        if named:
            hint = "git config orchestrator.base <branch>"
            return WorkspaceError(f"orchestrator.base names {named!r}, and there is no such branch", hint=hint)
        if not self.refs.below(HEADS):
            return WorkspaceError("the repository has no commits yet", hint="run `orchestrator init`, or commit once")
        return WorkspaceError("there is no base branch", hint="git config orchestrator.base <branch>")


def refspec(remote: str) -> str:
    """Return the refspec that brings the refs of a remote's ledger along with every fetch."""
    return f"+refs/orchestrator/*:{TRACKED}{remote}/*"


def head_ref(folder: Path) -> str | None:
    """Return the ref that the HEAD of `folder` names, None when it is detached or missing."""
    try:
        text = (folder / "HEAD").read_text("utf-8", "replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return text.removeprefix("ref:").strip() if text.startswith("ref:") else None


def find(directory: Path, *, environ: Mapping[str, str], clock: Clock) -> Repository:
    """Return the repository that `directory` is in.

    Raises WorkspaceError when there is none, or git is missing or too old; UsageError on a bad SOURCE_DATE_EPOCH.
    """
    git = Git(directory, environ, _clock(environ, clock))
    _check_version(git.version())
    config = git.user_config()
    git = replace(git, safe=config.trusted())
    git_dir, common_dir, form, top = _where(git, directory)
    asked = config.get("extensions.refstorage") not in {None, "files"}
    return Repository(
        git=git,
        directory=directory,
        git_dir=git_dir,
        common_dir=common_dir,
        root=top if git_dir == common_dir and top else _main_worktree(common_dir, config),
        top=top,
        format=form,
        refs=AskedRefs(git) if asked else FileRefs(common_dir, form),
        config=config,
    )


def _where(git: Git, directory: Path) -> tuple[Path, Path, Format, Path | None]:
    """Return the worktree's git directory, the common one, the format of ids, and the worktree's top where in one."""
    ran = git.attempt(
        "rev-parse",
        "--path-format=absolute",
        *("--git-dir", "--git-common-dir", "--show-object-format", "--is-bare-repository"),
        *("--is-inside-work-tree", "--path-format=relative", "--show-cdup"),
    )
    if ran.status:
        raise _not_found(directory, ran.error)
    lines = ran.out.decode("utf-8", "surrogateescape").split("\n")
    top = (directory / lines[5]).resolve() if lines[4] == "true" else None
    return Path(lines[0]), Path(lines[1]), Format(lines[2]), top


def _clock(environ: Mapping[str, str], clock: Clock) -> Clock:
    fixed = environ.get("SOURCE_DATE_EPOCH")
    if not fixed:
        return clock
    if not re.fullmatch(r"\d{1,12}", fixed):
        raise UsageError(f"SOURCE_DATE_EPOCH is no Unix time: {fixed[:40]!r}", hint="give whole seconds, or unset it")
    seconds = int(fixed)
    return lambda: seconds


def _check_version(version: tuple[int, ...]) -> None:
    if version[:2] < OLDEST_GIT:
        needed = ".".join(map(str, OLDEST_GIT))
        raise WorkspaceError(
            f"git is too old: {'.'.join(map(str, version))}, and {needed} is needed", hint=f"install git {needed}"
        )


def _main_worktree(common_dir: Path, config: Config) -> Path | None:
    """Return the main worktree of a repository that one does not stand in the main worktree of."""
    if said := config.get("core.worktree"):
        return (common_dir / said).resolve()
    if config.get("core.bare") in {"true", "yes", "on", "1"} or common_dir.name != ".git":
        return None
    return common_dir.parent


def _not_found(directory: Path, error: str) -> WorkspaceError:
    if "not a git repository" in error:
        return WorkspaceError(f"{directory} is not in a git repository", hint="git init, then orchestrator init")
    if "dubious ownership" in error:
        hint = f"if you trust it: git config --global --add safe.directory {directory}"
        return WorkspaceError(f"git does not trust {directory}: it belongs to somebody else", hint=hint)
    return WorkspaceError(f"git cannot open {directory}: {error}", hint=f"git -C {directory} status says more")
