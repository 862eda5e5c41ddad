"""What a step was given, as text. Sizes are bounded, encodings are read as they are, binary files are left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.interface import Request
from orchestrator.content.decoding import decode

LARGEST = 5_000_000
"""Bytes of one file."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that could be read. `name` is what citations call it; `remark` is what its reader should know, or None."""

    path: str
    name: str
    text: str
    remark: str | None = None

    @property
    def kind(self) -> str:
        """The ending of its name, in lower case, without the dot."""
        return self.name.rpartition(".")[2].casefold() if "." in self.name else ""

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the lines with their 1-based numbers."""
        return enumerate(self.text.split("\n"), start=1)

    def at(self, line: int) -> str:
        """Return the citation of a line."""
        return f"[{self.name}:{line}]"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be read, and why."""

    name: str
    reason: str


def source_of(path: str, content: bytes) -> Source | Skipped:
    """Return the file as text, or why it is none. Raises CannotWork for one that is too large to be read."""
    name = path.removeprefix("sources/").lstrip("/")
    if len(content) > LARGEST:
        size = f"{len(content) / 1_000_000:.1f} MB; the most is {LARGEST // 1_000_000} MB"
        raise CannotWork(f"{path}: the file has {size}: cut it to what matters, or leave it out")
    decoded = decode(content)
    if decoded is None:
        return Skipped(name, "it is no text file, so nothing was read from it")
    return Source(path, name, decoded.text, _remark(decoded.foreign_lines))


def text_of(request: Request, path: str) -> str:
    """Return one file's text. Raises CannotWork where it is not there, or no text."""
    content = request.files.get(path)
    if content is None:
        raise CannotWork(f"{path}: the step does not read it: add it to the step's `reads`")
    source = source_of(path, content)
    if isinstance(source, Skipped):
        raise CannotWork(f"{path}: {source.reason}")
    return source.text


def only_one(request: Request, ending: str) -> str:
    """Return the one path among the step's `writes` that ends so. Raises CannotWork where there is not just one."""
    named = [path for path in request.writes if path.endswith(ending)]
    if len(named) != 1:
        said = ", ".join(request.writes) or "nothing"
        raise CannotWork(f"the step {request.step} must write one {ending} file, and writes {said}")
    return named[0]


def as_files(texts: Mapping[str, str]) -> dict[str, bytes]:
    """Return texts as the bytes of files."""
    return {path: text.encode() for path, text in texts.items()}


def _remark(foreign: tuple[int, ...]) -> str | None:
    if not foreign:
        return None
    return "some of it is no Unicode and was read as Western European text, so look at its accents and signs"
