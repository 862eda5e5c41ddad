"""The typeface that the package ships: how wide a text is in it. Every drawing is drawn and measured with this one.

Measured with advance widths alone: kerning, which the picture has, makes a text at most a little narrower. So what fits
here fits there, and no library that a machine may lack decides a verdict.
"""

import unicodedata
from contextlib import ExitStack
from functools import lru_cache
from importlib.resources import as_file, files

from PIL import ImageFont

FAMILY = "Inter"
FAMILIES = frozenset({"inter", "sans-serif", "serif", "monospace"})
"""What a drawing may ask for; each is drawn with the typeface."""
REGULAR = "Inter-Regular.otf"
BOLD = "Inter-Bold.otf"
CAP_HEIGHT = 0.727
"""Of the font size, as are the two below."""
ASCENT = 0.78
DESCENT = 0.21

_MEASURED_AT = 1000
_NO_CHARACTER = "\uffff"
"""Is none, and never will be: a font shows for it what it shows for all that it lacks."""


def width(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return the width of one line of text, in the unit of `size`."""
    return _font(BOLD if is_bold else REGULAR).getlength(text) * size / _MEASURED_AT


def wrap(text: str, size: float, room: float, *, is_bold: bool = False) -> tuple[str, ...]:
    """Return the text in lines at most `room` wide, broken at spaces; only a longer word is broken within."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined, size, is_bold=is_bold) <= room:
            lines[-1] = joined
        else:
            lines.extend(_broken(word, size, room, is_bold=is_bold))
    return tuple(lines)


def has(families: str) -> bool:
    """Return whether a `font-family` names a family that is drawn as it says, in any place of its list."""
    names = {name.strip().strip("'\"").casefold() for name in families.split(",")}
    return not names.isdisjoint(FAMILIES | {"inherit", "initial", "unset"})


def lacking(text: str) -> str:
    """Return the characters of a text that the typeface has no shape for, each once; what is invisible lacks none."""
    if text.isascii():
        return ""
    return "".join(char for char in dict.fromkeys(text) if not _is_invisible(char) and _is_lacking(char))


def enter_files(stack: ExitStack) -> list[str]:
    """Return the paths of the font files, which exist until the stack is closed."""
    folder = files("orchestrator.content") / "fonts"
    return [str(stack.enter_context(as_file(folder / name))) for name in (REGULAR, BOLD)]


def _broken(word: str, size: float, room: float, *, is_bold: bool) -> list[str]:
    parts = [""]
    for letter in word:
        if parts[-1] and width(parts[-1] + letter, size, is_bold=is_bold) > room:
            parts.append("")
        parts[-1] += letter
    return parts


def _is_invisible(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cf", "Cc", "Mn", "Me")


@lru_cache(maxsize=2_000)
def _is_lacking(char: str) -> bool:
    """Keep the answer, not the shape: one is half a megabyte."""
    return _shape(char) == _unknown_shape()


@lru_cache(maxsize=1)
def _unknown_shape() -> tuple[tuple[int, int], bytes]:
    return _shape(_NO_CHARACTER)


def _shape(char: str) -> tuple[tuple[int, int], bytes]:
    mask = _font(REGULAR).getmask(char)
    return mask.size, bytes(mask)


@lru_cache(maxsize=2)
def _font(name: str) -> ImageFont.FreeTypeFont:
    with as_file(files("orchestrator.content") / "fonts" / name) as path:
        return ImageFont.truetype(str(path), _MEASURED_AT, layout_engine=ImageFont.Layout.BASIC)
