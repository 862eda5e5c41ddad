"""What the step was given of a product: its brief, and the sources beside it."""

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.reading import Skipped, Source, source_of
from orchestrator.agents.interface import Request

BRIEF = "brief.md"


def brief_of(request: Request) -> Source:
    """Return the brief. Raises CannotWork where there is none, or nothing in it."""
    content = request.files.get(BRIEF)
    if content is None:
        raise CannotWork(f"{BRIEF}: the step reads no brief: add it to the step's `reads`, or write one")
    brief = source_of(BRIEF, content)
    if isinstance(brief, Skipped):
        raise CannotWork(f"{BRIEF}: {brief.reason}: write the brief as Markdown")
    if not brief.text.strip():
        raise CannotWork(f"{BRIEF}: the brief is empty: say what the product is, what it costs and whom it is for")
    return brief


def sources_of(request: Request) -> tuple[Source | Skipped, ...]:
    """Return all else that the step reads of the job, in the order of the paths, empty files left out."""
    paths = sorted(path for path in request.files if path != BRIEF and not path.startswith("/"))
    return tuple(source_of(path, request.files[path]) for path in paths if request.files[path].strip())
