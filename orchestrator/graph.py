"""A pipeline as a picture: Mermaid's text, or an SVG that is laid out here. Pure: a pipeline and words in, text out.

The layout is Sugiyama's, as far as pipelines need it: a column for each length of the longest way from a first step, an
empty slot in every column that an edge passes, one sweep that puts each slot near those that lead to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape

from orchestrator.model.order import sequence
from orchestrator.model.pipeline import Pipeline, StepKind

NO_STATES: Mapping[str, str] = {}

_LOOKS = {
    "good": ("passed", "approved", "published"),
    "waiting": ("due", "waiting"),
    "bad": ("failed", "error", "interrupted", "refused", "rejected", "unknown"),
    "skipped": ("skipped",),
}
_LOOK_OF = {outcome: look for look, outcomes in _LOOKS.items() for outcome in outcomes}


@dataclass(frozen=True, slots=True)
class _Ink:
    fill: str
    stroke: str
    text: str


_INKS = {
    "good": _Ink("#dafbe1", "#1a7f37", "#116329"),
    "waiting": _Ink("#fff4c2", "#9a6700", "#6d4500"),
    "bad": _Ink("#ffebe9", "#cf222e", "#a40e26"),
    "skipped": _Ink("#eceff2", "#8c959f", "#57606a"),
    "none": _Ink("#f6f8fa", "#6e7781", "#57606a"),
}
_TEXT, _LINE, _BACK = "#1f2328", "#57606a", "#9a3412"


@dataclass(frozen=True, slots=True)
class _Way:
    """The way from a step to another."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class _Back(_Way):
    """The way that a step which fails sends the job back."""

    rounds: int

    @property
    def words(self) -> str:
        return "on fail, once" if self.rounds == 1 else f"on fail, up to {self.rounds} times"


def mermaid(pipeline: Pipeline, states: Mapping[str, str] | None = None) -> str:
    """Return the flowchart as Mermaid text; `states`: step → outcome, where there is one."""
    outcomes = states or NO_STATES
    nodes = [_mermaid_node(pipeline, name, outcomes.get(name)) for name in pipeline.steps]
    ways = [f"{_id(way.start)} --> {_id(way.end)}" for way in _ways(pipeline)]
    backs = [f'{_id(back.start)} -.->|"{back.words}"| {_id(back.end)}' for back in _backs(pipeline)]
    lines = [*nodes, *ways, *backs, *_mermaid_looks(pipeline, outcomes)]
    return "\n".join(["flowchart LR", *(f"    {line}" for line in lines), ""])


def _mermaid_node(pipeline: Pipeline, name: str, outcome: str | None) -> str:
    label = "<br/>".join(_mermaid_text(line) for line in (name, _by(pipeline, name), outcome or "") if line)
    shapes = {StepKind.AGENT: ("[", "]"), StepKind.APPROVE: ("{{", "}}"), StepKind.PUBLISH: ("([", "])")}
    opening, closing = shapes[pipeline.steps[name].kind]
    return f'{_id(name)}{opening}"{label}"{closing}'


def _mermaid_looks(pipeline: Pipeline, outcomes: Mapping[str, str]) -> Iterator[str]:
    for look, ink in _INKS.items():
        alike = [_id(name) for name in pipeline.steps if name in outcomes and _look(outcomes[name]) == look]
        if alike:
            yield f"classDef {look} fill:{ink.fill},stroke:{ink.stroke},color:{_TEXT}"
            yield f"class {','.join(alike)} {look}"


def _id(name: str) -> str:
    # Step names have no `_`, so that no two become one; the prefix keeps `end` and `graph` from being Mermaid's words.
    return f"step_{name.replace('-', '_')}"


def _mermaid_text(text: str) -> str:
    plain = (char if char.isalnum() or char in " .,:_/@+-" else f"#{ord(char)};" for char in _printable(text))
    return "".join(plain)


def _by(pipeline: Pipeline, name: str) -> str:
    """Return the second line of a step: who does it, or where it goes."""
    step = pipeline.steps[name]
    if step.approve:
        return f"by {step.approve.by}"
    return f"to {step.publish.to}" if step.publish else step.agent or ""


