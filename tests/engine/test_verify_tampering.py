"""A ledger that was tampered with, in each way that we know: the first bad entry is named, and why."""

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from places import SETTINGS, Scripted, commit_files, git, made_job, workspace, world_of
from verify_forging import STATE, Forged, drop, entry_of, forge, insert, line_of, point, read, write
from verify_walks import PIPELINE, Moody, verified, verifying

from orchestrator.engine.advance import advance
from orchestrator.engine.back import fork
from orchestrator.engine.gather import gather
from orchestrator.engine.people import say
from orchestrator.engine.world import Memory, Unwatched, World
from orchestrator.gates.interface import Material
from orchestrator.machine.waiving import findings
from orchestrator.model.action import CheckResult, Word
from orchestrator.model.finding import Finding, Severity, Verdict
from orchestrator.model.pipeline import CheckUse

MEMORY = Memory()
"""What is the same in every copy of the job is parsed once."""


def world_at(where: Path, moody: Moody) -> World:
    return replace(world_of(where, Scripted(moody.play)), watcher=Unwatched(), memory=MEMORY)


@cache
def told_once(root: Path) -> Path:
    """Make a job with a failed attempt, a waiver, a review, a skip, an approval by merge, a publish."""
    workspace(root, pipeline=PIPELINE, settings=SETTINGS)
    moody = Moody("bad")
    world = world_at(root, moody)
    made_job(world)
    advance(world, "j")  # draft failed
    advance(world, "j")  # draft failed again
    found = next(each for each in findings(gather(world, "j").snapshot) if each.finding.check == "must_not_contain")
    say(world, "j", Word.WAIVE, text="meant", findings=(found.id,))
    moody.mood = "well"
    for _ in range(5):  # draft passed, check passed, polish skipped, proof passed, approve waiting
        advance(world, "j")
    git(root, "switch", "-q", "approved/j")
    git(root, "merge", "-q", "--no-ff", "-m", "yes", "review/j/approve")
    git(root, "switch", "-q", "main")
    advance(world, "j")  # approve approved
    advance(world, "j")  # publish published
    world.ledger.close()
    return root


