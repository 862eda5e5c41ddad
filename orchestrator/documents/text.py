"""The text of a document before anyone reads meaning into it: its size, its encoding, leftovers of a merge."""

import re

from orchestrator.errors import DocumentError, Place

MOST_BYTES = 1_000_000

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_CONFLICT = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?: |\r?$)", re.MULTILINE)
_CONFLICT_START = re.compile(r"^<{7}(?: |\r?$)", re.MULTILINE)


def decode(text: str | bytes, path: str) -> str:
    """Return the text without a byte order mark.

    Raises DocumentError where it is larger than 1 MB, no UTF-8, or has a control character.
    """
    if len(text) > MOST_BYTES or (isinstance(text, str) and len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES):
        raise DocumentError(f"larger than {MOST_BYTES:,} bytes", place=Place(path), hint="split the file")
    decoded = text if isinstance(text, str) else _from_utf_8(text, path)
    decoded = decoded.removeprefix("\ufeff")
    found = _CONTROL.search(decoded)
    if found:
        message = f"a control character, U+{ord(found[0]):04X}"
        place = place_of(decoded, found.start(), path)
        raise DocumentError(message, place=place, hint="delete it, or write it as an escape")
    return decoded


def refuse_conflict_markers(text: str, path: str, *, in_prose: bool = False) -> None:
    """Raise DocumentError where git left the two sides of a merge; in prose only a whole `<<<<<<<` line says so."""
    found = (_CONFLICT_START if in_prose else _CONFLICT).search(text)
    if found:
        message = f"a conflict marker of a merge ({found[0].strip()})"
        hint = "choose between the two sides, delete the marker lines, and commit"
        raise DocumentError(message, place=place_of(text, found.start(), path), hint=hint)


def place_of(text: str, offset: int, path: str) -> Place:
    """Return the place of a character of `text`."""
    line_start = text.rfind("\n", 0, offset) + 1
    return Place(path, text.count("\n", 0, offset) + 1, offset - line_start + 1)


def _from_utf_8(text: bytes, path: str) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as exc:
        readable = text[: exc.start].decode("utf-8")
        message = f"not UTF-8: byte 0x{text[exc.start]:02x}"
        place = place_of(readable, len(readable), path)
        raise DocumentError(message, place=place, hint="save the file as UTF-8") from exc
