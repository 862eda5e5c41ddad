"""The styles of a drawing's elements: attributes, style sheets of simple selectors, style attributes, inheritance.

Enough of CSS to know how a text is painted. What it does not know it refuses, so that nothing is judged wrongly.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.content.svg import DrawingError, Element

_INHERITED_NAMES = """
fill fill-opacity color font-size font-weight font-family font-style text-anchor letter-spacing word-spacing visibility
dominant-baseline
"""
INHERITED = frozenset(_INHERITED_NAMES.split())
OWN = frozenset({"opacity", "display", "stop-color"})

_COMPOUND = re.compile(r"(\*|[A-Za-z][\w-]*)?((?:[.#][A-Za-z_][\w-]*)*)")
_MOST_RULES = 500
_MOST_TRIALS = 200_000
"""Of a rule on an element."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector of a style sheet, and what it sets."""

    selector: tuple[str, ...]
    """Compounds, outermost first: `g text.title` has two."""
    weight: tuple[int, int]
    sets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Style:
    """What is set on an element, what it inherits included, and the opacity of all that it lies in."""

    sets: Mapping[str, str] = field(default_factory=dict)
    opacity: float = 1.0

    def get(self, name: str, default: str = "") -> str:
        """Return the value of a property."""
        return self.sets.get(name, default)

    @property
    def is_hidden(self) -> bool:
        """Whether nothing of the element is seen."""
        return self.get("display") == "none" or self.get("visibility") in ("hidden", "collapse") or self.opacity <= 0


def rules_of(root: Element) -> tuple[Rule, ...]:
    """Return the rules of all style sheets, those that win last. Raises DrawingError for what is not understood."""
    found = [rule for sheet in root.walk() if sheet.tag == "style" for rule in _rules(sheet)]
    if len(found) > _MOST_RULES:
        raise DrawingError(f"more than {_MOST_RULES} rules in the style sheets")
    if len(found) * sum(1 for _ in root.walk()) > _MOST_TRIALS:
        raise DrawingError("too many rules in the style sheets for so many elements", root.line)
    return tuple(sorted(found, key=lambda rule: rule.weight))


def style_of(element: Element, above: Sequence[Element], parent: Style, rules: Iterable[Rule]) -> Style:
    """Return the element's style. `above`: the elements that it lies in, outermost first."""
    named = INHERITED | OWN
    own = {name: value.strip() for name, value in element.attributes.items() if name in named}
    for rule in rules:
        if _selects(rule.selector, element, above):
            own.update(rule.sets)
    own.update(_declarations(element.attributes.get("style", ""), element.line))
    inherited = {name: value for name, value in parent.sets.items() if name in INHERITED or value == "none"}
    kept = {name: value for name, value in own.items() if value != "inherit"}
    return Style(inherited | kept, parent.opacity * share(kept.get("opacity", "1")))


def share(text: str) -> float:
    """Return an opacity, a number or a percentage, as 0 to 1; 1 for what is neither."""
    percent = text.endswith("%")
    try:
        number = float(text.rstrip("%"))
    except ValueError:
        return 1.0
    return max(0.0, min(1.0, number / 100 if percent else number))


def _rules(sheet: Element) -> Iterator[Rule]:
    for block in _uncommented(sheet.own_text).split("}"):
        if not block.strip():
            continue
        head, brace, body = block.partition("{")
        if not brace:
            raise DrawingError("a rule of the style sheet has no '{'", sheet.line)
        sets = _declarations(body, sheet.line)
        yield from (Rule(*_selector(part, sheet.line), sets) for part in head.split(","))


def _uncommented(text: str) -> str:
    """By hand, since a pattern would look for the end of each of a thousand open comments."""
    kept: list[str] = []
    while text:
        before, _, rest = text.partition("/*")
        kept.append(before)
        text = rest.partition("*/")[2]
    return " ".join(kept)


def _selector(text: str, line: int) -> tuple[tuple[str, ...], tuple[int, int]]:
    compounds = tuple(text.split())
    if not compounds or not all(_COMPOUND.fullmatch(compound) for compound in compounds):
        raise DrawingError(f"the selector {text.strip()[:40]!r} is not understood: use a tag, .class or #id", line)
    classes = text.count(".") + 100 * text.count("#")
    return compounds, (classes, sum(compound[0] not in ".#*" for compound in compounds))


def _declarations(text: str, line: int) -> dict[str, str]:
    sets: dict[str, str] = {}
    for declaration in text.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font":
            raise DrawingError("the shorthand 'font' is not understood: set font-size and font-weight", line)
        if name in INHERITED | OWN:
            sets[name] = value.removesuffix("!important").strip()
    return sets


def _selects(selector: Sequence[str], element: Element, above: Sequence[Element]) -> bool:
    if not _fits(selector[-1], element):
        return False
    wanted = list(selector[:-1])
    for outer in reversed(above):
        if wanted and _fits(wanted[-1], outer):
            wanted.pop()
    return not wanted


def _fits(compound: str, element: Element) -> bool:
    found = _COMPOUND.fullmatch(compound)
    if found is None or found[1] not in (None, "*", element.tag):
        return False
    classes = element.attributes.get("class", "").split()
    marks = re.findall(r"[.#][\w-]+", found[2])
    return all(mark[1:] in classes if mark[0] == "." else mark[1:] == element.attributes.get("id") for mark in marks)
