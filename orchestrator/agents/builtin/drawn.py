"""What can be wrong with any drawing: texts that are hard to read, too wide, or not in the typeface. It mends none."""

from collections.abc import Iterator, Sequence

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.findings import finding
from orchestrator.content import drawing as drawings
from orchestrator.content import typeface
from orchestrator.content.color import ENHANCED, READABLE, readable
from orchestrator.content.drawing import Contrast, DrawingError, Overflow, Text
from orchestrator.content.picture import render
from orchestrator.model.finding import ReviewFinding, Severity

SMALL_TEXT = 24
"""Units of a drawing: text below that size should reach the higher contrast."""


def legibility(svg: bytes, texts: Sequence[Text], file: str) -> Iterator[ReviewFinding]:
    """Yield what keeps a reader from reading the drawing's texts."""
    try:
        contrasts, overflows = drawings.contrasts(svg), drawings.overflows(svg)
    except DrawingError as fault:
        yield not_drawn(fault, file)
        return
    yield from (found for contrast in contrasts if (found := _hard_to_read(contrast, file)))
    yield from (_too_wide(overflow, file) for overflow in overflows)
    yield from (_cannot_be_drawn(each, lacking, file) for each in texts if (lacking := typeface.lacking(each.text)))


def not_drawn(fault: DrawingError, file: str) -> ReviewFinding:
    """Return the finding for a drawing that cannot be read."""
    return finding(Severity.CRITICAL, file, fault.line, fault.message, "draw it with plain shapes and text")


def picture_of(svg: bytes, file: str) -> bytes:
    """Return the drawing as PNG. Raises CannotWork where it cannot be drawn."""
    try:
        return render(svg)
    except DrawingError as fault:
        raise CannotWork(f"{file}: {fault}") from fault


def by_line(texts: Sequence[Text]) -> str:
    """Return the drawing's texts, each on the line on which it stands in the file."""
    lines = [""] * max((each.line for each in texts), default=0)
    for each in texts:
        lines[each.line - 1] = f"{lines[each.line - 1]} {each.text}".strip()
    return "\n".join(lines)


def _hard_to_read(contrast: Contrast, file: str) -> ReviewFinding | None:
    wanted = needed_contrast(contrast)
    if contrast.ratio >= wanted:
        return None
    severity = Severity.MAJOR if contrast.ratio < READABLE else Severity.MINOR
    message = (
        f"“{contrast.text}” has a contrast of {contrast.ratio:.1f} ({contrast.ink} on {contrast.ground}); "
        f"text of {contrast.size:.0f} units needs {wanted:g}"
    )
    mend = f"draw it in {readable(contrast.ink, contrast.ground, wanted)}"
    return finding(severity, file, contrast.line, message, mend)


def needed_contrast(contrast: Contrast) -> float:
    """Return the contrast that a text should have: the level AA, for small text AAA."""
    return ENHANCED if contrast.size < SMALL_TEXT else READABLE


def _cannot_be_drawn(shown: Text, lacking: str, file: str) -> ReviewFinding:
    message = f"the typeface {typeface.FAMILY} lacks “{lacking[:40]}” of “{shown.text[:60]}”: empty boxes are drawn"
    return finding(Severity.MAJOR, file, shown.line, message, "write it in letters that the typeface has")


def _too_wide(overflow: Overflow, file: str) -> ReviewFinding:
    message = f"“{overflow.text}” passes its box by {overflow.by:g} units"
    return finding(Severity.MAJOR, file, overflow.line, message, "set it smaller, or break the line")
