"""The proofreader and the copy editor: what is wrong is found from commits.yaml alone, and mended line by line."""

import re
from collections.abc import Callable

import pytest
from release_cases import BOB, BOT, Told, fault, made, name, researched, walked

from orchestrator.documents.models import parse
from orchestrator.model.finding import Finding, ReviewFile, ReviewFinding, Severity

SHORT = [name(place)[:7] for place in range(20)]
COMMITS: tuple[Told | str, ...] = (
    Told("feat(clock)!: count from 0 (#3)", "BREAKING CHANGE: it began at 1.", by=BOB, new=(BOB[1],)),
    "feat: list the harbours (#4)",
    Told("fix: keep the last line", "Co-authored-by: Bob Harris <bob@example.com>"),
    Told("chore(deps): bump a from 1 to 2 (#5)", by=BOT),
    "perf: read once",
    Told('Revert "perf: read once"', f"This reverts commit {name(4)}."),
    *(f"fix: the {place}th of many" for place in range(6, 50)),
)
BREAK = f"- **clock:** Count from 0. It began at 1 (`{SHORT[0]}`, #3) by Bob Harris\n"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    found = researched(*COMMITS, brief="avoid: simply\n")
    for step in ("draft", "design"):
        found |= made(step, found)
    return found


def reviewed(files: dict[str, bytes]) -> tuple[ReviewFinding, ...]:
    return parse(made("validate", files)["review.yaml"], "review.yaml", ReviewFile).findings


def edited(files: dict[str, bytes], file: str, old: str, new: str) -> dict[str, bytes]:
    text = files[file].decode()
    assert old in text
    return {**files, file: text.replace(old, new, 1).encode()}


def mended(files: dict[str, bytes]) -> dict[str, bytes]:
    return {**files, **made("polish", {**files, **made("validate", files)})}


def test_what_the_builtin_agents_make_has_nothing_to_find(files: dict[str, bytes]) -> None:
    assert reviewed(files) == ()


