"""A pipeline with what stands around it, as its lint looks at it: who writes what, where a mistake is to be marked."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.documents.models import Read
from orchestrator.documents.reviewers import Origin, origins, written_out
from orchestrator.documents.yaml import KeyPath
from orchestrator.errors import Place
from orchestrator.model.agent import Agent
from orchestrator.model.nearness import nearest
from orchestrator.model.order import before
from orchestrator.model.patterns import matches
from orchestrator.model.pipeline import CheckUse, Pipeline, Step, StepKind
from orchestrator.model.settings import Settings

JudgeSettings = Callable[[object], Iterable[tuple[KeyPath, str]]]
PathsNamed = Callable[[CheckUse], Iterable[str]]
"""The files, folders and patterns that the settings of a check's use name."""

_PERSONS = ("brief.md", "job.yaml", "pipeline.yaml")


@dataclass(frozen=True, slots=True)
class Around:
    """What a pipeline is judged by. None: not known, so that nothing is said of it."""

    folder: str
    files: frozenset[str]
    """Every file of the workspace."""
    params: frozenset[str] | None
    settings: Settings | None
    agents: Mapping[str, Agent | None]
    checks: Mapping[str, JudgeSettings]
    paths_named: PathsNamed


@dataclass(frozen=True, slots=True)
class Case:
    """A pipeline under judgement."""

    read: Read[Pipeline]
    pipeline: Pipeline
    around: Around
    order: Mapping[str, frozenset[str]]
    origins: Mapping[str, Origin]
    """Which steps stand for a reviewer in another one's gate: what is wrong with them is wrong there."""

    def place(self, *keys: str | int, at_key: bool = False) -> Place:
        """Return where a key stands; of a step that stands for a reviewer, where the reviewer is asked for."""
        origin = self.origins.get(str(keys[1])) if keys[:1] == ("steps",) and len(keys) > 1 else None
        if origin is not None:
            return self.read.place("steps", origin.step, "gate", origin.index)
        return self.read.place(*keys, at_key=at_key)

    def steps(self, kind: StepKind) -> Iterator[tuple[str, Step]]:
        """Return the steps of a kind, with their names."""
        return ((name, step) for name, step in self.pipeline.steps.items() if step.kind is kind)

    def writers(self, path: str) -> list[str]:
        """Return the steps that write a literal path."""
        return [
            name
            for name, step in self.pipeline.steps.items()
            if any(matches(pattern, path) or pattern == path for pattern in step.writes)
        ]

    def is_there(self, path: str) -> bool:
        """Say whether a literal path of the job is a file already."""
        whole = path[1:] if path.startswith("/") else f"{self.around.folder}/{path}"
        return path in _PERSONS or whole in self.around.files


def _names_nothing(_: CheckUse) -> Iterable[str]:
    return ()


NOWHERE = Around(
    folder="", files=frozenset(), params=None, settings=None, agents={}, checks={}, paths_named=_names_nothing
)


def case_of(read: Read[Pipeline], pipeline: Pipeline, around: Around) -> Case:
    """Return the pipeline as it is judged, its reviewers written out as the steps that they are."""
    whole = written_out(pipeline)
    return Case(read, whole, around, before(_mended(whole)), origins(pipeline))


def _mended(pipeline: Pipeline) -> Pipeline:
    """The pipeline with each unknown need taken for the step that it resembles: one slip, one problem."""
    steps = {
        name: step.model_copy(update={"needs": tuple(_known_step(need, pipeline) for need in step.needs)})
        if step.needs
        else step
        for name, step in pipeline.steps.items()
    }
    return pipeline.model_copy(update={"steps": steps})


def _known_step(need: str, pipeline: Pipeline) -> str:
    return need if need in pipeline.steps else nearest(need, pipeline.steps) or need
