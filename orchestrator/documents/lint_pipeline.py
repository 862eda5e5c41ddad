"""Lint of a pipeline against what stands around it: files, agents, settings, checks. Models in, problems out.

Each rule is one small generator. Where a part of the file could not be read, nothing is said to be missing that may
have stood there.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from orchestrator.documents import lint_conditions, lint_files
from orchestrator.documents.lint_case import NOWHERE, Around, Case, JudgeSettings, case_of
from orchestrator.documents.lint_order import judge_order
from orchestrator.documents.models import Read
from orchestrator.documents.problems import Problem, Severity, problem
from orchestrator.documents.reviewers import faults as reviewer_faults
from orchestrator.documents.reviewers import without_reviewers
from orchestrator.documents.words import dotted
from orchestrator.documents.yaml import KeyPath
from orchestrator.model.agent import BackendKind
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.order import cycle
from orchestrator.model.pipeline import CheckUse, Pipeline, StepKind
from orchestrator.model.settings import Publisher

_REVIEWS = frozenset({"review_file", "findings", "reviews"})


def judge_pipeline(read: Read[Pipeline], pipeline: Pipeline, around: Around) -> Iterator[Problem]:
    """Yield what is wrong with a pipeline that can be read."""
    yield from judge_itself(read, pipeline)
    case = case_of(read, without_reviewers(pipeline) if any(reviewer_faults(pipeline)) else pipeline, around)
    rules = [
        _agents,
        _prompts,
        _gates,
        lint_files.unwatched,
        _approvers,
        _publishers,
        _same_folder,
        lint_files.grants,
        lint_conditions.names,
        _makers,
        _other_models,
    ]
    if read.is_whole and cycle(case.pipeline) is None:
        rules.extend([lint_files.reads, lint_files.payloads])
    for rule in rules:
        yield from rule(case)


def judge_itself(read: Read[Pipeline], pipeline: Pipeline) -> Iterator[Problem]:
    """Yield what is wrong with a pipeline whatever stands around it: nothing could be decided by such a one."""
    unfit = list(_reviewers(read, pipeline))
    yield from unfit
    # What cannot be written out would be told once more, in other words, of the steps that it became.
    case = case_of(read, pipeline if not unfit else without_reviewers(pipeline), NOWHERE)
    yield from judge_order(case)
    for rule in (lint_files.reserved, lint_conditions.syntax):
        yield from rule(case)


def _reviewers(read: Read[Pipeline], pipeline: Pipeline) -> Iterator[Problem]:
    for fault in reviewer_faults(pipeline):
        at = ("steps", fault.origin.step, "gate", fault.origin.index)
        yield problem(read.place(*at), f"{dotted(at)}: {fault.message}", fault.hint)


# --- names -----------------------------------------------------------------------------------------------------------


def _agents(case: Case) -> Iterator[Problem]:
    known = sorted(case.around.agents)
    for name, step in case.steps(StepKind.AGENT):
        if step.agent is not None and step.agent not in case.around.agents:
            hint = did_you_mean(step.agent, known, "agents") or f"write agents/{step.agent}.md"
            message = f"steps.{name}.agent: there is no agents/{step.agent}.md"
            yield problem(case.place("steps", name, "agent"), message, hint)


def _prompts(case: Case) -> Iterator[Problem]:
    known = sorted(_prompt_names(case.around.files))
    for name, step in case.steps(StepKind.AGENT):
        agent = case.around.agents.get(step.agent or "")
        wanted = step.prompt or name
        if wanted in known or (agent is not None and agent.extras.backend is BackendKind.PERSON):
            continue
        place = case.place("steps", name, "prompt") if step.prompt else case.place("steps", name, at_key=True)
        key = f"steps.{name}.prompt" if step.prompt else f"steps.{name}"
        hint = did_you_mean(wanted, known, "prompts") or f"write prompts/{wanted}.md.j2"
        yield problem(place, f"{key}: there is no prompts/{wanted}.md.j2", hint)


def _prompt_names(files: Iterable[str]) -> Iterator[str]:
    for path in files:
        if path.startswith("prompts/") and path.endswith(".md.j2"):
            yield path.removeprefix("prompts/").removesuffix(".md.j2")


def _approvers(case: Case) -> Iterator[Problem]:
    if case.around.settings is None:
        return
    known = case.around.settings.approvers
    for name, step in case.steps(StepKind.APPROVE):
        if step.approve and step.approve.by not in known:
            hint = did_you_mean(step.approve.by, known, "approvers") or "add it under approvers in orchestrator.yaml"
            message = f"steps.{name}.approve.by: unknown approver {step.approve.by}"
            yield problem(case.place("steps", name, "approve", "by"), message, hint)


def _publishers(case: Case) -> Iterator[Problem]:
    if case.around.settings is None:
        return
    known = case.around.settings.publishers
    for name, step in case.steps(StepKind.PUBLISH):
        if step.publish and step.publish.to not in known:
            hint = did_you_mean(step.publish.to, known, "publishers") or "add it under publishers in orchestrator.yaml"
            message = f"steps.{name}.publish.to: unknown publisher {step.publish.to}"
            yield problem(case.place("steps", name, "publish", "to"), message, hint)


def _same_folder(case: Case) -> Iterator[Problem]:
    """A folder shows one thing of a job: of two steps that send there, the later takes the earlier's files away."""
    if case.around.settings is None:
        return
    first: dict[str, str] = {}
    for name, step in case.steps(StepKind.PUBLISH):
        to = case.around.settings.publishers.get(step.publish.to) if step.publish else None
        folder = _folder(to) if to is not None else None
        if folder is None:
            continue
        earlier = first.setdefault(folder, name)
        if earlier != name:
            message = f"steps.{name}.publish.to: {earlier} sends to the same folder, and {name} would overwrite it"
            hint = "send all the files in one step, or to another of the publishers in orchestrator.yaml"
            is_choice = step.when is not None or case.pipeline.steps[earlier].when is not None
            severity = Severity.WARNING if is_choice else Severity.ERROR
            yield problem(case.place("steps", name, "publish", "to"), message, hint, severity)


