"""Ledgers that nobody tampered with are sound, whatever people, agents and faults did; one changed field is found."""

import os
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import histories
import pytest
from places import PIPELINE as STOCK
from places import SETTINGS, commit_files, finish, git, made_job, workspace, world_of
from verify_forging import STATE, Forged, forge, line_of, point
from verify_walks import Walk, verified, verifying, walked

from orchestrator import trailers
from orchestrator.cli import entry
from orchestrator.engine.advance import advance
from orchestrator.engine.approving import approve, question
from orchestrator.engine.back import find_entry, fork, rewind
from orchestrator.engine.create import Order, create
from orchestrator.engine.people import say
from orchestrator.engine.run import run
from orchestrator.engine.verify import VerifiedDocument
from orchestrator.engine.world import Unwatched, World
from orchestrator.model.action import Word
from orchestrator.wiring import found_workspace, open_world


def small(folder: Path) -> World:
    """Return the world of a job that waits for its approval."""
    world = replace(world_of(workspace(folder, pipeline=STOCK, settings=SETTINGS)), watcher=Unwatched())
    made_job(world)
    finish(world)
    return world


def notes(found: VerifiedDocument) -> list[tuple[str, str]]:
    """Return the notes of a job that has no problem: kind and message."""
    assert found["problems"] == []
    return [(note["kind"], re.sub(r"\b[0-9a-f]{10}\b", "<id>", note["message"])) for note in found["notes"]]


# --- what people do --------------------------------------------------------------------------------------------------


def reset(folder: Path, world: World) -> None:
    git(folder, "branch", "-qf", "job/j", "job/j~2")


def rewound(folder: Path, world: World) -> None:
    rewind(world, "j", find_entry(world, "j", "draft"))


def rebased(folder: Path, world: World) -> None:
    commit_files(folder, {"news.txt": "news\n"}, "news")
    git(folder, "switch", "-q", "job/j")
    git(folder, "rebase", "-q", "--onto", "main", "main~1")
    git(folder, "switch", "-q", "main")


def amended(folder: Path, world: World) -> None:
    git(folder, "switch", "-q", "job/j")
    git(folder, "commit", "-q", "--amend", "--allow-empty", "-m", "mine now")
    git(folder, "switch", "-q", "main")


def reverted(folder: Path, world: World) -> None:
    git(folder, "switch", "-q", "job/j")
    git(folder, "revert", "--no-edit", "HEAD")
    git(folder, "switch", "-q", "main")


def edited(folder: Path, world: World) -> None:
    git(folder, "switch", "-q", "job/j")
    commit_files(folder, {"jobs/j/text.md": "By hand, and better.\n"}, "edit")
    git(folder, "switch", "-q", "main")


def redefined(folder: Path, world: World) -> None:
    git(folder, "switch", "-q", "job/j")
    commit_files(folder, {"agents/writer.md": (folder / "agents/writer.md").read_text() + "Be brief.\n"}, "brief")
    git(folder, "switch", "-q", "main")


def deleted(folder: Path, world: World) -> None:
    git(folder, "branch", "-qD", "job/j")


def merged(folder: Path, world: World) -> None:
    """Bring definitions along with an approval."""
    git(folder, "switch", "-q", "review/j/approve")
    commit_files(folder, {"memory/style.md": "Short.\n"}, "a rule")
    git(folder, "switch", "-q", "approved/j")
    git(folder, "merge", "-q", "--no-ff", "-m", "yes", "review/j/approve")
    git(folder, "switch", "-q", "main")
    finish(world)


def written_anew(folder: Path, world: World) -> None:
    """Put what was approved on entries of another date, as a tool does that filters a history."""
    merged(folder, world)
    line = line_of(folder)
    forge(folder, line[1], Forged(header=lambda text: text.replace(" 1767225600 ", " 1767225601 ")))


