"""Colours, and how well one can be read upon another. Nothing is painted here.

Luminance and contrast are those of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
"""

import re
from collections.abc import Iterator
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from math import isfinite

from PIL import ImageColor

READABLE = 4.5
"""The least contrast of text at level AA."""
ENHANCED = 7.0
"""The least contrast of small text at level AAA."""

_STEPS = 200
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]{1,80})\)")
_BETWEEN = re.compile(r"[,/\s]+")


@dataclass(frozen=True, slots=True)
class Color:
    """Red, green and blue from 0 to 255, alpha from 0 to 1."""

    red: int
    green: int
    blue: int
    alpha: float = 1.0

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    def over(self, beneath: "Color", opacity: float = 1.0) -> "Color":
        """Return the opaque colour that is seen where this one lies on an opaque one."""
        share = max(0.0, min(1.0, self.alpha * opacity))
        pairs = zip(_channels(self), _channels(beneath), strict=True)
        return Color(*(round(own * share + under * (1 - share)) for own, under in pairs))


BLACK = Color(0, 0, 0)
WHITE = Color(255, 255, 255)


def parse(text: str) -> Color:
    """Return the colour that CSS text names: hex, rgb(), hsl() or a name. Raises ValueError."""
    if len(text) > 100:
        raise ValueError(f"{text[:20]!r}… is no colour")
    said = text.strip().casefold()
    if said == "transparent":
        return Color(0, 0, 0, 0.0)
    try:
        function = _FUNCTION.fullmatch(said)
        return _of_function(function[1], function[2]) if function else _of_name(said)
    except ValueError as fault:
        raise ValueError(f"{text!r} is no colour") from fault


def _of_name(said: str) -> Color:
    red, green, blue, *alpha = ImageColor.getrgb(said)
    return Color(red, green, blue, alpha[0] / 255 if alpha else 1.0)


def _of_function(kind: str, inner: str) -> Color:
    """Alpha is CSS's, a number from 0 to 1 or a percentage, with or without the `a` in the function's name."""
    first, second, third, *alpha = (part for part in _BETWEEN.split(inner.strip()) if part)
    color = _of_name(f"{kind}({first},{second},{third})")
    if len(alpha) > 1:
        raise ValueError("a colour has at most four parts")
    share = float(alpha[0].removesuffix("%")) / (100 if alpha[0].endswith("%") else 1) if alpha else 1.0
    if not isfinite(share):
        raise ValueError("alpha is a number")
    return Color(color.red, color.green, color.blue, max(0.0, min(1.0, share)))


def luminance(color: Color) -> float:
    """Return the relative luminance, 0 for black to 1 for white."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(one: Color | str, other: Color | str) -> float:
    """Return the contrast of two opaque colours, 1 to 21. Raises ValueError where a text names no colour."""
    first, second = (luminance(parse(color) if isinstance(color, str) else color) for color in (one, other))
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def readable(color: Color, ground: Color, ratio: float = READABLE) -> Color:
    """Return the colour of the same hue, nearest in lightness, that has at least that contrast; else black or white."""
    for candidate in _by_nearness(color):
        if contrast_ratio(candidate, ground) >= ratio:
            return candidate
    return max((BLACK, WHITE), key=lambda ink: contrast_ratio(ink, ground))


def mix(one: Color, other: Color, share: float) -> Color:
    """Return the colour that has `share` (0 to 1) of `other` and the rest of `one`."""
    return other.over(one, share)


def with_lightness(color: Color, lightness: float, saturation: float | None = None) -> Color:
    """Return the colour of the same hue with that lightness (0 to 1), and that saturation where one is given."""
    hue, _, own = rgb_to_hls(*(channel / 255 for channel in _channels(color)))
    return _from_hls(hue, lightness, own if saturation is None else saturation)


def _by_nearness(color: Color) -> Iterator[Color]:
    hue, lightness, saturation = rgb_to_hls(*(channel / 255 for channel in _channels(color)))
    yield Color(*_channels(color))
    for step in range(1, _STEPS + 1):
        for near in (lightness - step / _STEPS, lightness + step / _STEPS):
            if 0 <= near <= 1:
                yield _from_hls(hue, near, saturation)


def _from_hls(hue: float, lightness: float, saturation: float) -> Color:
    return Color(*(round(channel * 255) for channel in hls_to_rgb(hue, lightness, saturation)))


def _channels(color: Color) -> tuple[int, int, int]:
    return color.red, color.green, color.blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
