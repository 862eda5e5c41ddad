"""The message of an entry: a subject, a body in plain words, trailers that index the ledger (DESIGN §4).

No text of an agent ever reaches a trailer; a body names checks, counts and paths, and findings only in a filtered line.
"""

from collections.abc import Iterable, Iterator, Sequence

from orchestrator.machine.digests import tree_id
from orchestrator.machine.verdicts import outcome_of
from orchestrator.machine.view import APPROVALS, View
from orchestrator.model.action import (
    Action,
    Await,
    Basis,
    BringHome,
    CheckResult,
    Command,
    Confirm,
    Done,
    Entry,
    Fault,
    Halt,
    Judge,
    NotSent,
    Produced,
    Propose,
    Publish,
    Reconcile,
    Result,
    Run,
    Sent,
    Settle,
    Skip,
    Stop,
    Trouble,
    Unclear,
    Usage,
    Waits,
    action_name,
)
from orchestrator.model.finding import Finding
from orchestrator.model.names import ORCHESTRATOR, TRAILER_VALUE
from orchestrator.model.snapshot import Snapshot
from orchestrator.model.state import Outcome, State, Status
from orchestrator.trailers import NEXT, receipts, told

_MOST_LINES = 20

Trailers = tuple[tuple[str, str], ...]


def created(snapshot: Snapshot, actor: str, following: Action) -> Entry:
    """Return the entry that makes a job. `following`: what is next now that it stands, as in all entries."""
    template = snapshot.job_file.template or "no template"
    body = [f"A job of {template}, from {snapshot.base[:12]}: {', '.join(snapshot.pipeline.steps)}."]
    rows = [("Outcome", "created"), ("Base", snapshot.base), ("Actor", actor), *_last_rows(snapshot, following)]
    return Entry(
        snapshot.state, f"{snapshot.job}: created", _with_next(body, following), _trailers(snapshot, *rows), actor
    )


def entry(snapshot: Snapshot, action: Action, result: Result, after: Snapshot, following: Action) -> Entry:
    """Return the entry of an action and what came of it."""
    step = action.step
    outcome = _outcome(action, result, after.state)
    subject = " ".join(part for part in (f"{snapshot.job}:", step, outcome) if part)
    rows = [*_entry_rows(snapshot, action, result, after, outcome), *_last_rows(after, following)]
    if isinstance(action, BringHome) and action.brought.definitions:
        # What is next by the definitions that were brought along is for who reads them.
        rows = [row for row in rows if row[0] != "Next"]
    body = _with_next(_body(snapshot, action, result, after), following)
    return Entry(after.state, subject, body, _trailers(after, *rows), _author(action, result))


def command_entry(command: Command, after: Snapshot, following: Action) -> Entry:
    """Return the entry of a person's command."""
    subject = " ".join(part for part in (f"{after.job}:", command.step, str(command.word)) if part)
    said = f": {told(command.message)}" if command.message else ""
    body = [f"{command.actor} said {command.word}{said}.", *_waived(command, after)]
    rows = [("Step", command.step or ""), ("Outcome", str(command.word)), ("Base", after.base)]
    rows += [("Actor", command.actor), *_last_rows(after, following)]
    return Entry(after.state, subject, _with_next(body, following), _trailers(after, *rows), command.actor)


def _waived(command: Command, after: Snapshot) -> Iterator[str]:
    """Yield what a person waived in this entry, the last waivers of the state."""
    waivers = after.state.waivers[-len(command.findings) :] if command.findings else ()
    yield from [""] if waivers else []
    for each in waivers:
        place = ":".join(str(part) for part in (each.file, each.line) if part is not None)
        yield told(f"- {each.check}: {place + ': ' if place else ''}{each.message}")


def _outcome(action: Action, result: Result, state: State) -> str:
    if isinstance(action, BringHome):
        return "merged" if not action.is_approval else "approved"
    if isinstance(action, Await | Halt) and state.status is not Status.READY:
        return str(Outcome.REJECTED) if _is_rejected(action, state) else str(state.status)
    if isinstance(action, Run | Judge) and isinstance(result, Produced):
        return str(outcome_of(result))
    if isinstance(action, Run) and isinstance(result, Fault):
        return str(Outcome.ERROR if result.is_transient or result.trouble is Trouble.DENIED else Outcome.FAILED)
    if isinstance(action, Reconcile) and isinstance(result, NotSent):
        return "withdrawn"
    if isinstance(action, Settle):
        return str(Outcome.INTERRUPTED)
    record = state.steps.get(action.step or "")
    return str(record.outcome) if record else str(state.status)


def _is_rejected(action: Await | Halt, state: State) -> bool:
    record = state.steps.get(action.step or "")
    return record is not None and record.outcome is Outcome.REJECTED


