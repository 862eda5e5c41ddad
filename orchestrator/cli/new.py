"""`new`: make a job from a template, with what is the person's of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.edit import read_file
from orchestrator.cli.group import command
from orchestrator.cli.output import bold, out_json, tell
from orchestrator.cli.session import json_option, opened
from orchestrator.cli.telling import entry_line
from orchestrator.cli.worktrees import main_worktree
from orchestrator.errors import UsageError
from orchestrator.model.names import shown

if TYPE_CHECKING:
    from orchestrator.engine.create import Order

MOST_FILES = 1_000
_SCRATCH = "orchestrator new --from-scratch minutes"


@command(
    "new",
    [
        ("orchestrator new product-listing mug", "as it is"),
        ("orchestrator new product-listing mug --brief b.md --source notes/", ""),
        ("orchestrator new product-listing mug --set review=person", "with a param"),
        (_SCRATCH, "your own template"),
    ],
)
@click.argument("template", required=False, metavar="TEMPLATE")
@click.argument("job", required=False, metavar="JOB")
@click.option("--set", "params", metavar="KEY=VALUE", multiple=True, help="Set a param of the job; again for more.")
@click.option("--title", metavar="TEXT", help="The job's title.")
@click.option("--brief", metavar="FILE", help="What is wanted; in place of the template's brief.md.")
@click.option("--source", "sources", metavar="FILE", multiple=True, help="Material; a folder means all its files.")
@click.option("--from-scratch", "scratch", metavar="NAME", help="Lay down the smallest template instead, to be edited.")
@json_option
@click.pass_obj
def new_command(
    call: Call,
    template: str | None,
    job: str | None,
    params: tuple[str, ...],
    title: str | None,
    brief: str | None,
    sources: tuple[str, ...],
    scratch: str | None,
    as_json: bool,
) -> None:
    """Make a job: a branch job/JOB with the template's files. Sources given stand in place of the template's.

    With --from-scratch no job is made: files of a template NAME are put into your folder, not committed.
    """
    from orchestrator.engine.create import Order

    if scratch is not None:
        if template or params or title or brief or sources:
            raise UsageError("--from-scratch makes a template, and takes its NAME alone", hint=_SCRATCH)
        _lay_down(call, scratch, as_json=as_json)
        return
    kind, name = _named(template, job)
    wanted = read_file(call.directory, brief) if brief else None
    material = read_files(call.directory, sources)
    order = Order(kind, name, params=_params(params), title=title, brief=wanted, sources=material)
    _make(call, order, as_json=as_json)


def _named(template: str | None, job: str | None) -> tuple[str, str]:
    if template is None or job is None:
        missing = "TEMPLATE" if template is None else "JOB"
        raise click.UsageError(f"Missing argument '{missing}'.")
    return template, job


def _make(call: Call, order: Order, *, as_json: bool) -> None:
    from orchestrator.engine import report
    from orchestrator.engine.create import create

    with opened(call) as world:
        commit = create(world, order)
        if as_json:
            out_json(report.status(world, [order.job]))
            return
    tell(entry_line(f"{order.job}: created from {order.template}", commit))
    tell(f"next: {bold(f'orchestrator run {order.job}')}")


def _lay_down(call: Call, name: str, *, as_json: bool) -> None:
    from orchestrator.engine.create import templates
    from orchestrator.engine.scratch import lay_down

    with opened(call) as world:
        written = lay_down(main_worktree(world), name, templates(world, world.ledger.base().commit))
    if as_json:
        out_json({"template": name, "written": list(written)})
        return
    for path in written:
        tell(f"wrote {path}")
    tell(f"next: edit them, and at each turn {bold('orchestrator lint')} and {bold(f'orchestrator graph {name}')}")
    tell(f"then: {bold(f'git add agents prompts jobs && git commit -m {name} && orchestrator new {name} first')}")


def _params(said: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in map(_param, said):
        if key in found:
            raise UsageError(f"--set sets {shown(key)} twice", hint=f"say it once: --set {key}=…")
        found[key] = value
    return found


def _param(said: str) -> tuple[str, str]:
    key, equals, value = said.partition("=")
    if not equals or not key:
        raise UsageError(f"--set {shown(said)} sets nothing", hint="--set key=value")
    return key, value


def read_files(directory: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return file name → content of the files, a folder standing for all the files below it. Raises UsageError."""
    found: dict[str, bytes] = {}
    for name in names:
        for path in _files(directory, name):
            if path.name in found:
                raise UsageError(f"two sources are called {shown(path.name)}", hint="rename one of them")
            if len(found) >= MOST_FILES:
                raise UsageError(f"more than {MOST_FILES} sources", hint="give fewer, or join them")
            found[path.name] = read_file(directory, str(path))
    return found


def _files(directory: Path, name: str) -> Iterator[Path]:
    path = directory / name
    if not path.is_dir():
        yield path if path.is_absolute() else Path(name)
        return
    files = sorted(file for file in path.rglob("*") if file.is_file() and not _is_hidden(file, path))
    if not files:
        raise UsageError(
            f"the folder {name} has no files", hint="hidden files do not count; name a file, or fill the folder"
        )
    yield from files


def _is_hidden(file: Path, below: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(below).parts)
