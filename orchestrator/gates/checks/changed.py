"""The check `changed`: an agent changed no more of a text than it may, and where it may. A person may change all.

It judges what was there before and was written over. A new file beside it goes unjudged here: which files a step may
write is for its `writes` to say.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import ClassVar

from pydantic import Field, model_validator

from orchestrator.content import changes
from orchestrator.content.bounding import and_more, few
from orchestrator.content.changes import Difference, How, Part
from orchestrator.content.decoding import decode
from orchestrator.gates.interface import CannotRun, Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, Text, is_markdown, is_text, read_texts
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown

_HOW = {How.CHANGED: "changed", How.NEW: "is new", How.GONE: "is gone", How.MOVED: "stands in another place"}


class Changed(CheckSettings):
    """Settings of `changed`. Sections and front matter are those of Markdown files."""

    bare: ClassVar[str | None] = "max_percent"
    example: ClassVar[str] = "changed: {max_percent: 40, keep: [Sources], keep_front_matter: [price]}"

    max_percent: float | None = Field(
        default=None,
        ge=0,
        description="the most that may change, as a share of the words that were there; a mark is a word of its own",
    )
    min_percent: float | None = Field(
        default=None, ge=0, description="the least that must change, counted the same way"
    )
    max_lines: int | None = Field(
        default=None, ge=0, description="the most lines that may go or come, whichever are more"
    )
    keep: tuple[str, ...] = Field(
        default=(), description="headings of sections that must stay word for word, with all below them (Markdown)"
    )
    only: tuple[str, ...] | None = Field(
        default=None,
        description="headings of the only sections that may change; nothing outside of them may (Markdown)",
    )
    keep_front_matter: tuple[str, ...] = Field(
        default=(), description="keys of the front matter that must stay as they are (Markdown)"
    )
    only_front_matter: tuple[str, ...] | None = Field(
        default=None,
        description="the only keys of the front matter that may change; left out: with `only` none may (Markdown)",
    )
    file: FilePath | None = Field(
        default=None, description="the file to judge; left out: each text that the step read and wrote on"
    )

    @model_validator(mode="after")
    def _limits_something(self) -> "Changed":
        if self.min_percent is not None and self.max_percent is not None and self.min_percent > self.max_percent:
            raise ValueError(f"min_percent {self.min_percent:g} is more than max_percent {self.max_percent:g}")
        if not (self.model_fields_set - {"severity", "file"}):
            raise ValueError("say what may change: max_percent, min_percent, max_lines, keep, only or their like")
        return self


def _run(material: Material, settings: Changed) -> Iterator[Finding]:
    if material.is_by_person:
        return
    for path in _gone(material, settings.file):
        yield _finding(settings, path, "the file is gone", None, "write it")
    compared = _compared(material, settings.file)
    before = {path: _decoded(material.before[path]) for path in compared}
    _all_stood(before, settings)
    for path in compared:
        texts, faults = read_texts(material, path)
        yield from faults
        for text in texts:
            yield from _judge(text, before[path], settings)


def _gone(material: Material, file: str | None) -> list[str]:
    return [path for path in material.before if path not in material.files and file in (None, path)]


def _compared(material: Material, file: str | None) -> list[str]:
    """Return the texts that were written over; a file that was left as it is has not changed.

    Pictures are left out: `rendered` binds them to the drawing, which is a text.
    """
    written = [path for path in material.artifacts if path == file or (file is None and _is_text(material, path))]
    compared = [path for path in written if path in material.before]
    if written and not compared:
        raise CannotRun(f"the step did not read {', '.join(written)}, which it wrote: there is nothing to compare with")
    return [path for path in compared if path in material.files]


def _is_text(material: Material, path: str) -> bool:
    """Say whether a file is a text or was one: what became bytes has lost all its words."""
    versions = (files[path] for files in (material.files, material.before) if path in files)
    return any(is_text(content) for content in versions)


def _decoded(content: bytes) -> str:
    decoded = decode(content)
    return decoded.text if decoded else ""


def _all_stood(before: dict[str, str], settings: Changed) -> None:
    """A section that is to be kept and was never there is a slip of the pipeline, which would keep nothing."""
    texts = [text for path, text in before.items() if is_markdown(path)]
    if not before or not (settings.keep or settings.keep_front_matter):
        return
    stood = {title for text in texts for part in changes.parts(text) for title in part.titles}
    keys = {title for text in texts for part in changes.head_parts(text) for title in part.titles}
    for title in settings.keep:
        if changes.title_key(title) not in stood:
            raise CannotRun(f"no section {shown(title)} stood in {', '.join(before)}: there is nothing to keep")
    for key in settings.keep_front_matter:
        if key not in keys:
            raise CannotRun(
                f"no key {shown(key)} stood in the front matter of {', '.join(before)}: there is nothing to keep"
            )


def _judge(text: Text, before: str, settings: Changed) -> Iterator[Finding]:
    yield from _how_much(text, before, settings)
    if is_markdown(text.path):
        yield from _where(text, before, settings)


# --- how much --------------------------------------------------------------------------------------------------------


def _how_much(text: Text, before: str, settings: Changed) -> Iterator[Finding]:
    most, least = settings.max_percent, settings.min_percent
    share = 0.0 if most is None and least is None else changes.share_changed(before, text.text)
    if most is not None and share > most:
        message = f"{_percent(share)} % of the text changed; at most {_percent(most)} % may"
        yield _finding(settings, text.path, message, None, "change only what the findings name")
    if least is not None and share < least:
        message = f"{share:.3g} % of the text changed; at least {least:g} % must"
        yield _finding(settings, text.path, message, None, "change what was asked for")
    if settings.max_lines is not None and (lines := changes.lines_changed(before, text.text)) > settings.max_lines:
        message = f"{lines} {'line' if lines == 1 else 'lines'} changed; at most {settings.max_lines} may"
        yield _finding(settings, text.path, message, None, "change only what the findings name")


def _percent(share: float) -> str:
    """Rounded up, so that what is over the limit never reads as being at it."""
    tenths = -int(-share * 10 // 1)
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


# --- where -----------------------------------------------------------------------------------------------------------


def _where(text: Text, before: str, settings: Changed) -> Iterator[Finding]:
    old, new = changes.parts(before), changes.parts(text.text)
    if settings.keep:
        keys = {changes.title_key(title) for title in settings.keep}
        rule = "must stay word for word"
        yield from _told(settings, text, _sections(changes.within(old, keys), changes.within(new, keys)), rule)
    if settings.only is not None:
        keys = {changes.title_key(title) for title in settings.only}
        rule = _only(settings.only)
        yield from _told(settings, text, _sections(changes.without(old, keys), changes.without(new, keys)), rule)
    yield from _front_matter(text, before, settings)


def _front_matter(text: Text, before: str, settings: Changed) -> Iterator[Finding]:
    old, new = changes.head_parts(before), changes.head_parts(text.text)
    if settings.keep_front_matter:
        keys: Collection[str] = settings.keep_front_matter
        yield from _told(
            settings, text, _keys(changes.within(old, keys), changes.within(new, keys)), "must stay as it is"
        )
    may = settings.only_front_matter
    if may is not None or settings.only is not None:
        may = may or ()
        rule = _only(may)
        yield from _told(settings, text, _keys(changes.without(old, may), changes.without(new, may)), rule)


def _sections(before: Sequence[Part], after: Sequence[Part]) -> Iterator[tuple[str, Difference]]:
    for found in changes.differences(before, after):
        named = "the text before the first heading" if found.title is None else f"the section {shown(found.title)}"
        yield named, found


def _keys(before: Sequence[Part], after: Sequence[Part]) -> Iterator[tuple[str, Difference]]:
    for found in changes.differences(before, after):
        named = "the front matter" if found.title is None else f"{shown(found.title)} of the front matter"
        yield named, found


def _told(settings: Changed, text: Text, found: Iterator[tuple[str, Difference]], rule: str) -> Iterator[Finding]:
    told = few(found)
    for named, difference in told.first:
        message = f"{named} {_HOW[difference.how]}, and {rule}"
        yield _finding(settings, text.path, message, difference.line, "put it back as it was")
    if told.more:
        yield _finding(settings, text.path, f"what may not change did in {and_more(told.more)}", None, None)


def _only(names: Sequence[str]) -> str:
    return f"only {', '.join(map(shown, names))} may change" if names else "nothing of it may change"


def _finding(settings: Changed, path: str, message: str, line: int | None, suggestion: str | None) -> Finding:
    return Finding(severity=settings.severity, message=message, file=path, line=line, suggestion=suggestion)


CHECK = Check(
    "changed", "An agent changed no more of a text than it may, and only where; a person may change all.", Changed, _run
)
