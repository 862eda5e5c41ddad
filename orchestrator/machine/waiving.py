"""A person's word on one finding: from then on it fails nothing, as long as the content it speaks of is the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from orchestrator.errors import RefusedError
from orchestrator.machine.digests import digest
from orchestrator.machine.writing import former
from orchestrator.model.action import Action, CheckResult, Produced, Result
from orchestrator.model.finding import FAILING, Finding, Verdict, bounded
from orchestrator.model.pipeline import VERDICTS
from orchestrator.model.snapshot import Files, Snapshot
from orchestrator.model.state import StepRecord, Waiver

SHORTEST = 4
"""Digits of an id that name a finding."""
_NO_VERDICTS = frozenset({"admission", "agent", "claim", "written"})
"""The checks of findings that no word can lift: nothing is there that could pass."""


@dataclass(frozen=True, slots=True)
class Open:
    """A finding of a step, with the id by which a person names it."""

    id: str
    step: str
    finding: Finding
    content: str


def finding_id(finding: Finding, content: str) -> str:
    """Return 12 hexadecimal digits that name a finding on a content; another content makes it another finding."""
    said = [finding.check, finding.rule, finding.file, finding.line, finding.message, content]
    return digest(said)


def findings(snapshot: Snapshot) -> Iterator[Open]:
    """Yield what the steps' gates said last, in the pipeline's order."""
    for step, record in snapshot.state.steps.items():
        # A step that was sent back holds the findings of the one that sent it.
        for finding in (each for each in record.findings if each.check in record.checks or each.check in _NO_VERDICTS):
            content = content_of(finding, snapshot.files, record)
            yield Open(finding_id(finding, content), step, finding, content)


def content_of(finding: Finding, files: Files, record: StepRecord) -> str:
    """Return the id of what a finding speaks of: its file; all that was judged, where it names none.

    A reviewer may name a file beside the point: theirs is always on all that was judged.
    """
    return _content(finding, files, record.judged)


def _content(finding: Finding, files: Files, judged: str | None) -> str:
    is_reviewers = (finding.check or "").split("-")[0] in VERDICTS
    return (files.get(finding.file) if finding.file and not is_reviewers else None) or judged or ""


def named(snapshot: Snapshot, name: str) -> Open:
    """Return the finding that an id, or the beginning of one, names. Raises RefusedError where none or several are."""
    said = name.strip("[]").casefold()
    if len(said) < SHORTEST:
        raise RefusedError(f"{name!r} is too short to name a finding", hint=f"give {SHORTEST} digits of its id or more")
    found = [each for each in findings(snapshot) if each.id.startswith(said)]
    if not found:
        known = ", ".join(each.id for each in findings(snapshot))
        hint = f"findings: {known}" if known else f"orchestrator status {snapshot.job} shows them"
        raise RefusedError(f"{snapshot.job} has no finding {name!r}", hint=hint)
    if len({each.id for each in found}) > 1:
        raise RefusedError(f"{name!r} names several findings", hint=", ".join(each.id for each in found))
    return _waivable(found[0], former(snapshot, found[0].step))


def _waivable(found: Open, record: StepRecord) -> Open:
    said = found.finding
    if record.checks.get(said.check or "") is Verdict.ERROR:
        raise RefusedError(
            f"{said.check} could not run, so it has said nothing that could be waived: {said}",
            hint="mend what keeps it from running",
        )
    if said.check in _NO_VERDICTS or said.check is None:
        raise RefusedError(
            f"{found.id} is no verdict on what is there, so there is nothing to waive: {said}",
            hint="mend it, or have the step done anew",
        )
    if said.waived is not None:
        raise RefusedError(f"{found.id} has been waived already, {said.waived}", hint="it fails nothing any more")
    return found


def marked(record: StepRecord, waivers: Iterable[Waiver], files: Files) -> StepRecord:
    """Return the record with what these waivers speak of marked so; what it came to stays to be judged."""
    said = tuple(_marked(finding, list(waivers), files, record.judged) for finding in record.findings)
    return record.model_copy(update={"findings": bounded(said)})


def same(one: Waiver, other: Waiver) -> bool:
    """Say whether two waivers speak of one finding, whoever said them and why."""
    return one.model_copy(update={"by": "", "why": ""}) == other.model_copy(update={"by": "", "why": ""})


def waiver(found: Open, actor: str, why: str) -> Waiver:
    """Return the record of a person's word."""
    said = found.finding
    return Waiver(
        step=found.step,
        check=said.check or "",
        rule=said.rule,
        file=said.file,
        line=said.line,
        message=said.message,
        id=found.content,
        by=actor,
        why=why,
    )


def with_waivers(snapshot: Snapshot, action: Action, result: Result) -> Result:
    """Return what came of an action as it stands with what persons waived on this very content."""
    if not isinstance(result, Produced) or action.step is None:
        return result
    files = {**snapshot.files, **result.outputs}
    tree = result.judged.tree if result.judged else None
    return replace(result, checks=settled(result.checks, snapshot.state.waivers, action.step, files, tree))


def settled(
    checks: tuple[CheckResult, ...], waivers: Iterable[Waiver], step: str, files: Files, judged: str | None
) -> tuple[CheckResult, ...]:
    """Return the results with what persons waived marked so; a check that fails by nothing else passes."""
    mine = [each for each in waivers if each.step == step]
    return tuple(_settled(check, mine, files, judged) for check in checks) if mine else checks


def _settled(check: CheckResult, waivers: list[Waiver], files: Files, judged: str | None) -> CheckResult:
    if check.verdict is Verdict.ERROR:
        return check
    said = tuple(_marked(finding, waivers, files, judged) for finding in check.findings)
    failing = [finding for finding in said if finding.severity in FAILING]
    is_lifted = bool(failing) and all(finding.waived is not None for finding in failing)
    return replace(check, verdict=Verdict.PASS if is_lifted else check.verdict, findings=said)


def _marked(finding: Finding, waivers: list[Waiver], files: Files, judged: str | None) -> Finding:
    content = _content(finding, files, judged)
    for each in waivers:
        if each.id == content and each.speaks_of(finding):
            return finding.model_copy(update={"waived": f"by {each.by}: {each.why}" if each.why else f"by {each.by}"})
    return finding
