"""The editor: mends what the findings name, line by line, and touches nothing else.

A finding that it does not know how to mend it leaves for a person. It makes up no word: it shortens, takes out, puts in
what the finding quotes, recolours and resizes.
"""

from collections.abc import Mapping

from orchestrator.agents.builtin.drawn import picture_of
from orchestrator.agents.builtin.findings import to_mend
from orchestrator.agents.builtin.product_listing.drawing_edits import mend_drawing
from orchestrator.agents.builtin.product_listing.listing import PATH, read_listing
from orchestrator.agents.builtin.product_listing.listing_edits import mend_listing
from orchestrator.agents.builtin.reading import as_files, only_one, text_of
from orchestrator.agents.interface import Request

_DRAWING = "design.svg"


def polish(request: Request) -> Mapping[str, bytes]:
    """Return the listing, the drawing and its picture, mended. Raises CannotWork where one cannot be read."""
    findings = to_mend(request)
    before = text_of(request, PATH)
    listing = mend_listing(before, [finding for finding in findings if finding.file == PATH])
    drawing = mend_drawing(
        text_of(request, _DRAWING),
        [finding for finding in findings if finding.file == _DRAWING],
        old=read_listing(before),
        new=read_listing(listing),
    )
    made = as_files({PATH: listing, only_one(request, ".svg"): drawing})
    return {**made, only_one(request, ".png"): picture_of(drawing.encode(), _DRAWING)}
