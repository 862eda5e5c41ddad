"""What a step's agent would be told if it were asked now, and how long that is. Sends nothing, writes nothing.

Who would play it, and what that may cost, is told by `routes`.
"""

from dataclasses import dataclass
from typing import TypedDict

from orchestrator.agents.interface import Request
from orchestrator.engine.gather import gather
from orchestrator.engine.requests import request_of, shown_to, told, too_large
from orchestrator.engine.world import World
from orchestrator.errors import RefusedError, UsageError
from orchestrator.machine import decide, work
from orchestrator.machine.view import View
from orchestrator.model.action import Action, Await, Done, Route, Run, action_name
from orchestrator.model.agent import Agent
from orchestrator.model.names import shown
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.pipeline import Step, StepKind
from orchestrator.model.snapshot import Snapshot

_BYTES_A_TOKEN = 4
"""Of English prose, for the guess; the bound counts two."""


class PromptDocument(TypedDict):
    """What would be sent. `system` is the role, `prompt` the task with the files' texts in it."""

    job: str
    step: str
    attempt: int
    reason: str
    """Why it would be asked; where it is not its turn, what comes instead."""
    is_next: bool
    agent: str
    system: str
    prompt: str
    files: dict[str, int]
    """Path → bytes, of all that the step reads."""
    tokens_at_most: int
    tokens_about: int
    digest: str
    definition_changed: bool
    """The agent, the prompt or the step is another than when the step last ran."""


def prompt(world: World, job: str, step: str | None = None) -> PromptDocument:
    """Return what would be sent for a step, that whose turn it is unless one is named.

    Raises UsageError for a step that no agent does, RefusedError where what it reads is not there or too large,
    DocumentError where its prompt cannot be rendered.
    """
    gathered, now = gather(world, job), world.clock()
    following = decide(gathered.snapshot, now)
    named = step or whose_turn(gathered.snapshot, following)
    asking = _Asking(View(gathered.snapshot), named, now)
    agent = asking.agent()
    action = asking.attempt(agent)
    shown_files = shown_to(asking.view, action)
    excess = too_large(world, shown_files)
    if excess is not None:
        raise RefusedError(excess, hint=f"let {asking.step} read a smaller file, or a part of it")
    request = request_of(world, gathered, action, agent, shown_files)
    return _document(asking, following, action, request)


def whose_turn(snapshot: Snapshot, following: Action) -> str:
    """Return the step whose turn it is, by the next action. Raises UsageError where it is none's."""
    if following.step is None:
        said = "every step is done" if isinstance(following, Done) else following.reason
        raise UsageError(f"it is no step's turn: {said}", hint=f"name one: {', '.join(snapshot.pipeline.steps)}")
    return following.step


def known_step(snapshot: Snapshot, step: str) -> str:
    """Return the step. Raises UsageError where the job has none of that name."""
    if step not in snapshot.pipeline.steps:
        hint = did_you_mean(step, snapshot.pipeline.steps, f"steps of {snapshot.job}")
        raise UsageError(f"{snapshot.job} has no step {shown(step)}", hint=hint)
    return step


@dataclass(frozen=True, slots=True)
class _Asking:
    """One step of a job, as it would be asked at Unix time `now`."""

    view: View
    step: str
    now: int

    def agent(self) -> Agent:
        """Return the role that plays the step. Raises UsageError where none does."""
        snapshot = self.view.snapshot
        steps = snapshot.pipeline.steps
        known_step(snapshot, self.step)
        other = no_agents(self.step, steps[self.step])
        if other is None and self.view.is_persons(self.step):
            other = f"{self.step} is done by a person, and nobody is sent a prompt"
        if other is not None:
            asked = (name for name in steps if steps[name].kind is StepKind.AGENT and not self.view.is_persons(name))
            raise UsageError(other, hint=f"steps of agents: {', '.join(asked) or 'there are none'}")
        agent = snapshot.definitions[self.step].agent
        if agent is None:
            hint = f"write agents/{steps[self.step].agent}.md on job/{snapshot.job}, or name another in pipeline.yaml"
            raise RefusedError(f"{self.step} names an agent that is not there", hint=hint)
        return agent

    def attempt(self, agent: Agent) -> Run:
        """Return the attempt that would be made now. Raises RefusedError where what it reads is not there."""
        view = self.view
        found = work.turn(view, self.step, self.now)
        if isinstance(found, Run):
            return found
        missing = [path for path in view.missing(view.step(self.step).reads) if path not in view.reads(self.step)]
        if missing and isinstance(found, Await) and found.subject in missing:
            raise RefusedError(found.reason, hint=self._how_to_get(found.subject, found.command))
        inputs = view.inputs(self.step, from_the_first=True)
        return Run(self.step, 1, Route(agent.name, found.reason), inputs, found.reason)

    def _how_to_get(self, path: str, command: str | None) -> str:
        writers = [name for name in self.view.writers(path) if name != self.step]
        if not writers:
            return command or f"commit {path} on job/{self.view.snapshot.job}"
        return f"{' or '.join(writers)} writes it: orchestrator run {self.view.snapshot.job}"


def no_agents(name: str, step: Step) -> str | None:
    """Return what a step is that no agent does."""
    match step.kind:
        case StepKind.AGENT:
            return None
        case StepKind.APPROVE:
            by = step.approve.by if step.approve else ""
            return f"{name} is an approval: {by} answers, and no agent is asked"
        case StepKind.PUBLISH:
            to = step.publish.to if step.publish else ""
            return f"{name} publishes to {to}, and no agent is asked"


def _document(asking: _Asking, following: Action, action: Run, request: Request) -> PromptDocument:
    system, task = request.agent.system, request.prompt
    is_next = isinstance(following, Run) and following.step == asking.step
    return {
        "job": request.job,
        "step": request.step,
        "attempt": request.attempt,
        "reason": action.reason if is_next else _instead(following),
        "is_next": is_next,
        "agent": request.agent.name,
        "system": system,
        "prompt": task,
        "files": {path: len(content) for path, content in request.files.items()},
        "tokens_at_most": request.tokens,
        "tokens_about": -(-len((system + task).encode()) // _BYTES_A_TOKEN),
        "digest": told(request),
        "definition_changed": _has_changed(asking.view, asking.step),
    }


def _instead(following: Action) -> str:
    said = " ".join(part for part in (action_name(following), following.step) if part)
    return f"next is {said}: {following.reason}"


def _has_changed(view: View, step: str) -> bool:
    record = view.record(step)
    return bool(record and record.definition and record.definition != view.snapshot.definitions[step].digest)
