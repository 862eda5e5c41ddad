"""An old entry made once more: its action decided anew, its gate run again, all that others said as the entry has it.

It asks no agent, no program, no network, and writes nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from orchestrator import trailers
from orchestrator.agents.interface import Answer
from orchestrator.engine import paths
from orchestrator.engine.attempt import Maker, admitted
from orchestrator.engine.breaker import Breaker
from orchestrator.engine.gather import Gathered
from orchestrator.engine.judgement import judge
from orchestrator.engine.requests import request_of, shown_to
from orchestrator.engine.verify_case import Case, Pair
from orchestrator.engine.verify_guesses import Beside, Guess
from orchestrator.engine.world import Performed, Unwatched, World
from orchestrator.errors import RefusedError
from orchestrator.gates.interface import Material, NothingOutside
from orchestrator.gates.registry import BUILT_IN, find
from orchestrator.machine import order, record
from orchestrator.machine import said as saying
from orchestrator.machine.said import Said
from orchestrator.machine.view import View
from orchestrator.model.action import (
    Action,
    BringHome,
    CheckResult,
    Entry,
    Judge,
    Noted,
    Produced,
    Publish,
    Reconcile,
    Run,
    Word,
    action_name,
)
from orchestrator.model.finding import Verdict
from orchestrator.model.pipeline import CheckUse
from orchestrator.model.snapshot import Effect, Snapshot, Spending, Weight
from orchestrator.model.state import Outcome
from orchestrator.routing import BUILTIN


@dataclass(frozen=True, slots=True)
class Made:
    """An entry as it must be, and the files that it must change: workspace path → id."""

    entry: Entry
    action: Action | None = None
    changes: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotMade:
    """Why no such entry comes of it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Replay:
    """One way of how an entry may have come about: the world and the snapshot that it is made again in."""

    case: Case
    world: World
    gathered: Gathered
    said: Said
    taken: Counter[str] = field(default_factory=Counter)

    @property
    def snapshot(self) -> Snapshot:
        """Return the job as it stood at the parent."""
        return self.gathered.snapshot


def world_then(case: Case, pair: Pair, guess: Guess, taken: Counter[str]) -> World:
    """Return the world as it was when an entry was made, as far as it is asked: nobody outside is there."""

    def judged(uses: Sequence[CheckUse], material: Material) -> tuple[CheckResult, ...]:
        results = iter(case.world.judge([use for use in uses if _is_pure(use)], material))
        return tuple(
            _known(next(results) if _is_pure(use) else None, name, pair.said, taken)
            for use, name in zip(uses, _names(uses), strict=True)
        )

    return replace(
        case.world,
        ledger=case.then.ledger,
        clock=lambda: pair.commit.date,
        judge=judged,
        outside=lambda *_: NothingOutside(),
        breaker=Breaker(),
        watcher=Unwatched(),
        vouched=guess.vouched,
    )


def _known(result: CheckResult | None, name: str, said: Said, taken: Counter[str]) -> CheckResult:
    """Return what a check says now; what the entry says, where it looks beyond its files, or lacks a library here."""
    if result is None:
        taken["results of checks that look beyond their files"] += 1
        return saying.result_of_check(said, name)
    if (
        result.verdict is Verdict.ERROR
        and result.findings
        and all(_LACKING.match(finding.message) for finding in result.findings)
    ):
        taken["results of checks whose library is not installed here"] += 1
        return saying.result_of_check(said, name)
    return result


_LACKING = re.compile(r"the check could not run: it needs [\w.-]+: pip install 'git-orchestrator\[\w+\]'$")
"""What a check says that cannot be run on any file: nothing of the file stands in it."""


def _names(uses: Sequence[CheckUse]) -> Iterator[str]:
    """Yield the names under which the results of a gate's checks are known."""
    used: Counter[str] = Counter()
    for use in uses:
        used[use.name] += 1
        yield use.name if used[use.name] == 1 else f"{use.name}-{used[use.name]}"


def _is_pure(use: CheckUse) -> bool:
    """Say whether a check is one of our own that looks at its files alone."""
    return use.name in BUILT_IN and (check := find(use.name)) is not None and not check.looks_beyond


def with_beside(gathered: Gathered, said: Said, beside: Beside) -> Gathered:
    """Return the same with the refs beside the branch as they may have stood."""
    snapshot = replace(gathered.snapshot, open_reviews=beside.reviews)
    for step in (name for name in beside.intents if name in snapshot.targets):
        effect = Effect(said.value("Effect-Key"), _payload(snapshot, said, step), "")
        target = replace(snapshot.targets[step], intent=effect)
        snapshot = replace(snapshot, targets={**snapshot.targets, step: target})
    return replace(gathered, snapshot=replace(snapshot, claim=saying.claim_of(said)))


def _payload(snapshot: Snapshot, said: Said, step: str) -> Mapping[str, str]:
    """Return what an unresolved effect carried: what was published then, or what would be now."""
    is_known = said.value("Outcome") == Outcome.PUBLISHED and said.step == step
    return said.record.outputs if is_known else View(snapshot).payload(step)