def _author(action: Action, result: Result) -> str:
    if isinstance(action, Run) and isinstance(result, Produced | Fault) and result.agent:
        return result.agent
    return action.by if isinstance(action, BringHome) and "@" in action.by else ORCHESTRATOR


# --- the body --------------------------------------------------------------------------------------------------------


def _body(snapshot: Snapshot, action: Action, result: Result, after: Snapshot) -> Iterator[str]:
    yield _sentence(f"Because {told(action.reason)}")
    yield from _what_changed(snapshot, action, result)
    yield from _what_came(result)
    yield from _what_follows(snapshot, after)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _what_changed(snapshot: Snapshot, action: Action, result: Result) -> Iterator[str]:
    if isinstance(action, Run) and isinstance(result, Produced):
        new = [path for path in sorted(result.outputs) if path not in snapshot.files]
        same = [path for path, oid in sorted(result.outputs.items()) if snapshot.files.get(path) == oid]
        changed = [path for path in sorted(result.outputs) if path not in new and path not in same]
        for words, paths in (("Wrote {}.", new), ("Changed {}.", changed), ("Left {} as it was.", same)):
            if paths:
                yield words.format(_listed(paths))
    if isinstance(action, BringHome):
        yield from _brought(action)
    if isinstance(action, Publish | Reconcile) and isinstance(result, Sent):
        payload = action.payload if isinstance(action, Publish) else action.effect.payload
        yield f"Sent {_listed(sorted(payload))} to {action.target}. {told(result.note)}"
    if isinstance(action, Propose):
        yield f"Approve by merging review/{snapshot.job}/{action.step} into approved/{snapshot.job}."


def _listed(paths: Sequence[str]) -> str:
    """Return the paths, the first of very many: a message is read by people."""
    more = len(paths) - _MOST_LINES
    return ", ".join(paths[:_MOST_LINES]) + (f" and {more} more" if more > 0 else "")


def _brought(action: BringHome) -> Iterator[str]:
    brought = action.brought
    theirs = [path for path in sorted(brought.edits) if not path.startswith(APPROVALS)]
    taken = [path for path in theirs if path not in brought.conflicts]
    if taken:
        yield f"Took home what was edited there, {_listed(taken)}."
    if brought.conflicts:
        yield f"Kept the job's version of what changed on both sides, {_listed(brought.conflicts)}."
    if brought.definitions:
        yield f"This merge changes definitions, {_listed(brought.definitions)}."


def _what_came(result: Result) -> Iterator[str]:
    if isinstance(result, Produced):
        if result.recalled:
            yield f"The very same was reviewed before, in {result.recalled[:12]}: nobody was asked anew."
        for finding in result.refused[:_MOST_LINES]:
            yield f"Refused {told(str(finding))}"
        if len(result.refused) > _MOST_LINES:
            yield f"And {len(result.refused) - _MOST_LINES} more were refused."
        if result.checks:
            yield ""
            if result.judged and result.judged.before:
                yield f"The very same was judged before, in {result.judged.before[:12]}: nothing was judged anew."
            for check in result.checks:
                yield from _check(check)
    if isinstance(result, Fault | NotSent | Unclear):
        yield f"What went wrong was {told(result.message)}"


def _check(check: CheckResult) -> Iterator[str]:
    yield f"- {check.name}: {check.verdict}"
    for finding in check.findings[:_MOST_LINES]:
        mark = "waived" if finding.waived else str(finding.severity)
        yield f"  {mark}: {_finding(finding)}"
    if len(check.findings) > _MOST_LINES:
        yield f"  and {len(check.findings) - _MOST_LINES} more"


def _finding(finding: Finding) -> str:
    return told(str(finding))


def _what_follows(snapshot: Snapshot, after: Snapshot) -> Iterator[str]:
    due = [
        name
        for name, record in after.state.steps.items()
        if record.outcome is Outcome.DUE and (was := snapshot.state.steps.get(name)) and was.outcome is not Outcome.DUE
    ]
    if due:
        yield ""
        yield f"Due again are {', '.join(due)}."


def _with_next(body: Iterable[str], following: Action) -> str:
    """Return the body, what is next and why as its last paragraph: the list of jobs reads it there."""
    return "\n".join([*body, "", f"{NEXT}{_next_words(following)}: {told(following.reason)}."])


def _next_words(following: Action) -> str:
    match following:
        case Done():
            return "nothing"
        case Await():
            return f"to wait for {_value(following.subject)}"
        case Halt():
            return "a person's word"
        case _:
            return "to " + " ".join(dict.fromkeys([action_name(following).replace("-", " "), following.step or ""]))


# --- the trailers ----------------------------------------------------------------------------------------------------


