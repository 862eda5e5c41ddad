"""Edits of a drawing: recolour or resize one text, or set the title or price anew. A shape is never moved."""

import re
from collections.abc import Iterable

from orchestrator.agents.builtin.drawn import needed_contrast
from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.lettered import Box, drawn
from orchestrator.agents.builtin.product_listing.layout import title_block
from orchestrator.agents.builtin.product_listing.listing import Listing
from orchestrator.content import drawing as drawings
from orchestrator.content import typeface
from orchestrator.content.color import readable
from orchestrator.content.drawing import DrawingError
from orchestrator.content.xml_text import escape
from orchestrator.model.finding import ReviewFinding

_TITLE = re.compile(r'<text data-role="title" data-box="([^"]*)"[^<>]*?fill="([^"]*)"[^<>]*>.*?</text>', re.DOTALL)
_PRICE = re.compile(
    r'(<text data-role="price" data-box="([^"]*)"[^<>]*? font-size=")([\d.]{1,9})("[^<>]*>)[^<>]*(</text>)'
)
_PRICE_EDGE = 28
"""Units left free on either side of a price in its box."""
_NAMED = re.compile(r"<title>[^<>]*</title>")
_SLACK = 0.98
"""Of the size at which a text would just fit."""


def mend_drawing(svg: str, findings: Iterable[ReviewFinding], *, old: Listing, new: Listing) -> str:
    """Return the drawing with what the findings name mended, and the listing's new title where it showed the old."""
    named = tuple(findings)
    lines = {finding.line for finding in named if finding.line}
    try:
        svg = _smaller(_recoloured(svg, lines), lines)
    except DrawingError as fault:
        raise CannotWork(f"design.svg: {fault}") from fault
    told = " ".join(finding.message for finding in named)
    if old.title != new.title or "listing's title" in told:
        svg = _retitled(svg, new.title)
    if old.price != new.price or "listing's price" in told:
        svg = _PRICE.sub(lambda match: _priced(match, new.price), svg, count=1)
    return svg


def _recoloured(svg: str, lines: set[int]) -> str:
    for contrast in drawings.contrasts(svg.encode()):
        wanted = needed_contrast(contrast)
        if contrast.line in lines and contrast.ratio < wanted:
            ink = readable(contrast.ink, contrast.ground, wanted)
            svg = _set(svg, contrast.line, contrast.text, "fill", str(ink))
    return svg


def _smaller(svg: str, lines: set[int]) -> str:
    sizes = {(text.line, text.text): text.size for text in drawings.texts(svg.encode())}
    for overflow in drawings.overflows(svg.encode()):
        if overflow.line in lines and overflow.share < 1:
            size = sizes[overflow.line, overflow.text] * overflow.share * _SLACK
            svg = _set(svg, overflow.line, overflow.text, "font-size", f"{size:.1f}")
    return svg


def _set(svg: str, line: int, text: str, name: str, value: str) -> str:
    """Set a property on the tag of a text that begins on that line: as a style where style sheets could outdo it."""
    start = _offset(svg, line)
    end = _offset(svg, line + 1)
    tags = [tag for tag in re.finditer(r"<(?:text|tspan|a)\b[^<>]*>", svg[start:]) if tag.start() < end - start]
    if not tags:
        return svg
    word = escape(text.split()[0])
    holding = [tag for tag in tags if word in svg[start + tag.end() :].split("<", 1)[0]]
    tag = (holding or tags)[0]
    changed = _with_style(tag[0], name, value) if "<style" in svg or "style=" in tag[0] else _with(tag[0], name, value)
    return svg[: start + tag.start()] + changed + svg[start + tag.end() :]


def _offset(svg: str, line: int) -> int:
    place = 0
    for _ in range(line - 1):
        place = svg.find("\n", place) + 1
        if place == 0:
            return len(svg)
    return place


def _with(tag: str, name: str, value: str) -> str:
    pattern = re.compile(rf"(\s{name}\s*=\s*)(?:\"[^\"]*\"|'[^']*')")
    if pattern.search(tag):
        return pattern.sub(rf'\g<1>"{value}"', tag, count=1)
    return re.sub(r"\s*>$", f' {name}="{value}">', tag)


def _with_style(tag: str, name: str, value: str) -> str:
    found = re.search(r"style\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    declared = (found[1] or found[2] or "") if found else ""
    kept = [part for part in declared.split(";") if part.strip() and part.partition(":")[0].strip() != name]
    style = ";".join([*kept, f"{name}:{value}"])
    return tag.replace(found[0], f'style="{style}"') if found else re.sub(r"\s*>$", f' style="{style}">', tag)


def _priced(found: re.Match[str], price: str) -> str:
    """The price in the box that it had, smaller where it is longer."""
    box, size = [float(number) for number in found[2].split()], float(found[3])
    width = typeface.width(price, size, is_bold=True)
    fitting = size * min(1.0, (box[2] - 2 * _PRICE_EDGE) / width) if width else size
    return f"{found[1]}{fitting:.3g}{found[4]}{escape(price)}{found[5]}"


def _retitled(svg: str, title: str) -> str:
    """Set the title anew in the box that it had. A drawing that marks no title is left as it is."""
    found = _TITLE.search(svg)
    if found is None:
        return svg
    numbers = [float(number) for number in found[1].split()]
    lines = "\n".join(title_block(drawn(title), found[2], Box(*numbers)))
    named = _NAMED.sub(lambda _: f"<title>{escape(title)}</title>", svg, count=1)
    return named.replace(found[0], lines, 1)
