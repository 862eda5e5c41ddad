"""`edit`: a person changes a file of a job, and commits it as themselves, without checking anything out."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import out_json, tell
from orchestrator.cli.root import is_terminal
from orchestrator.cli.session import job_and, job_argument, json_option, opened, tell_next
from orchestrator.cli.telling import entry_line
from orchestrator.engine import paths
from orchestrator.errors import OrchestratorError, UsageError, WorkspaceError
from orchestrator.model.names import path_fault, shown

if TYPE_CHECKING:
    from orchestrator.engine.world import World


@command(
    "edit",
    [
        ("orchestrator edit mug listing.md", "in $VISUAL or $EDITOR"),
        ("orchestrator edit mug brief.md --from brief.md", "a file's content"),
        ("echo ... | orchestrator edit mug brief.md --from -", "what is piped in"),
    ],
)
@job_argument
@click.argument("file", required=False)
@click.option("--from", "source", metavar="PATH", help="Take the new content from PATH; - is stdin.")
@json_option
@click.pass_obj
def edit_command(call: Call, job: str | None, file: str | None, source: str | None, as_json: bool) -> None:
    """Edit a file of a job and commit it to the job's branch as yourself. Nothing is checked out.

    FILE is relative to the job's directory; it may be new. What rests on it is done again by the next run.
    """
    with opened(call) as world:
        name, path = job_and(world, job, file)
        if path is None:
            raise UsageError(f"which file of {name}?", hint=f"orchestrator edit {name} brief.md")
        _edit(world, call, name, path.removeprefix(paths.job_folder(name)), source, as_json=as_json)


def _edit(world: World, call: Call, job: str, path: str, source: str | None, *, as_json: bool) -> None:
    if fault := path_fault(path):
        raise UsageError(
            f"{shown(path)} {fault}",
            hint=f"FILE is relative to the folder of the job: orchestrator edit {job} brief.md",
        )
    seen = _seen(world, job, path)
    old = world.ledger.blob(seen) if seen else b""
    if source is not None:
        commit = _committed(world, job, path, read_source(call.directory, source), seen)
    else:
        commit = _edited(world, call, job, path, old, seen)
    if as_json:
        out_json({"commit": commit, "path": path})
    elif commit is None:
        tell(f"{path} is as it was; nothing was committed")
    else:
        tell(entry_line(f"{job}: edit {path}", commit))
        tell_next(world, job)


def _seen(world: World, job: str, path: str) -> str | None:
    from orchestrator.engine.gather import find_tip

    tip, _ = find_tip(world, job)
    where = paths.in_workspace(job, path)
    return world.ledger.files(tip, where).get(where)


def _committed(world: World, job: str, path: str, content: bytes, seen: str | None) -> str | None:
    from orchestrator.engine.create import MOST_SOURCE_BYTES
    from orchestrator.engine.people import edit

    if len(content) > MOST_SOURCE_BYTES:
        raise UsageError(
            f"{path} would have more than {MOST_SOURCE_BYTES / 1e6:.0f} MB",
            hint="cut it to the part that the job needs",
        )
    return edit(world, job, path, content, seen=seen)


def _edited(world: World, call: Call, job: str, path: str, old: bytes, seen: str | None) -> str | None:
    """Open the editor on a copy. Where the result cannot be committed the copy is kept, and the error says where."""
    import tempfile

    has_editor = call.environ.get("VISUAL") or call.environ.get("EDITOR")
    if not (has_editor or is_terminal()):
        raise UsageError("there is no terminal to edit on", hint=f"orchestrator edit {job} {path} --from FILE")
    folder = Path(tempfile.mkdtemp(prefix=f"orchestrator-{job}-"))
    copy = folder / path.rsplit("/", 1)[-1]
    copy.write_bytes(old)
    _open_editor(call.environ, copy)
    try:
        commit = _committed(world, job, path, copy.read_bytes(), seen)
    except OrchestratorError as error:
        kept = f"your version is kept: orchestrator edit {job} {path} --from {copy}"
        error.hint = f"{error.hint}\n{kept}" if error.hint else kept
        raise
    copy.unlink()
    folder.rmdir()
    return commit


def _open_editor(environ: Mapping[str, str], file: Path) -> None:
    import shlex
    import subprocess

    editor = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    try:
        done = subprocess.run([*shlex.split(editor), str(file)], check=False, env=dict(environ))
    except (OSError, ValueError) as exc:
        raise WorkspaceError(
            f"the editor {shown(editor)} cannot be started: {exc}", hint="set VISUAL or EDITOR"
        ) from exc
    if done.returncode:
        raise WorkspaceError(
            f"the editor {shown(editor)} ended with {done.returncode}; nothing was committed",
            hint=f"your version is kept in {file}",
        )


def read_source(directory: Path, source: str) -> bytes:
    """Return a file's content, or stdin's for `-`; at most a byte more than a file may have. Raises UsageError."""
    from orchestrator.engine.create import MOST_SOURCE_BYTES

    if source == "-":
        return sys.stdin.buffer.read(MOST_SOURCE_BYTES + 1)
    return read_file(directory, source)


def read_file(directory: Path, name: str) -> bytes:
    """Return a file's content. Raises UsageError: not there, a folder, not readable, more than 5 MB."""
    from orchestrator.engine.create import MOST_SOURCE_BYTES

    try:
        with (directory / name).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            content = file.read(MOST_SOURCE_BYTES + 1)  # a pipe has no size, and may have no end
    except FileNotFoundError as exc:
        raise UsageError(f"{name} is not there", hint=f"looked in {directory}") from exc
    except IsADirectoryError as exc:
        raise UsageError(f"{name} is a folder, and a file is needed", hint=f"name one of the files in {name}") from exc
    except OSError as exc:
        raise UsageError(
            f"{name} cannot be read: {exc.strerror}", hint="let yourself read it, or copy it elsewhere"
        ) from exc
    if len(content) > MOST_SOURCE_BYTES:
        has = f"{size / 1e6:.0f} MB" if size else "no end"
        raise UsageError(
            f"{name} has {has}, and a file may have {MOST_SOURCE_BYTES / 1e6:.0f} MB",
            hint="cut it to the part that the job needs",
        )
    return content
