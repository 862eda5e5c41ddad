"""`lint`: every mistake of the workspace's files in one pass, each with its place and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import colored, count, hint, out, out_json, plain, tell
from orchestrator.cli.session import json_option, opened
from orchestrator.cli.worktrees import worktree
from orchestrator.documents.problems import Problem, Severity
from orchestrator.engine import paths
from orchestrator.errors import Place, UsageError

if TYPE_CHECKING:
    from orchestrator.engine.world import World

_PARTS = ("agents", "prompts", "memory", "jobs")
_MOST_BYTES = 2_000_000


@command(
    "lint",
    [
        ("orchestrator lint", "the files as they stand in the folder"),
        ("orchestrator lint mug", "a job, as its branch has it"),
    ],
)
@click.argument("job", required=False)
@json_option
@click.pass_obj
def lint_command(call: Call, job: str | None, as_json: bool) -> int:
    """Find every mistake in orchestrator.yaml, agents, prompts and pipelines: place, what is wrong, what to do.

    Without a JOB it judges the files of the folder, committed or not. Exit code 1 where there is an error.
    """
    with opened(call, is_workspace=False) as world:
        problems = _of_job(world, job) if job else _of_folder(world)
    if as_json:
        out_json([asdict(problem) for problem in problems])
    else:
        _print(problems)
    return int(any(problem.severity is Severity.ERROR for problem in problems))


def _of_job(world: World, job: str) -> Sequence[Problem]:
    from orchestrator.engine import lint

    tip = world.ledger.tip(job)
    if tip is None:
        raise UsageError(
            f"there is no job {job!r}",
            hint=f"jobs: {', '.join(world.ledger.jobs()) or 'there are none yet: orchestrator new TEMPLATE JOB'}",
        )
    base = world.ledger.base().commit
    listed = dict(world.ledger.files(base, paths.SETTINGS))
    for prefix in (*paths.DEFINITIONS, paths.job_folder(job)):
        listed |= world.ledger.files(tip, prefix)
    texts = {path: world.ledger.blob(oid) for path, oid in listed.items() if lint.is_judged(path)}
    return lint.judge(texts, listed)


def _of_folder(world: World) -> Sequence[Problem]:
    from orchestrator.engine import lint

    root = worktree(world)
    if root is None:
        return lint.of_commit(world, world.ledger.base().commit, [paths.TEMPLATES])
    files = dict(_files(root))
    texts = {path: file.read_bytes() for path, file in files.items() if lint.is_judged(path) and _is_small(file)}
    return lint.judge(texts, files)


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for part in (paths.SETTINGS, *_PARTS):
        top = root / part
        for file in [top] if top.is_file() else sorted(top.rglob("*")):
            if file.is_file():
                yield file.relative_to(root).as_posix(), file


def _is_small(file: Path) -> bool:
    return file.stat().st_size <= _MOST_BYTES


def _print(problems: Sequence[Problem]) -> None:
    for problem in problems:
        place = Place(problem.path, problem.line, problem.column)
        word = colored(f"{problem.severity}:", "error" if problem.severity is Severity.ERROR else "waiting")
        out(f"{plain(str(place))}: {word} {plain(problem.message)}")
        if problem.hint:
            out(hint(problem.hint))
    tell(_sum(problems))


def _sum(problems: Sequence[Problem]) -> str:
    if not problems:
        return "no mistakes found"
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    return f"{count(errors, 'error')}, {count(len(problems) - errors, 'warning')}"
