"""A real repository to try the ledger on, cut off from the settings of whoever runs the tests."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.ledger import Ledger, Person

NOW = 1_700_000_000
ADA = Person("Ada Lovelace", "ada@example.com")
WRITER = Person("writer", "writer@agents.invalid")


def hermetic(home: Path, **more: str) -> dict[str, str]:
    """Return an environment with a home of its own and no system's configuration."""
    return {"PATH": os.pathsep.join(os.get_exec_path()), "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", **more}


def run(folder: Path, environ: Mapping[str, str], *args: str, stdin: str = "") -> str:
    """Return what a git command printed, stripped. Fails the test when the command fails."""
    done = subprocess.run(
        ["git", *args], cwd=folder, env=dict(environ), input=stdin, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"git {args}: {done.stderr}"
    return done.stdout.strip()


@dataclass
class Bench:
    """A repository with one commit on `main`, the user Ada, and a ledger opened on it."""

    folder: Path
    environ: dict[str, str]
    ledger: Ledger = field(init=False)

    @classmethod
    def make(cls, tmp_path: Path, *, object_format: str = "sha1") -> "Bench":
        home, folder = tmp_path / "home", tmp_path / "shop"
        home.mkdir()
        folder.mkdir()
        (home / ".gitconfig").write_text(f"[user]\n\tname = {ADA.name}\n\temail = {ADA.email}\n")
        bench = cls(folder, hermetic(home))
        bench.git("init", "-q", "-b", "main", f"--object-format={object_format}")
        bench.write("README.md", "a shop\n")
        bench.save("begin")
        bench.ledger = bench.open()
        return bench

    def open(self, directory: Path | None = None, **more: str) -> Ledger:
        return Ledger.open(directory or self.folder, environ={**self.environ, **more}, clock=lambda: NOW)

    def git(self, *args: str, cwd: Path | None = None, stdin: str = "") -> str:
        return run(cwd or self.folder, self.environ, *args, stdin=stdin)

    def write(self, path: str, text: str, *, top: Path | None = None) -> None:
        file = (top or self.folder) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def save(self, message: str, *, cwd: Path | None = None) -> str:
        """Commit everything as Ada; return the commit."""
        self.git("add", "-A", cwd=cwd)
        self.git("commit", "-q", "-m", message, cwd=cwd)
        return self.git("rev-parse", "HEAD", cwd=cwd)

    def new_job(self, job: str = "mug") -> str:
        """Make a job by its first entry; return its tip."""
        files: dict[str, bytes | str | None] = {
            f"jobs/{job}/brief.md": b"a mug\n",
            f"jobs/{job}/state.yaml": b"schema: 1\nseq: 1\n",
        }
        commit = self.ledger.commit_on(self.ledger.base().commit, files, message=f"{job}: new", author=ADA)
        return self.ledger.append(job, commit, old=None)

    def entry(self, job: str = "mug", **files: str) -> str:
        """Append a machine's entry that writes `files` (`listing_md` is listing.md) and counts the state on."""
        tip = self.ledger.tip(job)
        assert tip
        seq = len(self.ledger.history(job)) + 1
        changes: dict[str, bytes | str | None] = {
            f"jobs/{job}/{name.replace('_', '.')}": text.encode() for name, text in files.items()
        }
        changes[f"jobs/{job}/state.yaml"] = f"schema: 1\nseq: {seq}\n".encode()
        commit = self.ledger.commit_on(tip, changes, message=f"{job}: entry {seq}\n\nSeq: {seq}\n", author=WRITER)
        return self.ledger.append(job, commit, old=tip)

    def refs(self) -> dict[str, str]:
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)").split("\n")
        return dict(line.split(" ") for line in lines)

    def read(self, path: str, *, top: Path | None = None) -> str:
        return ((top or self.folder) / path).read_text()

    def fingerprint(self, top: Path | None = None) -> dict[str, bytes]:
        """Return all that must never change under the user: HEAD, the index, every file of the worktree."""
        folder = top or self.folder
        git_dir = Path(self.git("rev-parse", "--absolute-git-dir", cwd=folder))
        kept = {name: (git_dir / name).read_bytes() for name in ("HEAD", "index")}
        files = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
        return kept | {str(path.relative_to(folder)): path.read_bytes() for path in files}
