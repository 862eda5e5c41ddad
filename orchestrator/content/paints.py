"""What a text is filled with: a colour, or the colours of a gradient's stops."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.content import color as colors
from orchestrator.content.color import Color
from orchestrator.content.styles import Rule, Style, style_of
from orchestrator.content.svg import DrawingError, Element


@dataclass(frozen=True, slots=True)
class Paints:
    """The gradients by id, so that a text's fill is a colour or the colours of its stops."""

    stops: Mapping[str, tuple[Color, ...]]

    @classmethod
    def of(cls, root: Element, rules: Sequence[Rule]) -> "Paints":
        """Return the paints of a drawing. Raises DrawingError."""
        by_id = {
            element.attributes["id"]: element
            for element in root.walk()
            if element.tag.endswith("Gradient") and "id" in element.attributes
        }
        return cls({name: _stop_colors(element, by_id, rules) for name, element in by_id.items()})

    def fill(self, style: Style, line: int) -> tuple[Color, ...]:
        """Return the colour that a style fills with, or the colours of the gradient's stops. Raises DrawingError."""
        said = style.get("fill", "black")
        if said.casefold() == "currentcolor":
            said = style.get("color", "black")
        named = re.match(r"url\(\s*['\"]?#([^'\")]*)['\"]?\s*\)", said)
        if named:
            return self._stops(named[1], line)
        try:
            return (colors.parse(said),)
        except ValueError as fault:
            raise DrawingError(f"fill {said[:40]!r} of a text is no colour", line) from fault

    def _stops(self, name: str, line: int) -> tuple[Color, ...]:
        stops = self.stops.get(name)
        if not stops:
            raise DrawingError(f"fill url(#{name[:40]}) of a text names no gradient", line)
        return stops


def _stop_colors(gradient: Element, by_id: Mapping[str, Element], rules: Sequence[Rule]) -> tuple[Color, ...]:
    """The gradient's own stops, else those of the one that it refers to (svg.parse has refused circles)."""
    stops = [child for child in gradient.elements if child.tag == "stop"]
    other = by_id.get(gradient.attributes.get("href", "")[1:])
    if not stops and other is not None:
        return _stop_colors(other, by_id, rules)
    return tuple(_stop_color(stop, rules) for stop in stops)


def _stop_color(stop: Element, rules: Sequence[Rule]) -> Color:
    said = style_of(stop, (), Style(), rules).get("stop-color", "black")
    try:
        return colors.parse(said)
    except ValueError as fault:
        raise DrawingError(f"stop-color {said[:40]!r} is no colour", stop.line) from fault
