"""A verdict is bound to what it judged: the very same is not judged again, one changed byte is; and waivers."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from places import Scripted, commit_files, finish, git, made_job, workspace, world_of
from verdict_places import edit

from orchestrator.agents.interface import Request
from orchestrator.engine.gather import gather
from orchestrator.engine.people import say
from orchestrator.engine.world import World
from orchestrator.errors import RefusedError
from orchestrator.gates import Material
from orchestrator.machine.waiving import findings
from orchestrator.model.action import Await, CheckResult, Done, Halt, Word
from orchestrator.model.pipeline import CheckUse

PIPELINE = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [text.md]
    gate_reads: [/memory/words.txt]
    gate:
      - words: {min: 3}
      - must_not_contain: {list: /memory/words.txt}
  publish:
    publish: {to: shop, files: [text.md]}
"""


class Watched:
    """A gate that counts how often it is asked."""

    def __init__(self, world: World) -> None:
        self.judged: list[bytes] = []
        self._judge = world.judge

    def __call__(self, uses: Sequence[CheckUse], material: Material) -> tuple[CheckResult, ...]:
        self.judged.append(material.files["text.md"])
        return self._judge(uses, material)


def place(folder: Path, text: str = "Three good words.\n") -> tuple[World, Watched, Scripted]:
    def play(request: Request) -> dict[str, str]:
        return {"text.md": text}

    workspace(folder, pipeline=PIPELINE)
    commit_files(folder, {"memory/words.txt": "bad\n"}, "words")
    backend = Scripted(play)
    world = world_of(folder, backend)
    watched = Watched(world)
    world = replace(world, judge=watched)
    made_job(world)
    return world, watched, backend


def body(folder: Path) -> str:
    return " ".join(git(folder, "log", "-1", "--format=%b", "job/j").split())


def test_a_verdict_names_the_tree_that_it_judged(folder: Path) -> None:
    world, _, _ = place(folder)
    finish(world)
    record = gather(world, "j").snapshot.state.steps["draft"]
    entry = git(folder, "log", "-1", "--format=%H", "--grep=j: draft passed", "job/j")
    trailers = git(folder, "log", "-1", "--format=%(trailers)", entry).splitlines()
    assert f"Judged-Tree: {record.judged}" in trailers
    assert f"Gate-Digest: {record.gate}" in trailers
    assert record.judged is not None


def test_the_very_same_content_is_not_judged_again(folder: Path) -> None:
    world, watched, _ = place(folder)
    finish(world)
    edit(folder, "Four other words here.\n")
    finish(world)
    assert len(watched.judged) == 2
    edit(folder, "Three good words.\n")
    finish(world)
    # By a person it is another verdict: limits on change bind agents only.
    assert len(watched.judged) == 3
    edit(folder, "Four other words here.\n")
    assert isinstance(finish(world).action, Done)
    assert len(watched.judged) == 3
    judged = git(folder, "log", "-1", "--format=%b", "--grep=j: draft passed", "job/j")
    assert "The very same was judged before" in judged


def test_one_changed_byte_is_judged(folder: Path) -> None:
    world, watched, _ = place(folder)
    finish(world)
    for text in ("Four other words here.\n", "Four other words here!\n"):
        edit(folder, text)
        finish(world)
    assert len(watched.judged) == 3


def test_a_rerun_judges_anew(folder: Path) -> None:
    world, watched, backend = place(folder)
    finish(world)
    say(world, "j", Word.RERUN, step="draft")
    finish(world)
    assert (len(watched.judged), len(backend.asked)) == (2, 2)


def test_what_a_rewind_took_back_is_remembered(folder: Path) -> None:
    world, watched, backend = place(folder)
    finish(world)
    created = git(folder, "log", "--format=%H", "--grep=j: created", "job/j")
    git(folder, "branch", "-qf", "job/j", created)
    assert isinstance(finish(world).action, Done)
    assert (len(watched.judged), len(backend.asked)) == (1, 2)


