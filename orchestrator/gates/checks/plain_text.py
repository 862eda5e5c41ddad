"""The check `plain_text`: a text is what it looks like, with no character in it that is not seen."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import ClassVar

from orchestrator.content import hidden
from orchestrator.content.bounding import and_more, few
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.ordering import by_line
from orchestrator.gates.reading import MARKDOWN, FilePath, file_field, read_texts
from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding

_TEXTS = (*MARKDOWN, ".txt", ".yaml", ".yml", ".json", ".csv", ".tsv", ".svg", ".html", ".htm", ".xml")

_RULES = {
    "controls": Rule("no control characters (C0 and C1) but tab and line end, and none of Unicode's own line ends"),
    "bidi": Rule("no character turns the reading order (Trojan Source)", Level.CRITICAL),
    "bidi-open": Rule("what turns the reading order ends on its line, and no end stands alone", Level.CRITICAL),
    "invisible": Rule("no invisible characters, where neither a script nor an emoji needs them"),
    "replacement": Rule("no U+FFFD, which stands where a program could not read a character"),
    "line-ends": Rule("lines end in LF, not in CR LF or CR", Level.MINOR),
    "final-newline": Rule("the last line has a line end", Level.MINOR),
    "bom": Rule("no byte order mark at the head", Level.MINOR),
    "trailing-space": Rule("no white space at the end of a line", Level.OFF),
    "tabs": Rule("no tabs", Level.OFF),
    "normal-form": Rule("characters are composed as Unicode's normal form C has it", Level.MINOR),
}


class PlainText(RuleSettings):
    """Settings of `plain_text`."""

    RULES: ClassVar[Mapping[str, Rule]] = _RULES
    example: ClassVar[str] = "plain_text: {rules: {trailing-space: minor, bom: off}}"

    file: FilePath | None = file_field("text file")


@dataclass(frozen=True, slots=True)
class Breach:
    """What breaks a rule, and on which 1-based line."""

    line: int
    message: str
    suggestion: str


def _run(material: Material, settings: PlainText) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file, _TEXTS)
    yield from faults
    for path in [text.path for text in texts]:
        yield from by_line(_judge(path, material.files[path].decode("utf-8"), settings))


def _judge(path: str, text: str, settings: PlainText) -> Iterator[Finding | None]:
    for rule, breaches in _BREACHES.items():
        if settings.level(rule) is not Level.OFF:
            yield from _judge_rule(rule, path, breaches(text), settings)


def _judge_rule(rule: str, path: str, breaches: Iterable[Breach], settings: PlainText) -> Iterator[Finding | None]:
    found = few(breaches)
    for breach in found.first:
        yield settings.finding(rule, breach.message, path, breach.line, breach.suggestion)
    if found.more:
        yield settings.finding(rule, f"the same in {and_more(found.more)}", path)


def _controls(text: str) -> Iterator[Breach]:
    for line, name, times in _counted(hidden.controls(text)):
        yield Breach(line, f"{name} is a control character{times}", "delete it")


def _invisible(text: str) -> Iterator[Breach]:
    for line, name, times in _counted(hidden.invisible(text)):
        yield Breach(line, f"{name} is not seen{times}", "delete it")


def _replacement(text: str) -> Iterator[Breach]:
    for line in _lines_with(_REPLACEMENT, text):
        message = "U+FFFD (replacement character) stands where a character was lost"
        yield Breach(line, message, "write the character that was meant")


def _counted(found: Iterable[hidden.Hidden]) -> Iterator[tuple[int, str, str]]:
    """Return line, name and number of each character of a line."""
    for line, on_line in groupby(found, key=attrgetter("line")):
        for char, count in Counter(each.char for each in on_line).items():
            yield line, hidden.point(char), f", {count} times on this line" if count > 1 else ""


def _bidi(text: str) -> Iterator[Breach]:
    for turn in hidden.turns(text):
        if turn.is_closed:
            message = f"{hidden.point(turn.char)} lets the text be read in another order than it is stored"
            yield Breach(turn.line, message, "delete it, and what ends it")


def _bidi_open(text: str) -> Iterator[Breach]:
    for turn in hidden.turns(text):
        if not turn.is_closed:
            what = "ends nothing on its line" if turn.is_end else "turns the reading order and is not ended on its line"
            yield Breach(turn.line, f"{hidden.point(turn.char)} {what}", "delete it")


def _line_ends(text: str) -> Iterator[Breach]:
    """One of each kind a file: either a program wrote all lines so, or one line came from elsewhere."""
    for name, pattern in _LINE_ENDS.items():
        count = sum(1 for _ in pattern.finditer(text))
        if count:
            line = text.count("\n", 0, next(pattern.finditer(text)).start()) + 1
            lines = "1 line ends" if count == 1 else f"{count} lines end"
            yield Breach(line, f"{lines} in {name}; this is the first", "save the file with LF (U+000A) line ends")


def _final_newline(text: str) -> Iterator[Breach]:
    if text and text[-1] not in "\r\n":
        yield Breach(text.count("\n") + 1, "the last line has no line end", "end it with one")


def _bom(text: str) -> Iterator[Breach]:
    if text.startswith("\ufeff"):
        yield Breach(1, "the file begins with a byte order mark (U+FEFF)", "save it as UTF-8 without one")


def _trailing_space(text: str) -> Iterator[Breach]:
    for line in _lines_with(_TRAILING, text):
        yield Breach(line, "the line ends in white space", "delete it")


def _tabs(text: str) -> Iterator[Breach]:
    for line in _lines_with(_TAB, text):
        yield Breach(line, "the line has a tab (U+0009)", "write spaces")


def _lines_with(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    line, reached = 1, 0
    for match in pattern.finditer(text):
        line += text.count("\n", reached, match.start())
        reached = match.start()
        yield line


def _normal_form(text: str) -> Iterator[Breach]:
    for line, chars in hidden.decomposed(text):
        points = ": " + " ".join(f"U+{ord(char):04X}" for char in chars) if chars else ""
        yield Breach(line, f"the line is not in normal form C{points}", "normalise the text (NFC)")


_LINE_ENDS = {"CR LF (U+000D U+000A)": re.compile(r"\r\n"), "CR (U+000D)": re.compile(r"\r(?!\n)")}
_TRAILING = re.compile(r"[ \t](?=\r?\n|\r?\Z)")
_REPLACEMENT = re.compile("\ufffd[^\n]*")
_TAB = re.compile(r"\t[^\n]*")

_BREACHES: Mapping[str, Callable[[str], Iterable[Breach]]] = {
    "controls": _controls,
    "bidi": _bidi,
    "bidi-open": _bidi_open,
    "invisible": _invisible,
    "replacement": _replacement,
    "line-ends": _line_ends,
    "final-newline": _final_newline,
    "bom": _bom,
    "trailing-space": _trailing_space,
    "tabs": _tabs,
    "normal-form": _normal_form,
}

CHECK = Check("plain_text", "A text is what it looks like: no character in it that is not seen.", PlainText, _run)