MOVED = ("rewritten", "the branch was moved, and no longer has <id>, the last entry that was recorded")
ANEW = ("rewritten", "was rewritten by ada@example.com, and says what it must")
DONE: dict[str, tuple[Callable[[Path, World], None], list[tuple[str, str]]]] = {
    "reset": (reset, [MOVED]),
    "rewind": (rewound, [("rewritten", "the job was moved back before: 3 commits stand in its archive")]),
    "rebase": (rebased, [*[ANEW] * 5, MOVED]),
    "amend": (
        amended,
        [("rewritten", "ada@example.com wrote the entry <id> anew, and left its state as it was"), MOVED],
    ),
    "revert": (reverted, [("rewritten", "ada@example.com took the job back to the state of <id>")]),
    "edit": (edited, []),
    "delete": (deleted, []),
    "merge": (merged, [("definitions", "a merge changed definitions of the running job: memory/style.md")]),
    "filter": (
        written_anew,
        [
            ("rewritten", "people merged it from <id>, an entry that neither the branch nor its archive has"),
            ("definitions", "a merge changed definitions of the running job: memory/style.md"),
        ],
    ),
    "definitions": (
        redefined,
        [("definitions", "ada@example.com changed definitions of the running job: agents/writer.md")],
    ),
}


@pytest.mark.parametrize("name", DONE)
def test_what_people_may_do_to_a_branch_is_told_and_is_no_fault(folder: Path, name: str) -> None:
    act, told = DONE[name]
    world = small(folder)
    with world.ledger:
        act(folder, world)
        assert notes(verified(folder, world)) == told
        finish(world)
        assert verified(folder, world)["problems"] == []


def test_a_no_a_question_put_again_an_approval_and_a_publish_are_sound(folder: Path) -> None:
    world = small(folder)
    with world.ledger:
        say(world, "j", Word.REJECT, text="too short, and nobody would read it to its end")
        say(world, "j", Word.REOPEN)
        finish(world)
        approve(world, question(world, "j"))
        finish(world)
        found = verified(folder, world)
        assert (found["ok"], found["entries"], found["notes"]) == (True, 10, [])
        assert found["taken"] == {"calls' files, usage and time": 2, "outside effects": 1, "words of people": 2}


def test_a_fork_is_sound_and_its_state_is_that_of_the_other_job(folder: Path) -> None:
    world = small(folder)
    with world.ledger:
        fork(world, "j", "k", find_entry(world, "j", "check"))
        finish(world, "k")
        assert notes(verified(folder, world, "k")) == []
        change = Forged(files={"jobs/k/state.yaml": lambda text: text.replace("attempt: 1", "attempt: 2", 1)})
        bad = forge(folder, line_of(folder, "k")[-3], change, "k")
        first = verified(folder, world, "k")["problems"][0]
        assert (first["entry"], first["kind"]) == (bad, "state")


def test_a_job_that_was_promoted_to_a_stronger_model_is_sound(folder: Path) -> None:
    walk = Walk(folder, is_paid=True)
    with walk.world.ledger:
        for mood in ("bad", "short", "well"):
            walk.moody.mood = mood
            advance(walk.world, "j")
        messages = [git(folder, "log", "-1", "--format=%B", each) for each in line_of(folder)[1:]]
        models = [trailers.parse(message).get("Model") for message in messages]
        assert models == ["openai:small", "openai:small", "openai:large"]
        assert notes(verified(folder, walk.world)) == []


# --- walks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_a_walk_of_the_engine_ends_in_a_sound_ledger(folder: Path, seed: int) -> None:
    walk = walked(folder, seed, 8)
    with walk.world.ledger:
        assert verified(folder, walk.world)["problems"] == []


@pytest.mark.real
@pytest.mark.parametrize("seed", range(100, 140))
def test_a_long_walk_of_the_engine_ends_in_a_sound_ledger(folder: Path, seed: int) -> None:
    walk = walked(folder, seed, 30)
    with walk.world.ledger:
        assert verified(folder, walk.world)["problems"] == []


