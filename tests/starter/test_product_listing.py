"""The starter's pipeline from research to revalidate, with its own builtin agents, admission and gates.

`python tests/starter/test_product_listing.py` writes the golden page anew, where a change is meant; read it in review.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from orchestrator import gates
from orchestrator.agents.admission import admit
from orchestrator.agents.builtin import Builtin
from orchestrator.agents.interface import Answer, Request
from orchestrator.documents.agents import parse_agent
from orchestrator.documents.models import parse
from orchestrator.gates import Material
from orchestrator.model.action import Fault, Route
from orchestrator.model.finding import ReviewFile, Verdict
from orchestrator.model.patterns import matches, matches_any
from orchestrator.model.pipeline import Pipeline, Step, StepKind

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "jobs/templates/product-listing"

Files = dict[str, bytes]


GOLDEN = Path(__file__).parent / "harbour-mug.md"


def pipeline() -> Pipeline:
    return parse((TEMPLATE / "pipeline.yaml").read_text(), "pipeline.yaml", Pipeline)


def template_files() -> Files:
    paths = (path for path in sorted(TEMPLATE.rglob("*")) if path.is_file() and path.suffix != ".yaml")
    return {path.relative_to(TEMPLATE).as_posix(): path.read_bytes() for path in paths}


def run_step(name: str, step: Step, files: Mapping[str, bytes]) -> Answer | Fault:
    agent = parse_agent((ROOT / f"agents/{step.agent}.md").read_text(), f"{step.agent}.md")
    reads = {path: content for path, content in files.items() if matches_any(step.reads, path)}
    request = Request("mug", "Harbour mug", name, 1, agent, "", Route("builtin", "free"), step.writes, reads)
    return Builtin().run(request)


def judged(step: Step, files: Mapping[str, bytes], made: Mapping[str, bytes]) -> dict[str, Verdict]:
    before = {path: files[path] for path in made if path in files and matches_any(step.reads, path)}
    material = Material({**files, **made}, tuple(made), before)
    return {result.name: result.verdict for result in gates.judge(step.gate, material)}


def walk(files: Files) -> Iterator[tuple[str, dict[str, Verdict]]]:
    """Run the agents' steps one after the other, adding to `files`; yield each step's verdicts."""
    for name, step in pipeline().steps.items():
        if step.kind is not StepKind.AGENT:
            continue
        answer = run_step(name, step, files)
        assert isinstance(answer, Answer), answer
        admitted = admit(answer.files, step.writes, matches)
        assert admitted.refused == ()
        assert set(admitted.files) == set(step.writes)
        verdicts = judged(step, files, admitted.files)
        files.update(admitted.files)
        yield name, verdicts


@pytest.fixture(scope="module")
def starter() -> tuple[Files, dict[str, dict[str, Verdict]]]:
    files = template_files()
    return files, dict(walk(files))


def test_every_gate_of_the_starter_passes_at_the_first_attempt(
    starter: tuple[Files, dict[str, dict[str, Verdict]]],
) -> None:
    failed = {
        step: {name for name, verdict in checks.items() if verdict is not Verdict.PASS}
        for step, checks in starter[1].items()
    }
    assert failed == {name: set() for name in ("research", "draft", "design", "validate", "polish", "revalidate")}


def test_the_review_finds_what_is_wrong_and_the_recheck_finds_it_mended(
    starter: tuple[Files, dict[str, dict[str, Verdict]]],
) -> None:
    review = parse(starter[0]["review.yaml"].decode(), "review.yaml", ReviewFile)
    assert [(finding.severity.value, finding.file, finding.message) for finding in review.findings] == [
        ("major", "listing.md", "the title has 85 characters; lists cut it after 60"),
        ("major", "listing.md", "“perfect” is among the words that the brief says to avoid"),
        (
            "minor",
            "design.svg",
            "“STONEWARE MUG · HANDMADE · GIFT” has a contrast of 4.6 (#1c7e72 on #f3f9f8); text of 21 units needs 7",
        ),
    ]
    assert starter[0]["recheck.yaml"] == b"findings: []\n"


def test_the_polished_listing_is_this_one(starter: tuple[Files, dict[str, dict[str, Verdict]]]) -> None:
    assert starter[0]["listing.md"].decode() == GOLDEN.read_text()


def test_the_same_files_are_made_each_time(starter: tuple[Files, dict[str, dict[str, Verdict]]]) -> None:
    files = template_files()
    assert [name for name, _ in walk(files)] == list(starter[1])
    assert files == starter[0]


def test_a_person_who_asks_for_another_price_gets_it_everywhere() -> None:
    files = template_files()
    files["brief.md"] = files["brief.md"].replace("€34".encode(), "€36.50".encode())
    failed = [(step, name) for step, checks in walk(files) for name, verdict in checks.items() if verdict != "pass"]
    assert failed == []
    assert b'price: "\xe2\x82\xac36.50"' in files["listing.md"]
    assert "€36.50</text>" in files["design.svg"].decode()


if __name__ == "__main__":
    made = template_files()
    list(walk(made))
    GOLDEN.write_bytes(made["listing.md"])
