import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.model.names import TRAILER_VALUE
from orchestrator.trailers import format_message, parse, subject

PAIRS = [("Job", "mug"), ("Seq", "3"), ("Inputs-Tree", "0" * 40)]


def what_git_reads(message: str, folder: Path) -> list[str]:
    run = subprocess.run(
        ["git", "interpret-trailers", "--parse", "--no-divider"],
        input=message.encode("utf-8", "surrogatepass"),
        capture_output=True,
        check=True,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
    )
    return run.stdout.decode("utf-8", "surrogatepass").split("\n")[:-1]


def test_a_message_has_its_three_parts() -> None:
    body = "Wrote listing.md.\n\n- words: pass (210)\n- sections: pass\nsections: fail"
    assert (
        format_message("mug: draft passed", body, PAIRS)
        == f"""mug: draft passed

Wrote listing.md.

- words: pass (210)
- sections: pass
  sections: fail

Job: mug
Seq: 3
Inputs-Tree: {"0" * 40}
"""
    )


def test_the_subject_is_one_line_of_at_most_72_characters() -> None:
    message = format_message("a\nSeq: 9\r\n\u2028b\x1b[0m \u202ec" + "x" * 100, "", [])
    assert message == "a Seq: 9 b [0m c" + "x" * 55 + "…\n"
    assert len(subject(message)) == 72


def test_lines_are_wrapped_and_items_hang() -> None:
    message = format_message("s", "- " + "word " * 20 + "\n\n\n\n    code  here\t\n", [])
    assert message == "s\n\n- " + "word " * 12 + "word\n  " + "word " * 6 + "word\n\n    code  here\n"


@pytest.mark.parametrize(
    "line", ["Seq: 9", "seq : 9", "Signed-off-by: x", "(cherry picked from commit 1)", "---", "# x"]
)
def test_no_line_of_the_body_speaks_to_git(line: str) -> None:
    assert format_message("s", line, [("Job", "a")]) == f"s\n\n  {line}\n\nJob: a\n"


@pytest.mark.parametrize("value", ["", "a b", "a\nSeq: 9", "a\r", "é", "x" * 201, "a\u2028b"])
def test_a_value_that_is_none_by_the_rule_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="is no value of a trailer"):
        format_message("s", "", [("Job", value)])


@pytest.mark.parametrize("pairs", [[("A b", "x")], [("", "x")], [("Job", "a"), ("job", "b")], [("Job\nX", "a")]])
def test_a_key_that_is_none_or_stands_twice_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="is no name of a trailer, or is there twice"):
        format_message("s", "", pairs)


def test_a_message_needs_a_subject() -> None:
    with pytest.raises(ValueError, match="needs a subject"):
        format_message(" \n\u2028", "x", [])


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("s\n\nJob: a\nSeq: 1\n", {"Job": "a", "Seq": "1"}),
        ("s\n\nJob: a\n\n \n\r\n", {"Job": "a"}),
        ("s\n\nJob: old\n\nJob: a\n", {"Job": "a"}),
        ("s\nJob: a\n", {}),
        ("Job: a\n", {}),
        ("\n\nJob: a\n", {}),
        ("s\n\nJob: a\nJob: a\nSeq: 1\n", {"Seq": "1"}),
        ("s\n\nJob: a\njob: b\nSeq: 1\n", {"Seq": "1"}),
        ("s\n\nJob: a\nJob: b c\n", {}),
        ("s\n\nglued above\nJob: a\n(cherry picked from commit 1)\nSigned-off-by: A <a@b.c>\n", {"Job": "a"}),
        ("s\n\nJob: a\r\nSeq: 1\x0bJob: b\nStep: x\u2028Outcome: passed\nBase: c\x0c\n", {}),
        ("s\n\n Job: a\nJob:a\nSeq: 1\n", {"Seq": "1"}),
        ("", {}),
    ],
)
def test_trailers_are_read_from_the_last_paragraph_only(message: str, found: dict[str, str]) -> None:
    assert parse(message) == found


NASTY = st.text(
    st.sampled_from(list("ab: -#\n\r\x0b\x0c\u2028\u2029\x85\t\x1b\x00Job:Seq"))
    | st.characters(exclude_categories=["Cs"]),
    max_size=120,
)
VALUES = st.from_regex(TRAILER_VALUE, fullmatch=True)


@settings(max_examples=300, deadline=None)
@given(NASTY, NASTY, VALUES, VALUES)
def test_whatever_stands_above_our_trailers_are_read_as_written(head: str, body: str, job: str, seq: str) -> None:
    message = format_message("x" + head, body, [("Job", job), ("Seq", seq)])
    assert parse(message) == {"Job": job, "Seq": seq}
    assert all(len(line) <= 72 for line in message.split("\n\n")[0].split("\n"))
    assert subject(message) == message.split("\n")[0]


@settings(max_examples=300, deadline=None)
@given(NASTY)
def test_a_body_alone_holds_no_trailer(body: str) -> None:
    assert parse(format_message("s", body, [])) == {}


BODIES = [
    "Seq: 9",
    "a\n\nSeq: 9\nJob: x",
    "a\rSeq: 9",
    "a\u2028Seq: 9",
    "Seq: 9\n  more",
    "---\nSeq: 9",
    "x" * 300 + ": y",
    "Signed-off-by: a\n(cherry picked from commit 1)",
    "\x0c\n\x0bSeq: 9\x0b",
]


@pytest.mark.parametrize("body", BODIES)
def test_git_reads_the_same_trailers(body: str, tmp_path: Path) -> None:
    assert what_git_reads(format_message("s", body, PAIRS), tmp_path) == [f"{key}: {value}" for key, value in PAIRS]
    assert what_git_reads(format_message("s", body, []), tmp_path) == []


@settings(max_examples=20, deadline=None)
@given(NASTY)
def test_git_reads_the_same_trailers_under_any_text(body: str) -> None:
    message = format_message("s", body, PAIRS)
    assert what_git_reads(message, Path("/")) == [f"{key}: {value}" for key, value in PAIRS]
