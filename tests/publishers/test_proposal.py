"""The publisher `proposal` beside a repository that is a dict: what it proposes, and what it never does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from publisher_contract import LISTING, PublisherContract, delivery

from orchestrator import trailers
from orchestrator.errors import EffectError, LostRace, WorkspaceError
from orchestrator.model import settings
from orchestrator.publishers import find, is_event, kinds
from orchestrator.publishers.interface import Delivery
from orchestrator.publishers.proposal import MOST_BYTES, Mode, Proposal, appended

SIGN = b"<!-- effect key-a -->"


@dataclass
class Beside:
    """A base and its proposals in memory."""

    files: dict[str, bytes] = field(default_factory=dict)
    branches: dict[str, tuple[str, Mapping[str, bytes]]] = field(default_factory=dict)
    sources: list[tuple[str, bytes]] = field(default_factory=list)

    def base(self) -> str:
        return "base"

    def read(self, commit: str, path: str) -> bytes | None:
        return self.files.get(path)

    def branch(self, job: str, step: str) -> str:
        return f"memory/{job}/{step}"

    def propose(
        self, job: str, step: str, files: Mapping[str, bytes], *, base: str, source: tuple[str, bytes], message: str
    ) -> None:
        self.branches[self.branch(job, step)] = (message, files)
        self.sources.append(source)

    def messages(self, job: str) -> tuple[str, ...]:
        return tuple(message for name, (message, _) in self.branches.items() if name.startswith(f"memory/{job}/"))

    @property
    def proposed(self) -> Mapping[str, bytes]:
        ((_, files),) = self.branches.values()
        return files


class TestProposal(PublisherContract):
    @pytest.fixture
    def publisher(self) -> Proposal:
        return Proposal("memory/lessons.md", "append", Beside())


class TestProposalInAFolder(PublisherContract):
    @pytest.fixture
    def publisher(self) -> Proposal:
        return Proposal("memory/", "replace", Beside())


@pytest.fixture
def beside() -> Beside:
    return Beside()


def at(beside: Beside, path: str = "memory/lessons.md", mode: Mode = "append") -> Proposal:
    return Proposal(path, mode, beside)


def sent(content: bytes, path: str = "lessons.md") -> Delivery:
    return Delivery("key-a", "mug", "Mug", "learn", "lessons", {path: content})


def refusal(publisher: Proposal, carried: Delivery) -> str:
    with pytest.raises(EffectError) as problem:
        publisher.send(carried)
    return str(problem.value)


def test_it_says_which_branch_proposes_what_and_how_to_take_it_in(beside: Beside) -> None:
    note = at(beside).send(sent(b"Weigh the mug.\n"))
    assert note == "memory/mug/learn proposes memory/lessons.md; git merge memory/mug/learn takes it in"
    ((name, (message, files)),) = beside.branches.items()
    assert name == "memory/mug/learn"
    assert message == (
        "memory: learn of mug\n\n"
        "mug proposes memory/lessons.md for the base branch. Merge this branch\n"
        "to take it in, or delete it.\n\n"
        "Job: mug\nEffect-Key: key-a\n"
    )
    assert trailers.parse(message) == {"Job": "mug", "Effect-Key": "key-a"}
    assert files == {"memory/lessons.md": b"## From mug\n\n" + SIGN + b"\n\nWeigh the mug.\n"}
    assert beside.sources == [("jobs/mug/lessons.md", b"Weigh the mug.\n")]


def test_what_stands_there_stays_as_it_is_above_the_addition(beside: Beside) -> None:
    beside.files["memory/lessons.md"] = b"# Lessons\n\nBe kind.\n\n\n"
    at(beside).send(sent(b"\nWeigh the mug.\n\n"))
    told = b"# Lessons\n\nBe kind.\n\n## From mug\n\n" + SIGN + b"\n\nWeigh the mug.\n"
    assert beside.proposed == {"memory/lessons.md": told}


def test_what_was_merged_and_its_branch_deleted_is_found_and_not_added_twice(beside: Beside) -> None:
    publisher = at(beside)
    publisher.send(sent(b"Weigh the mug.\n"))
    beside.files.update(beside.proposed)
    beside.branches.clear()
    assert publisher.look_up("key-a", "mug")
    assert publisher.send(sent(b"Weigh the mug.\n")) == "memory/lessons.md has it already, and nothing was proposed"
    assert beside.branches == {}


@example(before=b"\t", content=b"x")
@given(before=st.binary(max_size=60), content=st.binary(min_size=1, max_size=60))
def test_an_addition_is_added_once_and_takes_nothing_away(before: bytes, content: bytes) -> None:
    once = appended(before, sent(b""), content)
    assert appended(once, sent(b""), content) == once
    assert once.startswith(before.rstrip(b"\r\n"))


def test_replace_is_the_file_as_the_job_has_it(beside: Beside) -> None:
    beside.files["memory/style.md"] = b"old\n"
    at(beside, "memory/style.md", "replace").send(sent(b"new\n"))
    assert beside.proposed == {"memory/style.md": b"new\n"}


def test_create_makes_a_file_and_never_changes_one(beside: Beside) -> None:
    publisher = at(beside, "memory/", "create")
    publisher.send(sent(b"new\n", "notes/handles.md"))
    assert beside.proposed == {"memory/handles.md": b"new\n"}
    beside.branches.clear()
    beside.files["memory/lessons.md"] = b"another\n"
    assert refusal(publisher, sent(b"new\n")) == (
        "memory/lessons.md: the base has another file of that name already\n"
        "hint: let the job call its file otherwise, or say `mode: replace` for this publisher in orchestrator.yaml"
    )


def test_a_file_of_the_workspace_is_proposed_as_itself(beside: Beside) -> None:
    at(beside, "memory/style.md", "replace").send(sent(b"new\n", "/memory/style.md"))
    assert beside.sources == [("memory/style.md", b"new\n")]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b" \n", "lessons.md: it is empty"),
        (b"one\ntwo \xff\n", "lessons.md:2: it is no UTF-8 text"),
        ("one\ntwo\u200bthree\n".encode(), "lessons.md:2: U+200B (zero width space) hides from the eye"),
        ("one \u202edrow\n".encode(), "lessons.md:1: U+202E (right-to-left override) hides from the eye"),
        (b"one\n\x1b]52;c;aGk=\x07", "lessons.md:2: U+0007 hides from the eye"),
        (b"AKIA" + b"Q7ZL3MNP5RST2VWX" + b"\n", "lessons.md: it holds what looks like"),
    ],
)
def test_text_that_hides_something_or_holds_a_secret_is_not_proposed(
    beside: Beside, content: bytes, fault: str
) -> None:
    said = refusal(at(beside), sent(content))
    assert said.startswith(fault)
    assert b"Q7ZL3MNP5RST2VWX".decode() not in said
    assert "hint: mend lessons.md in the job, then retry: " in said
    assert beside.branches == {}


CODE, HTML = "fenced code opens", "HTML, such as a comment, opens"


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("one\n\n```\ntwo\n", 3, CODE),
        ("~~~\n```\n", 1, CODE),
        ("<!--\n```\n-->\n```\n-->\n", 4, CODE),
        ("<div>\n```\n\n```\n", 4, CODE),
        ("one\n\n<!-- two\n", 3, HTML),
        ("<!-- one --> <!-- two\n", 1, HTML),
        ("<div> <!-- one\n\ntwo\n", 1, HTML),
        ("- <!-- one\n", 1, HTML),
        ("<script>\n", 1, HTML),
        ("<?php one\n", 1, HTML),
    ],
)
def test_what_would_take_in_the_addition_of_the_next_job_is_not_appended(
    beside: Beside, content: str, line: int, what: str
) -> None:
    assert refusal(at(beside), sent(content.encode())) == (
        f"lessons.md:{line}: {what} here and is never closed, so that it takes in what is added below\n"
        "hint: mend lessons.md in the job, then retry: it is to stand in the prompts of other jobs"
    )
    assert beside.branches == {}
    at(beside, mode="replace").send(sent(content.encode()))


@pytest.mark.parametrize(
    "content",
    ["```\n<!--\n```\n", "<!-- one\ntwo -->\n", "- one\n  ```\n  two\n", "say `<!--`, or <!-- so\n", "> ```\n> one\n"],
)
def test_what_ends_by_itself_is_appended(beside: Beside, content: str) -> None:
    at(beside).send(sent(content.encode()))
    assert len(beside.branches) == 1


@pytest.mark.parametrize(
    "path", ["memory/../agents/x.md", "/agents/x.md", "//agents/x.md", "./agents/x.md", "agents//x.md"]
)
def test_no_path_leads_round_the_rule_that_people_define_jobs(beside: Beside, path: str) -> None:
    assert refusal(at(beside, path), sent(b"one\n")).startswith(f"{path}: must be a plain relative path")


def test_text_in_any_script_is_proposed(beside: Beside) -> None:
    at(beside).send(sent("می‌خواهم · नमस्ते · 👩‍🚀\r\n".encode()))
    assert len(beside.branches) == 1


def test_two_files_are_not_one_proposal(beside: Beside) -> None:
    two = Delivery("key-a", "mug", "Mug", "learn", "lessons", {"a.md": b"a\n", "b.md": b"b\n"})
    assert refusal(at(beside), two) == (
        "a.md, b.md: a proposal is of one file, and 2 were sent\nhint: name one file under `files` of step learn"
    )


def test_what_would_be_too_long_for_a_prompt_is_not_proposed(beside: Beside) -> None:
    beside.files["memory/lessons.md"] = b"a" * MOST_BYTES
    assert refusal(at(beside), sent(b"more\n")).startswith("memory/lessons.md: it would have more than 1 MB")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("AGENTS.md", "other programs take it for their configuration, so it is never an artifact"),
        ("lessons.yaml", "mode append is for Markdown, a file that ends in .md"),
    ],
)
def test_a_folder_takes_no_file_by_every_name(beside: Beside, name: str, fault: str) -> None:
    said = refusal(at(beside, "memory/"), sent(b"a: 1\n", name))
    assert said == f"memory/{name}: {fault}\nhint: let the job call its file otherwise"


def test_a_lost_race_is_an_effect_that_did_not_happen() -> None:
    class Lost(Beside):
        def propose(self, *args: object, **more: object) -> None:
            raise LostRace("refs/heads/memory/mug/learn moved meanwhile", hint="run the same command again")

    assert refusal(at(Lost()), sent(b"one\n")) == (
        "memory/lessons.md: it cannot be proposed: refs/heads/memory/mug/learn moved meanwhile\n"
        "hint: run the same command again"
    )


# --- the settings -----------------------------------------------------------------------------------------------------


def said_of(**keys: object) -> settings.Publisher:
    return settings.Publisher.model_validate({"kind": "proposal", **keys})


def test_the_kind_is_known_and_is_a_state(beside: Beside) -> None:
    assert "proposal" in kinds()
    assert not is_event(said_of())
    assert find(said_of(), root=None, proposals=beside) == Proposal("memory/", "append", beside)
    keys = said_of(path="/docs/style.md", mode="replace", requires="owner")
    assert find(keys, root=None, proposals=beside) == Proposal("docs/style.md", "replace", beside)


DEFINES = "what defines jobs is changed by people alone"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"path": ""}, "path: String should have at least 1 character"),
        ({"mode": "prepend"}, "mode: Input should be 'append', 'replace' or 'create'"),
        ({"paths": "memory/"}, "paths: Extra inputs are not permitted"),
        (
            {"path": "../lessons.md"},
            "path: '../lessons.md': must be a plain relative path, with no empty part, '.' or '..'",
        ),
        ({"path": "agents/writer.md"}, f"path: 'agents/writer.md': {DEFINES}"),
        ({"path": "Prompts/"}, f"path: 'Prompts/': {DEFINES}"),
        ({"path": "jobs/mug/brief.md"}, f"path: 'jobs/mug/brief.md': {DEFINES}"),
        (
            {"path": "orchestrator.yaml", "mode": "replace"},
            "path: 'orchestrator.yaml': it belongs to the orchestrator or to people, and no agent writes it",
        ),
        (
            {"path": ".github/", "mode": "create"},
            "path: '.github/': what begins with .git steers git or a forge, and is never an artifact",
        ),
        (
            {"path": "memory/lessons.yaml"},
            "path: 'memory/lessons.yaml': mode append is for Markdown, a file that ends in .md",
        ),
    ],
)
def test_settings_that_are_off_are_named(beside: Beside, keys: dict[str, object], message: str) -> None:
    with pytest.raises(WorkspaceError) as problem:
        find(said_of(**keys), root=None, proposals=beside)
    assert str(problem.value) == (
        f"orchestrator.yaml: a publisher of the kind proposal: {message}\n"
        "hint: it takes path (a file, or a folder with / at its end), mode (append, replace, create), requires"
    )


def test_without_a_repository_there_is_nothing_to_propose_to() -> None:
    with pytest.raises(WorkspaceError, match="there is no repository here that it could propose to"):
        find(said_of(), root=None)


def test_a_product_page_is_text_like_any_other(beside: Beside) -> None:
    at(beside).send(delivery())
    assert LISTING.strip() in beside.proposed["memory/lessons.md"]
