"""SVG → PNG, the same bytes on every machine: our typeface by file, no system fonts, nothing fetched."""

from contextlib import ExitStack
from functools import lru_cache

import resvg_py

from orchestrator.content import svg as drawings
from orchestrator.content import typeface
from orchestrator.content.effort import check_effort
from orchestrator.content.svg import DrawingError, Element

__all__ = ["DrawingError", "render", "render_tree"]


def render(svg: bytes, width: int | None = None) -> bytes:
    """Return the drawing as a PNG, `width` pixels wide, else as wide as it says. Raises DrawingError."""
    return render_tree(drawings.parse(svg), width=width)


def render_tree(root: Element, *, width: int | None = None, ground: str | None = None) -> bytes:
    """Return a drawing that was parsed before as a PNG, on a ground of that colour where one is given."""
    _check_size(root, width)
    try:
        return _drawn(drawings.write(root), width, ground)
    except ValueError as fault:
        raise DrawingError(f"the drawing cannot be drawn: {fault}") from fault
    except BaseException as fault:  # a panic of the renderer is no Exception, and would end the process
        if type(fault).__name__ != "PanicException":
            raise
        raise DrawingError("the drawing cannot be drawn: the renderer gave up on it") from fault


@lru_cache(maxsize=2)
def _drawn(written: str, width: int | None, ground: str | None) -> bytes:
    """Draw once what is drawn and then judged, or judged by two steps: the same text gives the same bytes."""
    with ExitStack() as stack:
        fonts = typeface.enter_files(stack)
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=written,
                width=width,
                background=ground,
                dpi=96,  # CSS: an inch has 96 pixels
                skip_system_fonts=True,
                font_files=fonts,
                font_family=typeface.FAMILY,
                sans_serif_family=typeface.FAMILY,
                serif_family=typeface.FAMILY,
                monospace_family=typeface.FAMILY,
            )
        )


def _check_size(root: Element, width: int | None) -> None:
    canvas = drawings.canvas(root)
    if width is None:
        check_effort(root, canvas.pixels_wide, canvas.pixels_high)
        return
    height = width * canvas.pixels_high / canvas.pixels_wide
    if not 0 < width <= drawings.MOST_SIDE or height > drawings.MOST_SIDE or width * height > drawings.MOST_PIXELS:
        raise DrawingError(f"a picture {width} pixels wide would be {height:.0f} high: too large")
    check_effort(root, width, height)
