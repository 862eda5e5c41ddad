"""The editor: mends what the findings name, line by line, and touches nothing else.

A finding that it does not know how to mend it leaves for a person. It makes up no word: it shortens, takes out, puts in
what the finding quotes, recolours and resizes.
"""

from collections.abc import Iterator, Mapping

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.product_listing.design import picture_of
from orchestrator.agents.builtin.product_listing.drawing_edits import mend_drawing
from orchestrator.agents.builtin.product_listing.listing import PATH, read_listing
from orchestrator.agents.builtin.product_listing.listing_edits import mend_listing
from orchestrator.agents.builtin.product_listing.reading import as_files, only_one, text_of
from orchestrator.agents.interface import Request
from orchestrator.documents.models import parse
from orchestrator.errors import DocumentError
from orchestrator.model.finding import Finding, ReviewFile, ReviewFinding

_DRAWING = "design.svg"


def polish(request: Request) -> Mapping[str, bytes]:
    """Return the listing, the drawing and its picture, mended. Raises CannotWork where one cannot be read."""
    findings = tuple(dict.fromkeys(_findings(request)))
    before = text_of(request, PATH)
    listing = mend_listing(before, [finding for finding in findings if finding.file == PATH])
    drawing = mend_drawing(
        text_of(request, _DRAWING),
        [finding for finding in findings if finding.file == _DRAWING],
        old=read_listing(before),
        new=read_listing(listing),
    )
    made = as_files({PATH: listing, only_one(request, ".svg"): drawing})
    return {**made, only_one(request, ".png"): picture_of(drawing.encode())}


def _findings(request: Request) -> Iterator[ReviewFinding]:
    """Those of the review files that it reads, then those that came with the request."""
    for path in sorted(request.files):
        if path.endswith((".yaml", ".yml")):
            yield from _reviewed(path, text_of(request, path))
    yield from (_as_reviewed(finding) for finding in request.findings)


def _reviewed(path: str, text: str) -> tuple[ReviewFinding, ...]:
    try:
        return parse(text, path, ReviewFile).findings
    except DocumentError as fault:
        raise CannotWork(str(fault)) from fault


def _as_reviewed(finding: Finding) -> ReviewFinding:
    return ReviewFinding(
        severity=finding.severity,
        message=finding.message,
        file=finding.file,
        line=finding.line,
        suggestion=finding.suggestion,
    )
