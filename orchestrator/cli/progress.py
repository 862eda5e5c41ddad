"""What a run shows while it goes on: on a terminal one line that is rewritten, and one line for each finished step."""

import sys
import time
from dataclasses import dataclass, field, replace
from types import TracebackType

import click

from orchestrator.agents.interface import Underway
from orchestrator.cli.live_line import LiveLine
from orchestrator.cli.output import bold, count, line, mark, padded, plain, seconds, tell, usd
from orchestrator.cli.telling import finding_line
from orchestrator.engine.report import finding_document, next_document
from orchestrator.engine.world import Moved
from orchestrator.model.action import Action, Await, BringHome, Done, Halt, Run
from orchestrator.model.finding import Finding
from orchestrator.model.snapshot import Snapshot

_MOST_FINDINGS = 3
_WIDEST_MAKER = 30
_BAD = frozenset({"failed", "refused", "rejected", "error", "interrupted", "unknown"})


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An action that goes on: since when (seconds), and how far its agent is."""

    snapshot: Snapshot
    action: Action
    since: float
    underway: Underway = field(default_factory=Underway)


@dataclass(slots=True)
class Progress:
    """A watcher that tells of each action of one job on stderr, and of none where it is quiet.

    Use it as a context, so that no line is left half written.
    """

    is_quiet: bool = field(default=False, kw_only=True)
    _live: LiveLine = field(init=False)
    _under_way: UnderWay | None = None
    """The latest action that was decided, also where there is nothing to do about it."""

    def __post_init__(self) -> None:
        self._live = LiveLine(is_shown=sys.stderr.isatty() and not self.is_quiet)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def began(self, snapshot: Snapshot, action: Action) -> None:
        """Show what is under way."""
        self._under_way = under_way = UnderWay(snapshot, action, time.monotonic())
        if not isinstance(action, Await | Halt | Done):
            self._live.show(lambda: live_text(self._under_way or under_way, time.monotonic()))

    def progress(self, snapshot: Snapshot, action: Run, underway: Underway) -> None:  # noqa: ARG002  the watcher's form
        """Take note of how far an agent is; it is shown with the next tick."""
        if self._under_way is not None:
            self._under_way = replace(self._under_way, underway=underway)

    def warned(self, text: str) -> None:
        """Tell what people must know, also where nothing else is told."""
        with self._live.parted():
            tell(warning_line(text))

    def ended(self, moved: Moved) -> None:
        """Tell of the entry that was made; of none where nothing was."""
        self._live.hide()
        if moved.commit is None or self._under_way is None or self.is_quiet:
            return
        for text in ended_lines(self._under_way.snapshot, moved):
            tell(text)

    def sleep(self, wait_seconds: int) -> None:
        """Sit out a short wait."""
        since = time.monotonic()
        self._live.show(lambda: f"waiting · {_clock(time.monotonic() - since)} · {wait_seconds} s")
        time.sleep(wait_seconds)
        self._live.hide()


def warning_line(text: str) -> str:
    """Return what people must know, as it is told."""
    return f"{click.style('warning:', fg='yellow', bold=True)} {line(text)}"


def live_text(shown: UnderWay, now: float) -> str:
    """Return an action as its line shows it: step, who, attempt, time, tokens, what is spent."""
    snapshot, action, underway = shown.snapshot, shown.action, shown.underway
    spent = f"${snapshot.state.spend_usd + snapshot.archived_spend + underway.cost_usd:.3f}"
    tokens = [count(underway.tokens_out, "token")] if underway.tokens_out else []
    note = [line(underway.note)] if underway.note else []
    return " · ".join([*_who(snapshot, action), _clock(now - shown.since), *tokens, spent, *note])


def _who(snapshot: Snapshot, action: Action) -> list[str]:
    if not isinstance(action, Run):
        return [plain(action.step or snapshot.job), type(action).__name__.lower()]
    step = snapshot.pipeline.steps[action.step]
    model = action.route.model.partition(":")[2] or action.route.model
    return [
        action.step,
        line(f"{step.agent} ({model})"),
        f"try {action.attempt}/{step.attempts * (action.promoted + 1)}",
    ]


def _clock(gone: float) -> str:
    return f"{int(gone) // 60:02d}:{int(gone) % 60:02d}"


def rest_word(action: Action) -> str:
    """Return in a word how a job has come to rest."""
    return "done" if isinstance(action, Done) else "halted" if isinstance(action, Halt) else "waiting"


def rest_line(job: str, snapshot: Snapshot | None, action: Action, entries: int) -> str:
    """Return where a job has come to rest, after how many entries, what it has cost; why, and what to type."""
    word, said = rest_word(action), next_document(job, action)
    spent = f", spent {usd(snapshot.state.spend_usd + snapshot.archived_spend)}" if snapshot else ""
    made = f", {entries} {'entry' if entries == 1 else 'entries'}" if entries else ""
    why = "" if isinstance(action, Done) else f": {line(said['reason'])}"
    command = f"; next: {bold(line(said['command']))}" if said["command"] else ""
    return f"{mark(word)} {word}{made}{spent}{why}{command}"


def ended_lines(snapshot: Snapshot, moved: Moved) -> list[str]:
    """Return an entry as it is told: step, outcome, maker, checks, time and cost; where it failed, what was found."""
    assert moved.entry is not None
    said = dict(moved.entry.trailers)
    outcome = said.get("Outcome", "")
    names = max(len(name) for name in snapshot.pipeline.steps)
    record = moved.entry.state.steps.get(moved.action.step or "")
    parts = [
        f"{mark(outcome)} {padded(moved.action.step or snapshot.job, names)}",
        padded(outcome, 9),
        padded(_maker(snapshot, moved), _widest_maker(snapshot)),
        padded(count(len(record.checks), "check") if record and record.checks else "", _widest_checks(snapshot)),
        *_figures(said),
        *_again(snapshot, moved.action),
    ]
    findings = record.findings if record and outcome in _BAD else ()
    return ["  ".join(parts).rstrip(), *_brought(moved), *_found(findings)]


def _widest_checks(snapshot: Snapshot) -> int:
    return max(8, *(len(count(len(step.gate), "check")) for step in snapshot.pipeline.steps.values()))


def _brought(moved: Moved) -> list[str]:
    """Return what people's merge brought along with their approval, or what of it was set aside."""
    if not isinstance(moved.action, BringHome) or moved.entry is None:
        return []
    said = moved.entry.body.split("\n\n")[0].split("\n")[1:]
    return [f"    {line(text)}" for text in said]


