"""A tiny workspace whose one agent is a person, and ways to call the program in it, also on a terminal."""

import io
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import termios
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from orchestrator.cli import entry

FILES = {
    "orchestrator.yaml": """\
version: 1
models: [{name: builtin}]
approvers:
  owner: {who: [ada@example.com]}
publishers:
  shop: {kind: directory, path: published}
""",
    "agents/author.md": """\
---
name: author
description: Writes.
x-orchestrator: {backend: person}
---
A person writes.
""",
    "prompts/write.md.j2": "Write text.md.\n",
    "jobs/templates/note/job.yaml": "version: 1\ntitle: A note\n",
    "jobs/templates/note/brief.md": "Two words, please.\n",
    "jobs/templates/note/pipeline.yaml": """\
version: 1
steps:
  write:
    agent: author
    reads: [brief.md]
    writes: [text.md]
    gate: [words: {min: 2}]
  approve:
    approve: {by: owner}
  publish:
    publish: {to: shop, files: [text.md]}
""",
}
# Not the hermetic date, which looks like one.
_IDS = re.compile(r"(?<![0-9a-f])(?!1767225600)[0-9a-f]{10}(?:[0-9a-f]{2}|[0-9a-f]{30})?(?![0-9a-z])")


@dataclass(frozen=True)
class Called:
    """What a call came to. Commit ids read `<id>`."""

    code: int
    out: str
    err: str


class _Stream(io.TextIOWrapper):
    """A stream in memory that has a byte side, as a process's own has."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8", write_through=True)

    @property
    def text(self) -> str:
        self.seek(0)
        return self.read()


def environ() -> dict[str, str]:
    """Return the hermetic environment."""
    return dict(os.environ)  # noqa: TID251  the hermetic one


def call(where: Path, *args: str, more: Mapping[str, str] | None = None) -> Called:
    """Call the program in this process; nobody sits at a terminal."""
    out, err = _Stream(), _Stream()
    with redirect_stdout(out), redirect_stderr(err):
        code = entry.run(["orchestrator", "-C", str(where), *args], {**environ(), **(more or {})})
    return Called(code, without_ids(out.text), without_ids(err.text))


def process(where: Path, *args: str, stdin: bytes = b"") -> Called:
    """Call the program as a process of its own."""
    argv = [sys.executable, "-m", "orchestrator", *args]
    ran = subprocess.run(argv, cwd=where, input=stdin, capture_output=True, check=False)
    return Called(ran.returncode, without_ids(ran.stdout.decode()), without_ids(ran.stderr.decode()))


def on_terminal(where: Path, *args: str, typed: str = "", more: Mapping[str, str] | None = None) -> Called:
    """Call the program as a process on a terminal of 80 columns; `out` is all that the terminal was sent."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 80))
    argv = [sys.executable, "-m", "orchestrator", *args]
    running = subprocess.Popen(
        argv, cwd=where, env={**environ(), **(more or {})}, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    seen = _all_of(ours)
    os.close(ours)
    return Called(running.wait(), without_ids(seen.decode().replace("\r\n", "\n")), "")


def _all_of(terminal: int) -> bytes:
    seen = b""
    while select.select([terminal], [], [], 60)[0]:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # what Linux says where the other side has closed
            return seen
        if not part:
            return seen
        seen += part
    return seen


def let_go_at_the_end_of(running: "subprocess.Popen[bytes] | subprocess.Popen[str]", pipe: Path) -> None:
    """Have nobody wait for ever to write into a named pipe, where the program ends without having read it."""

    def read() -> None:
        running.wait()
        os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # left open: the writer may come later

    Thread(target=read, daemon=True).start()


def without_ids(text: str) -> str:
    """Return text with `<id>` for every commit, object or receipt, whole or short."""
    return _IDS.sub("<id>", text)


def git(where: Path, *args: str) -> str:
    """Return what git printed in `where`."""
    ran = subprocess.run(["git", *args], cwd=where, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def workspace(where: Path, files: Mapping[str, str] = FILES) -> Path:
    """Make the workspace."""
    git(where, "init", "-q", "-b", "main")
    for path, text in files.items():
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_text(text)
    git(where, "add", ".")
    git(where, "commit", "-qm", "workspace")
    return where


def written(where: Path, text: str = "two words\n", job: str = "j") -> None:
    """Write text.md as the person does."""
    (where.parent / "text.md").write_text(text)
    assert call(where, "edit", job, "text.md", "--from", str(where.parent / "text.md")).code == 0


def copied(kept: Path, where: Path, make: Callable[[Path], object]) -> Path:
    """Lay down in `where` what `make` makes, made at `kept` the first time that it is asked for."""
    if not kept.exists():
        kept.mkdir()
        make(kept)
    return shutil.copytree(kept, where, symlinks=True, dirs_exist_ok=True)


def job(where: Path, name: str = "j") -> Path:
    """Make the workspace and a job in it."""
    workspace(where)
    assert call(where, "new", "note", name).code == 0
    return where


def waiting(where: Path) -> Path:
    """Make a job that waits for its approval."""
    job(where)
    written(where)
    assert call(where, "run", "j").code == 3
    return where


def finished(where: Path) -> Path:
    """Make a job that is done."""
    waiting(where)
    assert call(where, "approve", "j", "--yes").code == 0
    assert call(where, "run", "j").code == 0
    return where
