"""A workspace under attack: an agent that is a hostile program, what it must not reach, and what is told afterwards."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.agents.command.backend import CommandBackend
from orchestrator.agents.interface import Underway
from orchestrator.documents.models import parse
from orchestrator.engine.create import Order, create
from orchestrator.engine.world import Moved, Unwatched, World
from orchestrator.model.action import Run
from orchestrator.model.outside import ScratchCall, ScratchEnd
from orchestrator.model.snapshot import Snapshot
from orchestrator.model.state import State, StepRecord
from orchestrator.outside.limits import Limits
from orchestrator.outside.scratch import BUBBLEWRAP, LANDLOCK, NONE, run_in_scratch, sandboxes
from orchestrator.wiring import open_world

HELD = (BUBBLEWRAP, LANDLOCK)
EVERY = (*HELD, NONE)

MARK = "cana" + "ry-5e81"
"""What all canaries begin with; in two, so that no file of ours bears it."""
ENVIRON, HOME, REPOSITORY, OTHER_BRANCH = (f"{MARK}-{each}" for each in ("environ", "home", "repository", "branch"))
VARIABLE = "SECRET_CANARY"

SETTINGS = """\
version: 1
models: [{name: builtin}]
approvers: {owner: {who: [ada@example.com]}}
publishers: {shop: {kind: directory, path: published}}
"""
PIPELINE = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: %s
    attempts: 1
    gate: [not_empty]
  publish:
    publish: {to: shop, files: [text.md]}
"""
AGENT = """\
---
name: %s
description: Plays a role.
x-orchestrator: {%s}
---
You work.
"""
PROMPT = "{% for path, text in files.items() %}{{ text | fence(path) }}{% endfor %}\nWrite text.md.\n"
GIVEN = ("brief.md", "job.yaml", "pipeline.yaml", "state.yaml")
"""What stands in a job before anybody worked on it."""

PRELUDE = """\
import json, os, socket, stat, sys, time
said = json.loads(sys.argv[1])
def try_to(act, *given):
    try: act(*given)
    except OSError as exc: print(act.__name__, given[0], exc.strerror, flush=True)
def lay(path, content="planted\\n"):
    if os.path.dirname(path): os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file: file.write(content if isinstance(content, bytes) else content.encode())
"""


def git(where: Path, *args: str) -> str:
    """Return what git printed in `where`."""
    ran = subprocess.run(["git", *args], cwd=where, capture_output=True, check=True)
    return ran.stdout.decode("utf-8", "surrogateescape").strip()


@dataclass(frozen=True)
class Attack:
    """What a hostile program does, and the step that it plays."""

    script: str
    writes: Sequence[str] = ("text.md",)
    told: Mapping[str, object] = field(default_factory=dict)
    """What the program is told of the machine; `said` in its script."""
    timeout: int = 20
    command: Mapping[str, object] = field(default_factory=dict)
    """Further keys of the command in the settings."""

    def settings(self) -> str:
        argv = (sys.executable, "-I", "-S", "-c", PRELUDE + self.script, json.dumps(dict(self.told)))
        return f"{SETTINGS}commands:\n  evil: {json.dumps({'argv': argv, **self.command})}\n"


