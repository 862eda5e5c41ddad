"""`reviewer` in a gate, written out: steps of their own, put in behind the one whose work they judge (DESIGN §7).

So a gate stays pure, an advance invokes one agent, and a review has a record, a cost and a route like any attempt. The
person's file stays as it is; only what is read from it grows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from orchestrator.documents.words import say
from orchestrator.model.names import step_name_fault
from orchestrator.model.patterns import matches_any
from orchestrator.model.pipeline import CheckUse, OnFail, Pipeline, Step
from orchestrator.model.rubric import Reviewer

REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a step that was put in comes from: the step and the place in its gate."""

    step: str
    index: int


@dataclass(frozen=True, slots=True)
class Fault:
    """A `reviewer` that cannot be written out."""

    origin: Origin
    message: str
    hint: str


def written_out(pipeline: Pipeline) -> Pipeline:
    """Return the pipeline with a step for each reviewer. One whose settings are wrong is left as it stands."""
    if not any(use.name == REVIEWER for step in pipeline.steps.values() for use in step.gate):
        return pipeline
    steps: dict[str, Step] = {}
    last: dict[str, str] = {}
    for name, step in pipeline.steps.items():
        put_in = dict(_steps_for(name, step))
        steps[name] = _without_reviewers(step) if put_in else step
        steps |= put_in
        last[name] = next(reversed(put_in), name)
    return pipeline.model_copy(update={"steps": {name: _behind(name, step, last) for name, step in steps.items()}})


def without_reviewers(pipeline: Pipeline) -> Pipeline:
    """Return the pipeline as if no gate had one."""
    steps = {name: _without_reviewers(step) for name, step in pipeline.steps.items()}
    return pipeline.model_copy(update={"steps": steps})


def origins(pipeline: Pipeline) -> Mapping[str, Origin]:
    """Return, of a pipeline as it stands in its file, which steps its reviewers become."""
    return {
        made: Origin(name, index)
        for name, step in pipeline.steps.items()
        for index, reviewer in _reviewers(step)
        for made in _names(name, reviewer)
    }


def faults(pipeline: Pipeline) -> Iterator[Fault]:
    """Yield what keeps reviewers from being written out, their settings apart."""
    made: set[str] = set()
    for name, step in pipeline.steps.items():
        for index, reviewer in _reviewers(step):
            origin = Origin(name, index)
            if step.agent in reviewer.who:
                yield Fault(
                    origin, f"{step.agent} would review its own work", "name another agent: maker is not checker"
                )
            yield from _written_by_others(pipeline, origin, reviewer)
            for each in _names(name, reviewer):
                wrong = step_name_fault(each)
                if wrong or each in pipeline.steps or each in made:
                    why = wrong or f"there would be two steps {each}"
                    yield Fault(
                        origin, f"its step would be {each}: {why}", "rename a step, or write the review as a step"
                    )
                made.add(each)


def _written_by_others(pipeline: Pipeline, origin: Origin, reviewer: Reviewer) -> Iterator[Fault]:
    """A review is its reviewer's alone: who made the work does not write it, nor does any other step."""
    for file in (f"{each}.yaml" for each in _names(origin.step, reviewer)):
        writer = next((name for name, step in pipeline.steps.items() if matches_any(step.writes, file)), None)
        if writer is not None:
            yield Fault(origin, f"{writer} writes {file}, which is the reviewer's", f"let {writer} write another file")
        patterns = (*pipeline.steps[origin.step].reads, *pipeline.steps[origin.step].writes, *reviewer.reads)
        reader = next((pattern for pattern in patterns if matches_any([pattern], file)), None)
        if reader is not None and writer is None:
            yield Fault(
                origin, f"the reviewers would read {file} by {reader}", "name the files that they read one by one"
            )


def _reviewers(step: Step) -> Iterator[tuple[int, Reviewer]]:
    for index, use in enumerate(step.gate):
        if use.name == REVIEWER and isinstance(read := _read(use), Reviewer):
            yield index, read


def misread(pipeline: Pipeline) -> Iterator[Fault]:
    """Yield the reviewers whose settings are wrong; lint says the same of them, as of any check's."""
    for name, step in pipeline.steps.items():
        for index, use in enumerate(step.gate):
            if use.name == REVIEWER and isinstance(said := _read(use), str):
                yield Fault(Origin(name, index), said, "orchestrator lint shows each mistake at its place")


def _read(use: CheckUse) -> Reviewer | str:
    """Return the reviewer, or what is wrong with its settings."""
    raw = {"agent": use.settings} if isinstance(use.settings, str) else use.settings
    kept = {key: value for key, value in raw.items() if key != "severity"} if isinstance(raw, Mapping) else raw
    try:
        return Reviewer.model_validate(kept)
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        return ".".join([REVIEWER, *map(str, first["loc"])]) + f": {say(first).message}"


def _names(step: str, reviewer: Reviewer) -> tuple[str, ...]:
    return tuple(f"{step}-review{f'-{who}' if reviewer.agents else ''}" for who in reviewer.who)


def _without_reviewers(step: Step) -> Step:
    return step.model_copy(update={"gate": tuple(use for use in step.gate if use.name != REVIEWER)})


def _behind(name: str, step: Step, last: Mapping[str, str]) -> Step:
    """Have a step that needs a reviewed one wait for its last reviewer too."""
    if step.needs is None or name not in last:
        return step
    return step.model_copy(update={"needs": tuple(last.get(need, need) for need in step.needs)})


def _steps_for(name: str, step: Step) -> Iterator[tuple[str, Step]]:
    before = name
    for _, reviewer in _reviewers(step):
        names = _names(name, reviewer)
        files = tuple(f"{each}.yaml" for each in names)
        for each, who, file in zip(names, reviewer.who, files, strict=True):
            yield each, _review(name, step, reviewer, who, before, files if each == names[-1] else (), file)
            before = each


def _review(
    of: str, step: Step, reviewer: Reviewer, who: str, before: str, all_files: tuple[str, ...], file: str
) -> Step:
    """Return a reviewer's step. The last of several, which `all_files` marks, has the gate that judges all reviews.

    No reviewer reads what another one said: a second opinion is one that does not know the first.
    """
    rubric = (reviewer.rubric,) if reviewer.rubric else ()
    others = tuple(each for each in all_files if each != file)
    asked = {"file": file, **({"rubric": reviewer.rubric, "of": list(step.writes)} if reviewer.rubric else {})}
    gate = (CheckUse(name="review_file", settings=asked), *_verdict(reviewer, all_files))
    return Step(
        agent=who,
        prompt=reviewer.prompt,
        needs=(before,),
        reads=tuple(dict.fromkeys([*step.reads, *step.writes, *rubric, *reviewer.reads])),
        writes=(file,),
        gate_reads=others,
        skipped_with=of,
        gate=gate,
        attempts=step.attempts,
        on_fail=OnFail(goto=of, rounds=reviewer.rounds) if all_files else None,
    )


def _verdict(reviewer: Reviewer, all_files: tuple[str, ...]) -> Iterator[CheckUse]:
    if not all_files:
        return
    allowed: dict[str, object] = {"critical": reviewer.critical, "major": reviewer.major, "minor": reviewer.minor}
    if reviewer.rubric:
        allowed["rubric"] = reviewer.rubric
    if len(all_files) == 1:
        yield CheckUse(name="findings", settings={"file": all_files[0], **allowed})
    else:
        yield CheckUse(name="reviews", settings={"files": list(all_files), "need": reviewer.need, **allowed})
