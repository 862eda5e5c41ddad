"""A verdict that was given before holds for the very same alone, as long as nobody forges it or asks for it anew."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from places import commit_files, finish, git
from verdict_places import LISTED, TWO_FILES, UNSOUND, edit, job_of, program, record, subjects, writes

from orchestrator.agents.interface import Request
from orchestrator.documents.emit import emit_state
from orchestrator.engine.gather import gather
from orchestrator.engine.people import say
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError
from orchestrator.model.action import Await, Done, Fault, Halt, Word
from orchestrator.model.finding import Verdict

PROGRAM = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [text.md]
    attempts: 1
    gate: [command: {run: lint, timeout: 10}]
  publish:
    publish: {to: shop, files: [text.md]}
"""
POLISHED = LISTED.replace(
    "\n  publish:",
    "\n  polish: {agent: writer, reads: [text.md], writes: [text.md], gate: [words: {min: 1}]}\n  publish:",
)
SKIPPED = """\
version: 1
steps:
  check:
    agent: reviewer
    reads: [brief.md]
    writes: [review.yaml]
    gate: [review_file: review.yaml]
  polish:
    agent: writer
    when: review.findings | length > 0
    reads: [review.yaml]
    writes: [text.md]
    gate_reads: [/memory/words.txt]
    gate: [must_not_contain: {list: /memory/words.txt}]
"""
LIST_OF_A_STEP = LISTED.replace("/memory/words.txt", "words.txt").replace(
    "  draft:", "  words: {agent: reviewer, reads: [brief.md], writes: [words.txt]}\n  draft:"
)
LIST_OF_A_LATER_STEP = LISTED.replace("/memory/words.txt", "words.txt").replace(
    "\n  publish:", "\n  words: {agent: reviewer, reads: [text.md], writes: [words.txt]}\n  publish:"
)
PAGES = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [pages/]
    gate: [must_not_contain: {list: brief.md}]
  publish:
    publish: {to: shop, files: [pages/]}
"""


def relist(folder: Path, words: str) -> None:
    """Change the gate's list in the job."""
    edit(folder, words, "memory/words.txt")


def forge(folder: Path, world: World) -> None:
    """Commit, as a person, that the gate of draft let pass what it has just failed; and take it back."""
    state, failed = gather(world, "j").snapshot.state, record(world)
    assert failed.checks == {"must_not_contain": Verdict.FAIL}
    passed = failed.model_copy(update={"checks": {"must_not_contain": Verdict.PASS}, "findings": ()})
    forged = state.model_copy(update={"steps": {**state.steps, "draft": passed}})
    trailers = f"Step: draft\nJudged-Tree: {failed.judged}\nGate-Digest: {failed.gate}"
    for said, message in ((forged, f"tidy\n\n{trailers}"), (state, "tidy, back")):
        edit(folder, emit_state(said).decode(), "jobs/j/state.yaml", message)


def test_a_program_that_changed_judges_anew(folder: Path) -> None:
    world, _ = job_of(folder, PROGRAM, writes("one\n"), settings=program(0))
    for text in ("two\n", "three\n"):
        assert isinstance(finish(world).action, Done)
        edit(folder, text)
    assert isinstance(finish(world).action, Done)
    commit_files(folder, {"orchestrator.yaml": program(1)}, "stricter")
    edit(folder, "two\n")
    rested = finish(world).action
    assert isinstance(rested, Await)
    assert "fails the gate of draft" in rested.reason


@pytest.mark.parametrize(("word", "step"), [(Word.RETRY, None), (Word.KEEP, "draft")])
def test_a_program_that_was_mended_is_asked_again(folder: Path, word: Word, step: str | None) -> None:
    world, _ = job_of(folder, PROGRAM, writes("one\n"), settings=program(1))
    assert isinstance(finish(world).action, Halt)
    commit_files(folder, {"orchestrator.yaml": program(0)}, "mended")
    say(world, "j", word, step=step)
    assert isinstance(finish(world).action, Done)


def test_a_retry_does_not_find_an_older_yes(folder: Path) -> None:
    world, _ = job_of(folder, PROGRAM, writes("one\n"), settings=program(0))
    assert isinstance(finish(world).action, Done)
    commit_files(folder, {"orchestrator.yaml": program(1)}, "stricter")
    say(world, "j", Word.RERUN, step="draft")
    assert isinstance(finish(world).action, Halt)
    say(world, "j", Word.RETRY)
    assert isinstance(finish(world).action, Halt)


def test_a_rerun_whose_program_is_not_there_does_not_fall_back_on_the_verdict_before(folder: Path) -> None:
    world, _ = job_of(folder, PROGRAM, writes("one\n"), settings=program(0))
    assert isinstance(finish(world).action, Done)
    broken = program(0).replace("[sh, -c, exit 0]", "[no-such-program]")
    commit_files(folder, {"orchestrator.yaml": broken}, "broken")
    say(world, "j", Word.RERUN, step="draft")
    assert isinstance(finish(world).action, Halt)
    assert record(world).checks == {"command": Verdict.ERROR}


