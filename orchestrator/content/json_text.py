"""Strict JSON (RFC 8259): text in, plain values out, and where each of them stands. It reads no file, knows no schema.

Refused beside what is no JSON: more than 64 levels or 200,000 values; a key that is twice in one object; NaN, Infinity
and numbers that no double holds; half a surrogate pair.
"""

import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from orchestrator.documents.yaml import KeyPath, Mark, shown_key, together
from orchestrator.errors import DocumentError, Place
from orchestrator.model.names import shown

MOST_DEPTH = 64
MOST_VALUES = 200_000
MOST_DIGITS = 400
MOST_FAULTS = 100

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\],:]|[^\s"{}\[\],:]++', re.DOTALL)
"""A string that is not closed is one token to the end, so that no hostile text is searched twice."""

_HINTS = {
    "Expecting value": "a value is missing here, or a comma stands before a bracket that closes",
    "Expecting ',' delimiter": "a comma is missing, or a quote in a text lacks its backslash",
    "Expecting ':' delimiter": "a key and its value stand apart by ':'",
    "Expecting property name enclosed in double quotes": "keys stand in double quotes, and no comma before '}'",
    "Extra data": "one file holds one value",
    "Unterminated string starting at": "close the text with a double quote",
    "Invalid control character at": r"write a line end in a text as \n, a tab as \t",
}
_HINT = "look at quotes, commas and brackets here"


def load(text: str, path: str) -> object:
    """Return the value as dicts, lists, str, int, float, bool and None.

    Raises DocumentError with line and column in `path`; of several mistakes in a text that is JSON it carries all.
    """
    scanner = _Scanner(text, path)
    scanner.scan()
    try:
        value: object = json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as exc:
        raise _translated(exc, path) from exc
    except ValueError:
        value = None  # of a number with thousands of digits, which is among the faults
    if scanner.faults:
        raise together(tuple(scanner.faults))
    return value


def marks(text: str, wanted: Collection[KeyPath]) -> Mapping[KeyPath, Mark]:
    """Return where the values at certain key paths stand, and their keys. The text is one that `load` took."""
    scanner = _Scanner(text, "", wanted)
    scanner.scan()
    return {path: scanner.marks[path] for path in wanted if path in scanner.marks}


@dataclass(slots=True)
class _Container:
    """An object or a list that is open. `path` is None where nothing in it is looked for."""

    keys: dict[str, int] | None
    """Of an object: each key and its line. None of a list."""
    path: KeyPath | None
    step: str | int = 0
    key: tuple[int, int] | None = None
    awaits_key: bool = field(init=False)

    def __post_init__(self) -> None:
        self.awaits_key = self.keys is not None

    def pass_comma(self) -> None:
        if self.keys is not None:
            self.awaits_key = True
        elif isinstance(self.step, int):
            self.step += 1


class _Scanner:
    """One walk over the tokens. Of a text that is no JSON it finds something or other, and never fails."""

    def __init__(self, text: str, path: str, wanted: Collection[KeyPath] = ()) -> None:
        self.faults: list[DocumentError] = []
        self.marks: dict[KeyPath, Mark] = {}
        self._text = text
        self._path = path
        self._trails = {way[:length] for way in wanted for length in range(len(way) + 1)}
        self._open: list[_Container] = []
        self._values = 0
        self._line, self._line_start, self._reached = 1, 0, 0

    def scan(self) -> None:
        """Raise DocumentError where there is too much of it; else note faults and marks."""
        for match in _TOKEN.finditer(self._text):
            token = match[0]
            inner = self._open[-1] if self._open else None
            if token == ",":
                if inner:
                    inner.pass_comma()
            elif token in "]}":
                if inner:
                    self._open.pop()
            elif token != ":":
                self._take(token, match.start(), inner)

    def _take(self, token: str, start: int, inner: _Container | None) -> None:
        if inner is not None and inner.awaits_key and inner.keys is not None:
            self._key(token, start, inner, inner.keys)
        else:
            self._value(token, start, inner)

    def _key(self, token: str, start: int, inner: _Container, keys: dict[str, int]) -> None:
        name = self._string(token, start)
        line, column = self._place(start)
        if name in keys:
            hint = f"the first one is in line {keys[name]}; keep one of them"
            self._fault(f"{shown_key(name)}: this key stands twice", start, hint)
        keys.setdefault(name, line)
        inner.step, inner.key, inner.awaits_key = name, (line, column), False

    def _value(self, token: str, start: int, inner: _Container | None) -> None:
        self._values += 1
        if self._values > MOST_VALUES:
            raise self._error(f"more than {MOST_VALUES:,} values", start, "split the file")
        way = self._way(inner)
        if way is not None:
            self.marks.setdefault(way, Mark(self._place(start), inner.key if inner else None))
        first = token[0]
        if first in "{[":
            self._enter(first, start, way)
        elif first == '"':
            self._string(token, start)
        else:
            self._bare(token, start)

    def _way(self, inner: _Container | None) -> KeyPath | None:
        if inner is None:
            way: KeyPath = ()
        elif inner.path is None:
            return None
        else:
            way = (*inner.path, inner.step)
        return way if way in self._trails else None

    def _enter(self, bracket: str, start: int, way: KeyPath | None) -> None:
        if len(self._open) == MOST_DEPTH:
            raise self._error(f"more than {MOST_DEPTH} levels deep", start, "make it flatter")
        self._open.append(_Container({} if bracket == "{" else None, way))

    def _string(self, token: str, start: int) -> str:
        if "\\" not in token:
            return token[1:-1]
        try:
            text = str(json.loads(token))
        except json.JSONDecodeError:
            return token  # the parser says what is wrong with it
        if any("\ud800" <= char <= "\udfff" for char in text):
            self._fault(f"half a surrogate pair in {shown(token)}", start, "write the character itself")
        return text

    def _bare(self, token: str, start: int) -> None:
        if token in ("NaN", "Infinity", "-Infinity"):
            self._fault(f"{token} is no number of JSON", start, "write a number, or null")
        elif not _is_within_bounds(token):
            self._fault(f"{shown(token)} is beyond what a number can be", start, "write it as a text, in quotes")

    def _fault(self, message: str, start: int, hint: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(self._error(message, start, hint))

    def _error(self, message: str, start: int, hint: str) -> DocumentError:
        return DocumentError(message, place=Place(self._path, *self._place(start)), hint=hint)

    def _place(self, start: int) -> tuple[int, int]:
        """Lines are counted on from the place asked for last: tokens come in order."""
        ends = self._text.count("\n", self._reached, start)
        if ends:
            self._line += ends
            self._line_start = self._text.rfind("\n", 0, start) + 1
        self._reached = start
        return self._line, start - self._line_start + 1


def _is_within_bounds(token: str) -> bool:
    """Whatever is short and has no exponent is; what is no number is the parser's to refuse."""
    if len(token) < 100 and "e" not in token and "E" not in token:
        return True
    if len(token) > MOST_DIGITS:
        return False
    try:
        return math.isfinite(float(token))
    except ValueError:
        return True


def _translated(exc: json.JSONDecodeError, path: str) -> DocumentError:
    problem = exc.msg[:1].lower() + exc.msg[1:].removesuffix(" at")
    return DocumentError(
        f"not JSON: {problem}", place=Place(path, exc.lineno, exc.colno), hint=_HINTS.get(exc.msg, _HINT)
    )
