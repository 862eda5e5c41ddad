"""Walks of the real engine through a small job: agents, people and faults in any order, in real git."""

import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from places import AGENT, SETTINGS, Scripted, commit_files, git, made_job, workspace, world_of

from orchestrator.agents.interface import Request
from orchestrator.engine.advance import advance
from orchestrator.engine.approving import approve, question
from orchestrator.engine.gather import gather
from orchestrator.engine.people import say
from orchestrator.engine.verify import VerifiedDocument, verify
from orchestrator.engine.verify_then import opened_then
from orchestrator.engine.world import Unwatched, World
from orchestrator.errors import OrchestratorError
from orchestrator.machine.waiving import findings
from orchestrator.model.action import Fault, Trouble, Usage, Word

PIPELINE = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [text.md]
    gate:
      - words: {min: 2}
      - must_not_contain: {phrases: [bad], file: text.md}
  check:
    agent: reviewer
    reads: [text.md]
    writes: [review.yaml]
    gate: [review_file: review.yaml]
  polish:
    agent: writer
    when: review.findings | length > 0
    reads: [text.md, review.yaml]
    writes: [text.md, pages/]
    gate: [words: {min: 2}]
  proof:
    agent: reviewer
    reads: [text.md]
    writes: [recheck.yaml]
    gate: [findings: {file: recheck.yaml, critical: 0, major: 0}]
    on_fail: {goto: polish, rounds: 1}
  approve:
    approve: {by: owner}
  publish:
    publish: {to: shop, files: [text.md]}
