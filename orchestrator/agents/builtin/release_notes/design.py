"""The chartist: the release's activity as a drawing, and its picture. Every number in it is the record's."""

from collections.abc import Mapping

from orchestrator.agents.builtin.drawn import picture_of
from orchestrator.agents.builtin.reading import only_one, text_of
from orchestrator.agents.builtin.release_notes.brief import brief_of
from orchestrator.agents.builtin.release_notes.chart import chart
from orchestrator.agents.builtin.release_notes.draft import title_of
from orchestrator.agents.builtin.release_notes.record import PATH, read_record
from orchestrator.agents.interface import Request

CHART = "chart.svg"


def design(request: Request) -> Mapping[str, bytes]:
    """Return the drawing (.svg) and its picture (.png). Raises CannotWork where the record cannot be read."""
    record, brief = read_record(text_of(request, PATH)), brief_of(request)
    drawing = chart(record, title_of(record, brief), brief.accent).encode()
    path = only_one(request, ".svg")
    return {path: drawing, only_one(request, ".png"): picture_of(drawing, path)}
