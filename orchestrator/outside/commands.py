"""Programs that the base's settings name: run in a folder of their own, under limits, and gone afterwards.

A program sees the files that it is handed, an environment of four variables, and no input. When it has ended, or was
ended, nothing that it started goes on, and its folder is removed.

This is no sandbox (see `running`). Its folder holds what agents wrote: a program that obeys files where it stands (a
configuration, a `json.py` beside `python -m`) obeys theirs, so name it with the options that turn that off.
"""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.model.names import shown
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.outside import CannotRun, CommandCall, CommandEnd
from orchestrator.model.settings import Command
from orchestrator.outside.folders import as_in_the_job, environment, prepared
from orchestrator.outside.limits import Limits
from orchestrator.outside.running import run


@dataclass(frozen=True, slots=True)
class Runner:
    """The programs that the base's settings name. `path` is where they are looked for: the user's PATH."""

    commands: Mapping[str, Command]
    path: str
    limits: Limits = field(default_factory=Limits)

    def command(self, call: CommandCall) -> CommandEnd:
        """Run a named program on files and return its end; paths of its folder in its output are made the job's own.

        Raises CannotRun where there is no such name or program, or the files cannot be handed.
        """
        argv = (*self._argv(call.name), *call.arguments)
        limits = replace(self.limits, seconds=call.timeout)
        with prepared(call.files) as root:
            ended = run(argv, root / "job", environment(self.path, root), limits)
        stdout, stderr = (as_in_the_job(text, root) for text in (ended.stdout, ended.stderr))
        return CommandEnd(ended.status, stdout, stderr, ended.why)

    @property
    def unheld(self) -> tuple[str, ...]:
        """Return what this system cannot hold of the limits and of the promise that nothing is left. Runs a trial."""
        with prepared({}) as root:
            return run([sys.executable, "-I", "-S", "-c", ""], root, environment(self.path, root), self.limits).unheld

    def _argv(self, name: str) -> tuple[str, ...]:
        said = self.commands.get(name)
        if said is None:
            hint = did_you_mean(name, self.commands, "commands") or "add it under commands in orchestrator.yaml"
            raise CannotRun(f"no command {shown(name)} in orchestrator.yaml on the base; {hint}")
        return (found(said.argv[0], self.path, _key(name)), *said.argv[1:])


def found(program: str, path: str, key: str) -> str:
    """Return the absolute path of a program that `key` of the settings names. Raises CannotRun where there is none."""
    if "/" in program and not program.startswith("/"):
        raise CannotRun(
            f"{key} begins with the relative path {shown(program)}; write an absolute path, or the name of a program"
            " in the PATH"
        )
    place = shutil.which(program, path=environment(path, Path("/"))["PATH"])
    if place is None:
        raise CannotRun(f"{shown(program)} is not there, or is no program; install it, or mend {key}")
    return place


def _key(name: str) -> str:
    return f"commands.{name}.argv in orchestrator.yaml"
