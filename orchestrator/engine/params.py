"""Whether the params that a person sets are the template's: a slip of the finger must not pass for one, unread by all.

It reads a commit of the base and refuses; it writes nothing. A value is free, unless it is one that a condition asks
for, in another case.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from orchestrator import prompts
from orchestrator.documents import models
from orchestrator.documents.expressions import Expression, compile_expression
from orchestrator.documents.pipelines import parse_pipeline
from orchestrator.documents.text import decode
from orchestrator.engine import data, paths
from orchestrator.engine.gather import prompt_oids
from orchestrator.engine.world import World
from orchestrator.errors import UsageError
from orchestrator.model.job import PINNED_PARAMS, JobFile, Scalar
from orchestrator.model.names import shown
from orchestrator.model.nearness import MOST_SHOWN, nearest
from orchestrator.model.pipeline import Pipeline

_SURELY = 0.8
"""How near a name must be to count as misspelt where any name could be meant."""


@dataclass(frozen=True, slots=True)
class Known:
    """The params of a template: those it names, those that `new` sets; `takes_any`: a prompt takes whatever is set."""

    names: frozenset[str]
    pinned: frozenset[str]
    conditions: tuple[Expression, ...]
    takes_any: bool


def refuse_unfit(world: World, base: str, template: str, files: Mapping[str, str], said: Mapping[str, Scalar]) -> None:
    """Raise UsageError for a param that the template does not know, or that has a condition's value in another case.

    `files`: the template's own, path → blob id; one without a pipeline has no params to judge by.
    """
    if not said or paths.PIPELINE not in files:
        return
    known = _known(world, base, template, files)
    for key, value in said.items():
        _refuse_unknown(known, template, key)
        _refuse_another_case(known, key, value)


def _known(world: World, base: str, template: str, files: Mapping[str, str]) -> Known:
    folder = f"{paths.TEMPLATES}{template}/"

    def blob(path: str) -> bytes:
        return world.ledger.blob(files[path])

    job = models.parse(blob(paths.JOB), folder + paths.JOB, JobFile) if paths.JOB in files else JobFile(version=1)
    pipeline = parse_pipeline(blob(paths.PIPELINE), folder + paths.PIPELINE)
    conditions = tuple(compile_expression(text) for text in data.conditions(pipeline))
    in_prompts = list(_in_prompts(world, base, pipeline))
    return Known(
        names=frozenset(job.params).union(_in_conditions(conditions), *(names for names in in_prompts if names)),
        pinned=frozenset(key for kind in job.material.values() for key in PINNED_PARAMS[kind]),
        conditions=conditions,
        takes_any=None in in_prompts,
    )


def _in_conditions(conditions: tuple[Expression, ...]) -> frozenset[str]:
    chains = (chain for condition in conditions for chain in condition.attributes)
    return frozenset(chain[1] for chain in chains if chain[0] == "params" and len(chain) > 1)


def _in_prompts(world: World, base: str, pipeline: Pipeline) -> Iterator[frozenset[str] | None]:
    for step, oid in prompt_oids(world, base, pipeline).items():
        path = paths.prompt_file(pipeline.steps[step].prompt or step)
        yield world.memory.recall((oid, "params"), partial(_named, world, oid, path))


def _named(world: World, oid: str, path: str) -> frozenset[str] | None:
    return prompts.params_named(decode(world.ledger.blob(oid), path))


def _refuse_unknown(known: Known, template: str, key: str) -> None:
    if key in known.names or key in known.pinned:
        return
    if known.takes_any and nearest(key, _in_conditions(known.conditions), cutoff=_SURELY) is None:
        return
    names = sorted(known.names)
    more = " …" if len(names) > MOST_SHOWN else ""
    hint = f"params: {', '.join(names[:MOST_SHOWN])}{more}"
    if not names:
        hint = f"it has none; write it under params in {paths.TEMPLATES}{template}/{paths.JOB}, or leave --set away"
    elif near := nearest(key, names):
        hint = f'did you mean "{near}"? {hint}'
    raise UsageError(f"the template {template} has no param {shown(key)}", hint=hint)


def _refuse_another_case(known: Known, key: str, value: Scalar) -> None:
    if not isinstance(value, str):
        return
    asked = {text for each in known.conditions for text in each.compared_with(("params", key))}
    meant = sorted(text for text in asked if text.casefold() == value.casefold())
    if meant and value not in asked:
        raise UsageError(
            f"the param {key} is {shown(value)}, and a condition asks for another case",
            hint=f'did you mean "{meant[0]}"?',
        )