def _widest_maker(snapshot: Snapshot) -> int:
    """Return how wide the column of makers is: any agent may be played by any model."""
    agent = max(len(step.agent or "") for step in snapshot.pipeline.steps.values())
    model = max((len(model.name) for model in snapshot.settings.models), default=0)
    return max(20, min(agent + model + len(" ()"), _WIDEST_MAKER))


def _maker(snapshot: Snapshot, moved: Moved) -> str:
    action = moved.action
    if isinstance(action, Run):
        return line(f"{snapshot.pipeline.steps[action.step].agent} ({action.route.model})")
    said = dict(moved.entry.trailers) if moved.entry else {}
    return line(said.get("Actor", ""))


def _figures(said: dict[str, str]) -> list[str]:
    if "Duration-Ms" not in said:
        return []
    return [seconds(int(said["Duration-Ms"])), usd(float(said.get("Cost-USD", "0")))]


def _again(snapshot: Snapshot, action: Action) -> list[str]:
    if not isinstance(action, Run) or action.attempt < 2:
        return []
    return [f"attempt {action.attempt}/{snapshot.pipeline.steps[action.step].attempts * (action.promoted + 1)}"]


def _found(findings: tuple[Finding, ...]) -> list[str]:
    told = [f"    {finding_line(finding_document(finding))}" for finding in findings[:_MOST_FINDINGS]]
    more = len(findings) - _MOST_FINDINGS
    return [*told, f"    and {more} more"] if more > 0 else told