WRONG: dict[str, tuple[str, str, str, str, str]] = {
    "a break left out": (
        "notes.md",
        BREAK,
        "",
        "critical",
        f"the breaking change `{SHORT[0]}` is not told as one: “Count from 0”",
    ),
    "a break told elsewhere": (
        "notes.md",
        "## Breaking changes",
        "## Changes",
        "critical",
        f"the breaking change `{SHORT[0]}` is not told as one: “Count from 0”",
    ),
    "a break in the CHANGELOG left out": (
        "changelog.md",
        "- **Breaking:** **clock:**",
        "- **clock:**",
        "critical",
        f"the breaking change `{SHORT[0]}` is not told as one: “Count from 0”",
    ),
    "a hash of no commit": (
        "notes.md",
        f"`{SHORT[1]}`",
        "`abc1234`",
        "critical",
        "“abc1234” is no commit of the range",
    ),
    "a hash of letters alone": (
        "notes.md",
        f"`{SHORT[1]}`",
        "`abcdefa`",
        "critical",
        "“abcdefa” is no commit of the range",
    ),
    "a linked hash": ("changelog.md", f"`{SHORT[1]}`", "[1234567]", "critical", "“1234567” is no commit of the range"),
    "a number of no pull request": ("notes.md", "#4)", "#44)", "critical", "“#44” is named by no commit of the range"),
    "another's pull request": (
        "notes.md",
        f"`{SHORT[1]}`, #4",
        f"`{SHORT[1]}`, #5",
        "critical",
        f"“`{SHORT[1]}`, #5” is not so: the commit is of another pull request, or of none",
    ),
    "an author of nothing": (
        "notes.md",
        "#4) by Ada Lovelace",
        "#4) by Eve",
        "critical",
        "“Eve” is no author of this change",
    ),
    "an author too many": (
        "notes.md",
        "#4) by Ada Lovelace",
        "#4) by Ada Lovelace and Bob Harris",
        "critical",
        "“Bob Harris” is no author of this change",
    ),
    "a stranger thanked": (
        "notes.md",
        "Thanks to Ada Lovelace",
        "Thanks to Eve, Ada Lovelace",
        "critical",
        "“Eve” wrote nothing of this, or is not in commits.yaml",
    ),
    "a newcomer who is none": (
        "notes.md",
        "- Bob Harris, with #3",
        "- Ada Lovelace, with #3",
        "critical",
        "“Ada Lovelace” contributed before, or is not in commits.yaml",
    ),
    "a sum": (
        "notes.md",
        "holds 50 commits",
        "holds 49 commits",
        "critical",
        "“49 commits” is not so; commits.yaml counts 50",
    ),
    "people": ("notes.md", "by 2 people", "by 3 people", "critical", "“3 people” is not so; commits.yaml counts 2"),
    "the rest of a list": (
        "notes.md",
        "and 5 more fixes",
        "and 6 more fixes",
        "major",
        "“6 more” is not so: 5 of the fixes are not listed",
    ),
    "an invented figure": (
        "notes.md",
        "\n## Thanks",
        "\nIt is 900 times as fast.\n\n## Thanks",
        "critical",
        "the figure “900” does not stand in commits.yaml",
    ),
    "what was undone": (
        "notes.md",
        "## Fixes\n\n",
        f"## Fixes\n\n- Read once (`{SHORT[4]}`) by Ada Lovelace\n",
        "critical",
        f"“{SHORT[4]}” is not in the release: it and another commit of the range undo one another",
    ),
    "the version": (
        "notes.md",
        'version: "1.1"',
        'version: "1.0"',
        "critical",
        "the front matter's version is “1.0”; by commits.yaml it is “1.1”",
    ),
    "the date": (
        "notes.md",
        'date: "2026-02-19"',
        'date: "2026-01-05"',
        "critical",
        "the front matter's date is “2026-01-05”; by commits.yaml it is “2026-02-19”",
    ),
    "the heading": (
        "changelog.md",
        "## [1.1] - 2026-02-19",
        "## [1.0] - 2026-02-19",
        "critical",
        "the section's heading is “## [1.0] - 2026-02-19”; by commits.yaml it is “## [1.1] - 2026-02-19”",
    ),
    "a word to avoid": (
        "notes.md",
        "- List the harbours",
        "- Simply list the harbours",
        "major",
        "“simply” is among the words that the brief says to avoid",
    ),
    "a full stop": (
        "notes.md",
        "List the harbours (",
        "List the harbours. (",
        "minor",
        "“List the harbours.” ends in a full stop, as a heading does not",
    ),
    "no imperative": (
        "changelog.md",
        "- List the",
        "- Added the",
        "minor",
        "“Added the harbours” is not in the imperative",
    ),
    "the chart's figure": (
        "chart.svg",
        ">50<",
        ">77<",
        "critical",
        "the figure “77” in the chart does not stand in commits.yaml",
    ),
    "the chart's bars": (
        "chart.svg",
        'data-commits="1"',
        'data-commits="3"',
        "critical",
        "the bars show 52 commits; commits.yaml counts 50",
    ),
    "the chart's title": ("chart.svg", ">tide 1.1</text>", ">tide</text>", "", ""),
    "a chart of another release": (
        "chart.svg",
        ">tide 1.1</text>",
        ">moon 1.1</text>",
        "major",
        "the chart does not bear the release's title, “tide 1.1”",
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_found_and_mended(files: dict[str, bytes], case: tuple[str, str, str, str, str]) -> None:
    file, old, new, severity, message = case
    spoilt = edited(files, file, old, new)
    said = [(found.severity.value, found.file, found.message.split("; the nearest")[0]) for found in reviewed(spoilt)]
    assert (severity, file, message) in said or not message
    again = reviewed(mended(spoilt))
    assert [found for found in again if found.severity in (Severity.CRITICAL, Severity.MAJOR)] == []


@pytest.mark.parametrize(
    "case", ["a hash of no commit", "a break left out", "a full stop", "a sum", "an author of nothing"]
)
def test_mending_touches_only_the_lines_that_are_named(files: dict[str, bytes], case: str) -> None:
    file, old, new, _, _ = WRONG[case]
    spoilt = edited(files, file, old, new)
    before, after = spoilt[file].decode().split("\n"), mended(spoilt)[file].decode().split("\n")
    assert len(set(before) ^ set(after)) <= 3


def test_a_break_that_was_left_out_is_put_in_where_there_is_no_such_section(files: dict[str, bytes]) -> None:
    spoilt = edited(files, "notes.md", f"## Breaking changes\n\n{BREAK}\n", "")
    assert mended(spoilt)["notes.md"] == files["notes.md"]


@pytest.mark.parametrize("count", [3, 41])
def test_a_new_person_whose_work_was_undone_is_named_and_no_cancelled_commit_is(count: int) -> None:
    people = [(f"Person {n:02}", f"p{n}@example.com") for n in range(count)]
    commits = [Told(f"feat: piece {n}", by=each, new=(each[1],)) for n, each in enumerate(people)]
    undone = Told('Revert "feat: piece 1"', f"This reverts commit {name(1)}.")
    files = walked(*commits, undone)
    notes = files["notes.md"].decode()
    section = notes.partition("## New contributors\n\n")[2].partition("\n\n")[0]
    assert [each for each, _ in people if each not in section] == []
    assert [n for n in range(count) if f"`{name(n)[:7]}`" not in section] == [1]
    assert f"{count} of them for the first time" in notes
    for file in ("review.yaml", "recheck.yaml"):
        assert [each for each in parse(files[file], file, ReviewFile).findings if each.severity != "minor"] == []


def test_nothing_found_changes_nothing(files: dict[str, bytes]) -> None:
    assert mended(files) == files


def test_a_finding_that_came_with_the_request_is_mended_too(files: dict[str, bytes]) -> None:
    line = next(n for n, text in enumerate(files["notes.md"].decode().split("\n"), start=1) if "List the" in text)
    finding = Finding(
        severity=Severity.MAJOR,
        message="“List the harbours” is short",
        file="notes.md",
        line=line,
        suggestion="write “Name the ports”",
    )
    polished = made("polish", {**files, "review.yaml": b"findings: []\n"}, findings=(finding,))
    assert f"- Name the ports (`{SHORT[1]}`" in polished["notes.md"].decode()


def test_a_finding_that_says_nothing_to_do_is_left_for_a_person(files: dict[str, bytes]) -> None:
    review = b"findings:\n  - {severity: major, file: notes.md, line: 10, message: it is dull}\n"
    assert made("polish", {**files, "review.yaml": review})["notes.md"] == files["notes.md"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda files: {path: content for path, content in files.items() if path != "notes.md"},
            "notes.md: the step does not read it",
        ),
        (lambda files: {**files, "commits.yaml": b"no: record\n"}, "commits.yaml: repository: Field required"),
    ],
)
def test_a_file_that_is_lacking_or_broken_stops_the_review(
    files: dict[str, bytes], spoil: Callable[[dict[str, bytes]], dict[str, bytes]], said: str
) -> None:
    assert fault("validate", spoil(files)).startswith(said)


def test_front_matter_that_is_none_is_a_finding(files: dict[str, bytes]) -> None:
    spoilt = edited(files, "notes.md", "---\ntitle", "---\n[title")
    found = reviewed(spoilt)[0]
    assert (found.severity, found.file, found.line) == (Severity.CRITICAL, "notes.md", 1)


def test_a_page_of_another_manner_is_judged_by_the_same_rules(files: dict[str, bytes]) -> None:
    page = re.sub(r"(?s)\n\*\*1\.1\*\*.*", "", files["notes.md"].decode())
    own = f"""{page}
Fifty changes. See commit {name(0)} and #3.

## Breaking changes

* The clock counts from 0 ({SHORT[0]}).
"""
    assert reviewed({**files, "notes.md": own.encode()}) == ()
