"""Data files that expressions name, parsed. One that cannot be read is left out: its gate says what is wrong."""

from collections.abc import Iterator, Mapping

from orchestrator.documents import yaml
from orchestrator.engine import paths
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError
from orchestrator.machine.view import data_files, stem
from orchestrator.model.pipeline import Pipeline, StepKind


def named(world: World, job: str, pipeline: Pipeline, files: Mapping[str, str]) -> dict[str, object]:
    """Return what the pipeline's expressions name of `files` (path → id): stem → value."""
    wanted = {path for text in conditions(pipeline) for path in data_files(text, files)}
    return _values({paths.in_workspace(job, path): world.ledger.blob(files[path]) for path in sorted(wanted)})


def made(pipeline: Pipeline, files: Mapping[str, bytes]) -> dict[str, object]:
    """Return the same of files that are not stored yet: path → content."""
    wanted = {path for text in conditions(pipeline) for path in data_files(text, files)}
    return _values({path: files[path] for path in sorted(wanted)})


def _values(texts: Mapping[str, bytes]) -> dict[str, object]:
    found = {stem(path): _read(text, path) for path, text in texts.items()}
    return {name: value for name, value in found.items() if value is not None}


def _read(text: bytes, path: str) -> object:
    try:
        return yaml.load(text, path)
    except DocumentError:
        return None


def conditions(pipeline: Pipeline) -> Iterator[str]:
    """Return every expression of a pipeline."""
    for step in pipeline.steps.values():
        if step.when:
            yield step.when
        if step.kind is StepKind.APPROVE and step.approve and step.approve.when:
            yield step.approve.when
