"""The promises of DESIGN §5, §8 and §9, held against the world's own account, never against the machine's records."""

from machine_world import World, blob_id, decided

from orchestrator.documents.emit import emit_state
from orchestrator.documents.models import parse
from orchestrator.machine import record
from orchestrator.machine.digests import effect_key
from orchestrator.machine.view import View
from orchestrator.model.action import Await, Done, Halt, Noted, Run, Stop, Waits
from orchestrator.model.pipeline import StepKind
from orchestrator.model.state import Outcome, State

_STANDS = frozenset({Outcome.PASSED, Outcome.SKIPPED})


def broken(world: World) -> list[str]:
    """Return every promise that does not hold of a job at rest."""
    return [*world.breaches, *_unsteady(world), *_unfinished(world)]


def _unsteady(world: World) -> list[str]:
    """At rest, a second advance writes nothing; equal files give equal decisions."""
    snapshot, action = decided(world.snapshot(), world.clock)
    found = []
    if not isinstance(action, Await | Halt | Done):
        found.append(f"it does not rest: {action}")
    elif record(snapshot, action, Noted()) is not None:
        found.append(f"a second advance at rest makes an entry: {action}")
    read_again = parse(emit_state(world.state), "state.yaml", State)
    if read_again != world.state:
        found.append("state.yaml does not say the whole state")
    world_again = world.snapshot(read_again)
    if decided(world_again, world.clock)[1] != action:
        found.append("equal files give unequal decisions")
    return found


def _unfinished(world: World) -> list[str]:
    """On *done* nothing is stale, and what was published is what stands there."""
    if not isinstance(world.decide(), Done):
        return []
    view = View(world.snapshot())
    found = []
    for name in view.sequence:
        match view.step(name).kind:
            case StepKind.AGENT:
                record_ = view.record(name)
                if record_ is None or record_.outcome not in _STANDS:
                    found.append(f"done, and {name} does not stand")
                found += [f"done, and {name} is stale: {why}" for why in reasons_to_run(world, name)]
                if record_ is not None and record_.outcome is Outcome.PASSED and not world.would_pass(name):
                    found.append(f"done, and the gate of {name} says no to what stands there")
                if record_ is not None and record_.outcome is Outcome.PASSED and view.unwritten(name):
                    found.append(f"done, and {name} never wrote {view.unwritten(name)[0]}")
            case StepKind.PUBLISH:
                found += _unpublished(world, view, name)
            case StepKind.APPROVE:
                pass
    return found


def _unpublished(world: World, view: View, step: str) -> list[str]:
    receipts, payload = world.outside[step].receipts, view.payload(step)
    to = view.step(step).publish
    assert to is not None
    if step in world.shape.events:
        key = effect_key(view.snapshot.job, step, to.to, payload, None)
        return [] if key in [effect.key for effect in receipts] else [f"done, and {step} never sent what stands there"]
    return [] if receipts and dict(receipts[-1].payload) == payload else [f"done, and {step} shows something older"]


def reasons_to_run(world: World, step: str) -> list[str]:
    """Return why the step must run again, by the world's account: rules (a) to (d), and what was deleted."""
    account, view = world.tip.account, View(world.snapshot())
    if step not in account.read:
        # It ran never, and stands: a person's own files, or nobody asked for it.
        return []
    when, read, params = account.read[step]
    now = view.reads(step)
    changed = [p for p in {*read, *now} if not view.writers(p) and read.get(p) != now.get(p)]
    # A gate judges nothing anew of which a later step has made something else.
    stands = any(p in world.files and step == max(at, key=lambda s: at[s][0]) for p, at in account.wrote.items() if at)
    found = [f"{p} (a)" for p in changed if stands or not view.is_for_the_gate(step, p)]
    for path in read:
        writers = view.writers(path)
        held = any(other in view.before[step] for other in account.wrote.get(path, {}))
        if writers and path not in world.files and step not in writers and not held:
            found.append(f"{path} is no more")
    for path, writes in account.wrote.items():
        mine = writes.get(step, (0, ""))[0]
        for other, (at, oid) in writes.items():
            if other not in view.before[step]:
                continue
            if (path in read or path in now) and at > when and oid != read.get(path):
                found.append(f"{path} by {other} (b)")
            if mine and at > mine:
                found.append(f"{path} by {other} (c)")
        if mine and path not in world.files and mine == max(at for at, _ in writes.values()):
            found.append(f"{path} is gone")
    if params != view.snapshot.definitions[step].params:
        found.append("params (d)")
    return found


def needless(world: World, run: Run) -> bool:
    """Say whether a step that stood, and that nobody named, was run for no reason."""
    known = world.state.steps.get(run.step)
    if known is None or known.outcome not in _STANDS:
        return False
    return not reasons_to_run(world, run.step)


def is_restless(world: World) -> bool:
    """Say whether the last entry left a status that the next advance has to put right."""
    snapshot, action = decided(world.snapshot(), world.clock)
    if isinstance(action, Await) and action.waits is Waits.LOCK:
        return False
    if isinstance(action, Halt) and action.stop is Stop.REJECTED:
        # A deleted branch is an answer that came from outside, and is recorded when it is found.
        return False
    return isinstance(action, Await | Halt | Done) and record(snapshot, action, Noted()) is not None


__all__ = ["blob_id", "broken", "is_restless", "needless", "reasons_to_run"]
