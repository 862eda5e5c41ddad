"""One changelog of many sections: each folder's `changelog.md`, newest first, kept to itself. Pure; text in, text out.

A section is a stranger's Markdown. In the whole it makes no raw HTML, swallows nothing that stands below it, and
defines no link that another section's words would follow. It is made safe once, when it is delivered, since to read
Markdown that means ill takes long; what is composed of all sections is only put together.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from orchestrator.content.markdown import front_matter_lines
from orchestrator.publishers.receipt import Card, SafeSection
from orchestrator.publishers.recency import recency

SECTION = "changelog.md"
TITLE = "Changelog"
MOST_BYTES = 200_000
MOST_DEFINED = 500
"""Definitions of links in a section; to read each of them takes as long as the section is."""
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNPRINTABLE = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff{_BIDI}]")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){1,1000})\]", re.DOTALL)
_HEADING = re.compile(r"#{2,6} +[^ #]")
_HTML = frozenset({"html_block", "html_inline"})
_PROBE = "\n\n# \ue000\n"


@dataclass(frozen=True, slots=True)
class Section:
    """A folder's part, and what tells its place among the others."""

    job: str
    card: Card
    safe: SafeSection


def compose(sections: Iterable[Section]) -> bytes:
    """Return the changelog: a heading, then every section, the newest first; those of one day by version, then job."""
    by_job = sorted(sections, key=lambda section: section.job)
    newest_first = sorted(by_job, key=lambda section: recency(section.card.date, section.card.version), reverse=True)
    texts = _kept_apart([(section.safe, section.card.version) for section in newest_first])
    return "\n\n".join([f"# {TITLE}", *(text for text in texts if text)]).encode() + b"\n"


def make_safe(text: str, card: Card) -> SafeSection:
    """Return a `changelog.md` of at most MOST_BYTES as it can stand in the whole.

    It is begun by a heading, ended before the next, and without raw HTML. More than MOST_DEFINED definitions are words.
    """
    text = _plain(text)
    text = _without_marks(_undefined(text) if text.count("]:") > MOST_DEFINED else text).strip("\n")
    whole = text if not text or _HEADING.match(text) else _begun(text, card)
    return SafeSection(text=whole, defines=tuple(_defined(whole)))


def _begun(text: str, card: Card) -> str:
    """Return a text whose first line is no plain heading of a section, without a changelog's own title, under one."""
    tokens = _parse(text)
    if _says_title(tokens):
        text = "\n".join(text.split("\n")[(tokens[0].map or [0, 0])[1] :]).strip("\n")
        tokens = _parse(text)
    if tokens and tokens[0].type == "heading_open" and tokens[0].map and tokens[0].map[0] == 0:
        return text.lstrip(" ")
    return f"## {_escaped(card.version or card.title)}\n\n{text}" if text.strip() else ""


def _plain(text: str) -> str:
    """Return the text without front matter and without characters that print nothing; lines end at `\\n` alone."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    below = text.split("\n")[front_matter_lines(text) :]
    plain = _UNPRINTABLE.sub("", "\n".join(below)).strip("\n")
    return plain if plain.strip() else ""


def _without_marks(text: str) -> str:
    """Return the text with the marks made words by which it would be raw HTML, or would swallow what comes after.

    What hid in code may be HTML once the code is none, and the other way round: without any `<` it is neither.
    """
    text = _without_open_code(text)
    return _without_open_code(text.replace("<", "&lt;")) if "<" in text and _has_html(text) else text


def _without_open_code(text: str) -> str:
    if not _FENCE.search(text) or _ends(text):
        return text
    return _FENCE.sub(lambda fence: "\\" + "\\".join(fence[1]), text)


def _ends(text: str) -> bool:
    """Say whether what comes after the text is read for itself: no code is left open at its end."""
    tokens = _parse(text + _PROBE)
    return len(tokens) >= 3 and tokens[-3].type == "heading_open" and tokens[-3].level == 0


def _has_html(text: str) -> bool:
    """Say whether the text makes raw HTML, as it is or once its definitions are words."""
    found = (child.type for token in _parse(text) for child in (token, *(token.children or ())))
    return not _HTML.isdisjoint(found) or ("]:" in text and _has_html(_undefined(text)))


def _says_title(tokens: Sequence[Token]) -> bool:
    """Say whether the text begins as a changelog of its own does."""
    return len(tokens) >= 3 and tokens[0].tag == "h1" and tokens[1].content.strip().casefold() == TITLE.casefold()


def _kept_apart(sections: Sequence[tuple[SafeSection, str]]) -> list[str]:
    """Return the texts of sections, given with their versions.

    One that defines what is not its own has its definitions made words.

    A label is a section's own if it is its version and no other's, or if no other text calls anything by it.
    """
    versions = Counter(_label(version) for _, version in sections)
    callers: dict[str, set[int]] = {}
    for place, (safe, _) in enumerate(sections):
        for label in _LABEL.findall(safe.text):
            callers.setdefault(_label(label), set()).add(place)

    def is_own(label: str, place: int) -> bool:
        is_version = label == _label(sections[place][1])
        return versions[label] == 1 if is_version else callers.get(label, set()) <= {place}

    return [
        safe.text if all(is_own(label, place) for label in safe.defines) else _undefined(safe.text)
        for place, (safe, _) in enumerate(sections)
    ]


def _undefined(text: str) -> str:
    return text.replace("]:", "]\\:")


def _label(text: str) -> str:
    """Return the label as CommonMark compares labels."""
    return normalizeReference(text.strip())


def _defined(text: str) -> Iterable[str]:
    """Return the labels that the text defines."""
    if "]:" not in text:
        return ()
    env: dict[str, dict[str, object]] = {}
    MarkdownIt("commonmark").parse(text, env)
    return env.get("references", {}).keys()


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|~&!])", r"\\\1", text)


def _parse(text: str) -> list[Token]:
    return MarkdownIt("commonmark").parse(text)
