"""The colours of a drawing, from one accent: the brief's, else a colour that its words name, else one of a fixed few.

Equal words give equal colours. Every ink is made readable on what it lies on.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import ImageColor

from orchestrator.content import color as colors
from orchestrator.content.color import BLACK, WHITE, Color
from orchestrator.content.words import words

_ACCENTS = ("#1f7a6d", "#b4552d", "#35589a", "#7a4d8f", "#8a6a1f", "#a63d57", "#3d7a3a", "#4a5a6a")
_NO_TONES = frozenset({"white", "black", "snow", "linen", "ivory"})
_OTHERS = {
    "sea-green": "seagreen",
    "sand": "sandybrown",
    "rose": "palevioletred",
    "ochre": "goldenrod",
    "brass": "darkgoldenrod",
    "copper": "peru",
    "oak": "peru",
}


@dataclass(frozen=True, slots=True)
class Palette:
    """Where each colour goes is in its name; `ink`s are for text."""

    ground: Color
    """Behind the texts."""
    line: Color
    ink: Color
    quiet_ink: Color
    accent_ink: Color
    """The accent as it may be read on the ground: just so."""
    accent: Color
    on_accent: Color
    wall: Color
    wall_deep: Color
    glow: Color
    table: Color
    table_edge: Color
    light: Color
    """The thing that is shown: its light parts, their shade, its coloured parts, their shade."""
    light_shade: Color
    glaze: Color
    glaze_shade: Color
    shadow: Color


def choose(accent: Color | None, texts: Iterable[str]) -> Palette:
    """Return the palette for an accent, or for the words where there is none."""
    tone = accent or _named(texts)
    tint = 0.0 if _saturation(tone) == 0 else 1.0
    ground = colors.with_lightness(tone, 0.965, 0.30 * tint)
    tag = colors.readable(tone, WHITE)
    wall = colors.with_lightness(tone, 0.80, min(0.42, _saturation(tone)))
    return Palette(
        ground=ground,
        line=colors.mix(ground, tone, 0.25),
        ink=colors.readable(colors.with_lightness(tone, 0.13, 0.45 * tint), ground, colors.ENHANCED),
        quiet_ink=colors.readable(colors.with_lightness(tone, 0.30, 0.14 * tint), ground, colors.ENHANCED),
        accent_ink=colors.readable(tone, ground),
        accent=tag,
        on_accent=colors.readable(WHITE, tag),
        wall=wall,
        wall_deep=colors.mix(wall, tone, 0.42),
        glow=colors.mix(wall, WHITE, 0.45),
        table=colors.with_lightness(tone, 0.34, min(0.30, _saturation(tone))),
        table_edge=colors.with_lightness(tone, 0.42, min(0.30, _saturation(tone))),
        light=Color(250, 246, 238),
        light_shade=Color(226, 218, 203),
        glaze=colors.with_lightness(tone, 0.40, _saturation(tone)),
        glaze_shade=colors.with_lightness(tone, 0.30, _saturation(tone)),
        shadow=colors.mix(colors.with_lightness(tone, 0.16, 0.4 * tint), BLACK, 0.2),
    )


def _saturation(tone: Color) -> float:
    most, least = max(tone.red, tone.green, tone.blue), min(tone.red, tone.green, tone.blue)
    return 0.0 if most == least else min(0.62, max(0.25, (most - least) / 255))


def _named(texts: Iterable[str]) -> Color:
    told = [word.casefold() for text in texts for word in words(text)]
    for word in told:
        name = _OTHERS.get(word, word)
        if name in ImageColor.colormap and name not in _NO_TONES:
            return colors.parse(name)
    digest = hashlib.sha256(" ".join(told).encode()).digest()
    return colors.parse(_ACCENTS[digest[0] % len(_ACCENTS)])
