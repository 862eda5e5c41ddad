"""What an entry must be, and where it is not: an old entry is held against what `record` makes of its parent. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest

from orchestrator import trailers
from orchestrator.documents.emit import emit_state
from orchestrator.machine.said import Said
from orchestrator.model.action import Entry
from orchestrator.model.finding import MOST_FINDINGS
from orchestrator.model.state import State


@dataclass(frozen=True, slots=True)
class Difference:
    """Where an entry is not what it must be: which kind of thing, and what is wrong in words."""

    kind: str
    message: str


_KINDS: Mapping[str, str] = {
    "seq": "order",
    "attempt": "order",
    "outcome": "verdict",
    "checks": "verdict",
    "verdict": "verdict",
    "findings": "verdict",
    "judged": "verdict",
    "gate": "verdict",
    "definition": "definitions",
    "approvals": "approval",
    "question": "approval",
    "waivers": "waiver",
    "spend_usd": "spend",
    "receipt": "receipt",
    "outputs": "output",
    "seen": "output",
}
_TRAILERS: Mapping[str, str] = {
    "Seq": "order",
    "Attempt": "order",
    "Cost-USD": "spend",
    "Spend-USD": "spend",
    "Outputs-Tree": "output",
    "Receipts": "receipt",
    "Approved": "approval",
}


_WEIGHING = frozenset({"verdict", "approval", "waiver"})


def differences(expected: Entry, said: Said) -> tuple[Difference, ...]:
    """Return where an entry is not what it must be, what weighs most first; none where it is."""
    is_same = text_of(expected.state) == said.text
    if is_same and said.message == message_of(expected):
        return ()
    state = [_of_state(*each) for each in _fields("", _plain(said.state), _plain(expected.state))]
    found = [*state, *_of_trailers(dict(expected.trailers), said.trailers)]
    if not found and not is_same:
        found = [Difference("state", "state.yaml is not written as the program writes it")]
    if not found:
        found = [Difference("message", f"its message is not what came of it, which is: {_first_other(expected, said)}")]
    return tuple(sorted(found, key=lambda each: each.kind not in _WEIGHING))


def message_of(entry: Entry) -> str:
    """Return the message of an entry, as it is committed."""
    return trailers.format_message(entry.subject, entry.body, entry.trailers)


def text_of(state: State) -> bytes:
    """Return a state as it is committed."""
    return emit_state(state)


def _first_other(expected: Entry, said: Said) -> str:
    pairs = zip_longest(message_of(expected).split("\n"), said.message.split("\n"))
    return next((trailers.told(must or "shorter") for must, is_ in pairs if must != is_), "the same")


def _of_trailers(must: Mapping[str, str], is_: Mapping[str, str]) -> Iterator[Difference]:
    for key in dict.fromkeys([*must, *is_]):
        if must.get(key) != is_.get(key):
            says = f"says {is_[key]}" if key in is_ else "is not there"
            should = f"{must[key]} follows" if key in must else "none follows"
            yield Difference(_TRAILERS.get(key, "trailer"), f"the trailer {key} {says}, and {should} from its parent")


def _of_state(place: str, is_: object, must: object) -> Difference:
    kind = next((_KINDS[part] for part in place.split("/") if part in _KINDS), "state")
    where = place.strip("/").replace("/", ".")
    return Difference(kind, f"state.yaml says {where} {_shown(is_)}, and {_shown(must)} follows from its parent")


def _shown(value: object) -> str:
    return "nothing" if value is None else trailers.told(str(value))[:60]


def _plain(value: State) -> dict[str, object]:
    return value.model_dump(mode="json", exclude_none=True)


def _fields(place: str, is_: object, must: object) -> Iterator[tuple[str, object, object]]:
    """Yield the places at which two plain values differ, and what stands there."""
    if is_ == must:
        return
    if isinstance(is_, dict) and isinstance(must, dict):
        for key in dict.fromkeys([*is_, *must]):
            yield from _fields(f"{place}/{key}", is_.get(key), must.get(key))
        return
    if isinstance(is_, list) and isinstance(must, list):
        for number in range(max(len(is_), len(must))):
            pair = (part[number] if number < len(part) else None for part in (is_, must))
            yield from _fields(f"{place}/{number}", *pair)
        return
    yield place, is_, must


# --- what may be as the entry says it --------------------------------------------------------------------------------


def with_route(expected: Entry, said: Said) -> Entry:
    """Return the entry with what comes next as it says itself, where that hangs on models, prices and outages."""
    must, told = _following(message_of(expected)), _following(said.message)
    if not (must.startswith(_BY_ROUTE) and told.startswith(_BY_ROUTE) and _agrees(said)):
        return expected
    rows = {key: value for key, value in expected.trailers if key not in _STANDS}
    taken = {key: value for key, value in said.trailers.items() if key in _STANDS}
    ordered = [key for key in said.trailers if key in rows or key in taken]
    whole = {key: {**rows, **taken}[key] for key in [*ordered, *rows]}
    state = expected.state.model_copy(update={"status": said.state.status, "waiting_for": said.state.waiting_for})
    body = "\n".join([*expected.body.split("\n")[:-1], told])
    return replace(expected, state=state, body=body, trailers=tuple(whole.items()))


def _agrees(said: Said) -> bool:
    """Say whether an entry says of itself, state and trailers alike, one thing of where the job stands."""
    state, step = said.state, said.value("Next").partition("/")[2]
    is_one = (said.value("Status"), said.value("Waiting-For")) == (str(state.status), state.waiting_for or "")
    words = {"", f"run/{step}", f"halt/{step}"}
    return is_one and said.value("Next") in words and state.waiting_for in {None, "time", *state.steps}


_STANDS = frozenset({"Next", "Status", "Waiting-For"})
_BY_ROUTE = tuple(f"{trailers.NEXT}{words}" for words in ("to run ", "to wait for time:", "a person's word:"))


def _following(message: str) -> str:
    """Return the last paragraph of a body in one line: what was next, and why."""
    paragraphs = message.rstrip("\n").split("\n\n")
    return " ".join(paragraphs[-2].split()) if len(paragraphs) > 2 else ""


def with_long_list(expected: Entry, said: Said) -> Entry:
    """Return the entry with its body as it says itself, where more was found than a state keeps."""
    if len(said.record.findings) < MOST_FINDINGS:
        return expected
    return replace(expected, body=f"{trailers.body(said.message)}\n\n{_following(said.message)}")


def with_gate(expected: Entry, said: Said) -> Entry:
    """Return the entry as another version of the program says it, whose gate has another digest: its words, its prompt.

    The gate's digest holds the version; no other trailer does.
    """
    step, gate = said.step, said.value("Gate-Digest")
    record = expected.state.steps.get(step)
    if not gate or record is None or said.record.gate != gate or record.gate == gate:
        return expected
    steps = {**expected.state.steps, step: record.model_copy(update={"gate": gate})}
    rows = tuple((key, said.value(key) if key in _OF_A_VERSION else value) for key, value in expected.trailers)
    body = f"{trailers.body(said.message)}\n\n{_following(said.message)}"
    state = expected.state.model_copy(update={"steps": steps})
    return replace(expected, state=state, body=body, trailers=rows)


_OF_A_VERSION = frozenset({"Gate-Digest", "Prompt-Digest"})
