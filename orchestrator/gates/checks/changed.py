"""The check `changed`: an agent changed no more of a text than it may. A person may change all of it."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.content.changes import share_changed
from orchestrator.content.decoding import decode
from orchestrator.gates.interface import CannotRun, Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, Text, read_texts
from orchestrator.model.finding import Finding

SAMPLE = 8_192
"""Bytes by which a text is told from a picture."""


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
    for path in _compared(material, settings.file):
        texts, faults = read_texts(material, path)
        yield from faults
        for text in texts:
            yield from _judge(text, material.before[path], settings)


def _compared(material: Material, file: str | None) -> list[str]:
    """Return the texts that were written over; a file that was left as it is has not changed.

    Pictures are left out: `rendered` binds them to the drawing, which is a text.
    """
    written = [path for path in material.artifacts if path == file or (file is None and _is_text(material, path))]
    compared = [path for path in written if path in material.before]
    if written and not compared:
        raise CannotRun(f"the step did not read {', '.join(written)}, which it wrote: there is nothing to compare with")
    return compared


def _is_text(material: Material, path: str) -> bool:
    content = material.files.get(path)
    return content is not None and decode(content[:SAMPLE]) is not None


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
