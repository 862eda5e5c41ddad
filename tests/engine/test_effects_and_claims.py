"""What goes out goes out once, and what a killed attempt may have cost is booked: with fakes for what is outside."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from places import PIPELINE, SETTINGS, Scripted, finish, git, made_job, well_behaved, workspace, world_of

from orchestrator.agents.interface import Request
from orchestrator.engine.gather import gather
from orchestrator.engine.people import say
from orchestrator.engine.run import run
from orchestrator.engine.world import World
from orchestrator.errors import Busy, EffectError, UnknownEffect, WorkspaceError
from orchestrator.machine import decide
from orchestrator.model import settings
from orchestrator.model.action import Await, Done, Fault, Halt, Stop, Waits, Word
from orchestrator.publishers.interface import Delivery, Idempotency

SHORT = """\
version: 1
steps:
  draft: {agent: writer, reads: [brief.md], writes: [text.md]}
  publish: {publish: {to: shop, files: [text.md]}}
"""


class Killed(BaseException):
    """The process dies here."""


@dataclass
class Wire:
    """A fake outside: it counts what arrives, and fails as it is told."""

    arrived: list[str] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    idempotency: Idempotency = Idempotency.LOOKUP
    is_event: bool = False

    def send(self, delivery: Delivery) -> str:
        self.before()
        self.arrived.append(delivery.key)
        self.after()
        return "there"

    def look_up(self, key: str, job: str) -> bool:
        return key in self.arrived


def raising(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def world_with(folder: Path, wire: Wire, *, is_event: bool = False) -> World:
    world = world_of(workspace(folder, pipeline=SHORT))

    def publisher(said: settings.Publisher) -> Wire:
        return wire

    made_job(world)
    return replace(world, publisher=publisher, is_event=lambda said: is_event)


def test_killed_after_the_effect_and_before_the_receipt_it_is_looked_up_and_not_sent_again(folder: Path) -> None:
    wire = Wire(after=raising(Killed()))
    world = world_with(folder, wire)
    with pytest.raises(Killed):
        finish(world)
    wire.after = lambda: None
    assert isinstance(finish(world).action, Done)
    assert len(wire.arrived) == 1
    assert git(folder, "log", "-1", "--format=%s", "job/j") == "j: publish published"


def test_killed_before_the_effect_it_is_sent_on_the_next_run(folder: Path) -> None:
    wire = Wire(before=raising(Killed()))
    world = world_with(folder, wire)
    with pytest.raises(Killed):
        finish(world)
    wire.before = lambda: None
    assert isinstance(finish(world).action, Done)
    assert len(wire.arrived) == 1


def test_an_effect_that_surely_did_not_happen_halts_and_a_retry_sends_it(folder: Path) -> None:
    wire = Wire(before=raising(EffectError("the disk is full")))
    world = world_with(folder, wire)
    action = finish(world).action
    assert isinstance(action, Halt)
    assert action.reason == "publish could not publish: the disk is full"
    assert finish(world).entries == 0
    wire.before = lambda: None
    say(world, "j", Word.RETRY)
    assert isinstance(finish(world).action, Done)
    assert len(wire.arrived) == 1


def test_an_effect_of_which_nobody_knows_stops_the_job_and_is_not_guessed(folder: Path) -> None:
    wire = Wire(after=raising(UnknownEffect("the line went dead")))
    world = world_with(folder, wire)
    action = finish(world).action
    assert isinstance(action, Halt)
    assert action.stop is Stop.UNKNOWN
    assert finish(world).entries == 0
    assert len(wire.arrived) == 1


def test_an_event_happens_once_for_a_payload_however_often_the_job_is_reset(folder: Path) -> None:
    wire = Wire(is_event=True)
    world = world_with(folder, wire, is_event=True)
    finish(world)
    git(folder, "branch", "-qf", "job/j", "job/j~2")
    assert isinstance(finish(world).action, Done)
    assert len(wire.arrived) == 1


PAID = SETTINGS.replace(
    "models: [{name: builtin}]", "models: [{name: dear, price: {input: 1, output: 1}}]\nbudget: {job: 1.0}"
)


def paid_world(folder: Path, backend: Scripted) -> World:
    """Return a world whose only model costs money, so that every call needs a claim."""
    workspace(folder, settings=PAID, pipeline=SHORT)
    agent = folder / "agents/writer.md"
    agent.write_text(agent.read_text().replace("backend: builtin, builtin: product-listing.draft", "backend: model"))
    git(folder, "commit", "-qam", "a model plays it")
    world = world_of(folder, backend)
    made_job(world)
    return world


def test_a_killed_call_is_booked_as_an_interrupted_attempt_with_its_reservation(folder: Path) -> None:
    def die(request: Request) -> Fault:
        raise Killed

    backend = Scripted(die)
    world = paid_world(folder, backend)
    with pytest.raises(Killed):
        finish(world)
    assert git(folder, "for-each-ref", "--format=%(refname)", "refs/orchestrator/claims").endswith("claims/j")
    backend.play = well_behaved
    assert isinstance(finish(world).action, Done)
    form = "--format=%s|%(trailers:key=Cost-USD,valueonly,separator=)"
    log = git(folder, "log", "--reverse", form, "job/j", "^main")
    assert log.splitlines() == [
        "j: created|",
        "j: draft interrupted|0.004642",
        "j: draft passed|0",
        "j: publish published|",
    ]
    assert git(folder, "for-each-ref", "refs/orchestrator/claims") == ""


def test_a_claim_of_another_machine_is_waited_for(folder: Path) -> None:
    def die(request: Request) -> Fault:
        raise Killed

    world = paid_world(folder, Scripted(die))
    with pytest.raises(Killed):
        finish(world)
    elsewhere = replace(world, owner="another-machine/1")
    action = decide(gather(elsewhere, "j", holds_lock=True).snapshot, world.clock())
    assert isinstance(action, Await)
    assert action.waits is Waits.LOCK


def test_a_call_that_would_overrun_the_budget_is_not_made(folder: Path) -> None:
    workspace(folder, settings=PAID.replace("job: 1.0", "job: 0.001"), pipeline=SHORT)
    agent = folder / "agents/writer.md"
    agent.write_text(agent.read_text().replace("backend: builtin, builtin: product-listing.draft", "backend: model"))
    git(folder, "commit", "-qam", "a model plays it")
    backend = Scripted()
    world = world_of(folder, backend)
    made_job(world)
    action = finish(world).action
    assert isinstance(action, Halt)
    assert action.stop is Stop.BUDGET
    assert backend.asked == []


def test_a_backend_that_is_not_there_costs_nothing(folder: Path) -> None:
    def missing(agent: object, route: object, settings: object) -> Scripted:
        raise WorkspaceError("no such backend")

    world = replace(paid_world(folder, Scripted()), backend=missing)
    for _ in range(2):
        with pytest.raises(WorkspaceError):
            finish(world)
    assert git(folder, "for-each-ref", "refs/orchestrator/claims") == ""
    assert git(folder, "log", "--format=%s", "job/j", "^main") == "j: created"


def test_a_transient_fault_is_tried_again_without_spending_an_attempt(folder: Path) -> None:
    faults = [Fault("busy", is_transient=True, retry_after=0), Fault("busy", is_transient=True, retry_after=0)]

    def play(request: Request) -> dict[str, str] | Fault:
        return faults.pop() if faults else well_behaved(request)

    backend = Scripted(play)
    world = world_of(workspace(folder, pipeline=SHORT), backend)
    made_job(world)
    assert isinstance(finish(world).action, Done)
    assert [request.attempt for request in backend.asked] == [1, 1, 1]


def test_with_a_clock_that_stands_still_a_wait_for_time_is_slept_once_and_then_rests(folder: Path) -> None:
    slept: list[int] = []
    backend = Scripted(lambda request: Fault("busy", is_transient=True, retry_after=5))
    world = world_of(workspace(folder, pipeline=SHORT), backend)
    made_job(world)
    action = run(world, "j", sleep=slept.append).action
    assert isinstance(action, Await)
    assert (action.waits, slept) == (Waits.TIME, [5])


def test_a_branch_that_somebody_edits_in_a_worktree_is_not_moved(folder: Path, tmp_path: Path) -> None:
    world = world_of(workspace(folder, pipeline=PIPELINE))
    made_job(world)
    where = world.ledger.worktrees.add("j", tmp_path / "tree")
    (where / "jobs/j/brief.md").write_text("half a thought")
    before = git(folder, "for-each-ref")
    with pytest.raises(Busy, match="being edited in"):
        finish(world)
    assert git(folder, "for-each-ref") == before
    git(where, "commit", "-qam", "a whole thought")
    finish(world)
    assert git(where, "status", "--porcelain") == ""
    assert (where / "jobs/j/text.md").exists()
