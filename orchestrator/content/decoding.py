"""Bytes of a source or an artifact into text. Guesses no language and repairs nothing; opens no file."""

from dataclasses import dataclass

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with `\\n` line ends, and the 1-based lines that were not UTF-8 and were read as Windows-1252."""

    text: str
    foreign_lines: tuple[int, ...] = ()


def decode(data: bytes) -> Decoded | None:
    """Return the text, or None where the bytes are binary (a NUL, or more than a few control characters)."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _by_bom(data, encoding)
    if _is_binary(data):
        return None
    try:
        return Decoded(_unix(data.decode("utf-8")))
    except UnicodeDecodeError:
        return _line_by_line(data)


def _by_bom(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(_unix(data.decode(encoding)))
    except UnicodeDecodeError:
        return None if encoding == "utf-16" else _line_by_line(data[3:])


def _line_by_line(data: bytes) -> Decoded:
    """Read each line for itself, since exports that were pasted together mix their encodings by the line."""
    lines: list[str] = []
    foreign: list[int] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", errors="replace"))
            foreign.append(number)
    return Decoded(_unix("\n".join(lines)), tuple(foreign))


def _is_binary(data: bytes) -> bool:
    head = data[:8_192]
    controls = sum(1 for byte in head if byte < 32 and byte not in _TEXT_CONTROLS)
    return b"\x00" in data or controls * 50 > len(head)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
