"""The check `duplicates`: no long row of words stands twice in a text, or in another one as well.

It compares words, folded: case, marks and line ends hide nothing. Quotations in blocks, code and front matter are left
out. In scripts without spaces each character is a word.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from pydantic import Field, model_validator

from orchestrator.content.decoding import decode
from orchestrator.content.shingles import Row, Shingles, Worded, shingled, worded
from orchestrator.gates.interface import CannotRun, Check, CheckSettings, Material
from orchestrator.gates.reading import LARGEST, FilePath, Text, file_field, is_markdown, read_texts, source
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown
from orchestrator.model.patterns import matches
from orchestrator.model.pipeline import PathPattern


class Duplicates(CheckSettings):
    """Settings of `duplicates`."""

    bare: ClassVar[str | None] = "words"
    example: ClassVar[str] = "duplicates: {words: 12, against: [sources/]}"

    words: int = Field(default=12, ge=3, le=200, description="the words in a row that make a duplicate")
    within: bool = Field(default=True, description="whether a text is compared with itself")
    across: bool = Field(default=True, description="whether the Markdown files that the step wrote are compared")
    against: tuple[PathPattern, ...] = Field(
        default=(),
        description="more to compare with: files, folders with a trailing '/', patterns; binary files are passed over",
    )
    earlier: bool = Field(default=False, description="whether the Markdown files of finished jobs are compared with")
    max_percent: float | None = Field(
        default=None,
        ge=0,
        le=100,
        description="the share of the words that may stand elsewhere as well; then no single row is a finding",
    )
    file: FilePath | None = file_field("Markdown file")

    @model_validator(mode="after")
    def _something_to_compare(self) -> "Duplicates":
        if not (self.within or self.across or self.against or self.earlier):
            raise ValueError("needs something to compare with: within, across, against or earlier")
        return self


def _run(material: Material, settings: Duplicates) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    judged = [shingled(worded(text.path, text.text), settings.words) for text in texts]
    for other in _others(material, texts, settings):
        for each in judged:
            each.seek_in(other)
    for place, each in enumerate(judged):
        for before in judged[:place] if settings.across else ():
            each.seek_in(before.text)
        yield from _told(each, settings)


def _others(material: Material, judged: Sequence[Text], settings: Duplicates) -> Iterator[Worded]:
    """Return the texts that are compared with and not judged, one at a time."""
    own = {text.path for text in judged}
    paths = set(_beside(material) if settings.across else ())
    paths.update(path for pattern in settings.against for path in _named(material, pattern))
    for path in sorted(paths - own):
        yield from _worded(path, source(material, path))
    if settings.earlier:
        yield from _earlier(material)


def _beside(material: Material) -> Iterator[str]:
    return (path for path in material.artifacts if is_markdown(path) and path in material.files)


def _named(material: Material, pattern: str) -> Iterable[str]:
    paths = [path for path in material.files if matches(pattern, path)]
    if not paths:
        raise CannotRun(
            f"nothing stands at {pattern} to compare with, or it is not among the step's reads or gate_reads"
        )
    return paths


def _earlier(material: Material) -> Iterator[Worded]:
    for job, files in sorted(material.outside.earlier().items()):
        for path in sorted(filter(is_markdown, files)):
            if len(files[path]) <= LARGEST:
                yield from _worded(f"job {job}: {path}", files[path])


def _worded(name: str, content: bytes) -> Iterator[Worded]:
    decoded = decode(content)
    if decoded:
        yield worded(name, decoded.text)


def _told(judged: Shingles, settings: Duplicates) -> Iterator[Finding]:
    rows = judged.rows(within=settings.within)
    if settings.max_percent is None:
        yield from (_row(row, judged.text.name, settings) for row in rows)
    else:
        yield from _share(list(rows), settings.max_percent, judged, settings)


def _row(row: Row, path: str, settings: Duplicates) -> Finding:
    return Finding(
        severity=settings.severity,
        message=f"{row.words} words in a row stand elsewhere as well, from {_place(row)} on: {shown(row.first_words)}",
        file=path,
        line=row.line,
        suggestion=_SUGGESTION,
    )


def _share(rows: Sequence[Row], most: float, judged: Shingles, settings: Duplicates) -> Iterator[Finding]:
    copied, count = sum(row.words for row in rows), len(judged.text.words)
    if copied * 100 <= most * count:
        return
    longest = max(rows, key=lambda row: row.words)
    yield Finding(
        severity=settings.severity,
        message=(
            f"{_percent(copied, count)} % of the words stand elsewhere as well; at most {most:g} % may; "
            f"the longest row, of {longest.words} words, from {_place(longest)} on: {shown(longest.first_words)}"
        ),
        file=judged.text.name,
        line=longest.line,
        suggestion=_SUGGESTION,
    )


def _place(row: Row) -> str:
    return f"{row.elsewhere.name}:{row.elsewhere.line}"


def _percent(part: int, whole: int) -> str:
    """Rounded up, so that what is over the limit never reads as being at it."""
    tenths = -(-part * 1000 // whole)
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


_SUGGESTION = "say it once, or in words of its own; what is quoted stands in a block quote"

CHECK = Check(
    "duplicates",
    "No long row of words stands twice: in the text, in another one, in a finished job.",
    Duplicates,
    _run,
    looks_beyond=True,
)
