"""What goes to the terminal: harmless text, colours, tables, JSON. Data to stdout, all else to stderr."""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

import click

WIDTH = 80

# Terminal sequences (ECMA-48): CSI; the strings OSC, DCS, SOS, PM and APC with their ends; any other escape.
_SEQUENCES = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Controls but tab and newline; direction and invisible formatting characters; lone surrogates.
_UNSEEN = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"

_COLORS: Mapping[str, str] = {
    "passed": "green",
    "approved": "green",
    "published": "green",
    "done": "green",
    "pass": "green",
    "waiting": "yellow",
    "due": "yellow",
    "stale": "yellow",
    "failed": "red",
    "fail": "red",
    "error": "red",
    "refused": "red",
    "rejected": "red",
    "interrupted": "red",
    "unknown": "red",
    "halted": "red",
    "broken": "red",
    "critical": "red",
    "major": "yellow",
    "skipped": "bright_black",
    "cancelled": "bright_black",
}
_MARKS: Mapping[str, str] = {"green": "✓", "yellow": "•", "red": "✗", "bright_black": "-"}


def plain(text: str) -> str:
    """Return text without anything that steers a terminal or hides from the eye. Newlines and tabs stay."""
    if text.isprintable():
        return text
    return re.sub(_UNSEEN, "", re.sub(_SEQUENCES, "", text.replace("\r\n", "\n")))


def line(text: str) -> str:
    """Return text as one harmless line."""
    return " ".join(plain(text).split())


def out(text: str = "") -> None:
    """Print data. Colours are dropped where stdout is no terminal, or NO_COLOR is set."""
    click.echo(text)


def out_prose(text: str = "") -> None:
    """Print a sentence among the data: on a terminal it is wrapped."""
    for part in _fitted(text, sys.stdout):
        click.echo(part)


def tell(text: str = "") -> None:
    """Print what is said beside the data. On a terminal it is wrapped."""
    for part in _fitted(text, sys.stderr):
        click.echo(part, err=True)


def _fitted(text: str, stream: TextIO) -> list[str]:
    return wrapped(text, columns()) if stream.isatty() else [text]


def columns() -> int:
    """Return how many columns the terminal has, 80 where there is none."""
    from shutil import get_terminal_size

    return get_terminal_size().columns


def out_json(document: object) -> None:
    """Print one document."""
    import json

    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def raw(content: bytes) -> None:
    """Print a file: as it is into a pipe, made harmless on a terminal; of a binary one only its size there."""
    if not sys.stdout.isatty():
        click.echo(content, nl=False)
    elif b"\0" in content:
        tell(f"binary, {bytes_said(len(content))}; send it to a file with >")
    else:
        click.echo(plain(content.decode("utf-8", "replace")), nl=False)


def colored(text: str, word: str) -> str:
    """Return text in the colour of an outcome, a status, a verdict or a severity."""
    color = _COLORS.get(word)
    return click.style(text, fg=color) if color else text


def mark(word: str | None) -> str:
    """Return the mark of an outcome: what went well, waits, or did not go well."""
    color = _COLORS.get(word or "")
    return click.style(_MARKS[color], fg=color) if color else "·"


def dim(text: str) -> str:
    """Return text that matters less."""
    return click.style(text, dim=True)


def bold(text: str) -> str:
    """Return text that matters more."""
    return click.style(text, bold=True)


def hint(text: str) -> str:
    """Return what to do, as every hint is written."""
    return f"{click.style('hint:', fg='cyan')} {plain(text)}"


def usd(amount: float) -> str:
    """Return an amount as it is shown: cents, and more places where there is less than a cent."""
    return f"${amount:.2f}" if amount == 0 or amount >= 0.01 else f"${amount:.4f}"


def seconds(milliseconds: int) -> str:
    """Return a duration as it is shown."""
    if milliseconds < 60_000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds // 60_000}:{milliseconds // 1000 % 60:02d} min"


def bytes_said(size: int) -> str:
    """Return a size as it is shown."""
    if size < 1_000:
        return f"{size} bytes"
    return f"{size / 1_000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def count(number: int, noun: str) -> str:
    """Return a number with its noun: `1 check`, `4 checks`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def width(text: str) -> int:
    """Return how many columns text takes: colours none, East Asian wide characters two."""
    shown = click.unstyle(text) if "\x1b" in text else text
    return len(shown) if shown.isascii() else _wide(shown)


def _wide(text: str) -> int:
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def cut(text: str, most: int) -> str:
    """Return text cut to a width, with an ellipsis where something is left out. Plain text only."""
    if width(text) <= most:
        return text
    kept = text[: most - 1]
    while width(kept) > most - 1:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def wrapped(text: str, most: int) -> list[str]:
    """Return text as lines of at most `most` columns, parted at blanks; what goes on is indented deeper."""
    if width(text) <= most:
        return [text]
    indent = " " * (len(text) - len(text.lstrip(" ")) + 2)
    words = text.split(" ")
    lines = [words[0]]
    for word in words[1:]:
        if width(f"{lines[-1]} {word}") <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{indent}{word}")
    return lines


def padded(text: str, least: int) -> str:
    """Return text filled with blanks to a width."""
    return text + " " * max(least - width(text), 0)


def table(rows: Sequence[Sequence[str]], *, right: Iterable[int] = ()) -> list[str]:
    """Return rows as aligned lines; `right`: the columns that stand to the right, figures."""
    if not rows:
        return []
    flush = set(right)
    columns = [_column(cells, at in flush) for at, cells in enumerate(zip(*rows, strict=True))]
    return ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]


def _column(cells: Sequence[str], is_right: bool) -> list[str]:
    widths = [width(cell) for cell in cells]
    widest = max(widths)
    blanks = [" " * (widest - taken) for taken in widths]
    return [blank + cell if is_right else cell + blank for cell, blank in zip(cells, blanks, strict=True)]