def tree_of(folder: Path) -> dict[str, object]:
    """Return all that stands below a folder: content of files, where links lead, modes."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(folder.rglob("*"))
    }


class Siege:
    """A workspace `folder`, a home, and a folder beside them, each with canaries."""

    def __init__(self, root: Path, walls: str) -> None:
        self.environ = {**os.environ, VARIABLE: ENVIRON}  # noqa: TID251  the hermetic one
        self.folder, self.home, self.beside = root / "workspace", Path(self.environ["HOME"]), root / "beside"
        self.walls = walls
        self.told: list[str] = []
        self.folder.mkdir(exist_ok=True)
        self._lay_canaries()

    def _lay_canaries(self) -> None:
        for place, content in (
            (self.home / ".ssh/id", HOME),
            (self.home / ".aws/credentials", HOME),
            (self.beside / "canary", "untouched"),
        ):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)

    # --- the workspace -----------------------------------------------------------------------------------------------

    def besiege(
        self,
        attack: Attack,
        files: Mapping[str, str] | None = None,
        agent: str = "backend: command, command: evil",
        settings: str = "",
    ) -> World:
        """Lay a workspace down whose writer is the attacker; return the world around it, with a job `j` made."""
        self._lay(attack, files or {}, agent, settings)
        world = self._world()
        create(world, Order("t", "j"))
        self.was = self._state_of_things()
        self._objects = set(self._every_object())
        return world

    def _lay(self, attack: Attack, files: Mapping[str, str], agent: str, settings: str) -> None:
        where = self.folder
        git(where, "init", "-q", "-b", "main")
        timeout = f", timeout: {attack.timeout}"
        laid = {
            "orchestrator.yaml": settings or attack.settings(),
            "agents/writer.md": AGENT % ("writer", agent + timeout),
            "prompts/draft.md.j2": PROMPT,
            "jobs/templates/t/job.yaml": "version: 1\ntitle: A thing\n",
            "jobs/templates/t/pipeline.yaml": PIPELINE % json.dumps(list(attack.writes)),
            "jobs/templates/t/brief.md": "Two words, please.\n",
            **files,
        }
        for path, text in laid.items():
            (where / path).parent.mkdir(parents=True, exist_ok=True)
            (where / path).write_text(text)
        git(where, "add", "-A")
        git(where, "commit", "-qm", "workspace")
        git(where, "config", "canary.value", REPOSITORY)
        (where / ".git/hooks").mkdir(exist_ok=True)
        (where / ".git/hooks/post-commit").write_text("#!/bin/sh\ntouch hook-ran\n")
        (where / ".git/hooks/post-commit").chmod(0o755)
        tree = git(where, "rev-parse", "HEAD^{tree}")
        other = git(where, "commit-tree", "-m", OTHER_BRANCH, tree)
        git(where, "update-ref", "refs/heads/other", other)

    def _world(self) -> World:
        environ = {**self.environ, "PATH": self.path()}
        world = open_world(self.folder, environ=environ, watcher=_Ear(self.told))
        if self.walls != NONE:
            assert sandboxes(environ["PATH"])[0].kind == self.walls, f"{self.walls} does not work here"
            return world
        return replace(
            world,
            backend=lambda agent, route, settings: CommandBackend(
                agent.extras.command or "",
                settings.commands[agent.extras.command or ""],
                _in_no_sandbox,
                environ.get,
                world.clock,
            ),
        )

    def path(self) -> str:
        """Return a PATH with git in it, and bubblewrap where that is the wall."""
        if self.walls == BUBBLEWRAP:
            return os.defpath
        found = self.beside / "bin"
        found.mkdir(exist_ok=True)
        for program in ("git", "sh"):
            place = shutil.which(program, path=os.defpath)
            assert place is not None
            if not (found / program).exists():
                (found / program).symlink_to(place)
        return str(found)

    # --- what is told afterwards -------------------------------------------------------------------------------------

    def state(self) -> State:
        text = git(self.folder, "show", "job/j:jobs/j/state.yaml")
        return parse(text.encode(), "state.yaml", State)

    def record(self, step: str = "draft") -> StepRecord:
        return self.state().steps[step]

    def files(self) -> list[str]:
        """Return the paths of the job, beyond those that it was made with."""
        found = git(self.folder, "ls-tree", "-r", "-z", "--name-only", "job/j:jobs/j").split("\0")
        return sorted(path for path in found if path and path not in GIVEN)

    def content(self, path: str) -> bytes:
        """Return a file of the job as it is committed."""
        ((_, content),) = self._contents([git(self.folder, "rev-parse", f"job/j:jobs/j/{path}")])
        return content

    def trailer(self, key: str) -> str:
        return git(self.folder, "log", "-1", f"--format=%(trailers:key={key},valueonly,separator=)", "job/j")

    def _state_of_things(self) -> dict[str, object]:
        """Return what no agent may change: HEAD, index, worktree, hooks and settings of the user, home, neighbours."""
        return {
            "head": (self.folder / ".git/HEAD").read_bytes(),
            "index": (self.folder / ".git/index").read_bytes(),
            "config": (self.folder / ".git/config").read_bytes(),
            "hooks": tree_of(self.folder / ".git/hooks"),
            "branches": git(self.folder, "for-each-ref", "refs/heads/main", "refs/heads/other"),
            "worktree": {k: v for k, v in tree_of(self.folder).items() if not k.startswith(".git")},
            "home": tree_of(self.home),
            "beside": tree_of(self.beside),
        }

    def check_nothing_else_changed(self, *allowed: str) -> None:
        """Fail where anything but the job's branch changed, or anything of a canary stands in what was put out."""
        now = self._state_of_things()
        assert {key: now[key] for key in now if key not in allowed} == {
            key: value for key, value in self.was.items() if key not in allowed
        }
        ran = subprocess.run(
            ["git", "fsck", "--strict", "--no-dangling"], cwd=self.folder, capture_output=True, text=True
        )
        assert (ran.returncode, ran.stdout) == (0, "")
        assert [name for name, content in self.put_out() if MARK.encode() in content] == []
        assert git(self.folder, "for-each-ref", "refs/orchestrator/claims") == ""

    def put_out(self) -> Iterator[tuple[str, bytes]]:
        """Yield all that has been written since the job was made, objects and files, and what people were told."""
        yield "told", "\n".join(self.told).encode()
        yield from self._contents(sorted(set(self._every_object()) - self._objects))
        for folder in (self.folder / ".git/orchestrator", self.folder / "published"):
            for path in folder.rglob("*"):
                if path.is_file():
                    yield str(path), path.read_bytes()

    def transcript(self) -> bytes:
        kept = sorted((self.folder / ".git/orchestrator/transcripts/j").iterdir())
        return b"".join(path.read_bytes() for path in kept)

    def _every_object(self) -> list[str]:
        return git(self.folder, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split()

    def _contents(self, oids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        ran = subprocess.run(
            ["git", "cat-file", "--batch"],
            cwd=self.folder,
            input="".join(f"{oid}\n" for oid in oids).encode(),
            capture_output=True,
            check=True,
        )
        rest = ran.stdout
        for oid in oids:
            head, _, rest = rest.partition(b"\n")
            size = int(head.split()[2])
            yield f"object {oid}", rest[:size]
            rest = rest[size + 1 :]


@dataclass
class _Ear(Unwatched):
    """Hears all that people are told meanwhile."""

    heard: list[str]

    def progress(self, snapshot: Snapshot, action: Run, underway: Underway) -> None:
        self.heard.append(underway.note)

    def warned(self, text: str) -> None:
        self.heard.append(text)

    def ended(self, moved: Moved) -> None:
        if moved.entry:
            self.heard.append(f"{moved.entry.subject}\n{moved.entry.body}")


def _in_no_sandbox(call: ScratchCall) -> ScratchEnd:
    return run_in_scratch(call, os.defpath, Limits(grace=0.1), required=False, among=())
