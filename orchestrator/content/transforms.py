"""Upright boxes and the transforms of SVG: plane geometry, nothing else."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.content.svg import DrawingError, Element, length

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_TRANSFORM = re.compile(r"([a-zA-Z]{1,10})\s*\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle, in the drawing's own units."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """The width."""
        return self.right - self.left


def around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all of these, of which there is one at least."""
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def transform_of(element: Element) -> Matrix:
    """Return what the element's `transform` says. Raises DrawingError."""
    matrix = IDENTITY
    for name, arguments in _TRANSFORM.findall(element.attributes.get("transform", "")):
        step = _step(name, _numbers(arguments))
        if step is None:
            raise DrawingError(f"the transform {name}({arguments[:30]}) is not understood", element.line)
        matrix = product(matrix, step)
    return matrix


def product(m: Matrix, n: Matrix) -> Matrix:
    """Return the transform that does `n`, then `m`."""
    return (
        m[0] * n[0] + m[2] * n[1],
        m[1] * n[0] + m[3] * n[1],
        m[0] * n[2] + m[2] * n[3],
        m[1] * n[2] + m[3] * n[3],
        m[0] * n[4] + m[2] * n[5] + m[4],
        m[1] * n[4] + m[3] * n[5] + m[5],
    )


def scale_of(m: Matrix) -> float:
    """Return by how much a transform makes things larger, as the square root of the area."""
    return math.sqrt(abs(m[0] * m[3] - m[1] * m[2]))


def seen_box(box: Box, m: Matrix) -> Box:
    """Return the upright box around a transformed one. Raises DrawingError where it leads out of all bounds."""
    corners = [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    across = [m[0] * x + m[2] * y + m[4] for x, y in corners]
    down = [m[1] * x + m[3] * y + m[5] for x, y in corners]
    if not all(math.isfinite(number) for number in (*across, *down)):
        raise DrawingError("a transform leads out of all bounds")
    return Box(min(across), min(down), max(across), max(down))


def _numbers(arguments: str) -> list[float] | None:
    numbers = [length(part) for part in arguments.replace(",", " ").split()]
    known = [number for number in numbers if number is not None]
    return known if len(known) == len(numbers) else None


def _step(name: str, numbers: Sequence[float] | None) -> Matrix | None:
    match (name, numbers):
        case ("matrix", [a, b, c, d, e, f]):
            return (a, b, c, d, e, f)
        case ("translate", [x, *rest]) if len(rest) < 2:
            return (1.0, 0.0, 0.0, 1.0, x, rest[0] if rest else 0.0)
        case ("scale", [x, *rest]) if len(rest) < 2:
            return (x, 0.0, 0.0, rest[0] if rest else x, 0.0, 0.0)
        case ("rotate", [angle]):
            return _rotation(angle)
        case ("rotate", [angle, x, y]):
            return product(product((1.0, 0.0, 0.0, 1.0, x, y), _rotation(angle)), (1.0, 0.0, 0.0, 1.0, -x, -y))
        case ("skewX", [angle]):
            return (1.0, 0.0, math.tan(math.radians(angle)), 1.0, 0.0, 0.0)
        case ("skewY", [angle]):
            return (1.0, math.tan(math.radians(angle)), 0.0, 1.0, 0.0, 0.0)
    return None


def _rotation(angle: float) -> Matrix:
    turn = math.radians(angle)
    return (math.cos(turn), math.sin(turn), -math.sin(turn), math.cos(turn), 0.0, 0.0)