@pytest.fixture
def place(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the job, to be tampered with."""
    root = tmp_path_factory.getbasetemp() / "tampering"
    root.mkdir(exist_ok=True)
    return Path(shutil.copytree(told_once(root), tmp_path / "job", symlinks=True))


def problems(where: Path) -> list[tuple[str, str, str]]:
    """Return what verify finds: entry, kind, message."""
    world = world_at(where, Moody())
    found = verified(where, world)
    world.ledger.close()
    assert found["ok"] == (not found["problems"])
    return [(each["entry"], each["kind"], each["message"]) for each in found["problems"]]


def swapped(old: str, new: str, many: int = -1) -> Callable[[str], str]:
    """Return what puts one text in another's place, and sees that it was there."""

    def become(text: str) -> str:
        assert old in text, text
        return text.replace(old, new, many)

    return become


def softly(old: str, new: str) -> Callable[[str], str]:
    """Return what puts one text in another's place where it is there."""
    return lambda text: text.replace(old, new)


def test_the_ledger_that_nobody_touched_is_sound(place: Path) -> None:
    world = world_at(place, Moody())
    assert verified(place, world) == {
        "job": "j",
        "ok": True,
        "entries": 11,
        "problems": [],
        "notes": [],
        "taken": {"calls' files, usage and time": 4, "outside effects": 1, "words of people": 1},
    }
    world.ledger.close()


@dataclass(frozen=True)
class Case:
    """A forgery of the entry of a subject, and what is said of it: a kind of problem, the beginning of its words."""

    subject: str
    change: Forged
    kind: str
    words: str


TOLD_AS_PASSED = Forged(
    lambda text: text.replace("draft failed", "draft passed").replace("Outcome: failed", "Outcome: passed"),
    {STATE: swapped("outcome: failed", "outcome: passed")},
)
EDITED = {STATE: softly("must_not_contain: fail", "must_not_contain: pass")}
BY_EVE = Forged(softly("ada@", "eve@"), {STATE: softly("by: ada@", "by: eve@")}, is_everywhere=True)
OTHER_TEXT = {"jobs/j/text.md": lambda text: "Other words.\n"}
PUT_IN = """waivers:
  - step: check
    check: review_file
    message: dull
    id: ""
    by: ada@example.com
"""

FORGERIES = {
    "an edited verdict": Case(
        "j: draft failed",
        Forged(files=EDITED),
        "verdict",
        "state.yaml says steps.draft.checks.must_not_contain pass, and fail follows from its parent",
    ),
    "a verdict edited from there on": Case(
        "j: draft failed",
        Forged(files=EDITED, is_everywhere=True),
        "verdict",
        "state.yaml says steps.draft.checks.must_not_contain pass, and fail follows from its parent",
    ),
    "a gate that was skipped": Case(
        "j: draft failed",
        TOLD_AS_PASSED,
        "verdict",
        "state.yaml says steps.draft.outcome passed, and failed follows from its parent",
    ),
    "a check that was left out": Case(
        "j: proof passed",
        Forged(files={STATE: swapped("    checks:\n      findings: pass\n", "", 1)}),
        "verdict",
        "state.yaml says steps.proof.checks.findings nothing, and pass follows from its parent",
    ),
    "an approval of another": Case(
        "j: approve approved",
        BY_EVE,
        "approval",
        "state.yaml says approvals.0.by eve@example.com, and ada@example.com follows from its parent",
    ),
    "an approval without its merge": Case(
        "j: approve approved",
        Forged(header=lambda text: "\n".join(row for place, row in enumerate(text.split("\n")) if place != 1)),
        "approval",
        "its parents are not the entry before it and what it says was merged",
    ),
    "an approval of another step": Case(
        "j: approve approved",
        Forged(files={STATE: swapped("  - step: approve", "  - step: proof")}),
        "approval",
        "state.yaml says approvals.0.step proof, and approve follows from its parent",
    ),
    "an approval of another tree": Case(
        "j: approve approved",
        Forged(files={STATE: lambda text: re.sub("tree: .{4}", "tree: 0000", text, count=1)}),
        "approval",
        "state.yaml says approvals.0.tree 0000",
    ),
    "an approval that a forge is said to vouch for": Case(
        "j: approve approved",
        Forged(files={STATE: swapped("how: commit", "how: forge")}),
        "approval",
        "state.yaml says approvals.0.how forge, and commit follows from its parent",
    ),
    "an output that is not the state's": Case(
        "j: draft passed", Forged(files=OTHER_TEXT), "output", "it changes jobs/j/text.md, and no action of it does"
    ),
    "an output changed from there on": Case(
        "j: draft passed",
        Forged(files=OTHER_TEXT, is_everywhere=True),
        "output",
        "it changes jobs/j/text.md, and no action of it does",
    ),
    "a file beside": Case(
        "j: check passed",
        Forged(files={"jobs/j/more.md": lambda text: "more\n"}),
        "output",
        "it changes jobs/j/more.md, and no action of it does",
    ),
    "an agent that was changed under the job": Case(
        "j: check passed",
        Forged(files={"agents/writer.md": lambda text: f"{text}Lie.\n"}),
        "definitions",
        "it changes agents/writer.md, and no action of it does",
    ),
    "a gate that was changed under the job": Case(
        "j: check passed",
        Forged(files={"jobs/j/pipeline.yaml": swapped("words: {min: 2}", "words: {min: 1}")}),
        "definitions",
        "it changes jobs/j/pipeline.yaml, and no action of it does",
    ),
    "more spent than its calls cost": Case(
        "j: check passed",
        Forged(files={STATE: swapped("status: ready\n", "status: ready\nspend_usd: 0.5\n")}),
        "spend",
        "state.yaml says spend_usd 0.5, and 0.0 follows from its parent",
    ),
    "a call that cost more than is spent": Case(
        "j: check passed",
        Forged(swapped("Cost-USD: 0", "Cost-USD: 1")),
        "spend",
        "state.yaml says spend_usd 0.0, and 1.0 follows from its parent",
    ),
    "a waiver that an agent made": Case(
        "j: draft waive",
        Forged(swapped("Actor: ada@example.com", "Actor: writer")),
        "waiver",
        "it says waive, and names no person who said so",
    ),
    "a waiver of somebody else": Case(
        "j: draft waive",
        Forged(swapped("Actor: ada@", "Actor: eve@")),
        "waiver",
        "state.yaml says waivers.0.by ada@example.com, and eve@example.com follows from its parent",
    ),
    "a waiver that no entry made": Case(
        "j: check passed",
        Forged(files={STATE: swapped("waivers:\n", PUT_IN, 1)}),
        "waiver",
        "state.yaml says waivers.0.step check, and draft follows from its parent",
    ),
    "a publish without its receipt": Case(
        "j: publish published",
        Forged(files={STATE: lambda text: re.sub(" *receipt: .*\n", "", text)}),
        "receipt",
        "the receipt of it is not in this repository",
    ),
    "a receipt that was made up": Case(
        "j: publish published",
        Forged(files={STATE: lambda text: re.sub("receipt: .*", f"receipt: {'ab' * 20}", text)}),
        "receipt",
        "the receipt ababababab is not in this repository",
    ),
    "a number that was passed over": Case(
        "j: check passed",
        Forged(swapped("Seq: 6", "Seq: 7"), {STATE: swapped("seq: 6", "seq: 7")}),
        "order",
        "state.yaml says seq 7, and 6 follows from its parent",
    ),
    "another attempt": Case(
        "j: draft passed",
        Forged(files={STATE: swapped("attempt: 2", "attempt: 1")}),
        "order",
        "state.yaml says steps.draft.attempt 1, and 2 follows from its parent",
    ),
    "another author": Case(
        "j: check passed",
        Forged(header=swapped("author reviewer <reviewer@", "author writer <writer@")),
        "author",
        "its author is writer@agents.invalid, and reviewer made it",
    ),
    "another committer of ours": Case(
        "j: check passed",
        Forged(header=swapped("committer orchestrator <orchestrator@", "committer writer <writer@")),
        "author",
        "writer@agents.invalid committed it, and only orchestrator makes entries",
    ),
    "words that no check said": Case(
        "j: check passed",
        Forged(swapped("- review_file: pass", "- review_file: pass, well done")),
        "message",
        "its message is not what came of it, which is: - review_file: pass",
    ),
    "a commit in the orchestrator's name": Case(
        "j: check passed",
        Forged(lambda text: "all is well\n"),
        "unexplained",
        "orchestrator@agents.invalid committed it, and it says no action that the orchestrator takes",
    ),
    "a state that somebody else wrote": Case(
        "j: check passed",
        Forged(files={STATE: lambda text: f"{text}# mine\n"}),
        "state",
        "state.yaml is not written as the program writes it",
    ),
    "a state that cannot be read": Case(
        "j: check passed", Forged(files={STATE: lambda text: "{"}), "state", "jobs/j/state.yaml:2:1: not YAML"
    ),
    "a state that is gone": Case(
        "j: check passed", Forged(files={STATE: None}), "state", "it has no jobs/j/state.yaml"
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_was_forged_is_named_by_its_entry(place: Path, name: str) -> None:
    case = FORGERIES[name]
    bad = forge(place, entry_of(place, case.subject), case.change)
    entry, kind, words = problems(place)[0]
    assert (entry, kind, words[: len(case.words)]) == (bad, case.kind, case.words)


TRAILERS = {
    "j: check passed": (
        *("Job", "Seq", "Step", "Attempt", "Outcome", "Agent", "Model", "Cost-USD", "Inputs-Tree", "Outputs-Tree"),
        *("Prompt-Digest", "Judged-Tree", "Gate-Digest", "Base", "Status", "Next", "Settings"),
    ),
    "j: approve approved": ("Approved", "Actor"),
    "j: publish published": ("Effect-Key", "Receipts"),
}
"""Not those of which there is no second word: Backend, Tokens-In, Tokens-Out, Duration-Ms, Reviews."""


def test_every_trailer_that_can_be_known_again_is_held_against_its_tree(place: Path) -> None:
    tip, missed = line_of(place)[-1], []
    entries = {subject: entry_of(place, subject) for subject in TRAILERS}
    world = world_at(place, Moody())
    with world.ledger, verifying(place, world) as look:
        for subject, keys in TRAILERS.items():
            for key in keys:
                point(place, tip)
                bad = forge(place, entries[subject], Forged(_other_value(key)))
                if [each["entry"] for each in look("j")["problems"]][:1] != [bad]:
                    missed.append(key)
    assert missed == []


def _other_value(key: str) -> Callable[[str], str]:
    def become(text: str) -> str:
        return re.sub(rf"^{key}: (.)", lambda found: f"{key}: {2 if found[1] == '1' else 1}", text, flags=re.MULTILINE)

    return become


def test_an_entry_that_was_taken_out_leaves_a_gap(place: Path) -> None:
    drop(place, entry_of(place, "j: check passed"))
    entry, kind, words = problems(place)[0]
    assert (entry, kind) == (entry_of(place, "j: polish skipped"), "unexplained")
    assert words == "it says polish skipped, and what follows from its parent is to run check: check has not run"


def test_an_entry_that_was_put_in_follows_from_nothing(place: Path) -> None:
    bad = insert(place, entry_of(place, "j: check passed"), Forged(swapped("Seq: 6", "Seq: 7")))
    assert problems(place)[0] == (
        bad,
        "unexplained",
        "it says check passed, and what follows from its parent is to skip polish: "
        "its condition does not hold: review.findings | length > 0",
    )


def test_an_approval_is_none_where_approved_has_no_merge(place: Path) -> None:
    git(place, "update-ref", "refs/heads/approved/j", f"{entry_of(place, 'j: created')}")
    entry, kind, words = problems(place)[0]
    assert (entry, kind) == (entry_of(place, "j: approve approved"), "approval")
    assert re.fullmatch(r"approved/j has no [0-9a-f]{10}, which it says was merged there", words)


def test_a_merge_by_who_may_not_approve_is_no_approval(place: Path) -> None:
    old = git(place, "rev-parse", "approved/j")
    new = write(place, read(place, old).replace("ada@", "eve@"))
    git(place, "update-ref", "refs/heads/approved/j", new)
    home = Forged(
        lambda text: text.replace("ada@", "eve@").replace(old, new),
        {STATE: softly("by: ada@", "by: eve@")},
        lambda text: text.replace(old, new),
        is_everywhere=True,
    )
    bad = forge(place, entry_of(place, "j: approve approved"), home)
    assert problems(place)[0] == (
        bad,
        "approval",
        "it says approve approved, and what follows from its parent is to await approve: "
        "eve@example.com is not among the approvers 'owner' of the base branch",
    )


def test_settings_that_the_base_never_had_grant_nothing(place: Path) -> None:
    git(place, "switch", "-qc", "side")
    commit_files(place, {"orchestrator.yaml": SETTINGS.replace("ada@", "eve@")}, "eve may")
    side, main = git(place, "rev-parse", "side"), git(place, "rev-parse", "main")
    git(place, "switch", "-q", "main")
    bad = forge(place, entry_of(place, "j: approve approved"), Forged(swapped(main, side)))
    assert problems(place)[0] == (bad, "base", f"its settings are of {side[:10]}, which the branch main does not have")


def test_a_state_that_a_person_changed_by_hand_is_a_finding_and_what_follows_from_it_is_not(place: Path) -> None:
    world = world_at(place, Moody())
    git(place, "switch", "-q", "job/j")
    state = place / STATE
    commit_files(place, {STATE: state.read_text().replace("outcome: published", "outcome: due")}, "once more")
    by_hand = git(place, "rev-parse", "job/j")
    git(place, "switch", "-q", "main")
    advance(world, "j")
    world.ledger.close()
    assert git(place, "log", "-1", "--format=%s", "job/j") == "j: publish published"
    assert problems(place) == [(by_hand, "state", "ada@example.com changed state.yaml by hand")]


def test_a_gate_of_another_version_is_run_again_and_its_digest_taken(place: Path) -> None:
    entry = entry_of(place, "j: proof passed")
    gate = re.search("Gate-Digest: (.*)", git(place, "log", "-1", "--format=%B", entry))
    assert gate is not None
    other = Forged(swapped(gate[1], "abcdefabcdef"), {STATE: swapped(gate[1], "abcdefabcdef")}, is_everywhere=True)
    forge(place, entry, other)
    world = world_at(place, Moody())
    with world.ledger:
        found = verified(place, world)
    assert (found["ok"], found["taken"]["judgements of another version of this program"]) == (True, 1)


def test_where_a_library_is_not_installed_the_entrys_word_is_taken_and_no_other_error_is(place: Path) -> None:
    world = world_at(place, Moody())
    with world.ledger:
        lacking = replace(world, judge=unable("it needs textstat: pip install 'git-orchestrator[checks]'"))
        broken = replace(world, judge=unable("it broke: pip install 'git-orchestrator[checks]'"))
        found = verified(place, lacking)
        assert (found["ok"], found["taken"]["results of checks whose library is not installed here"]) == (True, 8)
        assert not verified(place, broken)["ok"]


def unable(why: str) -> Callable[[Sequence[CheckUse], Material], tuple[CheckResult, ...]]:
    """Return a gate none of whose checks can run."""

    def judge(uses: Sequence[CheckUse], material: Material) -> tuple[CheckResult, ...]:
        finding = Finding(severity=Severity.CRITICAL, message=f"the check could not run: {why}")
        return tuple(CheckResult(use.name, Verdict.ERROR, (finding,)) for use in uses)

    return judge


def test_nothing_is_written_by_looking(place: Path) -> None:
    forge(place, entry_of(place, "j: check passed"), Forged(files=EDITED))
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*") if path.is_file()}
    problems(place)
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*") if path.is_file()} == before


def test_a_persons_commit_with_trailers_of_an_entry_hides_no_definitions(place: Path) -> None:
    git(place, "switch", "-q", "job/j")
    looser = (place / "jobs/j/pipeline.yaml").read_text().replace("words: {min: 2}", "words: {min: 1}")
    commit_files(place, {"jobs/j/pipeline.yaml": looser}, "j: looser\n\nWell.\n\nJob: j\nSeq: 3\nOutcome: passed")
    git(place, "switch", "-q", "main")
    world = world_at(place, Moody())
    with world.ledger:
        told = [(each["kind"], each["message"]) for each in verified(place, world)["notes"]]
    assert told == [
        ("definitions", "ada@example.com changed definitions of the running job: jobs/j/pipeline.yaml"),
    ]


def test_a_receipt_that_no_effect_has_is_none(place: Path) -> None:
    receipt = git(place, "rev-parse", "refs/orchestrator/published/j/publish/shop")
    for ref in git(place, "for-each-ref", "--format=%(refname)", "refs/orchestrator/effects").split():
        git(place, "update-ref", "-d", ref)
    assert problems(place) == [
        (
            entry_of(place, "j: publish published"),
            "receipt",
            f"no effect that is recorded here has the receipt {receipt[:10]}",
        )
    ]


def forked_from(place: Path, entry: str) -> str:
    world = world_at(place, Moody())
    with world.ledger:
        return fork(world, "j", "k", world.ledger.commit(entry))


def problems_of_fork(where: Path) -> list[tuple[str, str]]:
    world = world_at(where, Moody())
    with world.ledger, verifying(where, world) as look:
        return [(each["kind"], each["message"]) for each in look("k")["problems"]]


def test_a_fork_of_an_entry_that_no_job_has_is_none(place: Path) -> None:
    line, entry = line_of(place), entry_of(place, "j: draft failed")
    bad = forge(place, entry, TOLD_AS_PASSED)
    point(place, line[-1])
    forked_from(place, bad)
    assert problems_of_fork(place) == [
        ("order", f"it was forked from {bad[:10]}, which neither the branch of j nor its archive has")
    ]


def test_a_fork_changes_nothing_but_the_name(place: Path) -> None:
    fork_entry = forked_from(place, entry_of(place, "j: proof passed"))
    assert problems_of_fork(place) == []
    git(place, "switch", "-q", "job/k")
    commit_files(place, {"agents/writer.md": "---\nname: writer\n---\nLie.\n", "jobs/k/text.md": "Other.\n"}, "more")
    git(place, "switch", "-q", "main")
    tree = git(place, "rev-parse", "job/k^{tree}")
    head, _, message = read(place, fork_entry).partition("\n\n")
    rows = "\n".join(head.split("\n")[1:])
    point(place, write(place, f"tree {tree}\n{rows}\n\n{message.replace('From j', 'From whom')}"), "k")
    base = git(place, "rev-parse", f"{fork_entry}~1")[:12]
    assert problems_of_fork(place) == [
        ("message", f"its message is not what came of it, which is: From j at {base}."),
        ("definitions", "agents/writer.md is not as the entry has it that it was forked from"),
        ("output", "jobs/k/text.md is not as the entry has it that it was forked from"),
    ]


def test_a_state_by_hand_is_none_the_better_for_an_entry_in_the_archive_that_follows_from_it(place: Path) -> None:
    spaces = ("refs/orchestrator/effects", "refs/orchestrator/published")
    for ref in git(place, "for-each-ref", "--format=%(refname)", *spaces).split():
        git(place, "update-ref", "-d", ref)
    entry = entry_of(place, "j: check passed")
    point(place, entry)
    git(place, "switch", "-q", "job/j")
    commit_files(place, {STATE: (place / STATE).read_text().replace("attempt: 2", "attempt: 1")}, "by hand")
    git(place, "switch", "-q", "main")
    world = world_at(place, Moody())
    advance(world, "j")
    world.ledger.close()
    git(place, "update-ref", "refs/orchestrator/archive/j/1", "job/j")
    laundered = world.ledger.blob(git(place, "rev-parse", f"job/j:{STATE}")).decode()
    point(place, entry)
    git(place, "switch", "-q", "job/j")
    commit_files(place, {STATE: laundered}, "as it was")
    git(place, "switch", "-q", "main")
    assert problems(place) == [
        (git(place, "rev-parse", "job/j"), "state", "ada@example.com changed state.yaml by hand")
    ]
