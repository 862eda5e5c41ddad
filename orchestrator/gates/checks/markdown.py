"""The check `markdown`: a text is well-made Markdown, as CommonMark and its readers have it.

What a link leads to is for `links`, which sections there are for `sections`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import ClassVar

from pydantic import Field

from orchestrator.content.markdown import key_lines
from orchestrator.content.markdown_tree import (
    BareAddress,
    Bullets,
    Definition,
    Emphasised,
    Fence,
    Heading,
    Html,
    Image,
    Link,
    Reversed,
    Row,
    TooLarge,
    Tree,
    Undefined,
    Verbatim,
    read,
)
from orchestrator.content.words import fold
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.reading import FilePath, Text, file_field, read_texts
from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.names import shown

_MOST = 1_000
"""Breaches of one rule: no gate listens to more."""

_RULES = {
    "heading-order": Rule("A heading is at most one level below the one before it."),
    "one-title": Rule("There is at most one heading of level 1."),
    "duplicate-heading": Rule("Headings under the same heading differ."),
    "empty-heading": Rule("A heading has words."),
    "empty-link": Rule("A link has words, or a picture, and leads somewhere."),
    "bare-url": Rule("A web address stands between < and >, or in a link.", Level.MINOR),
    "no-alt": Rule("A picture has a text that stands for it."),
    "no-language": Rule("Fenced code says its language.", Level.MINOR),
    "unclosed-fence": Rule("Fenced code is closed."),
    "undefined-reference": Rule("The label of a link is defined."),
    "unused-reference": Rule("A defined label is used.", Level.MINOR),
    "repeated-reference": Rule("A label is defined once."),
    "reversed-link": Rule("A link is `[words](address)`, not the other way round."),
    "table-shape": Rule("Every row of a table has as many cells as its head."),
    "emphasis-as-heading": Rule("A line of emphasis alone is no heading.", Level.MINOR),
    "raw-html": Rule("There are no HTML tags.", Level.OFF),
    "list-marker-mix": Rule("All lists with bullets have the same mark.", Level.OFF),
    "heading-punctuation": Rule("A heading ends without a full stop, comma or colon.", Level.OFF),
    "line-length": Rule("A line outside of code and tables has at most `longest` characters.", Level.OFF),
}


class Markdown(RuleSettings):
    """Settings of `markdown`."""

    example: ClassVar[str] = "markdown: {rules: {bare-url: off, line-length: minor}, longest: 100}"
    RULES: ClassVar[Mapping[str, Rule]] = _RULES

    longest: int = Field(
        default=120, ge=1, description="the most characters of a line, for the rule line-length; an address may be more"
    )
    front_matter_title: bool = Field(
        default=False, description="whether a `title` in the front matter is the title, beside which no other may stand"
    )
    file: FilePath | None = file_field("Markdown file")


@dataclass(frozen=True, slots=True)
class _Page:
    text: str
    tree: Tree
    settings: Markdown


@dataclass(frozen=True, slots=True)
class _Breach:
    line: int
    message: str
    suggestion: str


def _run(material: Material, settings: Markdown) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        try:
            page = _Page(text.text, read(text.text), settings)
        except TooLarge as exc:
            yield _unread(text, exc)
            continue
        yield from sorted(_judge(text.path, page), key=lambda finding: finding.line or 0)


def _unread(text: Text, fault: TooLarge) -> Finding:
    return Finding(
        severity=Severity.CRITICAL,
        message=fault.message,
        file=text.path,
        line=fault.line,
        suggestion="make several files of it",
    )


def _judge(path: str, page: _Page) -> Iterator[Finding]:
    for rule, breaches in _BREACHES.items():
        if page.settings.level(rule) is not Level.OFF:
            for breach in islice(breaches(page), _MOST):
                finding = page.settings.finding(rule, breach.message, path, breach.line, breach.suggestion)
                if finding:
                    yield finding


def _heading_order(page: _Page) -> Iterator[_Breach]:
    headings = page.tree.all(Heading)
    for before, heading in pairwise(headings):
        if heading.level > before.level + 1:
            message = (
                f"the heading {shown(heading.text)} is of level {heading.level}, under one of level {before.level}"
            )
            yield _Breach(heading.line, message, f"make it level {before.level + 1}: {'#' * (before.level + 1)}")


def _one_title(page: _Page) -> Iterator[_Breach]:
    titles = [heading for heading in page.tree.all(Heading) if heading.level == 1]
    has_title = page.settings.front_matter_title and "title" in key_lines(page.text)
    for heading in titles if has_title else titles[1:]:
        other = "the front matter has a title" if has_title else f"line {titles[0].line} has one"
        yield _Breach(heading.line, f"{shown(heading.text)} is a second title: {other}", "make it level 2: ##")


def _duplicate_heading(page: _Page) -> Iterator[_Breach]:
    above: list[tuple[Heading, dict[str, int]]] = []
    top: dict[str, int] = {}
    for heading in page.tree.all(Heading):
        while above and above[-1][0].level >= heading.level:
            above.pop()
        siblings = above[-1][1] if above else top
        first = siblings.setdefault(fold(heading.text), heading.line)
        if heading.text and first != heading.line:
            message = f"the heading {shown(heading.text)} stands on line {first} too, under the same heading"
            yield _Breach(heading.line, message, "give each a name of its own")
        above.append((heading, {}))


def _empty_heading(page: _Page) -> Iterator[_Breach]:
    for heading in page.tree.all(Heading):
        if not heading.text:
            yield _Breach(heading.line, "the heading is empty", "write it, or take its marks away")


def _empty_link(page: _Page) -> Iterator[_Breach]:
    for link in page.tree.all(Link):
        if link.target.strip() in ("", "#"):
            yield _Breach(link.line, f"the link {shown(link.text)} leads nowhere", "give it an address")
        elif not link.text and not link.holds_image:
            yield _Breach(link.line, f"the link to {shown(link.target)} has no words", "say in words what it leads to")


def _bare_url(page: _Page) -> Iterator[_Breach]:
    for bare in page.tree.all(BareAddress):
        message = f"the address {shown(bare.address)} stands bare: not every reader makes a link of it"
        yield _Breach(bare.line, message, "put it between < and >, or write [words](address)")


def _no_alt(page: _Page) -> Iterator[_Breach]:
    sources = [(image.line, image.source) for image in page.tree.all(Image) if not image.alt.strip()]
    for piece in page.tree.all(Html):
        if piece.tag.name == "img" and piece.tag.get("alt") is None:
            sources.append((piece.line, piece.tag.get("src") or ""))
    for line, source in sources:
        message = f"the picture {shown(source)} has no text that stands for it"
        yield _Breach(line, message, 'say what it shows: ![words](file); one that is mere ornament is <img alt="">')


def _no_language(page: _Page) -> Iterator[_Breach]:
    for fence in page.tree.all(Fence):
        if not fence.language:
            yield _Breach(fence.line, "the code says no language", "write it behind the fence; `text` for none")


def _unclosed_fence(page: _Page) -> Iterator[_Breach]:
    for fence in page.tree.all(Fence):
        if not fence.is_closed:
            message = "the code that begins here is not closed: all that follows belongs to it"
            yield _Breach(fence.line, message, "close it by a line with the same fence")


def _undefined_reference(page: _Page) -> Iterator[_Breach]:
    for missing in page.tree.all(Undefined):
        message = f"the label {shown(missing.label)} is not defined"
        yield _Breach(missing.line, message, "add a line [label]: address; put what is no link between backticks")


def _unused_reference(page: _Page) -> Iterator[_Breach]:
    """`[//]: # (words)` is how many write a comment, and `[^1]: words` is a footnote."""
    for definition in page.tree.all(Definition):
        if not definition.is_used and definition.label != "//" and not definition.label.startswith("^"):
            message = f"the label {shown(definition.label.lower())} is defined, and nothing uses it"
            yield _Breach(definition.line, message, "use it, or take the line away")


def _repeated_reference(page: _Page) -> Iterator[_Breach]:
    for definition in page.tree.all(Definition):
        if definition.is_repeated and definition.label != "//":
            message = f"the label {shown(definition.label.lower())} is defined a second time: the first counts"
            yield _Breach(definition.line, message, "take the line away, or give it another label")


def _reversed_link(page: _Page) -> Iterator[_Breach]:
    for link in page.tree.all(Reversed):
        message = f"the link to {shown(link.target)} is the wrong way round"
        yield _Breach(link.line, message, "write [words](address)")


def _table_shape(page: _Page) -> Iterator[_Breach]:
    for row in page.tree.all(Row):
        if not row.is_table:
            message = f"the line under the table's head has {row.cells} cells and the head {row.wanted}: it is no table"
            yield _Breach(row.line, message, "give both as many cells")
        elif row.cells != row.wanted:
            message = f"the row has {_counted(row.cells, 'cell')} and the table's head {row.wanted}"
            yield _Breach(row.line, message, r"give it as many; a bar within a cell is \|")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _emphasis_as_heading(page: _Page) -> Iterator[_Breach]:
    for line in page.tree.all(Emphasised):
        if not line.text.rstrip().endswith((".", ",", ";", ":", "!", "?")):
            message = f"{shown(line.text)} reads as a heading and is none"
            yield _Breach(line.line, message, "make it a heading, with #")


def _raw_html(page: _Page) -> Iterator[_Breach]:
    for piece in page.tree.all(Html):
        if not piece.tag.is_end:
            yield _Breach(piece.line, f"the tag {shown(f'<{piece.tag.name}>')} is HTML", "say it in Markdown")


def _list_marker_mix(page: _Page) -> Iterator[_Breach]:
    lists = page.tree.all(Bullets)
    for bullets in lists:
        if bullets.mark != lists[0].mark:
            message = f"the list has the mark {bullets.mark}, and the first one {lists[0].mark}"
            yield _Breach(bullets.line, message, f"use {lists[0].mark}")


def _heading_punctuation(page: _Page) -> Iterator[_Breach]:
    for heading in page.tree.all(Heading):
        if heading.text.endswith((".", ",", ";", ":")):
            yield _Breach(heading.line, f"the heading {shown(heading.text)} ends in a mark", "take it away")


def _line_length(page: _Page) -> Iterator[_Breach]:
    """A line that nobody can wrap, for it is one word or an address passes the limit, is left alone."""
    longest = page.settings.longest
    verbatim = {line for part in page.tree.all(Verbatim) for line in range(part.line, part.end)}
    for number, line in enumerate(page.text.split("\n"), start=1):
        if len(line) > longest and number not in verbatim and _can_be_wrapped(line, longest):
            message = f"the line has {len(line)} characters; at most {longest} are wanted"
            yield _Breach(number, message, "wrap it")


def _can_be_wrapped(line: str, longest: int) -> bool:
    begin = line.rfind(" ", 0, longest + 1) + 1
    word = line[begin : begin + 2_000].split(" ", 1)[0]
    return " " in line.strip() and "://" not in word and "](" not in word


_BREACHES: Mapping[str, Callable[[_Page], Iterator[_Breach]]] = {
    "heading-order": _heading_order,
    "one-title": _one_title,
    "duplicate-heading": _duplicate_heading,
    "empty-heading": _empty_heading,
    "empty-link": _empty_link,
    "bare-url": _bare_url,
    "no-alt": _no_alt,
    "no-language": _no_language,
    "unclosed-fence": _unclosed_fence,
    "undefined-reference": _undefined_reference,
    "unused-reference": _unused_reference,
    "repeated-reference": _repeated_reference,
    "reversed-link": _reversed_link,
    "table-shape": _table_shape,
    "emphasis-as-heading": _emphasis_as_heading,
    "raw-html": _raw_html,
    "list-marker-mix": _list_marker_mix,
    "heading-punctuation": _heading_punctuation,
    "line-length": _line_length,
}

CHECK = Check("markdown", "A text is well-made Markdown: headings, links, pictures, code, tables.", Markdown, _run)