def test_a_changed_list_of_the_gate_judges_the_work_and_does_not_make_it_anew(folder: Path) -> None:
    world, watched, backend = place(folder)
    finish(world)
    edit(folder, "bad\ngood\n", "memory/words.txt")
    rested = finish(world).action
    assert len(backend.asked) == 3  # it fails now, at attempt 1, and is reworked twice
    assert watched.judged[:2] == [b"Three good words.\n"] * 2
    assert isinstance(rested, Halt)
    assert "/memory/words.txt" not in backend.asked[0].files


def stopped(folder: Path) -> tuple[World, Watched, str]:
    """Return a job that halts at a finding, and the finding's id."""
    world, watched, _ = place(folder, "Three bad words.\n")
    assert isinstance(finish(world).action, Halt)
    (found,) = findings(gather(world, "j").snapshot)
    return world, watched, found.id


def test_a_waived_finding_fails_nothing_and_says_whose_word_that_is(folder: Path) -> None:
    world, watched, name = stopped(folder)
    judged = len(watched.judged)
    entry = say(world, "j", Word.WAIVE, text="it is meant", findings=(name,)).entry
    assert (entry.subject, entry.author) == ("j: draft waive", "ada@example.com")
    assert isinstance(finish(world).action, Done)
    assert len(watched.judged) == judged
    (finding,) = gather(world, "j").snapshot.state.steps["draft"].findings
    assert finding.waived == "by ada@example.com: it is meant"
    assert (folder / "published/j/text.md").read_text() == "Three bad words.\n"


def test_a_waiver_is_bound_to_the_content(folder: Path) -> None:
    world, _, name = stopped(folder)
    say(world, "j", Word.WAIVE, text="it is meant", findings=(name[:4],))
    finish(world)
    edit(folder, "Three bad words!\n")
    rested = finish(world).action
    assert isinstance(rested, Await)
    assert "fails the gate of draft" in rested.reason


def test_a_waiver_that_a_reset_took_back_counts_no_more(folder: Path) -> None:
    world, _, name = stopped(folder)
    before = git(folder, "rev-parse", "job/j")
    say(world, "j", Word.WAIVE, text="it is meant", findings=(name,))
    finish(world)
    git(folder, "branch", "-qf", "job/j", before)
    assert isinstance(finish(world).action, Halt)
    say(world, "j", Word.KEEP, step="draft")
    assert isinstance(finish(world).action, Halt)


@pytest.mark.parametrize(
    ("name", "says"),
    [("zzzz", "j has no finding 'zzzz'"), ("0" * 40, "j has no finding")],
)
def test_a_finding_that_is_not_there_is_named_with_those_that_are(folder: Path, name: str, says: str) -> None:
    world, _, known = stopped(folder)
    with pytest.raises(RefusedError, match=says) as caught:
        say(world, "j", Word.WAIVE, text="why", findings=(name,))
    assert caught.value.hint == f"findings: {known}"


@pytest.mark.parametrize("name", ["", "f", "[abc]"])
def test_a_few_digits_name_no_finding(folder: Path, name: str) -> None:
    world, _, _ = stopped(folder)
    with pytest.raises(RefusedError, match="is too short to name a finding"):
        say(world, "j", Word.WAIVE, text="why", findings=(name,))


def test_what_was_waived_is_not_waived_twice_and_what_is_not_there_not_at_all(folder: Path) -> None:
    world, _, name = stopped(folder)
    say(world, "j", Word.WAIVE, text="it is meant", findings=(name,))
    finish(world)
    with pytest.raises(RefusedError, match=r"has been waived already, by ada@example\.com: it is meant"):
        say(world, "j", Word.WAIVE, text="again", findings=(name,))


def test_no_word_makes_a_file_appear(folder: Path) -> None:
    workspace(folder, pipeline=PIPELINE)
    commit_files(folder, {"memory/words.txt": "bad\n"}, "words")
    world = world_of(folder, Scripted(lambda request: {}))
    made_job(world)
    finish(world)
    name = next(iter(findings(gather(world, "j").snapshot))).id
    with pytest.raises(RefusedError, match="no verdict on what is there"):
        say(world, "j", Word.WAIVE, text="why", findings=(name,))
