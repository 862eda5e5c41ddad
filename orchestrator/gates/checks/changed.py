"""The check `changed`: an agent changed no more of a text than it may. A person may change all of it."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.content.changes import share_changed
from orchestrator.content.decoding import decode
from orchestrator.gates.interface import CannotRun, Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, Text, read_texts
from orchestrator.model.finding import Finding


class Changed(CheckSettings):
    """Settings of `changed`."""

    bare: ClassVar[str | None] = "max_percent"
    example: ClassVar[str] = "changed: {max_percent: 40}"

    max_percent: float = Field(
        ge=0,
        description="the most that may change, as a share of the words that were there; a mark is a word of its own",
    )
    file: FilePath | None = Field(
        default=None, description="the file to judge; left out: each text that the step read and wrote on"
    )


def _run(material: Material, settings: Changed) -> Iterator[Finding]:
    if material.is_by_person:
        return
    paths = _paths(material, settings)
    for path in paths:
        texts, faults = read_texts(material, path)
        yield from faults
        for text in texts:
            yield from _judge(text, material.before[path], settings)


def _paths(material: Material, settings: Changed) -> list[str]:
    """Pictures are left out: `rendered` binds them to the drawing that is a text."""
    if settings.file and settings.file not in material.before:
        raise CannotRun(f"the step did not read {settings.file} before it wrote it: there is nothing to compare with")
    paths = [settings.file] if settings.file else [path for path in material.artifacts if path in material.before]
    texts = [path for path in paths if decode(material.before[path])]
    if not texts:
        raise CannotRun("the step wrote no text that it had read: there is nothing to compare with")
    return texts


def _judge(text: Text, before: bytes, settings: Changed) -> Iterator[Finding]:
    decoded = decode(before)
    share = share_changed(decoded.text if decoded else "", text.text)
    if share > settings.max_percent:
        message = f"{_percent(share)} % of the text changed; at most {_percent(settings.max_percent)} % may"
        suggestion = "change only what the findings name"
        yield Finding(severity=settings.severity, message=message, file=text.path, suggestion=suggestion)


def _percent(share: float) -> str:
    """Rounded up, so that what is over the limit never reads as being at it."""
    tenths = -int(-share * 10 // 1)
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


CHECK = Check("changed", "An agent changed no more of a text than it may; a person may change all.", Changed, _run)
