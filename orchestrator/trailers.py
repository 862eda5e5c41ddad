"""Commit messages: a subject, a body, and trailers that index the ledger. Pure text; no authority is read from here.

Git takes the last paragraph of a message for its trailers, and parts lines at `\\n` only: a carriage return, a form
feed or U+2028 is no end of a line to it. So nothing is split here but at `\\n`.
"""

import hashlib
import math
import re
import textwrap
from collections.abc import Iterable, Mapping

from orchestrator.model.names import TRAILER_VALUE, shown

WIDTH = 72
NEXT = "Next is "
"""How the last paragraph of an entry's body begins: what is next, and why."""

_MOST_CHARACTERS = 160
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,39}): (.*)", re.DOTALL)
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]+"
)
_SPEAKS_TO_GIT = re.compile(r"[A-Za-z0-9-]+\s*[:=#]|\(cherry picked from commit |---|#|diff |Index: ")


def format_message(subject: str, body: str, trailers: Iterable[tuple[str, str]] | Mapping[str, str]) -> str:
    """Return a commit message: one line of at most 72 characters; the body, wrapped; the trailers as last paragraph.

    Raises ValueError for an empty subject, and for a trailer that is none by the rule, or is there twice.
    """
    pairs = list(trailers.items() if isinstance(trailers, Mapping) else trailers)
    paragraphs = [_subject_line(subject), _wrapped(body), _block(pairs)]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def parse(message: str) -> Mapping[str, str]:
    """Return the trailers of the last paragraph, in order. One that is there twice is not trusted, and left out."""
    found: dict[str, str] = {}
    times: dict[str, int] = {}
    for line in _last_paragraph(message):
        pair = _LINE.fullmatch(line)
        if pair:
            times[pair[1].casefold()] = times.get(pair[1].casefold(), 0) + 1
            if TRAILER_VALUE.fullmatch(pair[2]):
                found[pair[1]] = pair[2]
    return {key: value for key, value in found.items() if times[key.casefold()] == 1}


def told(text: str) -> str:
    """Return `text` as one harmless line of an entry: no control or direction characters, cut."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return flat if len(flat) <= _MOST_CHARACTERS else flat[: _MOST_CHARACTERS - 1] + "…"


def receipts(refs: Mapping[str, str]) -> str:
    """Return a digest of what went out: `step/target` → the receipt's commit. Nothing where nothing did."""
    text = "\n".join(f"{place} {commit}" for place, commit in sorted(refs.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def following(message: str) -> str | None:
    """Return why what is next is next, from the body's last paragraph; None where none says so."""
    paragraphs = message.rstrip("\n").split("\n\n")[1:-1]
    words = " ".join(paragraphs[-1].split()) if paragraphs else ""
    return words.partition(": ")[2].removesuffix(".") if words.startswith(NEXT) else None


def body(message: str) -> str:
    """Return a message without its subject, its trailers, and what was next when it was written."""
    paragraphs = message.strip("\n").split("\n\n")[1:-1]
    return "\n\n".join(paragraphs[:-1] if following(message) is not None else paragraphs)


def subject(message: str) -> str:
    """Return the first line of a message, without its white space."""
    return message.lstrip("\n").split("\n", 1)[0].strip()


def _subject_line(text: str) -> str:
    line = _one_line(text)
    if not line:
        raise ValueError("a message needs a subject")
    return line if len(line) <= WIDTH else line[: WIDTH - 1].rstrip() + "…"


def _one_line(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text).split())


def _wrapped(body: str) -> str:
    lines = [wrapped for line in body.split("\n") for wrapped in _wrapped_line(line)]
    text = "\n".join(lines).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", text)


def _wrapped_line(line: str) -> list[str]:
    clean = _UNSEEN.sub(" ", line).rstrip()
    indent = " " * min(len(clean) - len(clean.lstrip()), 8)
    hanging = indent + ("  " if clean.lstrip().startswith("- ") else "")
    parts = textwrap.wrap(
        clean.strip(),
        WIDTH - 2,
        initial_indent=indent,
        subsequent_indent=hanging,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return [_harmless(part) for part in parts] or [""]


def _harmless(line: str) -> str:
    # Git reads no line that is indented as a trailer, a divider or a comment; a squash may make any paragraph the last.
    return f"  {line}" if _SPEAKS_TO_GIT.match(line) else line


def _block(pairs: list[tuple[str, str]]) -> str:
    keys = [key.casefold() for key, _ in pairs]
    for key, value in pairs:
        if not _KEY.fullmatch(key) or keys.count(key.casefold()) > 1:
            raise ValueError(f"{shown(key)} is no name of a trailer, or is there twice")
        if not TRAILER_VALUE.fullmatch(value):
            raise ValueError(f"{key}: {shown(value)} is no value of a trailer")
    return "\n".join(f"{key}: {value}" for key, value in pairs)


def _last_paragraph(message: str) -> list[str]:
    """The lines of the last paragraph; none where it is the first, which is the subject's."""
    lines: list[str] = []
    for line in reversed(message.strip(" \t\r\n").split("\n")):
        if not line.strip(" \t\r"):
            return lines[::-1]
        lines.append(line)
    return []


def usd_of(text: str) -> float | None:
    """Return what a trailer says of money; None where that is no amount: less than nothing, without end, no figure."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 0 <= found < math.inf else None
