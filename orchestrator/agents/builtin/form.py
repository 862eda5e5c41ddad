"""The agent `form`: what the step's prompt renders to is the file. So a prompt template is all that a step takes.

In the prompt a line `<!-- form -->` may stand: what is above it is said to a model that plays the role, what is below
it is the file. A step that writes several files has a line `<!-- form: tasks.md -->` for each. Within fenced code such
a line is none, so that no text that goes through `fence` can begin a file.
"""

import re
from collections.abc import Iterator, Mapping

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.interface import Request
from orchestrator.content.markdown import fenced
from orchestrator.model.patterns import is_literal

_MARK = re.compile(r"<!-- form(?:: ([^\s<>]{1,300}))? -->[ \t\r]*")


def form(request: Request) -> Mapping[str, bytes]:
    """Return the step's files, each as its form in the prompt says it. Raises CannotWork where that is not clear."""
    forms = _forms(request)
    promised = [path for path in request.writes if is_literal(path)]
    lacking = [path for path in promised if path not in forms]
    if lacking:
        raise CannotWork(f"the prompt of {request.step} has no line <!-- form: {lacking[0]} -->, and nothing below it")
    return {path: _content(request, path, lines) for path, lines in forms.items()}


def _forms(request: Request) -> dict[str, list[str]]:
    """Return path → the lines of its form."""
    lines = request.prompt.split("\n")
    marks = list(_marks(lines))
    if not marks:
        return {_only(request): lines}
    ends = [place for place, _ in marks[1:]] + [len(lines)]
    found: dict[str, list[str]] = {}
    for (start, named), end in zip(marks, ends, strict=True):
        path = named or _only(request)
        if path in found:
            raise CannotWork(
                f"the prompt of {request.step} has two forms of {path}; where a text that the step reads brings one "
                f"along, put it through `fence`"
            )
        found[path] = lines[start + 1 : end]
    return found


def _marks(lines: list[str]) -> Iterator[tuple[int, str | None]]:
    """Yield the place of each mark, and the path that it names, if it names one."""
    for at, (line, is_code) in enumerate(zip(lines, fenced(lines), strict=True)):
        found = None if is_code else _MARK.fullmatch(line)
        if found:
            yield at, found[1]


def _only(request: Request) -> str:
    """Return the one file that the step writes."""
    if len(request.writes) == 1 and is_literal(request.writes[0]):
        return request.writes[0]
    said, first = ", ".join(request.writes), request.writes[0]
    example = first if is_literal(first) else f"{first.partition('*')[0].rpartition('/')[0]}/a.md".lstrip("/")
    raise CannotWork(
        f"{request.step} writes {said}, and its prompt does not say what goes where: "
        f"begin each file with a line such as <!-- form: {example} -->"
    )


def _content(request: Request, path: str, lines: list[str]) -> bytes:
    text = "\n".join(lines).strip("\n")
    if not text.strip():
        raise CannotWork(f"the form of {path} in the prompt of {request.step} comes to nothing: what it reads lacks it")
    return f"{text}\n".encode()
