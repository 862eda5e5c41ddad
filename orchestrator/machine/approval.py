"""Approvals: what one covers, when it holds, who may give it (DESIGN §8)."""

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.machine.digests import tree_id
from orchestrator.machine.view import View
from orchestrator.model.names import AGENT_DOMAIN, is_person
from orchestrator.model.patterns import matches_any
from orchestrator.model.pipeline import StepKind
from orchestrator.model.settings import Approvers
from orchestrator.model.snapshot import Brought
from orchestrator.model.state import Approval, How

_VOUCHED = frozenset({How.SIGNATURE, How.FORGE, How.LOCAL})


def holds(view: View, approval: Approval) -> bool:
    """Say whether the approval still speaks of what stands there, as far as it matters for what comes after it."""
    for path, oid in approval.paths.items():
        if view.files.get(path) != oid and not is_left_to_later(view, approval.step, path, is_told=True):
            return False
    new = [p for p in view.cover() if p not in approval.paths]
    new = [p for p in new if not is_left_to_later(view, approval.step, p, is_told=False)]
    return not any(_matters_to(view, name, new) for name in view.after(approval.step))


def is_left_to_later(view: View, step: str, path: str, *, is_told: bool) -> bool:
    """Say whether an approval need not speak of the path: only later steps write it, or, where it was not there
    (`is_told` False), steps beside it, which had not run.

    But what goes out must be spoken of: by this approval, unless a later one before the publish speaks of it.
    """
    if not (_is_written_after(view, step, path) if is_told else _is_written_elsewhere(view, step, path)):
        return False
    later = view.after(step)
    speaking = [name for name in view.approve_steps() if name in later and not _is_written_elsewhere(view, name, path)]
    sending = (name for name in later if (p := view.step(name).publish) and matches_any(p.files, path))
    return all(any(name in view.before[publish] for name in speaking) for publish in sending)


def _is_written_after(view: View, step: str, path: str) -> bool:
    writers, later = view.writers(path), view.after(step)
    return bool(writers) and all(name in later for name in writers)


def _is_written_elsewhere(view: View, step: str, path: str) -> bool:
    """Say whether steps write the path, each of them after `step` or beside it."""
    writers = view.writers(path)
    return bool(writers) and view.before[step].isdisjoint(writers)


def _matters_to(view: View, step: str, paths: list[str]) -> bool:
    definition = view.step(step)
    used = view.payload(step) if definition.kind is StepKind.PUBLISH else view.reads(step)
    return any(path in used for path in paths)


def held(view: View, step: str, *, by_person: bool) -> tuple[Approval, ...]:
    """Return the approvals of `step` that hold, if they are enough; `by_person`: the gates' own word is not."""
    approve = view.step(step).approve
    if approve is None:
        return ()
    holding = tuple(a for a in view.approvals if a.step == step and holds(view, a))
    if not by_person and any(a.how is How.GATES for a in holding):
        return holding
    persons = tuple(a for a in holding if a.how is not How.GATES)
    return persons if len({a.by for a in persons}) >= _approvers(view, approve.by).count else ()


def _approvers(view: View, name: str) -> Approvers:
    """Return who may approve; a name that the base does not have admits nobody."""
    try:
        return view.snapshot.settings.may_approve(name)
    except KeyError:
        return Approvers(who=())


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody may approve, and if not, why."""

    by: str
    fault: str | None = None


def standing(view: View, brought: Brought) -> Standing:
    """Say whether what was brought to `approved/<id>` was brought by somebody who may."""
    step = view.pipeline.steps.get(brought.step)
    if step is None or step.approve is None:
        return Standing(brought.by or "anyone", f"{brought.step} is no approval step of this pipeline")
    approvers = _approvers(view, step.approve.by)
    who = brought.by
    if who is not None and (who.endswith(f"@{AGENT_DOMAIN}") or not is_person(who)):
        return Standing(who, f"{who} is an agent, and agents never approve")
    needs_word = approvers.count > 1 or approvers.not_author
    if needs_word and brought.how not in _VOUCHED:
        return Standing(
            who or "anyone",
            f"a plain merge names its committer unverified, and {step.approve.by} asks for more",
        )
    if approvers.who == "anyone":
        return Standing(who or "anyone")
    if who is None:
        job = view.snapshot.job
        back = f"git reset --keep approved/{job}@{{1}}, then git merge --no-ff review/{job}/{brought.step}"
        why = f"a fast-forward names nobody, and {step.approve.by} is not 'anyone': on approved/{job}, {back}"
        return Standing("anyone", why)
    if who not in approvers.who:
        return Standing(who, f"{who} is not among the approvers {step.approve.by!r} of the base branch")
    return Standing(who)


def wrote_it(view: View, who: str, edits: Mapping[str, str | None]) -> bool:
    """Say whether `who` made any of what they approve: an artifact, or an edit that they bring along."""
    made = any(view.owner(path) == who for path in view.files if view.writers(path))
    return made or any(view.writers(path) for path in edits)


def refusal(view: View, brought: Brought) -> Standing | None:
    """Return why what was brought is no approval and is not taken home, or None where it is."""
    may = standing(view, brought)
    if may.fault is not None:
        return may
    is_author = forbids_authors(view, brought.step) and wrote_it(view, may.by, brought.edits)
    if is_author and tree_id(brought.content) == brought.tree:
        return Standing(may.by, f"{may.by} made what they would approve, and the approvers must not have")
    return None


def lost(view: View, step: str) -> str | None:
    """Return why a person's earlier approval of the step holds no longer, in words; None where there was none."""
    for approval in reversed(view.approvals):
        if approval.step != step or approval.how is How.GATES:
            continue
        now = view.cover()
        changed = [p for p in sorted({*approval.paths, *now}) if approval.paths.get(p) != now.get(p)]
        told = [p for p in changed if not is_left_to_later(view, step, p, is_told=p in approval.paths)]
        if told and not holds(view, approval):
            said = "changed since {} approved it" if told[0] in approval.paths else "was made since {} approved"
            return f"{told[0]} {said.format(approval.by)}"
    return None


def given(view: View, step: str, tree: str) -> tuple[str, ...]:
    """Return who has approved this very tree, where one word is not enough."""
    return tuple(
        dict.fromkeys(a.by for a in view.approvals if (a.step, a.tree) == (step, tree) and a.how is not How.GATES)
    )


def wanted(view: View, step: str) -> int:
    """Return how many people must approve."""
    approve = view.step(step).approve
    return _approvers(view, approve.by).count if approve else 0


def forbids_authors(view: View, step: str) -> bool:
    """Say whether the approvers of `step` must not have made what they approve."""
    approve = view.step(step).approve
    return approve is not None and _approvers(view, approve.by).not_author


def covers_payload(view: View, step: str, approvers_name: str) -> bool:
    """Say whether a person's approval under that name covers every file that the publish step sends, as it is now."""
    approvers = _approvers(view, approvers_name)
    payload = view.payload(step).items()
    people = {
        approval.by
        for approval in view.approvals
        if approval.how is not How.GATES
        and _asks(view, approval.step, approvers_name)
        and all(approval.paths.get(path) == oid for path, oid in payload)
        and (approvers.who == "anyone" or approval.by in approvers.who)
    }
    return len(people) >= approvers.count


def _asks(view: View, step: str, approvers_name: str) -> bool:
    definition = view.pipeline.steps.get(step)
    return definition is not None and definition.approve is not None and definition.approve.by == approvers_name
