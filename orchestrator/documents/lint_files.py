"""Lint of the files that a pipeline's steps read, write and publish. Models in, problems out; each rule a generator."""

from collections.abc import Iterable, Iterator

from orchestrator.documents.lint_case import Case
from orchestrator.documents.lint_order import example
from orchestrator.documents.problems import Problem, problem
from orchestrator.documents.yaml import KeyPath
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.patterns import is_literal, matches
from orchestrator.model.pipeline import StepKind
from orchestrator.model.protected import protected

_NEVER_WRITTEN = ("state.yaml", "job.yaml", "pipeline.yaml", "approvals/x")


def reserved(case: Case) -> Iterator[Problem]:
    """Yield the steps that would write what is not an agent's to write."""
    for name, step in case.steps(StepKind.AGENT):
        for index, pattern in enumerate(step.writes):
            place = case.place("steps", name, "writes", index)
            message = f"steps.{name}.writes: no agent may write {pattern}"
            rule = protected(pattern)
            if any(matches(pattern, kept) for kept in _NEVER_WRITTEN):
                yield problem(place, message, "state.yaml, job.yaml, pipeline.yaml and approvals/ are not theirs")
            elif rule:
                yield problem(place, message, rule)


def unwatched(case: Case) -> Iterator[Problem]:
    """A gate sees what its step reads and writes: a verdict on anything else would outlive a change of it."""
    for name, step in case.steps(StepKind.AGENT):
        watched = (*step.rests_on, *step.writes)
        for index, use in enumerate(step.gate):
            for path in case.around.paths_named(use):
                probe = f"{path}x" if path.endswith("/") else path
                if not any(pattern == path or matches(pattern, probe) for pattern in watched):
                    message = (
                        f"steps.{name}.gate[{index}]: {use.name} judges {path}, which {name} neither reads nor writes"
                    )
                    yield problem(
                        case.place("steps", name, "gate", index),
                        message,
                        f"add {path} to its reads, or to gate_reads where only the gate needs it",
                    )


def grants(case: Case) -> Iterator[Problem]:
    """Yield the steps that would write outside the job without a grant of the settings."""
    settings = case.around.settings
    for name, step in case.steps(StepKind.AGENT):
        for index, pattern in enumerate(step.writes):
            if pattern.startswith("/") and settings is not None and not _is_granted(pattern, settings.allow_writes):
                place = case.place("steps", name, "writes", index)
                message = f"steps.{name}.writes: {pattern} lies outside the job, and is not granted"
                yield problem(place, message, f"add it to allow_writes in orchestrator.yaml: [{pattern}]")


def _is_granted(pattern: str, grants: Iterable[str]) -> bool:
    return any(grant == pattern or matches(grant, example(pattern)) for grant in grants)


def reads(case: Case) -> Iterator[Problem]:
    """Yield the inputs that cannot be there when their step is due."""
    for name, step in case.steps(StepKind.AGENT):
        for key, patterns in (("reads", step.reads), ("gate_reads", step.gate_reads)):
            for index, path in enumerate(patterns):
                yield from _missing(case, name, path, ("steps", name, key, index), "reads")


def payloads(case: Case) -> Iterator[Problem]:
    """Yield the files to be published that cannot be there when their step is due."""
    for name, step in case.steps(StepKind.PUBLISH):
        for index, path in enumerate(step.publish.files if step.publish else ()):
            yield from _missing(case, name, path, ("steps", name, "publish", "files", index), "publishes")


def _missing(case: Case, name: str, path: str, at: KeyPath, verb: str) -> Iterator[Problem]:
    """A folder or a glob may be empty; a path must be a file, or be written before."""
    if not is_literal(path) or case.is_there(path):
        return
    writers = case.writers(path)
    if case.order[name].intersection(writers):
        return
    key = f"steps.{name}.{at[2]}" if verb == "reads" else f"steps.{name}.publish.files"
    late = [writer for writer in writers if writer != name]
    if late:
        hint = f"let {name} stand after it, or need it: needs: [{late[0]}]"
        yield problem(case.place(*at), f"{key}: {path} is written by {late[0]}, which does not stand before", hint)
        return
    known = known_paths(case, name) if not path.startswith("/") else [f"/{file}" for file in sorted(case.around.files)]
    near = did_you_mean(path, known, "files that stand before")
    yield problem(case.place(*at), f"{key}: nothing writes {path}, and there is no such file", near)


def known_paths(case: Case, name: str) -> list[str]:
    """Return the paths of files that stand there, or are written, before a step is due."""
    written = [path for step in case.order[name] for path in case.pipeline.steps[step].writes if is_literal(path)]
    return sorted({*written, *_own_files(case), "brief.md"} - {"job.yaml", "pipeline.yaml", "state.yaml"})


def _own_files(case: Case) -> Iterator[str]:
    prefix = case.around.folder + "/"
    return (path.removeprefix(prefix) for path in case.around.files if path.startswith(prefix))