def test_a_persons_commit_that_looks_like_an_entry_is_no_verdict_on_the_same_work(folder: Path) -> None:
    world, _ = job_of(folder, LISTED, writes("a bad word\n"))
    assert isinstance(finish(world).action, Halt)
    forge(folder, world)
    say(world, "j", Word.RETRY)
    git(folder, "branch", "-qf", "job/j", git(folder, "log", "--format=%H", "--grep=j: created", "job/j"))
    assert isinstance(finish(world).action, Halt)


def test_a_persons_commit_that_looks_like_an_entry_is_no_verdict_on_a_later_edit(folder: Path) -> None:
    world, _ = job_of(folder, LISTED, writes("a good word\n"))
    assert isinstance(finish(world).action, Done)
    edit(folder, "a bad word\n")
    assert isinstance(finish(world).action, Await)
    forge(folder, world)
    edit(folder, "another good word\n")
    assert isinstance(finish(world).action, Done)
    edit(folder, "a bad word\n")
    assert isinstance(finish(world).action, Await)
    assert (folder / "published/j/text.md").read_text() == "another good word\n"


@pytest.mark.parametrize(("outcome", "made"), UNSOUND.items(), ids=UNSOUND)
def test_no_changed_list_lets_pass_what_was_not_taken(folder: Path, outcome: str, made: Mapping[str, str]) -> None:
    world, _ = job_of(folder, TWO_FILES, lambda request: made)
    assert isinstance(finish(world).action, Halt)
    relist(folder, "worse\n")
    assert isinstance(finish(world).action, Halt)
    assert record(world).outcome == outcome


def test_a_changed_list_judges_nothing_where_the_agent_broke(folder: Path) -> None:
    world, _ = job_of(folder, LISTED, lambda request: Fault("no network", is_transient=False))
    assert isinstance(finish(world).action, Halt)
    relist(folder, "worse\n")
    assert isinstance(finish(world).action, Halt)
    assert record(world).outcome == "failed"


def test_a_changed_list_judges_what_the_step_made_and_not_what_a_later_one_made_of_it(folder: Path) -> None:
    def play(request: Request) -> dict[str, str]:
        is_draft = request.step == "draft"
        return {"text.md": "draft\n" if is_draft else f"{request.files['text.md'].decode().strip()} polished\n"}

    world, backend = job_of(folder, POLISHED, play)
    assert isinstance(finish(world).action, Done)
    made = record(world).outputs
    relist(folder, "bad\nworse\n")
    assert isinstance(finish(world).action, Done)
    assert [request.step for request in backend.asked] == ["draft", "polish"]
    assert record(world).outputs == made


def test_a_step_that_was_skipped_stays_skipped_when_its_list_changes(folder: Path) -> None:
    world, backend = job_of(folder, SKIPPED, lambda request: {"review.yaml": "findings: []\n"})
    assert isinstance(finish(world).action, Done)
    relist(folder, "worse\n")
    assert isinstance(finish(world).action, Done)
    assert record(world, "polish").outcome == "skipped"
    assert [request.step for request in backend.asked] == ["check"]


def test_a_changed_list_starts_the_attempts_anew(folder: Path) -> None:
    left = ["a bad word\n", "a bad word\n", "a fine word\n"]
    world, _ = job_of(folder, LISTED, lambda request: {"text.md": left.pop(0)})
    assert isinstance(finish(world).action, Halt)
    relist(folder, "bad\nworse\n")
    assert isinstance(finish(world).action, Done)
    assert left == []


def test_a_list_too_large_for_an_agent_does_not_keep_the_agent_from_being_asked(folder: Path) -> None:
    large = "bad\n" + "".join(f"phrase number {number} of a great many\n" for number in range(170_000))
    world, backend = job_of(folder, LISTED, writes("fine\n"), files={"memory/words.txt": large})
    rested = finish(world).action
    assert "an agent reads at most" not in rested.reason
    assert [request.step for request in backend.asked][:1] == ["draft"]


def test_a_list_that_a_later_step_writes_is_refused(folder: Path) -> None:
    with pytest.raises(DocumentError, match=r"gate_reads: words\.txt is written by words, which does not stand before"):
        job_of(folder, LIST_OF_A_LATER_STEP, writes("fine\n"))


def test_a_persons_edit_of_a_list_that_another_step_wrote_judges_the_work(folder: Path) -> None:
    def play(request: Request) -> dict[str, str]:
        return {"text.md": "fine\n"} if request.step == "draft" else {"words.txt": "bad\n"}

    world, backend = job_of(folder, LIST_OF_A_STEP, play)
    assert isinstance(finish(world).action, Done)
    edit(folder, "worse\n", "jobs/j/words.txt")
    assert isinstance(finish(world).action, Done)
    assert [request.step for request in backend.asked] == ["words", "draft"]
    edit(folder, "worse\nfine\n", "jobs/j/words.txt")
    assert isinstance(finish(world).action, Halt)


def test_what_a_failed_attempt_left_behind_is_judged_with_the_next_one(folder: Path) -> None:
    left = [{"pages/a.md": "Two words, please.\n", "pages/b.md": "fine\n"}]
    world, _ = job_of(folder, PAGES, lambda request: left.pop() if left else {"pages/b.md": "finer\n"})
    assert isinstance(finish(world).action, Halt)
    assert subjects(folder) == ["j: created", "j: draft failed", "j: draft failed"]
    assert not (folder / "published").exists()
    assert "Two words" in git(folder, "show", "job/j:jobs/j/pages/a.md")
