from dataclasses import replace

import pytest
from agent_cases import BRIEF, LISTING, fault, made, request

from orchestrator.agents import builtin
from orchestrator.agents.builtin import Builtin
from orchestrator.agents.interface import Answer
from orchestrator.agents.person import Person
from orchestrator.model.action import Fault
from orchestrator.model.finding import Finding, Severity


def test_asking_a_person_to_run_says_what_the_person_has_to_do() -> None:
    answer = Person().run(request("draft", {}))
    assert isinstance(answer, Fault)
    assert answer.message == "draft is done by a person: commit listing.md on job/candle"


def test_an_unknown_builtin_agent_is_named_with_those_that_are_known() -> None:
    answer = Builtin().run(request("draft", {}, builtin="product-listing.drafts"))
    assert isinstance(answer, Fault)
    assert answer.message == (
        "agents/maker.md: there is no builtin agent 'product-listing.drafts'; did you mean 'product-listing.draft'? "
        "known are: " + ", ".join(builtin.names())
    )
    assert (answer.is_transient, answer.agent, answer.backend) == (False, "maker", "builtin")


def test_an_agent_without_a_builtin_says_so() -> None:
    asked = request("draft", {})
    extras = asked.agent.extras.model_copy(update={"builtin": None})
    answer = Builtin().run(replace(asked, agent=asked.agent.model_copy(update={"extras": extras})))
    assert isinstance(answer, Fault)
    assert answer.message.startswith("agents/maker.md names no builtin agent, and no model plays the role")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "brief.md: the step reads no brief: add it to the step's `reads`, or write one"),
        (
            {"brief.md": " \n\n"},
            "brief.md: the brief is empty: say what the product is, what it costs and whom it is for",
        ),
        (
            {"brief.md": "---\n***\n"},
            "brief.md: nothing in it can be a title: begin it with '# ' and the product's name",
        ),
        (
            {"brief.md": b"\x00\x01"},
            "brief.md: it is no text file, so nothing was read from it: write the brief as Markdown",
        ),
        (
            {"brief.md": BRIEF, "sources/huge.csv": b"a,b\n" * 1_500_000},
            "sources/huge.csv: the file has 6.0 MB; the most is 5 MB: cut it to what matters, or leave it out",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_researched_is_a_fault_that_names_the_file_and_the_cause(
    files: dict[str, str | bytes], message: str
) -> None:
    assert fault("research", files) == message


def test_a_listing_without_any_price_to_go_by_is_a_fault() -> None:
    files: dict[str, str | bytes] = {"brief.md": "# Candle\n\nIt burns.\n"}
    files["research.md"] = made("research", files)["research.md"]
    assert fault("draft", files) == (
        "brief.md: it states no price, and the sources have none to go by: add a line 'price: …' with "
        "`orchestrator edit candle brief.md`"
    )


@pytest.mark.parametrize(
    ("step", "files", "message"),
    [
        ("draft", {"brief.md": BRIEF}, "research.md: the step does not read it: add it to the step's `reads`"),
        ("design", {"brief.md": BRIEF}, "listing.md: the step does not read it: add it to the step's `reads`"),
        (
            "design",
            {"brief.md": BRIEF, "listing.md": "no head"},
            "listing.md: its front matter has no title: begin the file with '---' and 'title: …'",
        ),
        (
            "polish",
            {"listing.md": LISTING, "design.svg": "<svg", "review.yaml": "findings: []\n"},
            "design.svg: line 1: not well-formed XML: unclosed token",
        ),
    ],
)
def test_a_file_that_is_missing_or_broken_is_a_fault(step: str, files: dict[str, str | bytes], message: str) -> None:
    assert fault(step, files) == message


def test_a_broken_review_is_a_fault_at_its_place() -> None:
    files: dict[str, str | bytes] = {
        "listing.md": LISTING,
        "design.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>',
        "review.yaml": "findings: []\napproved: true\n",
    }
    assert fault("polish", files).startswith("review.yaml:2:1: approved: unknown key")


def test_rework_leaves_out_the_line_that_the_gate_refused() -> None:
    files: dict[str, str | bytes] = {"brief.md": BRIEF + "\n## Promise\n\n- A miracle of light\n- Made in May\n"}
    files["research.md"] = made("research", files)["research.md"]
    first = made("draft", files)["listing.md"]
    line = first.split("\n").index("- A miracle of light") + 1
    refused = Finding(severity=Severity.MAJOR, message="“miracle”", file="listing.md", line=line)
    answer = Builtin().run(request("draft", files, findings=(refused,), failed={"listing.md": first.encode()}))
    assert isinstance(answer, Answer)
    assert answer.files["listing.md"].decode() == first.replace("- A miracle of light\n", "")