"""
"""A writer and a reviewer; a step that may be skipped, one that sends back, an approval, a publish."""

PAID = SETTINGS.replace(
    "models: [{name: builtin}]",
    """models:
  - {name: "openai:small", tier: fast, price: {input: 1, output: 2}}
  - {name: "openai:large", tier: strong, price: {input: 5, output: 9}}""",
)
MOODS = ("well", "well", "well", "short", "bad", "fault", "busy", "outage", "nothing", "stray")
ROOM = {"text.md": ("Two words.\n", "Two bad words.\n", "Better words by hand.\n"), "brief.md": ("One.\n", "Two.\n")}

Step = tuple[int, int]


@contextmanager
def verifying(where: Path, world: World) -> Iterator[Callable[[str], VerifiedDocument]]:
    """Hand out what verifies jobs of a workspace."""
    environ = dict(os.environ)  # noqa: TID251  the hermetic one
    with opened_then(where, environ=environ, clock=world.clock) as then:
        yield lambda job: verify(world, then, job)


def verified(where: Path, world: World, job: str = "j") -> VerifiedDocument:
    """Return what verify says of a job."""
    with verifying(where, world) as look:
        return look(job)


@dataclass
class Moody:
    """Agents that do as they are told to feel."""

    mood: str = "well"
    found: int = 0

    def play(self, request: Request) -> Mapping[str, str] | Fault:
        """Answer in the mood of the day."""
        path = request.writes[0]
        if self.mood in ("fault", "busy", "outage"):
            trouble = {"fault": Trouble.WORK, "busy": Trouble.BUSY, "outage": Trouble.OUTAGE}[self.mood]
            is_transient = self.mood != "fault"
            return Fault(f"it was in a mood: {self.mood}", is_transient, Usage(3, 0, 0.01), trouble=trouble)
        if self.mood == "nothing":
            return {}
        said = {"short": "one\n", "bad": "two bad words\n"}.get(self.mood, f"{request.step} wrote {request.attempt}\n")
        severity = ("minor", "major")[self.found % 2]
        told = f"findings: [{{severity: {severity}, message: dull}}]\n" if self.found else "findings: []\n"
        made = {path: told if path.endswith(".yaml") else said}
        stray = {"elsewhere.md": "what?\n"} if self.mood == "stray" else {}
        pages = {"pages/one.md": "A page.\n"} if "pages/" in request.writes and self.found == 2 else {}
        return {**made, **stray, **pages}


class Walk:
    """One walk. What the job refuses is no step."""

    def __init__(self, folder: Path, *, is_paid: bool = False) -> None:
        self.folder, self.moody = folder, Moody()
        if not (folder / ".git").exists():
            workspace(folder, pipeline=PIPELINE, settings=PAID if is_paid else SETTINGS)
        if is_paid:
            text = AGENT.replace("{backend: builtin, builtin: product-listing.draft}", "{backend: model}")
            commit_files(folder, {"agents/writer.md": text, "agents/reviewer.md": text.replace("writer", "reviewer")})
        self.world = replace(world_of(folder, Scripted(self.moody.play)), watcher=Unwatched())
        made_job(self.world)

    def take(self, step: Step) -> None:
        """Take one step."""
        rule, number = step
        try:
            RULES[rule % len(RULES)](self, number)
        except OrchestratorError:
            return

    def advance(self, number: int) -> None:
        self.moody.mood = MOODS[number % len(MOODS)]
        self.moody.found = number // 7 % 3
        for _ in range(1 + number % 3):
            advance(self.world, "j")
            self.moody.mood = "well"

    def edit(self, number: int) -> None:
        path = ("text.md", "text.md", "brief.md")[number % 3]
        text, file = ROOM[path][number % len(ROOM[path])], self.folder / f"jobs/j/{path}"

        def written() -> None:
            if not file.exists() or file.read_text() != text:
                commit_files(self.folder, {f"jobs/j/{path}": text}, "edit")

        self._on("job/j", written)

    def delete(self, number: int) -> None:
        def gone() -> None:
            path = f"jobs/j/{('text.md', 'review.yaml')[number % 2]}"
            if (self.folder / path).exists():
                git(self.folder, "rm", "-q", path)
                git(self.folder, "commit", "-qm", "delete")

        self._on("job/j", gone)

    def say(self, number: int) -> None:
        word = (Word.RERUN, Word.KEEP, Word.RETRY, Word.REOPEN, Word.REJECT)[number % 5]
        step = ("draft", "check", "polish", "proof")[number // 5 % 4] if word in (Word.RERUN, Word.KEEP) else None
        say(self.world, "j", word, step=step, text="too long: say less" if number % 2 else "")

    def waive(self, number: int) -> None:
        found = list(findings(gather(self.world, "j").snapshot))
        if found:
            say(self.world, "j", Word.WAIVE, text="meant", findings=(found[number % len(found)].id,))

    def approve(self, number: int) -> None:
        approve(self.world, question(self.world, "j"))

    def merge(self, number: int) -> None:
        if git(self.folder, "branch", "--list", "review/j/approve"):
            way = ("--no-ff", "--no-ff", "--squash")[number % 3]

            def merged() -> None:
                git(self.folder, "merge", "-q", way, "-m", "yes", "review/j/approve")
                if way == "--squash":
                    git(self.folder, "commit", "-q", "--allow-empty", "-m", "squashed")

            self._on("approved/j", merged)

    def no(self, number: int) -> None:
        if git(self.folder, "branch", "--list", "review/j/approve"):
            git(self.folder, "branch", "-qD", "review/j/approve")

    def cancel(self, number: int) -> None:
        say(self.world, "j", Word.CANCEL)
        say(self.world, "j", Word.RESTORE)

    def reset(self, number: int) -> None:
        line = git(self.folder, "rev-list", "--first-parent", "job/j", "^main").split()
        git(self.folder, "branch", "-qf", "job/j", line[min(number % 5, len(line) - 1)])

    def _on(self, branch: str, act: Callable[[], object]) -> None:
        if not git(self.folder, "branch", "--list", branch):
            return
        git(self.folder, "switch", "-q", branch)
        try:
            act()
        finally:
            git(self.folder, "switch", "-q", "main")


RULES: tuple[Callable[[Walk, int], None], ...] = (
    *(Walk.advance,) * 10,
    *(Walk.edit,) * 3,
    Walk.delete,
    *(Walk.say,) * 3,
    *(Walk.waive,) * 2,
    Walk.approve,
    *(Walk.merge,) * 2,
    Walk.no,
    Walk.cancel,
    Walk.reset,
)


def drawn(seed: int, length: int) -> Sequence[Step]:
    """Return the walk of a seed."""
    chance = random.Random(seed)
    return [(chance.randrange(10_000), chance.randrange(10_000)) for _ in range(length)]


def walked(folder: Path, seed: int, length: int) -> Walk:
    """Return a walk that was taken, every other one with models that cost money."""
    folder.mkdir(exist_ok=True)
    walk = Walk(folder, is_paid=bool(seed % 2))
    for step in drawn(seed, length):
        walk.take(step)
    return walk