def _look(outcome: str | None) -> str:
    return _LOOK_OF.get(outcome or "", "none")


def _ways(pipeline: Pipeline) -> tuple[_Way, ...]:
    return tuple(_Way(need, name) for name in pipeline.steps for need in pipeline.needs(name) if need in pipeline.steps)


def _backs(pipeline: Pipeline) -> tuple[_Back, ...]:
    return tuple(
        _Back(name, step.on_fail.goto, step.on_fail.rounds)
        for name, step in pipeline.steps.items()
        if step.on_fail and step.on_fail.goto in pipeline.steps
    )


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


# --- layout ----------------------------------------------------------------------------------------------------------

_MARGIN, _GAP, _ROW_GAP, _LANE = 24, 28, 22, 36
_HEIGHT, _LINE_HEIGHT, _PASS_HEIGHT = 52, 18, 12
_NARROWEST, _WIDEST, _CHARACTER, _PADDING = 112, 200, 7.4, 20


@dataclass(frozen=True, slots=True)
class _Pass:
    """The slot by which a way passes a column."""

    way: _Way
    column: int


_Slot = str | _Pass
"""A step's, by its name, or a passing way's."""


@dataclass(frozen=True, slots=True)
class _Box:
    """Where a slot lies, in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def center(self) -> float:
        return self.left + self.width / 2

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class _Layout:
    boxes: Mapping[_Slot, _Box]
    chains: tuple[tuple[_Slot, ...], ...]
    """For each way, the slots from its start to its end."""
    width: float
    height: float
    """Of all boxes, the margin above and beside them included; the ways back lie below."""


def _lay_out(pipeline: Pipeline, height: float) -> _Layout:
    column = _columns(pipeline)
    chains = tuple(_chain(way, column) for way in _ways(pipeline))
    width = _box_width(pipeline)
    columns = _settled(_slots(column, chains), chains)
    tall = max(_stack_height(slots, height) for slots in columns)
    boxes: dict[_Slot, _Box] = {}
    for place, slots in enumerate(columns):
        top = _MARGIN + (tall - _stack_height(slots, height)) / 2
        for slot in slots:
            boxes[slot] = _Box(_MARGIN + place * (width + _GAP), top, width, _slot_height(slot, height))
            top = boxes[slot].bottom + _ROW_GAP
    return _Layout(boxes, chains, 2 * _MARGIN + len(columns) * (width + _GAP) - _GAP, _MARGIN + tall)


def _columns(pipeline: Pipeline) -> Mapping[str, int]:
    column: dict[str, int] = {}
    for name in sequence(pipeline):
        column[name] = max((column[need] + 1 for need in pipeline.needs(name) if need in pipeline.steps), default=0)
    return column


def _chain(way: _Way, column: Mapping[str, int]) -> tuple[_Slot, ...]:
    return way.start, *(_Pass(way, place) for place in range(column[way.start] + 1, column[way.end])), way.end


def _slots(column: Mapping[str, int], chains: Sequence[Sequence[_Slot]]) -> list[list[_Slot]]:
    columns: list[list[_Slot]] = [[] for _ in range(max(column.values()) + 1)]
    for name, place in column.items():
        columns[place].append(name)
    for slot in (slot for chain in chains for slot in chain if isinstance(slot, _Pass)):
        columns[slot.column].append(slot)
    return columns


def _settled(columns: list[list[_Slot]], chains: Sequence[Sequence[_Slot]]) -> list[list[_Slot]]:
    """Return the columns, each in the order of the mean place of what leads to its slots."""
    before: dict[_Slot, list[_Slot]] = {}
    for chain in chains:
        for earlier, later in pairwise(chain):
            before.setdefault(later, []).append(earlier)
    height: dict[_Slot, float] = {}
    for slots in columns:
        mean = {slot: _mean([height[earlier] for earlier in before.get(slot, ())]) for slot in slots}
        slots.sort(key=mean.__getitem__)
        height.update({slot: place - (len(slots) - 1) / 2 for place, slot in enumerate(slots)})
    return columns


def _mean(places: Sequence[float]) -> float:
    return sum(places) / len(places) if places else 0.0


def _box_width(pipeline: Pipeline) -> float:
    longest = max(len(line) for name in pipeline.steps for line in (name, _by(pipeline, name)))
    return min(max(longest * _CHARACTER + _PADDING, _NARROWEST), _WIDEST)


def _slot_height(slot: _Slot, height: float) -> float:
    return _PASS_HEIGHT if isinstance(slot, _Pass) else height


def _stack_height(slots: Sequence[_Slot], height: float) -> float:
    return sum(_slot_height(slot, height) for slot in slots) + _ROW_GAP * (len(slots) - 1)


# --- drawing ---------------------------------------------------------------------------------------------------------


def svg(pipeline: Pipeline, states: Mapping[str, str] | None = None) -> str:
    """Return the flowchart as an SVG document; `states`: step → outcome, where there is one.

    Raises ValueError where steps wait for one another.
    """
    outcomes = states or NO_STATES
    layout = _lay_out(pipeline, _HEIGHT + (_LINE_HEIGHT if outcomes else 0))
    backs = sorted(_backs(pipeline), key=lambda back: abs(layout.boxes[back.start].left - layout.boxes[back.end].left))
    drawn = [
        *(_draw_way([layout.boxes[slot] for slot in chain]) for chain in layout.chains),
        *(line for lane, back in enumerate(backs) for line in _draw_back(back, layout, lane)),
        *(line for name in pipeline.steps for line in _draw_step(pipeline, name, layout, outcomes.get(name))),
    ]
    width, height = _number(layout.width), _number(layout.height + _LANE * len(backs) + _MARGIN)
    return "\n".join([*_head(width, height, pipeline, outcomes), *drawn, "</svg>", ""])


def _head(width: str, height: str, pipeline: Pipeline, outcomes: Mapping[str, str]) -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' role="img" aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="13">',
        f'<title id="title">A pipeline of {_count(len(pipeline.steps), "step")}</title>',
        f'<desc id="desc">{_text(" ".join(_sentences(pipeline, outcomes)))}</desc>',
        "<defs>",
        *(
            f'<marker id="{name}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8"'
            f' markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8Z" fill="{color}"/></marker>'
            for name, color in (("on", _LINE), ("back", _BACK))
        ),
        "</defs>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]


def _sentences(pipeline: Pipeline, outcomes: Mapping[str, str]) -> Iterator[str]:
    """Yield what the picture shows, for those who do not see it."""
    for name in pipeline.steps:
        needs = [need for need in pipeline.needs(name) if need in pipeline.steps]
        outcome = f": {outcomes[name]}" if name in outcomes else ""
        yield f"{name} ({_by(pipeline, name)}){f' after {_listed(needs)}' if needs else ''}{outcome}."
    for back in _backs(pipeline):
        yield f"{back.start} goes back to {back.end} {back.words}."


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _draw_way(boxes: Sequence[_Box]) -> str:
    path = f"M{_number(boxes[0].right)} {_number(boxes[0].middle)}"
    for earlier, later in pairwise(boxes):
        halfway = _number((earlier.right + later.left) / 2)
        end = f"{_number(later.left)} {_number(later.middle)}"
        path += f"C{halfway} {_number(earlier.middle)} {halfway} {_number(later.middle)} {end}"
        path += f"H{_number(later.right)}" if later is not boxes[-1] else ""
    return f'<path d="{path}" fill="none" stroke="{_LINE}" stroke-width="1.5" marker-end="url(#on)"/>'


def _draw_back(back: _Back, layout: _Layout, lane: int) -> Iterator[str]:
    """Yield the dashed way back under the boxes, and its words."""
    start, end = layout.boxes[back.start], layout.boxes[back.end]
    down = layout.height + _LANE * lane + 14
    leave, left = _leave(start, layout)
    arrive, right = _arrive(end, layout)
    turn = f"V{_number(down - 8)}Q{_number(left)} {_number(down)} {_number(left - 8)} {_number(down)}"
    back_turn = f"H{_number(right + 8)}Q{_number(right)} {_number(down)} {_number(right)} {_number(down - 8)}"
    yield (
        f'<path d="{leave}{turn}{back_turn}{arrive}" fill="none" stroke="{_BACK}" stroke-width="1.5"'
        ' stroke-dasharray="5 4" marker-end="url(#back)"/>'
    )
    half = len(back.words) * 3.2
    middle = min(max((left + right) / 2, _MARGIN + half), layout.width - _MARGIN - half)
    yield (
        f'<text x="{_number(middle)}" y="{_number(down + 16)}" text-anchor="middle" font-size="11.5" fill="{_BACK}"'
        f' stroke="#ffffff" stroke-width="4" stroke-linejoin="round" paint-order="stroke">{_text(back.words)}</text>'
    )


def _leave(box: _Box, layout: _Layout) -> tuple[str, float]:
    """Return how a way back leaves a box, and where it then goes down: at its right where another lies below."""
    if not _is_covered(box, layout):
        x = box.center - 10
        return f"M{_number(x)} {_number(box.bottom)}", x
    x = box.right + _GAP / 3
    y = _number(box.bottom - 12)
    return f"M{_number(box.right)} {y}Q{_number(x)} {y} {_number(x)} {_number(box.bottom)}", x


def _arrive(box: _Box, layout: _Layout) -> tuple[str, float]:
    """Return how a way back arrives at a box, and where it comes up: at its left where another lies below."""
    if not _is_covered(box, layout):
        x = box.center + 10
        return f"V{_number(box.bottom)}", x
    x = box.left - _GAP / 3
    y = _number(box.bottom - 12)
    return f"V{_number(box.bottom)}Q{_number(x)} {y} {_number(box.left)} {y}", x


def _is_covered(box: _Box, layout: _Layout) -> bool:
    return any(other.left == box.left and other.top > box.top for other in layout.boxes.values())


def _draw_step(pipeline: Pipeline, name: str, layout: _Layout, outcome: str | None) -> Iterator[str]:
    box, ink, by = layout.boxes[name], _INKS[_look(outcome)], _by(pipeline, name)
    lines = [(name, _TEXT, ' font-weight="600"'), (by, _LINE, ""), *([(outcome, ink.text, "")] if outcome else [])]
    most = int((box.width - _PADDING) / _CHARACTER)
    yield f"<g><title>{_text(', '.join(words for words, _, _ in lines))}</title>"
    yield _shape(pipeline.steps[name].kind, box) + f' fill="{ink.fill}" stroke="{ink.stroke}" stroke-width="1.5"/>'
    for place, (words, color, weight) in enumerate(lines):
        x, y = _number(box.center), _number(box.middle + 5 + _LINE_HEIGHT * (place - (len(lines) - 1) / 2))
        yield f'<text x="{x}" y="{y}" text-anchor="middle" fill="{color}"{weight}>{_cut(words, most)}</text>'
    yield "</g>"


def _shape(kind: StepKind, box: _Box) -> str:
    """Return a shape without its end: a box for an agent, six corners for a person, a pill for what goes out."""
    if kind is StepKind.APPROVE:
        y = _number(box.middle)
        upper = f"{_number(box.left + 12)},{_number(box.top)} {_number(box.right - 12)},{_number(box.top)}"
        lower = f"{_number(box.right - 12)},{_number(box.bottom)} {_number(box.left + 12)},{_number(box.bottom)}"
        return f'<polygon points="{_number(box.left)},{y} {upper} {_number(box.right)},{y} {lower}"'
    radius = box.height / 2 if kind is StepKind.PUBLISH else 8
    place = f'x="{_number(box.left)}" y="{_number(box.top)}"'
    return f'<rect {place} width="{_number(box.width)}" height="{_number(box.height)}" rx="{_number(radius)}"'


def _cut(text: str, most: int) -> str:
    return _text(text if len(text) <= most else text[: most - 1] + "…")


def _text(text: str) -> str:
    return escape(_printable(text))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
