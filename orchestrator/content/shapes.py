"""The extent of SVG's basic shapes, from above: a box that holds each, and how far its outline runs. Draws nothing.

A shape whose extent is not told here (percentages, units of a font) has none, and must be taken for as large as can be.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from orchestrator.content.svg import Element, length
from orchestrator.content.transforms import Box

Point = tuple[float, float]

_TOKEN = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])|([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)|[\s,]+|(.)")
_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}


@dataclass(frozen=True, slots=True)
class Outline:
    """A shape in its own units: its box, how many corners it has, and how far its outline runs at most."""

    box: Box
    corners: int
    travel: float


def outline_of(element: Element) -> Outline | None:
    """Return the outline of a shape; None where it is no shape, or its extent is not told by numbers."""
    measure = _MEASURES.get(element.tag)
    found = measure(element) if measure else None
    return found if found and all(map(math.isfinite, (*_sides(found.box), found.travel))) else None


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _measured(element: Element, *names: str) -> list[float] | None:
    values = [length(element.attributes.get(name, "0")) for name in names]
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else None


def _rect(element: Element) -> Outline | None:
    match _measured(element, "x", "y", "width", "height"):
        case [x, y, wide, high]:
            return Outline(Box(x, y, x + wide, y + high), 4, 2 * (abs(wide) + abs(high)))
    return None


def _circle(element: Element) -> Outline | None:
    match _measured(element, "cx", "cy", "r"):
        case [x, y, radius]:
            return _round(x, y, radius, radius)
    return None


def _ellipse(element: Element) -> Outline | None:
    if "rx" not in element.attributes or "ry" not in element.attributes:
        return None
    match _measured(element, "cx", "cy", "rx", "ry"):
        case [x, y, across, down]:
            return _round(x, y, across, down)
    return None


def _round(x: float, y: float, across: float, down: float) -> Outline:
    return Outline(Box(x - across, y - down, x + across, y + down), 8, 4 * (abs(across) + abs(down)))


def _line(element: Element) -> Outline | None:
    match _measured(element, "x1", "y1", "x2", "y2"):
        case [x1, y1, x2, y2]:
            return _through([(x1, y1), (x2, y2)])
    return None


def _polygon(element: Element) -> Outline | None:
    parts = element.attributes.get("points", "").replace(",", " ").split()
    numbers = [number for part in parts if (number := length(part)) is not None]
    if len(numbers) != len(parts):
        return None
    points = list(zip(numbers[::2], numbers[1::2], strict=False))
    return _through([*points, *points[:1]])


def _path(element: Element) -> Outline | None:
    steps = _steps(element.attributes.get("d", ""))
    return None if steps is None else _through(list(_corners(steps)))


def _through(points: Sequence[Point]) -> Outline:
    if not points:
        return Outline(Box(0, 0, 0, 0), 0, 0)
    across, down = [x for x, _ in points], [y for _, y in points]
    travel = sum(abs(b[0] - a[0]) + abs(b[1] - a[1]) for a, b in pairwise(points))
    return Outline(Box(min(across), min(down), max(across), max(down)), len(points), travel)


def _steps(data: str) -> list[tuple[str, list[float]]] | None:
    """Return the commands of path data with their numbers; None where they are no path data that is surely read."""
    steps: list[tuple[str, list[float]]] = []
    flags: list[str] = []
    for command, number, other in _TOKEN.findall(data):
        if other or (number and not steps):
            return None
        if command:
            steps.append((command, []))
        elif number:
            steps[-1][1].append(float(number))
            if steps[-1][0] in "Aa" and (len(steps[-1][1]) - 1) % 7 in (3, 4):
                flags.append(number)
    fits = all(_fits(command, numbers) for command, numbers in steps)
    return steps if fits and set(flags) <= {"0", "1"} else None


def _fits(command: str, numbers: Sequence[float]) -> bool:
    wanted = _NUMBERS[command.upper()]
    return not numbers if wanted == 0 else bool(numbers) and len(numbers) % wanted == 0


def _corners(steps: Sequence[tuple[str, list[float]]]) -> Iterator[Point]:
    """The points that hold the path between them: ends, control points, and for arcs the reach of the radii."""
    here = start = (0.0, 0.0)
    control = here
    for command, numbers in steps:
        name, size = command.upper(), _NUMBERS[command.upper()]
        if name == "Z":
            here = control = start
            yield here
            continue
        for place in range(0, len(numbers), size):
            points = _points(name, numbers[place : place + size], here if command.islower() else (0.0, 0.0), here)
            if name in ("S", "T"):  # the first control point is the mirror of the last one
                points.insert(0, (2 * here[0] - control[0], 2 * here[1] - control[1]))
            yield from points
            control = points[-2] if name in ("C", "S", "Q", "T") else points[-1]
            here = points[-1]
            if name == "M" and place == 0:
                start = here


def _points(name: str, numbers: Sequence[float], origin: Point, here: Point) -> list[Point]:
    x, y = origin
    if name == "H":
        return [(x + numbers[0], here[1])]
    if name == "V":
        return [(here[0], y + numbers[0])]
    if name == "A":
        return _reach(numbers, here, (x + numbers[5], y + numbers[6]))
    return [(x + across, y + down) for across, down in zip(numbers[::2], numbers[1::2], strict=True)]


def _reach(numbers: Sequence[float], here: Point, end: Point) -> list[Point]:
    """Radii too short for the way are lengthened by SVG, so the way itself is a bound as well."""
    apart = math.hypot(end[0] - here[0], end[1] - here[1])
    reach = 2 * max(abs(numbers[0]), abs(numbers[1]), apart)
    return [(here[0] - reach, here[1] - reach), (here[0] + reach, here[1] + reach), end]


_MEASURES: Mapping[str, Callable[[Element], Outline | None]] = {
    "rect": _rect,
    "circle": _circle,
    "ellipse": _ellipse,
    "line": _line,
    "polyline": _polygon,
    "polygon": _polygon,
    "path": _path,
}
