"""The check `links`: what a text links to is there. The web is asked only where the settings say so.

Files are looked for among those that the gate sees: in a job, what the step reads and writes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from pydantic import Field

from orchestrator.content import addresses, markdown_tree
from orchestrator.content.addresses import Address, Kind
from orchestrator.content.markdown_tree import BareAddress, Html, Image, Link, TooLarge
from orchestrator.content.regexes import compiled
from orchestrator.content.tags import Tag, tags
from orchestrator.gates.expressions import Expression
from orchestrator.gates.interface import Answered, CannotRun, Check, CheckSettings, Material
from orchestrator.gates.reading import MARKDOWN, FilePath, Text, file_field, read_texts, source
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.names import shown
from orchestrator.model.nearness import nearest

PAGES = (".html", ".htm")
_MOST_GUESSES = 20
_MOST_NAMES = 500
_GONE = frozenset({404, 410})
_MOVED = frozenset({301, 308})
_UNANSWERED = frozenset({408, 425, 429})
_LINES = re.compile(r"plain=1#L\d{1,7}(?:C\d{1,7})?(?:-L\d{1,7}(?:C\d{1,7})?)?")
"""Lines of a Markdown file as it is written, by which GitHub lets one link to them."""
_ELSEWHERE = "is not there, or not among the step's reads or gate_reads"


class Links(CheckSettings):
    """Settings of `links`."""

    example: ClassVar[str] = "links: {web: true, timeout: 5, ignore: ['^https://example\\.com/']}"

    web: bool = Field(default=False, description="whether web addresses are asked; left out: only files and anchors")
    timeout: float = Field(default=5, gt=0, le=60, description="seconds that a web address has to answer")
    most: int = Field(default=200, ge=1, le=2_000, description="the most web addresses that are asked")
    ignore: tuple[Expression, ...] = Field(
        default=(), description="regular expressions (RE2); a target in which one is found is not judged"
    )
    file: FilePath | None = file_field("Markdown or HTML file")


@dataclass(frozen=True, slots=True)
class _Use:
    """A place that links to something."""

    file: str
    line: int
    target: str
    is_image: bool = False


@dataclass(frozen=True)
class _Site:
    """The files that links are looked for in."""

    material: Material
    known: dict[str, frozenset[str]] = field(default_factory=dict)
    """Anchors of the texts that were read."""
    guesses: list[str] = field(default_factory=list)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every file. Outside a job there is one folder, whose files a leading `/` names too."""
        names = tuple(self.material.files)
        is_one_folder = bool(names) and f"/{names[0]}" in self.material.files
        return (*names, *(f"/{name}" for name in names)) if is_one_folder else names

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that a file lies in, the tops included."""
        found = {".", "/"}
        for name in self.names:
            while name := name.rpartition("/")[0]:
                found.add(name)
        return frozenset(found)

    @cached_property
    def by_case(self) -> Mapping[str, str]:
        return {name.casefold(): name for name in (*self.folders, *self.names)}

    @cached_property
    def by_last(self) -> Mapping[str, str]:
        return {name.rpartition("/")[2].casefold(): name for name in reversed(self.names)}

    def anchors(self, path: str) -> frozenset[str]:
        """Return what a link into a file may name. Raises CannotRun where the file is too large to read."""
        if path not in self.known:
            text = source(self.material, path).decode("utf-8-sig", "replace").replace("\r\n", "\n")
            self.known[path] = _anchors(path, text)
        return self.known[path]

    def guess(self, path: str) -> str | None:
        """Return the file that was perhaps meant; none any more when many are missing, since it takes time."""
        if found := self.by_last.get(path.rpartition("/")[2].casefold()):
            return found
        if len(self.guesses) >= _MOST_GUESSES:
            return None
        self.guesses.append(path)
        return nearest(path, self.names[:_MOST_NAMES], cutoff=0.75)


def _run(material: Material, settings: Links) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file, (*MARKDOWN, *PAGES))
    yield from faults
    site = _Site(material)
    asked: dict[str, _Use] = {}
    for text in texts:
        try:
            uses = _uses(text)
        except TooLarge as exc:
            yield _finding(Severity.CRITICAL, text.path, exc.line, exc.message, "make several files of it")
            continue
        for use in _unignored(uses, settings):
            address = addresses.parse(use.target)
            if address.kind is Kind.WEB:
                asked.setdefault(address.written.partition("#")[0], use)
            else:
                yield from _judge(use, address, site, settings)
    if settings.web:
        yield from _ask(asked, material, settings)


def _uses(text: Text) -> tuple[_Use, ...]:
    found = _of_page(text) if _is_page(text.path) else _of_markdown(text)
    return tuple(sorted(found, key=lambda use: use.line))


def _is_page(path: str) -> bool:
    return path.casefold().endswith(PAGES)


def _of_markdown(text: Text) -> Iterator[_Use]:
    tree = markdown_tree.read(text.text)
    yield from (_Use(text.path, link.line, link.target) for link in tree.all(Link))
    yield from (_Use(text.path, bare.line, bare.address) for bare in tree.all(BareAddress))
    yield from (_Use(text.path, image.line, image.source, is_image=True) for image in tree.all(Image))
    for piece in tree.all(Html):
        yield from _of_tag(text.path, piece.line, piece.tag)


def _of_page(text: Text) -> Iterator[_Use]:
    line, reached = 1, 0
    for tag in tags(text.text):
        line += text.text.count("\n", reached, tag.at)
        reached = tag.at
        yield from _of_tag(text.path, line, tag)


def _of_tag(path: str, line: int, tag: Tag) -> Iterator[_Use]:
    is_image = tag.name in ("img", "source")
    for name, value in tag.attributes:
        if name in ("href", "src", "poster") or (name == "data" and tag.name == "object"):
            yield _Use(path, line, value, is_image)
        elif name == "srcset":
            yield from (_Use(path, line, part.split()[0], is_image=True) for part in value.split(",") if part.strip())


def _unignored(uses: tuple[_Use, ...], settings: Links) -> Iterator[_Use]:
    patterns = [compiled(pattern) for pattern in settings.ignore]
    for use in uses:
        if use.target.strip() and not any(pattern.search(use.target) for pattern in patterns):
            yield use


def _judge(use: _Use, address: Address, site: _Site, settings: Links) -> Iterator[Finding]:
    fault = addresses.form_fault(address)
    if address.kind is Kind.HARMFUL and not (use.is_image and address.written.casefold().startswith("data:image/")):
        message = f"the link {shown(use.target)} leads to {_HARM.get(address.scheme, _DRIVE)}"
        yield _finding(Severity.CRITICAL, use.file, use.line, message, "link to a file beside it, or to the web")
    elif fault:
        yield _said(use, settings, f"{shown(use.target)} {fault}", "mend it")
    elif address.kind is Kind.OTHER:
        message = f"what {shown(use.target)} leads to is not judged: {address.scheme}: is not known here"
        yield _finding(Severity.MINOR, use.file, use.line, message, "see to it yourself, or add it to `ignore`")
    elif address.kind is Kind.LOCAL:
        yield from _judge_local(use, address, site, settings)


_DRIVE = "a file of one machine"
_HARM = {
    "javascript": "a program",
    "vbscript": "a program",
    "data": "content of its own, which nobody can look at",
    "file": _DRIVE,
}


def _judge_local(use: _Use, address: Address, site: _Site, settings: Links) -> Iterator[Finding]:
    path = addresses.resolved(use.file, address.path) if address.path else use.file
    if path is None:
        yield _said(
            use, settings, f"{shown(use.target)} leads out of the folder", "begin with / for the workspace's top"
        )
    elif path in site.material.files and not address.path.endswith("/"):
        if not _LINES.fullmatch(address.written.partition("?")[2]):
            yield from _judge_anchor(use, path, address.fragment, site, settings)
    elif path not in site.folders:
        yield _missing(use, path, site, settings)


def _missing(use: _Use, path: str, site: _Site, settings: Links) -> Finding:
    same = site.by_case.get(path.casefold())
    if same == path:
        message = f"{shown(use.target)} leads to no folder: {shown(path)} is a file"
        return _said(use, settings, message, "take the / at its end away")
    if same is not None:
        message = f"{shown(use.target)} leads to no file: {shown(same)} is written so"
        return _said(use, settings, message, f"write it as it is: {same}")
    guess = site.guess(path)
    hint = f"did you mean {shown(guess)}?" if guess else "write the file, or take the link away"
    return _said(use, settings, f"{shown(use.target)} leads to no file: {shown(path)} {_ELSEWHERE}", hint)


def _judge_anchor(use: _Use, path: str, fragment: str | None, site: _Site, settings: Links) -> Iterator[Finding]:
    """An empty anchor and `top` are the top of a page; `:~:` is a text that the browser looks for."""
    named = (fragment or "").partition(":~:")[0]
    if not named or named == "top" or not path.casefold().endswith((*MARKDOWN, *PAGES)):
        return
    anchors = site.anchors(path)
    if named not in anchors:
        near = nearest(named, sorted(anchors)[:_MOST_NAMES], cutoff=0.5) if len(site.guesses) < _MOST_GUESSES else None
        site.guesses.append(named)
        hint = f"did you mean {shown('#' + near)}?" if near else "link to a heading that is there"
        yield _said(use, settings, f"{shown(use.target)}: {shown(path)} has no heading or id {shown(named)}", hint)


def _anchors(path: str, text: str) -> frozenset[str]:
    if _is_page(path):
        named = (tag.get(key) for tag in tags(text) for key in ("id", "name"))
        return frozenset(name for name in named if name)
    try:
        return markdown_tree.read(text).anchors()
    except TooLarge as exc:
        raise CannotRun(f"{path}: {exc.message}") from exc


def _ask(asked: Mapping[str, _Use], material: Material, settings: Links) -> Iterator[Finding]:
    if len(asked) > settings.most:
        message = f"there are {len(asked)} web addresses; at most {settings.most} are asked"
        last = list(asked.values())[settings.most]
        yield _said(last, settings, message, "raise `most`, or leave some out with `ignore`")
    unanswered: list[str] = []
    for written, use in list(asked.items())[: settings.most]:
        if not addresses.is_public_host(addresses.host(written)):
            yield _said(use, settings, f"{shown(written)} is no address that others can reach", "link to a public one")
            continue
        answer = material.outside.look_up(written, settings.timeout)
        if answer.status is None or answer.status in _UNANSWERED or answer.status >= 500:
            unanswered.append(f"{shown(written)} {answer.why or f'answers {answer.status}'}")
        else:
            yield from _answered(use, written, answer, settings)
    if unanswered:
        more = f", and {len(unanswered) - 3} more" if len(unanswered) > 3 else ""
        raise CannotRun(f"no answer: {'; '.join(unanswered[:3])}{more}")


def _answered(use: _Use, written: str, answer: Answered, settings: Links) -> Iterator[Finding]:
    if answer.status in _GONE:
        yield _said(use, settings, f"{shown(written)} is not there: it answers {answer.status}", "mend or remove it")
    elif answer.status in _MOVED:
        message = f"{shown(written)} has moved for good: {shown(answer.why or 'elsewhere')}"
        yield _finding(Severity.INFO, use.file, use.line, message, "link to where it is now")
    elif answer.status is not None and answer.status >= 400:
        message = f"{shown(written)} answers {answer.status}: whether it is there is not known"
        yield _finding(Severity.INFO, use.file, use.line, message, "look at it in a browser")


def _said(use: _Use, settings: Links, message: str, suggestion: str) -> Finding:
    return _finding(settings.severity, use.file, use.line, message, suggestion)


def _finding(severity: Severity, file: str, line: int, message: str, suggestion: str) -> Finding:
    return Finding(severity=severity, message=message, file=file, line=line, suggestion=suggestion)


CHECK = Check("links", "Links lead to files, anchors and pictures that are there.", Links, _run, looks_beyond=True)
