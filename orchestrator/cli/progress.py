"""What a run shows while it goes on: on a terminal one line that is rewritten, and one line for each finished step."""

import sys
import threading
import time
from types import TracebackType

import click

from orchestrator.cli.output import columns, count, cut, line, mark, padded, plain, seconds, tell, usd
from orchestrator.cli.telling import finding_line
from orchestrator.engine.report import finding_document
from orchestrator.engine.world import Moved
from orchestrator.model.action import Action, Await, BringHome, Done, Halt, Run
from orchestrator.model.finding import Finding
from orchestrator.model.snapshot import Snapshot

_TICK_SECONDS = 0.25
_MOST_FINDINGS = 3
_CLEAR = "\r\x1b[2K"
_BAD = frozenset({"failed", "refused", "rejected", "error", "interrupted", "unknown"})


class Progress:
    """A watcher that tells of each action on stderr, and of none where it is quiet.

    Use it as a context, so that no line is left half written.
    """

    def __init__(self, *, is_quiet: bool = False) -> None:
        self._is_quiet = is_quiet
        self._live = LiveLine() if sys.stderr.isatty() and not is_quiet else None
        self._snapshot: Snapshot | None = None

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def began(self, snapshot: Snapshot, action: Action) -> None:
        """Show what is under way."""
        self._snapshot = snapshot
        if self._live and not isinstance(action, Await | Halt | Done):
            self._live.show(*_under_way(snapshot, action))

    def ended(self, moved: Moved) -> None:
        """Tell of the entry that was made; of none where nothing was."""
        if self._live:
            self._live.stop()
        if moved.commit is not None and self._snapshot is not None and not self._is_quiet:
            for text in ended_lines(self._snapshot, moved):
                tell(text)

    def sleep(self, wait_seconds: int) -> None:
        """Sit out a short wait."""
        if self._live:
            self._live.show("waiting", f"{wait_seconds} s")
        time.sleep(wait_seconds)
        if self._live:
            self._live.stop()


def _under_way(snapshot: Snapshot, action: Action) -> tuple[str, str]:
    """Return what stands before and after the time that runs: step, who, attempt; what is spent."""
    spent = f"${snapshot.state.spend_usd + snapshot.archived_spend:.3f}"
    if not isinstance(action, Run):
        return f"{action.step or snapshot.job} · {type(action).__name__.lower()}", spent
    step = snapshot.pipeline.steps[action.step]
    parts = [action.step, f"{step.agent} ({action.route.model})", f"attempt {action.attempt}/{step.attempts}"]
    return " · ".join(plain(part) for part in parts), spent


def ended_lines(snapshot: Snapshot, moved: Moved) -> list[str]:
    """Return an entry as it is told: step, outcome, maker, checks, time and cost; where it failed, what was found."""
    assert moved.entry is not None
    said = dict(moved.entry.trailers)
    outcome = said.get("Outcome", "")
    names = max(len(name) for name in snapshot.pipeline.steps)
    agents = [step.agent or "" for step in snapshot.pipeline.steps.values()]
    record = moved.entry.state.steps.get(moved.action.step or "")
    parts = [
        f"{mark(outcome)} {padded(moved.action.step or snapshot.job, names)}",
        padded(outcome, 9),
        padded(_maker(snapshot, moved), max(20, *(len(f"{agent} (builtin)") for agent in agents))),
        padded(count(len(record.checks), "check") if record and record.checks else "", 8),
        *_figures(said),
        *_again(snapshot, moved.action),
    ]
    findings = record.findings if record and outcome in _BAD else ()
    return ["  ".join(parts).rstrip(), *_brought(moved), *_found(findings)]


def _brought(moved: Moved) -> list[str]:
    """Return what people's merge brought along with their approval, or what of it was set aside."""
    if not isinstance(moved.action, BringHome) or moved.entry is None:
        return []
    said = moved.entry.body.split("\n\n")[0].split("\n")[1:]
    return [f"    {line(text)}" for text in said]


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
    return [f"attempt {action.attempt}/{snapshot.pipeline.steps[action.step].attempts}"]


def _found(findings: tuple[Finding, ...]) -> list[str]:
    told = [f"    {finding_line(finding_document(finding))}" for finding in findings[:_MOST_FINDINGS]]
    more = len(findings) - _MOST_FINDINGS
    return [*told, f"    and {more} more"] if more > 0 else told


class LiveLine:
    """One line on stderr, written anew while time goes by."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def show(self, before: str, after: str) -> None:
        """Begin to show `before · mm:ss · after`."""
        self.stop()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._write, args=(before, after, self._stopped), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take the line away."""
        if self._thread is None:
            return
        self._stopped.set()
        self._thread.join()
        self._thread = None
        click.echo(_CLEAR, nl=False, err=True, color=True)

    def _write(self, before: str, after: str, stopped: threading.Event) -> None:
        began = time.monotonic()
        while True:
            gone = int(time.monotonic() - began)
            text = f"{before} · {gone // 60:02d}:{gone % 60:02d} · {after}"
            click.echo(f"{_CLEAR}{cut(text, columns() - 1)}", nl=False, err=True, color=True)
            if stopped.wait(_TICK_SECONDS):
                return
