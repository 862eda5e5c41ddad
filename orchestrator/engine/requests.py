"""What an agent is told: its files, the findings, the prompt rendered of them, and how long that is. It asks nobody."""

import json
from collections.abc import Mapping
from dataclasses import replace

from orchestrator import prompts
from orchestrator.agents.interface import Request
from orchestrator.engine import paths
from orchestrator.engine.forms import schemas_of
from orchestrator.engine.gather import Gathered
from orchestrator.engine.stored import StoredFiles
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError
from orchestrator.machine.digests import digest
from orchestrator.machine.view import View
from orchestrator.model import tokens
from orchestrator.model.action import Run
from orchestrator.model.agent import Agent
from orchestrator.model.snapshot import Files

MOST_INPUT_BYTES = 5_000_000
_AROUND = 500
"""Tokens of what a backend says of the answer's form, and of what the provider puts around a message."""
_PROSE = (".md", ".txt", ".yaml", ".yml", ".json", ".csv", ".svg", ".html", ".xml", ".rss", ".atom")


def shown_to(view: View, action: Run) -> Files:
    """Return what the agent is shown of what the attempt rests on: all but what is for the gate."""
    return {path: oid for path, oid in action.inputs.items() if not view.is_for_the_gate(action.step, path)}


def too_large(world: World, shown: Files) -> str | None:
    """Return which of the files is more than an agent reads, None where none is."""
    for path, oid in shown.items():
        size = world.ledger.size(oid)
        if size > MOST_INPUT_BYTES:
            return f"{path} has {size / 1e6:.0f} MB, and an agent reads at most {MOST_INPUT_BYTES / 1e6:.0f} MB a file"
    return None


def request_of(world: World, gathered: Gathered, action: Run, agent: Agent, shown: Files) -> Request:
    """Return all that the agent is told. Raises DocumentError where the prompt cannot be rendered."""
    snapshot = gathered.snapshot
    step = snapshot.pipeline.steps[action.step]
    files = {path: world.ledger.blob(oid) for path, oid in shown.items()}
    failed = {path: world.ledger.blob(oid) for path, oid in action.failed.items()}
    params = snapshot.definitions[action.step].params
    request = Request(
        job=snapshot.job,
        title=snapshot.job_file.title or snapshot.job,
        step=action.step,
        attempt=action.attempt,
        agent=agent,
        prompt="",
        route=action.route,
        writes=step.writes,
        files=files,
        params=params,
        findings=action.feedback,
        failed=failed,
        model=next((model for model in snapshot.settings.models if model.name == action.route.model), None),
        schemas=schemas_of(step, StoredFiles(world.ledger, snapshot.files)),
        tell=lambda underway: world.watcher.progress(snapshot, action, underway),
    )
    return _with_prompt(world, gathered, request)


def render_prompt(world: World, gathered: Gathered, request: Request) -> str:
    """Return the task prompt of a request. Raises DocumentError at the template's line."""
    step = gathered.snapshot.pipeline.steps[request.step]
    path = paths.prompt_file(step.prompt or request.step)
    oid = gathered.prompts.get(request.step)
    if oid is None:
        raise DocumentError(
            f"{path}: there is no such prompt, and step {request.step} needs it",
            hint=f"write it on job/{request.job}, or name another with 'prompt:' in the job's pipeline",
        )
    context = {
        "job": request.job,
        "title": request.title,
        "step": request.step,
        "attempt": request.attempt,
        "params": dict(request.params),
        "files": _texts(request.files),
        "findings": [finding.model_dump(mode="json") for finding in request.findings],
        "failed": _texts(request.failed),
    }
    return prompts.render(world.ledger.blob(oid).decode("utf-8", "replace"), path, context)


def _with_prompt(world: World, gathered: Gathered, request: Request) -> Request:
    whole = replace(request, prompt=render_prompt(world, gathered, request))
    return replace(whole, tokens=tokens_at_most(whole))


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the files as text; of one that is none, only that it is there and how large it is."""
    return {path: _text(path, content) for path, content in files.items()}


def _text(path: str, content: bytes) -> str:
    if not path.casefold().endswith(_PROSE) or b"\0" in content:
        return f"(not text, {len(content)} bytes)"
    return content.decode("utf-8", "replace")


def told(request: Request) -> str:
    """Return a digest of all that the agent is told: its role, and the task with the files in it."""
    return digest([request.agent.system, request.prompt])


def tokens_at_most(request: Request) -> int:
    """Return the most tokens that the role, the task and the forms have, and some for what goes around them."""
    forms = "".join(json.dumps(schema) for schema in request.schemas.values())
    return tokens.tokens_at_most(request.agent.system + request.prompt + forms) + _AROUND
