"""Sentences and lines that several commands print: an entry, a step, what is next. Texts in, texts out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from orchestrator.cli.output import WIDTH, bold, colored, count, cut, dim, line, mark, table, usd

if TYPE_CHECKING:
    from orchestrator.engine.report import FindingDocument, JobDocument, NextDocument, StepDocument

SHORT = 10
"""Digits of a commit's id that are shown."""
SHORTEST_ID = 8
"""Digits of a finding's id that are shown."""
_MOST_FINDINGS = 5
_FAILING = frozenset({"critical", "major"})
_UNSETTLED = frozenset({"failed", "refused", "error", "interrupted", "unknown", "due", "waiting"})


def entry_line(subject: str, commit: str) -> str:
    """Return an entry that was just made."""
    return f"{dim(commit[:SHORT])}  {line(subject)}"


def next_lines(said: NextDocument) -> Iterator[str]:
    """Yield why the job stands where it does, and what to type."""
    yield line(said["reason"])
    if said["command"]:
        yield f"next: {bold(line(said['command']))}"


def step_rows(steps: Sequence[StepDocument]) -> list[str]:
    """Return the steps of a job as lines: what each came to, who did it, what it cost."""
    return table([_step_row(step) for step in steps], right=[5])


def _step_row(step: StepDocument) -> list[str]:
    outcome = step["outcome"]
    word = "stale" if step["stale"] else outcome or "-"
    return [
        f"{mark(word)} {step['name']}",
        colored(word, word),
        cut(who(step), 30),
        attempts(step),
        checks(step["checks"]),
        usd(step["cost_usd"]) if step["cost_usd"] or step["model"] else "",
    ]


def who(step: StepDocument) -> str:
    """Return who does a step, with the model or the person that did it last."""
    by = step["by"] or ""
    by_person = by if "@" in by or ":" in by else None
    detail = by_person or step["model"]
    return line(f"{step['who']} ({detail})" if detail else step["who"])


def attempts(step: StepDocument) -> str:
    """Return how many times a step was tried, where it was more than once."""
    tried = f"attempt {step['attempt']}/{step['attempts']}" if step["attempt"] > 1 else ""
    rounds = f"round {step['round']}" if step["round"] else ""
    return ", ".join(part for part in (tried, rounds) if part)


def checks(verdicts: dict[str, str]) -> str:
    """Return a gate's results in a few words."""
    bad = [f"{name}: {verdict}" for name, verdict in verdicts.items() if verdict != "pass"]
    if bad:
        return cut(line(", ".join(bad)), 30)
    return count(len(verdicts), "check") if verdicts else ""


def finding_lines(findings: Sequence[FindingDocument], indent: str = "") -> Iterator[str]:
    """Yield findings, the first few, each with its place and what would mend it."""
    for finding in findings[:_MOST_FINDINGS]:
        yield f"{indent}{finding_line(finding)}"
    if len(findings) > _MOST_FINDINGS:
        yield f"{indent}and {len(findings) - _MOST_FINDINGS} more"


def finding_line(finding: FindingDocument) -> str:
    """Return a finding in one line; one that fails ends in the id by which it can be waived."""
    place = ":".join(str(part) for part in (finding["file"], finding["line"]) if part is not None)
    said = f"{place}: {finding['message']}" if place else finding["message"]
    if finding["waived"]:
        return f"waived {line(said)} ({line(finding['waived'])})"
    name = (
        f" {dim('[' + finding['id'][:SHORTEST_ID] + ']')}" if finding["id"] and finding["severity"] in _FAILING else ""
    )
    return f"{colored(finding['severity'], finding['severity'])} {line(said)}{name}"


def trouble(job: JobDocument, only: str | None = None) -> Iterator[str]:
    """Yield what stands in a job's way, or in that of one step: findings, what changed meanwhile."""
    for step in job["steps"]:
        if only is not None and step["name"] != only:
            continue
        if step["stale_reason"]:
            yield line(step["stale_reason"])
        if step["definition_changed"]:
            mend = f"orchestrator rerun {job['id']} {step['name']}"
            yield f"{step['name']}: its definition has changed since it ran; {mend} does it anew"
        if step["outcome"] in _UNSETTLED and step["findings"]:
            yield f"{step['name']}:"
            yield from finding_lines(step["findings"], "  ")


def heading(job: JobDocument) -> str:
    """Return the line that names a job."""
    title = "" if job["title"] == job["id"] else f"  {cut(line(job['title']), WIDTH - 30)}"
    return f"{bold(job['id'])}{title}  {colored(job['status'], job['status'])}"
