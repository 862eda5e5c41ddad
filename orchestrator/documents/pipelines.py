"""A pipeline as the machine may trust it: well-formed, its order without a cycle, its expressions readable."""

from orchestrator.documents.lint_pipeline import judge_itself
from orchestrator.documents.models import Read, read
from orchestrator.documents.problems import Problem
from orchestrator.documents.reviewers import Fault, misread, written_out
from orchestrator.documents.yaml import together
from orchestrator.errors import DocumentError, Place
from orchestrator.model.pipeline import Pipeline


def parse_pipeline(text: str | bytes, path: str) -> Pipeline:
    """Return the pipeline, its reviewers written out as steps.

    Raises DocumentError for its first mistake, which carries the others.

    Besides what the model asks: needs and goto name steps, goto one that stands before; no cycle; two steps that write
    one file are ordered; `when` can be read.
    """
    found = read(text, path, Pipeline)
    faults = found.faults
    if found.value is not None:
        faults = (*faults, *(_error(problem) for problem in judge_itself(found, found.value)))
        faults = (*faults, *(_unread(found, fault) for fault in misread(found.value)))
    if faults or found.value is None:
        raise together(faults)
    return written_out(found.value)


def _unread(found: Read[Pipeline], fault: Fault) -> DocumentError:
    place = found.place("steps", fault.origin.step, "gate", fault.origin.index)
    return DocumentError(
        f"steps.{fault.origin.step}.gate[{fault.origin.index}].{fault.message}", place=place, hint=fault.hint
    )


def _error(problem: Problem) -> DocumentError:
    return DocumentError(problem.message, place=Place(problem.path, problem.line, problem.column), hint=problem.hint)


def missing_pipeline(path: str) -> DocumentError:
    """Return what is to be said of a job or a template without the pipeline that belongs at `path`."""
    folder = path.rpartition("/")[0]
    hint = f"write its steps there, or bring it back: git restore {path}; or delete {folder}/"
    return DocumentError("the pipeline is missing", place=Place(path), hint=hint)
