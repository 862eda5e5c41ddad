"""The names of a crew's steps and of what they write: unique on any file system, and none that means something here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.documents.importing.braces import inputs
from orchestrator.documents.importing.crew import CrewTask
from orchestrator.documents.importing.taken import note, slug_of
from orchestrator.documents.problems import Problem
from orchestrator.documents.yaml import shown_key
from orchestrator.errors import DocumentError
from orchestrator.model.names import STEP_NAME, path_fault, shown
from orchestrator.model.protected import folded, protected

BRIEF = "brief.md"
_MOST_NAME = 40
_MOST_PATH = 200
_PEOPLES = frozenset({BRIEF, "sources"})


@dataclass(frozen=True, slots=True)
class Outputs:
    """Task → the file that its step writes; and what is to be said of those that are called otherwise here."""

    files: Mapping[str, str]
    notes: tuple[Problem, ...]


def step_names(tasks: Iterable[CrewTask]) -> dict[str, str]:
    """Return task → step. Raises DocumentError where a task's name can be none, or two come to one."""
    found: dict[str, str] = {}
    for task in tasks:
        step = slug_of(task.name)[:_MOST_NAME].strip("-")
        if not STEP_NAME.fullmatch(step) or step in found.values():
            why = "is a step's name already" if step in found.values() else "can be no step's name"
            message = f"{shown_key(task.name)} {why}"
            hint = (
                "rename the task: lower-case letters, digits and '-', beginning with a letter, unlike in its first 40"
            )
            raise DocumentError(message, place=task.place, hint=hint)
        found[task.name] = step
    return found


def approval_names(steps: Iterable[str]) -> dict[str, str]:
    """Return step → a name for the approval after it that no other step has."""
    taken = set(steps)
    found: dict[str, str] = {}
    for step in sorted(taken):
        found[step] = _free(f"approve-{step}"[:_MOST_NAME].rstrip("-"), taken.__contains__, _numbered_name)
        taken.add(found[step])
    return found


def outputs(tasks: Iterable[CrewTask], steps: Mapping[str, str]) -> Outputs:
    """Return what each step writes: its task's `output_file` where that may be, else a file of the step's name."""
    every = list(tasks)
    taken = _Taken()
    files: dict[str, str] = {}
    faults: dict[str, str] = {}
    for task in every:
        path = task.output_file.removeprefix("./")
        fault = _fault(path, taken) if path else None
        if fault:
            faults[task.name] = fault
        elif path:
            files[task.name] = taken.add(path)
    for task in every:
        if task.name not in files:
            ending = ".json" if task.is_json else ".md"
            # A step called claude or brief must not write the file of that name either.
            path = _free(steps[task.name] + ending, lambda path: _fault(path, taken) is not None, _numbered_file)
            files[task.name] = taken.add(path)
    return Outputs(files, tuple(_told(every, files, faults)))


def _told(tasks: Iterable[CrewTask], files: Mapping[str, str], faults: Mapping[str, str]) -> Iterator[Problem]:
    for task in tasks:
        if task.name in faults:
            message = f"{shown_key(task.name)}.output_file: {shown(task.output_file)} {faults[task.name]}"
            yield note(task.output_place, message, f"its step writes {files[task.name]}; rename it in pipeline.yaml")


class _Taken:
    """The paths that are given away, as the most forgiving file system takes them."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def has(self, path: str) -> bool:
        """Say whether a path is a file or a folder already, or lies below a file."""
        own, *above = _chain(path)
        return own in self._files or own in self._folders or not self._files.isdisjoint(above)

    def add(self, path: str) -> str:
        """Give a path away, and return it."""
        own, *above = _chain(path)
        self._files.add(own)
        self._folders.update(above)
        return path


def _chain(path: str) -> list[str]:
    """Return a path and the folders above it, nearest first."""
    parts = [folded(part) for part in path.split("/")]
    return ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]


def _fault(path: str, taken: _Taken) -> str | None:
    if inputs(path):
        return "is named by an input, and a step's file has one name"
    if path.startswith("/"):
        return "lies outside the job"
    fault = path_fault(path)
    if fault:
        return fault
    if any(sign in path for sign in "*?[") or not path.isprintable() or len(path) > _MOST_PATH:
        return "is no plain name of a file"
    rule = protected(path)
    if rule:
        return f"may not be written: {rule}"
    if folded(path.split("/")[0]) in _PEOPLES:
        return "is a person's in a job"
    return "is another task's file too" if taken.has(path) else None


def _free(wanted: str, is_taken: Callable[[str], bool], numbered: Callable[[str, int], str]) -> str:
    name, count = wanted, 1
    while is_taken(name):
        count += 1
        name = numbered(wanted, count)
    return name


def _numbered_name(name: str, count: int) -> str:
    return f"{name[: _MOST_NAME - 4]}-{count}"


def _numbered_file(path: str, count: int) -> str:
    stem, dot, ending = path.rpartition(".")
    return f"{stem}-{count}{dot}{ending}"
