"""How the texts of an HTML page are painted, as far as its own styles say it plainly; the rest is not judged.

Read are `style` attributes, `bgcolor` and `color`, and the rules of `<style>` whose selector is one compound of tag,
class and id. A colour that another selector, a media query, a variable that changes, a picture, a gradient, opacity or
a position may decide is unknown, and so is all that lies upon it: nothing is judged wrongly, and not all is judged.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from orchestrator.content import color as colors
from orchestrator.content.color import BLACK, WHITE, Color
from orchestrator.content.html_tree import Element, Page

MOST_RULES = 2_000
MOST_TRIED = 500_000
"""Comparisons of an element with a selector."""
LARGE, LARGE_BOLD = 24.0, 18.66
"""Pixels from which on a text is large, as WCAG 2.2 has it: 18 pt, or 14 pt bold."""

_PART = r"[.#][A-Za-z_][\w-]{0,100}"
_COMPOUND = re.compile(rf"(\*|[A-Za-z][\w-]{{0,100}})?((?:{_PART}){{0,10}})")
_STATE = re.compile(r":(?:hover|focus|focus-visible|focus-within|active|visited|target|disabled)\b|::|:before|:after")
_CHOICE = re.compile(r":(?:is|where)\(([^()]{1,300})\)")
_LONGEST = 500
"""Characters of a selector."""
_PSEUDO = re.compile(r":[\w-]{1,40}(?:\([^()]{0,100}\))?|\[[^\[\]]{0,200}\]")
_VARIABLE = re.compile(r"var\(\s{0,9}(--[\w-]{1,100})\s{0,9}\)")
_TOKEN = re.compile(r"[\w-]{1,40}\([^()]{0,200}\)|[^\s]{1,100}")
_SIZE = re.compile(r"([0-9]{0,6}(?:\.[0-9]{1,6})?)(px|pt|rem|em|%)")
_SIZES = {"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32}
_OWN_SIZES = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h5": 0.83, "h6": 0.67, "small": 0.83}
_BOLD = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "th"])
_CONTROLS = frozenset(["button", "input", "select", "textarea", "option", "meter", "progress"])
_UNSEEN = frozenset(["script", "style", "template", "head", "title", "noscript", "option", "textarea", "iframe"])
_READ_NAMES = """
color background background-color background-image font font-size font-weight opacity visibility display position
filter mix-blend-mode
"""
_READ = frozenset(_READ_NAMES.split())
_TOLD_APART = ("class", "id", "style", "bgcolor", "color")
_BRACE = re.compile("[{}]")
_LINK = Color(0, 0, 238)
_ESCAPE = re.compile(r"\\(?:([0-9A-Fa-f]{1,6})[ \t\n\f]?|([^\n]))")
_FAR = re.compile(r"(?:url\(|src\(|image\(|@import)\s*+[\"']?\s*+(?:(?:https?|ftp):|//)")
_FAR_TEXT = re.compile(r"[\"']\s*+(?:(?:https?|ftp):|//)")
_DEEPEST = 5
_CONDITIONS = ("@media", "@supports", "@layer", "@container")
_ELSEWHERE = re.compile(r"\bprint\b|\bprefers-|\bforced-colors")
"""Media of readers who asked for something else: the page without them is what the others see."""


@dataclass(frozen=True, slots=True)
class Painted:
    """A text and how it stands out: its contrast, and the least that WCAG 2.2 wants of its size at level AA."""

    line: int
    text: str
    ink: Color
    ground: Color
    ratio: float
    wanted: float


class TooManyStyles(Exception):
    """The styles would take too long to apply."""


Declarations = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Rule:
    tag: str | None
    marks: frozenset[str]
    weight: tuple[int, int, int]
    sets: Declarations
    is_certain: bool


@dataclass(frozen=True, slots=True)
class _Style:
    """What an element hands on. None: not known."""

    ink: Color | None = BLACK
    ground: Color | None = WHITE
    size: float | None = 16.0
    is_bold: bool = False
    is_hidden: bool = False


@dataclass(slots=True)
class _Sheet:
    rules: dict[str, list[_Rule]] = field(default_factory=dict)
    """By the mark or tag that an element needs: `#id`, `.class`, `p`, or `*`."""
    variables: dict[str, str | None] = field(default_factory=dict)
    count: int = 0
    tried: int = 0
    found: dict[tuple[str, ...], tuple[tuple[str, str, bool], ...]] = field(default_factory=dict)
    """What applies to elements that no selector can tell apart."""


def texts(page: Page) -> Iterator[Painted]:
    """Return the texts whose colour and ground are known. Raises TooManyStyles."""
    sheet = _sheet(page)
    styles: dict[int, _Style] = {}
    for element in page.elements:
        above = styles[id(element.parent)] if element.parent is not None else _Style()
        styles[id(element)] = style = _style(element, above, sheet)
        text = " ".join(" ".join(child for child in element.children if isinstance(child, str)).split())
        if text and not style.is_hidden and ":" not in element.tag and style.ink and style.ground:
            ink, ratio = _seen(style.ink, style.ground)
            yield Painted(element.line, text, ink, style.ground, ratio, _wanted(style))


@lru_cache(maxsize=1_000)
def _seen(ink: Color, ground: Color) -> tuple[Color, float]:
    seen = ink.over(ground)
    return seen, colors.contrast_ratio(seen, ground)


def _wanted(style: _Style) -> float:
    """A size that is not known may be large."""
    is_large = style.size is None or style.size >= (LARGE_BOLD if style.is_bold else LARGE)
    return 3.0 if is_large else colors.READABLE


def _sheet(page: Page) -> _Sheet:
    sheet = _Sheet()
    for element in page.all("style"):
        css = "".join(child for child in element.children if isinstance(child, str))
        for selectors, body, is_certain in _blocks(_without_comments(css), 0, is_certain=True):
            _add(sheet, selectors, body, is_certain=is_certain)
    return sheet


def loads_from_afar(css: str) -> bool:
    """Say whether a style sheet, or the value of a property, loads something from another host."""
    plain = _ESCAPE.sub(_unescaped, _without_comments(css)).replace("\\", "/").lower()
    return _FAR.search(plain) is not None or ("image-set(" in plain and _FAR_TEXT.search(plain) is not None)


def _unescaped(escape: re.Match[str]) -> str:
    """CSS Syntax 3, section 4.3.7; what is no character is none here."""
    if escape[1] is None:
        return escape[2]
    number = int(escape[1], 16)
    return chr(number) if number < 0x110000 else ""


def _without_comments(css: str) -> str:
    kept: list[str] = []
    place = 0
    while (start := css.find("/*", place)) >= 0:
        end = css.find("*/", start + 2)
        kept.append(css[place:start])
        place = len(css) if end < 0 else end + 2
    return " ".join([*kept, css[place:]])


def _blocks(css: str, depth: int, *, is_certain: bool) -> Iterator[tuple[str, str, bool]]:
    """Yield (selectors, declarations, whether they hold whatever the screen is)."""
    place = 0
    while (opened := css.find("{", place)) >= 0:
        before = css[place:opened].rpartition(";")[2].strip()
        closed = _closing(css, opened)
        body = css[opened + 1 : closed]
        if not before.startswith("@"):
            yield before, body, is_certain
        elif depth < _DEEPEST and before.startswith(_CONDITIONS) and not _ELSEWHERE.search(before):
            yield from _blocks(body, depth + 1, is_certain=False)
        place = closed + 1


def _closing(css: str, opened: int) -> int:
    depth = 0
    for brace in _BRACE.finditer(css, opened):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.start()
    return len(css)


def _add(sheet: _Sheet, selectors: str, body: str, *, is_certain: bool) -> None:
    sets = _declarations(body)
    if selectors in (":root", "html"):
        for name, value in _all_declarations(body):
            if name.startswith("--"):
                sheet.variables[name] = value if is_certain and name not in sheet.variables else None
    for selector in _split(selectors, ",") if sets else ():
        for rule in _rules(selector.strip(), sets, sheet.count, is_certain=is_certain):
            sheet.count += 1
            if sheet.count > MOST_RULES:
                raise TooManyStyles(f"the styles have more than {MOST_RULES} rules")
            key = min(rule.marks, default=rule.tag or "*")
            sheet.rules.setdefault(key, []).append(rule)


def _split(text: str, marks: str) -> list[str]:
    """Split at marks that stand in no brackets."""
    parts, depth, begin = [], 0, 0
    for place, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if depth == 0 and char in marks:
            parts.append(text[begin:place])
            begin = place + 1
    return [part for part in (*parts, text[begin:]) if part.strip()]


def _rules(selector: str, sets: Declarations, place: int, *, is_certain: bool) -> Iterator[_Rule]:
    """A selector of more than one compound makes what its last one fits unknown; a passing state says nothing."""
    if len(selector) > _LONGEST or _STATE.search(selector):
        return
    whole = "html" if selector == ":root" else selector
    is_plain = _COMPOUND.fullmatch(whole) is not None
    for compound in [whole] if is_plain else _last_compounds(whole):
        found = _COMPOUND.fullmatch(_PSEUDO.sub("", compound))
        tag = found[1].lower() if found and found[1] and found[1] != "*" else None
        marks = frozenset(re.findall(_PART, found[2])) if found else frozenset()
        ids = sum(mark[0] == "#" for mark in marks)
        weight = (ids, len(marks) - ids, place if tag is None else place + MOST_RULES)
        yield _Rule(tag, marks, weight, sets, is_certain and is_plain)


def _last_compounds(selector: str) -> list[str]:
    """Return what the element itself must fit; of `:is(a, b)` each."""
    last = _last(selector)
    choice = _CHOICE.search(last)
    if choice is None:
        return [last]
    return [_last(last[: choice.start()] + inner.strip()) for inner in choice[1].split(",")]


def _last(selector: str) -> str:
    return (_split(selector, " \t\n>+~") or [""])[-1]


def _all_declarations(body: str) -> Iterator[tuple[str, str]]:
    for declaration in body.split(";"):
        name, colon, value = (part.strip() for part in declaration.partition(":"))
        if colon:
            yield (name if name.startswith("--") else name.lower()), value


def _declarations(body: str) -> Declarations:
    """Return what is set, by property; an important one stays."""
    sets: dict[str, str] = {}
    for name, value in _all_declarations(body):
        lower = value.lower()
        if name in _READ and not sets.get(name, "").endswith("!important"):
            sets.pop(name, None)
            sets[name] = lower
    return sets


def _style(element: Element, above: _Style, sheet: _Sheet) -> _Style:
    style = _by_browser(element, above)
    key = (element.tag, *map(element.get, _TOLD_APART))
    if key not in sheet.found:
        sheet.found[key] = _winners(_that_apply(element, sheet))
    for name, value, is_certain in sheet.found[key]:
        style = _with(style, above, name, _valued(value, sheet) if is_certain else None)
    if element.tag in _UNSEEN or "hidden" in element.attributes:
        style = replace(style, is_hidden=True)
    return style


def _by_browser(element: Element, above: _Style) -> _Style:
    """What a browser does without being told: its sizes, its links, and controls of its own paint."""
    style = above
    if element.tag in _OWN_SIZES and above.size is not None:
        style = replace(style, size=above.size * _OWN_SIZES[element.tag])
    if element.tag in _BOLD:
        style = replace(style, is_bold=True)
    if element.tag == "a" and "href" in element.attributes:
        style = replace(style, ink=_LINK)
    if element.tag in _CONTROLS:
        style = replace(style, ink=None, ground=None)
    if element.tag == "mark":
        style = replace(style, ink=BLACK, ground=Color(255, 255, 0))
    return style


def _that_apply(element: Element, sheet: _Sheet) -> Iterator[tuple[str, str, bool]]:
    """Yield (property, value, whether it surely applies), what wins last."""
    hints = {"background-color": element.get("bgcolor"), "color": element.get("color") if element.tag == "font" else ""}
    yield from ((name, value, True) for name, value in hints.items() if value)
    own = _declarations(element.get("style"))
    rules = sorted(_matching(element, sheet), key=lambda rule: rule.weight)
    everything = [*((rule.sets, rule.is_certain) for rule in rules), (own, True)]
    for is_important in (False, True):
        for sets, is_certain in everything:
            for name, value in sets.items():
                if value.endswith("!important") is is_important:
                    yield name, value.removesuffix("!important").strip(), is_certain
    for rule in rules:
        if not rule.is_certain:
            yield from ((name, value, False) for name, value in rule.sets.items() if name not in own)


def _winners(applied: Iterator[tuple[str, str, bool]]) -> tuple[tuple[str, str, bool], ...]:
    """Return the last word on each property, in the order of these."""
    last: dict[str, tuple[str, str, bool]] = {}
    for each in applied:
        last.pop(each[0], None)
        last[each[0]] = each
    return tuple(last.values())


def _matching(element: Element, sheet: _Sheet) -> Iterator[_Rule]:
    marks = {f".{name}" for name in element.get("class").split()} | {f"#{element.get('id')}"}
    for key in (*marks, element.tag, "*"):
        for rule in sheet.rules.get(key, ()):
            sheet.tried += 1
            if sheet.tried > MOST_TRIED:
                raise TooManyStyles("the styles have too many rules for so many elements")
            if rule.tag in (None, element.tag) and rule.marks <= marks:
                yield rule


def _valued(value: str, sheet: _Sheet) -> str | None:
    """Return the value with its variables put in; None where one is not known."""
    if "var(" not in value:
        return value
    filled = _VARIABLE.sub(lambda found: sheet.variables.get(found[1]) or "var(", value)
    return None if "var(" in filled else filled.lower()


def _with(style: _Style, above: _Style, name: str, value: str | None) -> _Style:
    match name:
        case "color":
            return replace(style, ink=above.ink if value in ("inherit", "currentcolor") else _color(value))
        case "background" | "background-color" | "background-image":
            return replace(style, ground=_ground(name, value, style, above))
        case "font-size":
            return replace(style, size=_size(value, above.size))
        case "font":
            return replace(style, size=None)
        case "font-weight":
            is_bold = value in ("bold", "bolder") or _number(value) >= 700
            return replace(style, is_bold=is_bold or value is None)
        case "display" | "visibility":
            return replace(style, is_hidden=style.is_hidden or value in ("none", "hidden", "collapse"))
        case "position" if value in ("static", "relative"):
            return style
        case "opacity" if value in ("1", "100%"):
            return style
        case "filter" | "mix-blend-mode" if value in ("none", "normal"):
            return style
    return replace(style, ink=None, ground=None)


def _number(value: str | None) -> int:
    return int(value[:4]) if value is not None and value.isdecimal() else 0


def _ground(name: str, value: str | None, style: _Style, above: _Style) -> Color | None:
    if value is None or "url(" in value or "gradient(" in value or "image" in value:
        return None
    if name == "background-image":
        return style.ground if value == "none" else None
    if value in ("none", "transparent", "initial", "unset", "inherit"):
        return above.ground
    named = [found for token in _TOKEN.findall(value) if (found := _color(token)) is not None]
    if len(named) != 1:
        return None
    if named[0].alpha >= 1:
        return named[0]
    return None if above.ground is None else named[0].over(above.ground)


@lru_cache(maxsize=1_000)
def _color(value: str | None) -> Color | None:
    try:
        return None if value is None else colors.parse(value)
    except ValueError:
        return None


def _size(value: str | None, above: float | None) -> float | None:
    if value in _SIZES:
        return float(_SIZES[value])
    found = _SIZE.fullmatch(value or "")
    if found is None or not found[1]:
        return above if value in ("inherit", "unset") else None
    number = float(found[1])
    match found[2]:
        case "px":
            return number
        case "pt":
            return number * 4 / 3
        case "rem":
            return number * 16
    share = number / 100 if found[2] == "%" else number
    return None if above is None else above * share