def _folder(publisher: Publisher) -> str | None:
    """The folder that a publisher of the kind `directory` writes; None for another kind."""
    path = (publisher.model_extra or {}).get("path")
    return path.removeprefix("./").rstrip("/") if publisher.kind == "directory" and isinstance(path, str) else None


def _gates(case: Case) -> Iterator[Problem]:
    for name, step in case.steps(StepKind.AGENT):
        for index, use in enumerate(step.gate):
            yield from _check(case, ("steps", name, "gate", index), use)


def _check(case: Case, at: KeyPath, use: CheckUse) -> Iterator[Problem]:
    yield from judge_use(case.read, at, use, case.around.checks)
    if use.name in case.around.checks and use.name in _GRANTED:
        yield from _granted(case, at, use, *_GRANTED[use.name])


def judge_use(read: Read[Any], at: KeyPath, use: CheckUse, checks: Mapping[str, JudgeSettings]) -> Iterator[Problem]:
    """Yield what is wrong with a check's use at a key path of a document, whatever stands around it."""
    judge = checks.get(use.name)
    if judge is None:
        place = read.place(*at, use.name, at_key=True)
        yield problem(place, f"{dotted(at)}: unknown check {use.name}", did_you_mean(use.name, checks))
        return
    for keys, message in judge(use.settings):
        whole = (*at, use.name, *keys)
        yield problem(read.place(*whole), f"{dotted(whole)}: {message}")


_GRANTED = {"command": ("run", "commands"), "callable": ("call", "callables")}
"""The checks that name an entry of the settings: the key, and the key of the settings."""


def _granted(case: Case, at: KeyPath, use: CheckUse, key: str, kind: str) -> Iterator[Problem]:
    is_bare = not isinstance(use.settings, Mapping)
    name = use.settings if is_bare else use.settings.get(key)
    at = (*at, use.name) if is_bare else (*at, use.name, key)
    known = getattr(case.around.settings, kind, None)
    if isinstance(name, str) and known is not None and name not in known:
        hint = did_you_mean(name, known, kind) or f"add it under {kind} in orchestrator.yaml"
        yield problem(case.place(*at), f"{dotted(at)}: {name} is not among the {kind} of orchestrator.yaml", hint)


# --- who judges whom -------------------------------------------------------------------------------------------------


def _other_models(case: Case) -> Iterator[Problem]:
    """By model only models are told apart: of a program nobody knows which it asks."""
    for name, step in case.steps(StepKind.AGENT):
        for index, other in enumerate(step.other_model_than):
            made = case.pipeline.steps.get(other)
            for each in (name, other) if made else ():
                agent = case.around.agents.get(case.pipeline.steps[each].agent or "")
                if agent is not None and agent.extras.backend is not BackendKind.MODEL:
                    message = f"steps.{name}.other_model_than: {each} is played by a {agent.extras.backend}, no model"
                    place = case.place("steps", name, "other_model_than", index)
                    yield problem(place, message, "let another agent judge it", Severity.WARNING)


def _makers(case: Case) -> Iterator[Problem]:
    for name, step in case.steps(StepKind.AGENT):
        if not any(use.name in _REVIEWS for use in step.gate):
            continue
        made = [
            (writer, path)
            for path in step.reads
            for writer in case.writers(path)
            if writer in case.order[name] and case.pipeline.steps[writer].agent == step.agent
        ]
        if made:
            writer, path = made[0]
            message = f"steps.{name}.agent: {step.agent} reviews {path}, which it wrote in {writer}"
            place = case.place("steps", name, "agent")
            yield problem(place, message, "let another agent review: maker is not checker", Severity.WARNING)