def commanded(replay: Replay) -> Made | NotMade:
    """Return the entry of a person's word."""
    said, command = replay.said, saying.command_of(replay.snapshot, replay.said)
    if command is None:
        return NotMade(f"it says {said.value('Outcome')}, and names no person who said so")
    if command.word is Word.WAIVE and not command.findings:
        return NotMade("it says waive, and nothing that was found is waived by it")
    replay.taken["words of people"] += 1
    try:
        return Made(order(replay.snapshot, command))
    except RefusedError as exc:
        return NotMade(f"nobody could say {command.word} there: {exc.message}")


def made(replay: Replay, action: Action) -> Made | NotMade:
    """Return the entry of an action that was decided, with what came of it as the entry says."""
    said = replay.said
    if isinstance(action, Run) != said.is_attempt or (action.step or "") != said.step:
        return _other(action, said)
    if isinstance(action, Run):
        return _ran(replay, _as_routed(replay, action))
    performed = _performed(replay, action)
    entry = record(replay.snapshot, action, performed.result)
    if entry is None or (not isinstance(action, Judge) and dict(entry.trailers)["Outcome"] != said.value("Outcome")):
        return _other(action, said)
    return Made(entry, action, _brought(replay.case, action))


def _other(action: Action, said: Said) -> NotMade:
    told = f"{action_name(action)} {action.step or ''}".strip()
    outcome = " ".join(part for part in (said.step, said.value("Outcome")) if part)
    follows = f"what follows from its parent is to {told}: {trailers.told(action.reason)}"
    return NotMade(f"it says {outcome}, and {follows}" if outcome else f"it says no step, and {follows}")


def _as_routed(replay: Replay, action: Run) -> Run:
    model = replay.said.record.model or action.route.model
    replay.taken["routes of calls"] += model != BUILTIN
    return replace(action, route=replace(action.route, model=model))


def _ran(replay: Replay, action: Run) -> Made | NotMade:
    """Return the entry of an attempt whose agent says again what it said."""
    said, snapshot = replay.said, replay.snapshot
    replay.taken["calls' files, usage and time"] += 1
    if "Trouble" in said.trailers:
        entry = record(snapshot, action, saying.fault_of(snapshot, said))
        return Made(entry, action) if entry else _other(action, said)
    outputs = saying.outputs_of(said, snapshot.files)
    if outputs is None:
        return NotMade("none of the files that state.yaml names have the tree of its Outputs-Tree")
    result, tokens = _answered(replay, action, outputs)
    weighed = snapshot if action.route.model == BUILTIN else replace(snapshot, weight=_weight(action.step, tokens))
    entry = record(weighed, action, result)
    changes = {paths.in_workspace(replay.case.job, path): oid for path, oid in result.outputs.items()}
    return Made(entry, action, changes) if entry else _other(action, said)


def _weight(step: str, tokens: int) -> Weight:
    return Weight(step, tokens, Spending())


def _answered(replay: Replay, action: Run, outputs: Mapping[str, str]) -> tuple[Produced, int]:
    """Return what comes of the files that the agent made: admitted and judged anew; and the tokens of its prompt."""
    world, said, snapshot = replay.world, replay.said, replay.snapshot
    agent = snapshot.definitions[action.step].agent
    assert agent is not None
    request = request_of(world, replay.gathered, action, agent, shown_to(View(snapshot), action))
    usage = saying.usage_of(snapshot.state, said)
    maker = Maker(agent.name, said.value("Backend"), usage.duration_ms, request)
    answer = Answer({path: world.ledger.blob(oid) for path, oid in outputs.items()}, usage)
    performed = admitted(world, _unrecalled(replay), action, answer, maker, None)
    result = _as_told(replay, performed)
    return replace(result, refused=(*saying.refused_of(said), *result.refused)), request.tokens


def _unrecalled(replay: Replay) -> Gathered:
    """Return the same with a history that recalls no verdict: every gate is run again."""
    return replace(replay.gathered, tip=replay.case.first)


def _as_told(replay: Replay, performed: Performed) -> Produced:
    """Return what was produced with what the entry alone knows: where the very same was judged before."""
    result, said = performed.result, replay.said
    assert isinstance(result, Produced)
    known = {word: told for word in ("judged", "reviewed") if (told := said.earlier(word)) in replay.case.entries}
    judged = replace(result.judged, before=known.get("judged")) if result.judged else None
    return replace(result, judged=judged, recalled=known.get("reviewed"))


def _performed(replay: Replay, action: Action) -> Performed:
    match action:
        case Judge():
            performed = judge(replay.world, _unrecalled(replay), action)
            return replace(performed, result=_as_told(replay, performed))
        case Publish() | Reconcile():
            replay.taken["outside effects"] += 1
            return Performed(saying.effect_result_of(replay.said, action))
        case _:
            return Performed(Noted())


def _brought(case: Case, action: Action) -> Mapping[str, str | None]:
    if not isinstance(action, BringHome):
        return {}
    brought = action.brought
    edits = {path: oid for path, oid in brought.edits.items() if path not in brought.conflicts}
    return {paths.in_workspace(case.job, path): oid for path, oid in edits.items()}
