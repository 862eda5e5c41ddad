"""The files that a check is to judge, as text or bytes; and the findings on those that cannot be judged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from orchestrator.content.decoding import decode
from orchestrator.gates.interface import CannotRun, Material
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.names import path_fault

LARGEST = 5_000_000
"""Bytes of a file that is judged; a source larger than that must be cut by a person."""

MARKDOWN = (".md", ".markdown")
DRAWING = (".svg",)
_SAMPLE = 8_192
"""Bytes by which a text is told."""


def _path(text: str) -> str:
    fault = path_fault(text)
    if fault:
        raise ValueError(f"{text!r} {fault}")
    return text


FilePath = Annotated[str, AfterValidator(_path), Field(json_schema_extra={"format": "path"})]


def is_markdown(path: str) -> bool:
    """Say whether a file is Markdown by its name."""
    return path.casefold().endswith(MARKDOWN)


def is_text(content: bytes) -> bool:
    """Say whether a file of any name is a text, by its first few kilobytes."""
    return decode(content[:_SAMPLE]) is not None


def file_field(kind: str) -> FilePath | None:
    """Return the field of a setting `file` that stands for all of the step's artifacts of a kind where left out."""
    field: FilePath | None = Field(default=None, description=f"the file to judge; left out: each {kind} the step wrote")
    return field


@dataclass(frozen=True, slots=True)
class Text:
    """A file to be judged, decoded."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file to be judged, as it is."""

    path: str
    content: bytes


def read_bytes(
    material: Material, file: str | None, endings: Sequence[str]
) -> tuple[tuple[Bytes, ...], tuple[Finding, ...]]:
    """Return the named file, or the artifacts with one of the endings; and a finding for each that is not there."""
    paths = [file] if file else [path for path in material.artifacts if path.casefold().endswith(tuple(endings))]
    if not paths:
        kinds = " or ".join(endings)
        return (), (_critical(f"the step wrote no {kinds} file to judge", None, "write one, or name one with `file`"),)
    found: list[Bytes] = []
    faults: list[Finding] = []
    for path in paths:
        content = material.files.get(path)
        if content is None:
            faults.append(_critical("the file is not there", path, "write it"))
        elif len(content) > LARGEST:
            faults.append(_critical(f"the file has more than {LARGEST // 1_000_000} MB", path, "make it smaller"))
        else:
            found.append(Bytes(path, content))
    return tuple(found), tuple(faults)


def read_texts(
    material: Material, file: str | None, endings: Sequence[str] = MARKDOWN
) -> tuple[tuple[Text, ...], tuple[Finding, ...]]:
    """Return as `read_bytes` does, decoded; what is not UTF-8 is a finding with the line of the first wrong byte."""
    files, faults = read_bytes(material, file, endings)
    found: list[Text] = []
    wrong: list[Finding] = []
    for each in files:
        if b"\0" in each.content:
            line = each.content.count(b"\n", 0, each.content.index(b"\0")) + 1
            wrong.append(_critical("the file has a NUL byte: it is no text", each.path, "write it anew as text", line))
            continue
        try:
            found.append(Text(each.path, unix(each.content.decode("utf-8-sig"))))
        except UnicodeDecodeError as exc:
            line = each.content.count(b"\n", 0, exc.start) + 1
            wrong.append(_critical("the file is not UTF-8 text", each.path, "save it as UTF-8", line))
    return tuple(found), (*faults, *wrong)


def unix(text: str) -> str:
    """Return the text with `\\n` line ends."""
    return text.replace("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list in a file: the 1-based line, and what stands on it."""

    line: int
    text: str


def read_list(material: Material, path: str) -> tuple[Listed, ...]:
    """Return the lines of a list, such as one of words; empty lines and what follows a `#` are left out.

    Raises CannotRun where the list is not there or is no text: a rule without its list judges nothing.
    """
    if path not in material.files:
        raise CannotRun(f"the list {path} is not there, or not among the step's reads or gate_reads")
    texts, faults = read_texts(material, path)
    if faults:
        raise CannotRun(f"the list {faults[0]}")
    lines = enumerate(texts[0].text.split("\n"), start=1)
    bare = ((number, re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()) for number, line in lines)
    return tuple(Listed(number, text) for number, text in bare if text)


def source(material: Material, path: str) -> bytes:
    """Return a source's content. Raises CannotRun where it is too large to read."""
    content = material.files[path]
    if len(content) > LARGEST:
        raise CannotRun(f"{path} has more than {LARGEST // 1_000_000} MB: cut it, or leave it out")
    return content


def _critical(message: str, path: str | None, suggestion: str, line: int | None = None) -> Finding:
    return Finding(severity=Severity.CRITICAL, message=message, file=path, line=line, suggestion=suggestion)