def _entry_rows(
    snapshot: Snapshot, action: Action, result: Result, after: Snapshot, outcome: str
) -> list[tuple[str, str]]:
    record = after.state.steps.get(action.step or "")
    attempt = action.attempt if isinstance(action, Run) else record.attempt if record else 0
    rows: list[tuple[str, str]] = [("Step", action.step or ""), ("Attempt", str(attempt or "")), ("Outcome", outcome)]
    if isinstance(action, Run) and isinstance(result, Produced | Fault):
        rows += _agent_rows(action, result)
    if isinstance(action, Settle):
        rows += [("Cost-USD", money(action.claim.reserved_usd)), ("Cost-Basis", str(Basis.UNKNOWN))]
    if isinstance(action, Run | Judge | Skip):
        rows.append(("Inputs-Tree", tree_id(action.inputs) if action.inputs else ""))
    if isinstance(result, Produced):
        rows.append(("Outputs-Tree", tree_id(result.outputs) if result.outputs else ""))
        rows.append(("Prompt-Digest", result.prompt_digest or ""))
        rows += [("Judged-Tree", result.judged.tree), ("Gate-Digest", result.judged.gate)] if result.judged else []
    if isinstance(action, Propose | Confirm | BringHome):
        rows.append(("Inputs-Tree", action.tree))
    rows.append(("Base", snapshot.base))
    return [*rows, *_outside_rows(snapshot, action)]


def _last_rows(after: Snapshot, following: Action) -> Iterator[tuple[str, str]]:
    """Yield what tells where the job stands, and by which refs anybody can see that it stands there still."""
    yield "Status", str(after.state.status)
    yield "Waiting-For", after.state.waiting_for or ""
    if _stands_still(following):
        yield "Next", "/".join(part for part in (action_name(following), following.step) if part)
    yield "Reviews", ",".join(sorted(after.open_reviews))
    yield "Settings", after.settings_id
    yield "Approved", after.approved or ""
    sent = {f"{step}/{_to(after, step)}": target.latest for step, target in after.targets.items()}
    yield "Receipts", receipts({place: effect.commit for place, effect in sent.items() if effect})
    yield "Spend-USD", money(after.state.spend_usd) if after.state.spend_usd else ""


def _stands_still(following: Action) -> bool:
    """Say whether what is next is so as long as the refs are: no clock, and no price or spend, moves it."""
    match following:
        case Await(waits=waits):
            return waits is Waits.PERSON
        case Run(is_weighed=is_weighed):
            return is_weighed
        case Halt(stop=stop):
            return stop is not Stop.BUDGET
        case _:
            return True


def _to(after: Snapshot, step: str) -> str:
    publish = after.pipeline.steps[step].publish
    return publish.to if publish else ""


def _agent_rows(action: Run, result: Produced | Fault) -> list[tuple[str, str]]:
    usage: Usage = result.usage
    return [
        ("Agent", result.agent or ""),
        ("Backend", result.backend or ""),
        ("Model", _value(action.route.model)),
        ("Tokens-In", str(usage.tokens_in)),
        ("Tokens-Out", str(usage.tokens_out)),
        ("Cost-USD", money(usage.cost_usd)),
        ("Cost-Basis", "" if usage.basis is Basis.FREE else str(usage.basis)),
        ("Duration-Ms", str(usage.duration_ms)),
        ("Trouble", str(result.trouble) if isinstance(result, Fault) else ""),
    ]


def _outside_rows(snapshot: Snapshot, action: Action) -> Iterator[tuple[str, str]]:
    if isinstance(action, Publish):
        yield "Effect-Key", action.key
    if isinstance(action, Reconcile):
        yield "Effect-Key", action.effect.key
    if isinstance(action, BringHome):
        yield "Actor", action.by
    if isinstance(action, Judge):
        view = View(snapshot)
        who = next((view.owner(path) for path in sorted(view.edits) if view.last_writer(path) == action.step), None)
        yield "Actor", who or ""


def money(usd: float) -> str:
    """Return USD as trailers have it: a plain decimal, at most 6 places."""
    return f"{usd:.6f}".rstrip("0").rstrip(".") or "0"


def _value(text: str) -> str:
    """Return `text` as a trailer's value: what may not stand there becomes `_`."""
    if TRAILER_VALUE.fullmatch(text):
        return text
    return "".join(c if TRAILER_VALUE.fullmatch(c) else "_" for c in text)[:200]


def _trailers(after: Snapshot, *rows: tuple[str, str]) -> Trailers:
    state = after.state
    fixed = [("Job", after.job), ("Seq", str(state.seq))]
    return tuple((key, _value(value)) for key, value in [*fixed, *rows] if value)
