"""A job whose gates are tried: made of one pipeline, edited by a person, told by its entries, its findings waived."""

from collections.abc import Mapping
from pathlib import Path

from places import AGENT, PROMPT, SETTINGS, Play, Scripted, commit_files, git, made_job, workspace, world_of

from orchestrator.agents.interface import Request
from orchestrator.engine.gather import gather
from orchestrator.engine.people import say
from orchestrator.engine.world import World
from orchestrator.machine.waiving import Open, findings
from orchestrator.model.action import Word
from orchestrator.model.state import StepRecord

RUBRIC = """\
version: 1
scale: [1, 5]
criteria:
  accuracy: {asks: "Is it all true?", pass: 4}
"""
LISTED = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [text.md]
    gate_reads: [/memory/words.txt]
    gate:
      - must_not_contain: {list: /memory/words.txt}
  publish:
    publish: {to: shop, files: [text.md]}
"""
"""A text is judged by a list of words that is not for its writer's eyes; at first there is only "bad" in it."""
TWO_FILES = LISTED.replace("writes: [text.md]", "writes: [text.md, extra.md]\n    attempts: 1").replace(
    "{list:", "{file: text.md, list:"
)
UNSOUND = {
    "failed": {"text.md": "a bad word\n"},
    "refused": {"text.md": "a bad word\n", "extra.md": "more\n", ".github/x.yml": "a: 1\n"},
}
"""What comes of answers to TWO_FILES that hold a bad word, and lack a file or write one that may not be."""


def reviewed_by(*reviewers: str) -> str:
    """Return a pipeline in which reviewers of these settings judge a text."""
    uses = "".join(f"      - reviewer: {each}\n" for each in reviewers)
    return LISTED.replace("    gate_reads: [/memory/words.txt]\n", "").replace(
        "      - must_not_contain: {list: /memory/words.txt}\n", uses
    )


def program(status: int) -> str:
    """Return settings whose program `lint` ends with this exit status."""
    return f"{SETTINGS}commands:\n  lint: {{argv: [sh, -c, exit {status}]}}\n"


def writes(text: str) -> Play:
    """Return an agent that writes this text."""
    return lambda request: {"text.md": text}


def says(review: str) -> Play:
    """Return a writer of two words, and reviewers who hand in this review."""

    def play(request: Request) -> Mapping[str, str]:
        return {"text.md": "Two words\n"} if request.agent.name == "writer" else {request.writes[0]: review}

    return play


def job_of(
    folder: Path, pipeline: str, play: Play, *, files: Mapping[str, str] | None = None, settings: str = SETTINGS
) -> tuple[World, Scripted]:
    """Make the job `j` of this pipeline; there are reviewers, a rubric and a list of words for it."""
    workspace(folder, pipeline=pipeline, settings=settings)
    reviewers = {f"agents/{who}.md": AGENT.replace("writer", who) for who in ("critic", "lawyer", "reader")}
    shared = {"prompts/review.md.j2": PROMPT, "memory/words.txt": "bad\n", "memory/rubric.yaml": RUBRIC}
    commit_files(folder, {**reviewers, **shared, **(files or {})}, "what the gates need")
    backend = Scripted(play)
    world = world_of(folder, backend)
    made_job(world)
    return world, backend


def edit(folder: Path, text: str, path: str = "jobs/j/text.md", message: str = "edit") -> None:
    """Commit a person's version of a file to the job."""
    git(folder, "switch", "-q", "job/j")
    commit_files(folder, {path: text}, message)
    git(folder, "switch", "-q", "main")


def subjects(where: Path) -> list[str]:
    """Return the subjects of the job's commits, the first one first."""
    return git(where, "log", "--first-parent", "--reverse", "--format=%s", "job/j", "^main").splitlines()


def record(world: World, step: str = "draft") -> StepRecord:
    """Return what is known of a step."""
    return gather(world, "j").snapshot.state.steps[step]


def found(world: World, check: str) -> Open:
    """Return the first finding of a check."""
    return next(each for each in findings(gather(world, "j").snapshot) if each.finding.check == check)


def waive(world: World, *names: str) -> None:
    """Say that findings are meant."""
    say(world, "j", Word.WAIVE, text="meant", findings=names)
