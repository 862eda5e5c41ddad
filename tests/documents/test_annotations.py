"""Workflow commands of GitHub Actions: one a finding, at most fifty, and nothing in them ends one or begins another."""

import re
from urllib.parse import unquote

import pytest
from report_cases import EMPTY, HOSTILE, MIXED, found, judged, report

from orchestrator.documents.reports import Report
from orchestrator.documents.reports.annotations import MOST, annotations

_COMMAND = re.compile(r"::(error|warning|notice) (?:file=([^,:]*),)?(?:line=(\d+),)?title=([^,:]*)::([^\n\r]*)")


def many(count: int) -> Report:
    return report(judged("words", "fail", *(found("minor", f"n{n}", "a.md", n + 1) for n in range(count))))


def test_each_finding_is_a_command_of_its_level() -> None:
    assert annotations(MIXED) == [
        "::error file=docs/a b.md,title=words::the file is not there%0Awrite it",
        "::error file=README.md,title=words::the text has 12 words",
        "::warning file=README.md,line=14,title=words::a long sentence",
        "::notice file=README.md,line=3,title=words::one more word",
        "::error file=README.md,line=7,title=markdown/heading_order::headings leave level 2 out",
        "::error title=links::the check could not run: it needs a library",
        "::error title=image::the step wrote no .png file to judge",
    ]


def test_a_gate_that_says_nothing_says_nothing() -> None:
    assert annotations(EMPTY) == []


def test_what_would_end_a_command_or_a_property_is_escaped() -> None:
    said = report(judged("words", "fail", found("major", "50 %, a: b\r\nnext", "a:b,c%d\n.md", 1)))
    assert annotations(said) == [
        "::error file=a%3Ab%2Cc%25d%0A.md,line=1,title=words::50 %25, a: b%0D%0Anext",
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_stays_within_its_command_and_is_kept_whole(text: str) -> None:
    said = report(judged("words", "fail", found("major", "x", "x").model_copy(update={"message": text, "file": text})))
    (line,) = annotations(said)
    read = _COMMAND.fullmatch(line)
    assert read
    assert (unquote(read[2]), unquote(read[5])) == (text, text)


def test_a_file_of_the_workspace_is_named_without_its_slash() -> None:
    assert annotations(report(judged("words", "fail", found("major", "x", "/memory/a.md")))) == [
        "::error file=memory/a.md,title=words::x"
    ]


@pytest.mark.parametrize(("count", "most"), [(49, 50), (50, 50), (3, 3), (50, 1_000), (2, 7)])
def test_as_many_as_may_be_are_all_told(count: int, most: int) -> None:
    lines = annotations(many(count), most)
    assert len(lines) == count
    assert lines[-1].endswith(f"n{count - 1}")


@pytest.mark.parametrize(("count", "most", "told"), [(51, 50, 49), (52, 60, 49), (4, 3, 2), (1_000, 50, 49), (2, 1, 0)])
def test_of_more_the_last_command_says_how_many_are_left_out(count: int, most: int, told: int) -> None:
    lines = annotations(many(count), most)
    assert len(lines) == min(most, MOST) == told + 1
    assert lines[-1] == f"::notice title=orchestrator::and {count - told} findings more of gate.yaml"
    assert lines[:-1] == annotations(many(told))


def test_the_worst_are_told_and_the_rest_counted() -> None:
    said = report(judged("a", "fail", found("minor", "m"), found("info", "i"), found("critical", "c")))
    assert annotations(said, 2) == [
        "::error title=a::c",
        "::notice title=orchestrator::and 2 findings more of gate.yaml",
    ]