def _fields(text: str) -> list[int]:
    """Return the places of the lines of a state that hold a value."""
    return [
        place for place, line in enumerate(text.splitlines()) if re.search(r"[:-] \S", line) and "wake_at" not in line
    ]


def _one_field_changed(chance: random.Random) -> Callable[[str], str]:
    def become(text: str) -> str:
        rows = text.splitlines()
        place = chance.choice(_fields(text))
        head, mark, value = re.fullmatch(r"(.*?)([:-] )(\S.*)", rows[place]).groups()  # type: ignore[union-attr]
        other = str(int(value) + 1) if value.isdecimal() else f"{value[:-1]}{'1' if value[-1] == '0' else '0'}"
        rows[place] = f"{head}{mark}{other}"
        return "\n".join(rows) + "\n"

    return become


TAKEN = {"Backend", "Tokens-In", "Tokens-Out", "Duration-Ms", "Reviews"}
"""Trailers of which there is no second word."""


def _one_trailer_changed(chance: random.Random) -> Callable[[str], str]:
    def become(text: str) -> str:
        key, value = chance.choice([pair for pair in trailers.parse(text).items() if pair[0] not in TAKEN])
        return text.replace(f"\n{key}: {value}", f"\n{key}: {value[:-1]}{'1' if value[-1] == '0' else '0'}")

    return become


def mutated(folder: Path, seed: int, many: int) -> list[str]:
    """Return the changes of one field or trailer of one entry that verify does not find at that entry."""
    chance, walk = random.Random(seed), walked(folder, seed, 10)
    missed = []
    with walk.world.ledger, verifying(folder, walk.world) as look:
        line = line_of(folder)
        told = [oid for oid in line[1:] if "\nSeq: " in git(folder, "log", "-1", "--format=%B", oid)]
        for number in range(many if told else 0):
            point(folder, line[-1])
            old, in_state = chance.choice(told), Forged(files={STATE: _one_field_changed(chance)})
            bad = forge(folder, old, in_state if number % 2 else Forged(_one_trailer_changed(chance)))
            if bad not in {each["entry"] for each in look("j")["problems"]}:
                missed.append(git(folder, "diff", f"{old}..{bad}") + git(folder, "log", "-1", bad))
    return missed


@pytest.mark.parametrize("seed", [2, 5])
def test_a_changed_field_of_a_state_is_found(folder: Path, seed: int) -> None:
    assert mutated(folder, seed, 6) == []


@pytest.mark.real
@pytest.mark.parametrize("seed", range(200, 220))
def test_a_changed_field_of_any_state_is_found(folder: Path, seed: int) -> None:
    assert mutated(folder, seed, 15) == []


# --- real jobs -------------------------------------------------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize("template", ["product-listing", "article"])
def test_the_starters_jobs_are_sound(folder: Path, template: str) -> None:
    environ = dict(os.environ)  # noqa: TID251  the hermetic one
    found_workspace(folder, environ=environ)
    world = open_world(folder, environ=environ)
    with world.ledger:
        create(world, Order(template, "j"))
        run(world, "j", sleep=lambda seconds: None)
        found = verified(folder, world)
        assert (found["problems"], found["notes"]) == ([], [])
        assert found["entries"] == len(line_of(folder))


@pytest.mark.real
def test_the_release_notes_of_a_history_are_sound(tmp_path: Path, folder: Path) -> None:
    history = histories.make(tmp_path, "prefixes")
    environ = dict(os.environ)  # noqa: TID251  the hermetic one
    calls = (["init"], ["new", "release-notes", "j", "--set", f"repo=../{history.name}"], ["run", "j"], ["verify", "j"])
    assert [entry.run(["orchestrator", "-C", str(folder), *call], environ) for call in calls] == [0, 0, 0, 0]
