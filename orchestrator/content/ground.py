"""What lies beneath the texts of a drawing: the drawing itself, drawn without them, and looked at pixel by pixel."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageChops

from orchestrator.content import color as colors
from orchestrator.content import svg as drawings
from orchestrator.content.color import Color
from orchestrator.content.picture import render_tree
from orchestrator.content.svg import Element
from orchestrator.content.transforms import Box

_LONGEST = 1_000
"""Pixels of the longer side."""
_SPECK = 0.01
"""The share of a text's ground below which a colour is the blur of an edge."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A drawing without its texts, drawn on white; and `whole`, with them."""

    image: Image.Image
    whole: Image.Image
    scale: float
    x: float
    y: float

    @classmethod
    def of(cls, root: Element) -> "Ground":
        """Return the ground of a drawing. Raises DrawingError."""
        canvas = drawings.canvas(root)
        scale = min(_LONGEST / max(canvas.width, canvas.height), _LONGEST)
        size = {"width": f"{canvas.width * scale:.4f}", "height": f"{canvas.height * scale:.4f}"}
        box = f"{canvas.x} {canvas.y} {canvas.width} {canvas.height}"
        sized = {**root.attributes, **size, "viewBox": box}
        bare = _picture(Element("svg", sized, root.line, _without_texts(root)))
        return cls(bare, _picture(Element("svg", sized, root.line, root.children)), scale, canvas.x, canvas.y)

    def beneath(self, box: Box) -> tuple[Color, ...]:
        """The colours under a box, specks left out; white where it lies outside of the canvas."""
        area = self._area(box)
        if area is None:
            return (colors.WHITE,)
        cut = self.image.crop(area)
        counted = cut.getcolors(cut.width * cut.height) or []
        return tuple(_as_color(pixel) for pixel in _common(counted, cut.width * cut.height))

    def change(self, box: Box) -> int | None:
        """Return how far the texts change a channel of the ground under a box, 0 to 255; None outside of the canvas."""
        area = self._area(box)
        if area is None:
            return None
        parted = ImageChops.difference(self.image.crop(area), self.whole.crop(area))
        return max(
            channel for _, pixel in parted.getcolors(parted.width * parted.height) or () for channel in _rgb(pixel)
        )

    def _area(self, box: Box) -> tuple[int, int, int, int] | None:
        """Return the pixels of a box, None where it lies outside of the canvas."""
        corners = (box.left - self.x, box.top - self.y, box.right - self.x, box.bottom - self.y)
        left, top, right, bottom = (corner * self.scale for corner in corners)
        wide, high = self.image.size
        area = (max(0, int(left)), max(0, int(top)), min(wide, math.ceil(right)), min(high, math.ceil(bottom)))
        return None if area[2] <= area[0] or area[3] <= area[1] else area


def _picture(root: Element) -> Image.Image:
    with Image.open(io.BytesIO(render_tree(root, ground="#ffffff"))) as image:
        return image.convert("RGB")


def _common(counted: Sequence[tuple[int, object]], total: int) -> list[object]:
    """The colours that are no specks: alike ones, as those of a gradient, are counted together."""
    alike: dict[tuple[int, ...], int] = {}
    for count, pixel in counted:
        group = tuple(channel // 16 for channel in _rgb(pixel))
        alike[group] = alike.get(group, 0) + count
    least = total * _SPECK
    return [pixel for _, pixel in counted if alike[tuple(channel // 16 for channel in _rgb(pixel))] >= least]


def _rgb(pixel: object) -> tuple[int, int, int]:
    if not isinstance(pixel, tuple):
        raise TypeError("an RGB picture has tuples for pixels")
    red, green, blue = pixel
    return red, green, blue


def _as_color(pixel: object) -> Color:
    return Color(*_rgb(pixel))


def _without_texts(element: Element) -> "list[Element | str]":
    return [
        replace(child, children=_without_texts(child)) if isinstance(child, Element) else child
        for child in element.children
        if not (isinstance(child, Element) and child.tag == "text")
    ]
