"""The chronicler and the chartist: notes, CHANGELOG and chart, from the record alone."""

from itertools import pairwise

import pytest
from release_cases import BOB, BOT, DAY, Told, fault, made, name, researched

from orchestrator.agents.builtin.release_notes.chart import fitted, fitted_path, inked
from orchestrator.agents.builtin.release_notes.marked import in_cell, marked
from orchestrator.agents.builtin.release_notes.wording import bettered, shortened
from orchestrator.content import drawing as drawings
from orchestrator.content import svg as shapes
from orchestrator.content import typeface
from orchestrator.content.color import READABLE
from orchestrator.content.raster import png_size

SHORT = [name(place)[:7] for place in range(20)]


def written(*commits: Told | str, brief: str = "", **header: object) -> tuple[str, str]:
    files = made("draft", researched(*commits, brief=brief, **header))
    return files["notes.md"].decode(), files["changelog.md"].decode()


COMMITS = (
    Told("feat(clock)!: count from 0 (#3)", "BREAKING CHANGE: it began at 1.", by=BOB, new=(BOB[1],)),
    "feat: list the harbours (#4)",
    Told("fix: keep the last line", "Co-authored-by: Bob Harris <bob@example.com>"),
    Told("chore(deps): bump a from 1 to 2 (#5)", by=BOT),
    "perf: read once",
    Told('Revert "perf: read once"', f"This reverts commit {name(4)}."),
    "docs: say how",
)


def test_the_notes_of_a_release_are_these() -> None:
    notes, changelog = written(*COMMITS)
    assert (
        notes
        == f"""---
title: "tide 1.1"
version: "1.1"
date: "2026-01-07"
description: "5 changes by 2 people: 1 breaking change, 1 feature and 1 fix."
tags: ["tide", "release notes", "breaking changes"]
---

**1.1** of 7 January 2026 holds 7 commits since v1.0 of 2 December 2025, by 2 people, 1 of them for the first time. It \
brings 1 feature and 1 fix. Beside that, 1 change breaks what users may rely on; read it first.

## Breaking changes

- **clock:** Count from 0. It began at 1 (`{SHORT[0]}`, #3) by Bob Harris

## Features

- List the harbours (`{SHORT[1]}`, #4) by Ada Lovelace

## Fixes

- Keep the last line (`{SHORT[2]}`) by Ada Lovelace and Bob Harris

## Documentation

- Say how (`{SHORT[6]}`) by Ada Lovelace

## Dependencies

- 1 update of a dependency, by dependabot\\[bot]

## Made and taken back

- Read once (`{SHORT[4]}`), undone by `{SHORT[5]}`

## New contributors

- Bob Harris, with #3

## Thanks

Thanks to Ada Lovelace and Bob Harris.
"""
    )
    assert (
        changelog
        == f"""## [1.1] - 2026-01-07

### Changed

- **Breaking:** **clock:** Count from 0. It began at 1 (`{SHORT[0]}`, #3)

### Added

- List the harbours (`{SHORT[1]}`, #4)

### Fixed

- Keep the last line (`{SHORT[2]}`)
"""
    )


def test_long_lists_are_cut_and_say_by_how_much_but_breaking_ones_never() -> None:
    notes, changelog = written(
        *(f"feat: one {place}" for place in range(45)), *(f"fix!: two {place}" for place in range(60))
    )
    assert notes.count("\n- One ") == 40
    assert "- … and 5 more features\n" in notes
    assert notes.count("\n- Two ") == 60
    assert changelog.count("\n- **Breaking:** Two ") == 60
    assert "- … and 5 more features\n" in changelog


def test_a_break_is_told_once_with_the_commits_that_say_no_more_and_once_for_each_that_does() -> None:
    notes, changelog = written(
        "Begin",
        Told("feat!: drop A", by=BOB, parents=(name(0),)),
        Told("feat!: rename B to C", by=BOB),
        Told("Merge pull request #7 from bob/it", "feat!: drop A", parents=(name(0), name(2))),
        Told("feat!: drop A (#7)", parents=(name(3),)),
    )
    assert (
        f"## Breaking changes\n\n- Rename B to C (`{SHORT[2]}`) by Bob Harris\n"
        f"- Drop A (`{SHORT[3]}`, #7, `{SHORT[1]}`, `{SHORT[4]}`, #7) by Bob Harris and Ada Lovelace\n"
    ) in notes
    assert f"- **Breaking:** Drop A (`{SHORT[3]}`, #7, `{SHORT[1]}`, `{SHORT[4]}`, #7)\n" in changelog
    assert "2 changes break what users may rely on" in notes


def test_changes_told_in_the_same_words_share_a_line() -> None:
    notes, _ = written("fix: the skill", "fix: the skill")
    assert f"- The skill (`{SHORT[0]}`, `{SHORT[1]}`) by Ada Lovelace\n" in notes


def test_what_the_brief_leaves_out_is_not_told_but_a_break_is() -> None:
    notes, changelog = written("docs: a page", "docs!: the other page", "fix: it", brief="leave out: docs, fixes\n")
    assert "## Documentation" not in notes
    assert "## Fixes" not in notes
    assert "The other page" in notes
    assert "### Fixed" not in changelog


def test_highlights_of_the_brief_come_first() -> None:
    notes, _ = written("fix: it", brief="# Brief\n\ntitle: The tide\n\n## Highlights\n\n- A clock <b>that</b> ticks\n")
    assert "## Highlights\n\n- A clock \\<b>that\\</b> ticks\n" in notes
    assert 'title: "The tide"' in notes


def test_a_first_release_has_no_last_one_and_no_newcomers() -> None:
    first = Told("Begin", parents=(), new=("ada@example.com",))
    notes, _ = written(first, brief="", **{"from": None, "from_name": None, "since": None})
    assert "**1.1** of 1 January 2026 holds 1 commit, by 1 person. No commit says that it breaks anything." in notes
    assert "New contributors" not in notes


def test_a_range_without_a_change_for_users_says_so() -> None:
    notes, changelog = written("Merge branch 'x'")
    assert "holds 1 commit" in notes
    assert changelog == "## [1.1] - 2026-01-01\n\n### Changed\n\n- No change that users would notice.\n"


def test_a_branch_is_no_release() -> None:
    notes, changelog = written("fix: it", to_name="HEAD")
    assert 'title: "tide Unreleased"' in notes
    assert changelog.startswith("## [Unreleased] - 2026-01-01\n")


def test_a_record_of_another_form_is_refused() -> None:
    assert fault("draft", {"commits.yaml": b"commits: []\n"}).startswith("commits.yaml: repository: Field required")


# --- Markdown --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`a | b` and *c*", "`a | b` and \\*c\\*"),
        ("<script>alert(1)</script>", "\\<script>alert(1)\\</script>"),
        ("[x](javascript:y) ![z](u)", "\\[x](javascript:y) \\!\\[z](u)"),
        ("snake_case and _this_", "snake_case and \\_this\\_"),
        ("a ` alone", "a \\` alone"),
        ("&lt;b&gt; &c", "\\&lt;b\\&gt; &c"),
        ("# no heading", "\\# no heading"),
        ("1. no list", "1\\. no list"),
        ("- no list", "\\- no list"),
        ("--quiet", "--quiet"),
        ("see https://evil.example", "see https\\://evil.example"),
        ("a \\ b", "a \\\\ b"),
        ("fix README.md:12 and [a.md:3]", "fix README.md and \\[a.md]"),
        ('an "open quote', "an 'open quote"),
        ('a "whole one" here', 'a "whole one" here'),
    ],
)
def test_strangers_words_are_shown_and_do_nothing(text: str, shown: str) -> None:
    assert marked(text) == shown


def test_a_cell_ends_at_no_bar() -> None:
    assert in_cell("a | `b|c`") == "a \\| \\`b\\|c\\`"


@pytest.mark.parametrize(
    ("words", "better"),
    [
        ("Added a clock.", "Add a clock"),
        ("Fixes the hour", "Fix the hour"),
        ("Fixes for the hour", "Fixes for the hour"),
        ("Use it, etc.", "Use it, etc."),
        ("fixup! Add a clock", "Add a clock"),
        ("Hide the bar #26.", "Hide the bar"),
        ("Reconcile #1 and #2", "Reconcile #1 and #2"),
        ("Add a clock", "Add a clock"),
        ("Add " + "word " * 30 + "end", "Add " + "word " * 20 + "word …"),
        ("Add a list of all harbours that the table of tides knows, with their names, " + "places " * 10, None),
    ],
)
def test_words_are_made_plainer_and_no_others(words: str, better: str | None) -> None:
    assert bettered(words) == (better or "Add a list of all harbours that the table of tides knows, with their names")
    assert bettered(bettered(words)) == bettered(words)


def test_words_are_never_cut_within_code() -> None:
    assert shortened("Add `" + "code " * 40 + "`") == "Add …"


# --- the chart -------------------------------------------------------------------------------------------------------


def charted(*commits: Told | str, brief: str = "", **header: object) -> tuple[bytes, bytes]:
    files = made("design", researched(*commits, brief=brief, **header))
    return files["chart.svg"], files["chart.png"]


SHAPES = {
    "one commit": (Told("Begin"),),
    "nothing touched": (Told("Begin", files=()),),
    "one day": tuple(Told(f"feat: {place}", date=1_767_258_000 + place * 60) for place in range(40)),
    "ten years": tuple(Told(f"fix: {place}", date=1_400_000_000 + place * 40 * DAY) for place in range(90)),
    "long names": (Told("Begin", files=tuple(f"{'a long folder name ' * 4}{place}/x.py" for place in range(12))),),
    "many scripts": (Told("Begin", files=("مجلد/x", "папка/x", "フォルダ/x", "📁/x", "Straße/x")),),
    "many": tuple(
        Told(f"{kind}: {place}") for place in range(60) for kind in ("feat", "fix", "docs", "chore", "deps", "perf")
    ),
    "clocks gone wrong": (
        *(Told(f"feat: {place}") for place in range(60)),
        Told("fix: old", date=0),
        Told("fix: new", date=10**11),
    ),
}


@pytest.mark.parametrize("commits", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("project", ["tide", "潮汐 with quite a long name of many words, and then some more"])
def test_a_chart_of_any_history_can_be_read(commits: tuple[Told, ...], project: str) -> None:
    svg, png = charted(*commits, repository=project)
    assert drawings.overflows(svg) == ()
    assert [each.text for each in drawings.contrasts(svg) if each.ratio < (7 if each.size < 24 else READABLE)] == []
    assert [each.text for each in drawings.texts(svg) if typeface.lacking(each.text)] == []
    assert png_size(png).width == 1600


@pytest.mark.parametrize("commits", SHAPES.values(), ids=SHAPES)
def test_no_two_texts_of_a_chart_overlap(commits: tuple[Told, ...]) -> None:
    texts = sorted(drawings.texts(charted(*commits)[0]), key=lambda each: (round(each.box.top), each.box.left))
    rows = [(one, other) for one, other in pairwise(texts) if round(one.box.top) == round(other.box.top)]
    assert [(one.text, other.text) for one, other in rows if one.box.right > other.box.left] == []


def test_the_bars_hold_every_commit_but_merges() -> None:
    svg, _ = charted(*COMMITS, Told("Merge branch 'x'", parents=(name(6), name(0))))
    bars = [each.attributes["data-commits"] for each in shapes.parse(svg).walk() if "data-commits" in each.attributes]
    assert sum(map(int, bars)) == 7


def test_the_accent_of_the_brief_colours_the_figures_as_far_as_they_can_be_read() -> None:
    svg, _ = charted("feat: it", brief="accent: #ffee00\n")
    assert b"#1f5fa8" in svg
    assert b'fill="#827900"' in svg or b"#ffee00" not in svg


def test_a_text_that_the_typeface_lacks_is_dotted_and_a_long_one_cut() -> None:
    assert inked("潮汐 1.0") == "… 1.0"
    assert fitted("a very long name", 20, 80) == "a very…"


def test_a_long_path_loses_whole_folders_first() -> None:
    path = "packages/conventional-changelog-writer"
    assert fitted_path(path, (20, 18), 400) == (path, 20)
    assert fitted_path(path, (20, 18), 355) == (path, 18)
    assert fitted_path(path, (20, 18), 320) == ("…/conventional-changelog-writer", 20)
    assert fitted_path(path, (20, 18), 120) == ("…gelog-writer", 18)


@pytest.mark.parametrize("months", [3, 11, 38, 57])
def test_every_label_of_the_time_stands_under_the_middle_of_its_bar(months: int) -> None:
    svg, _ = charted(*(Told(f"fix: {place}", date=1_600_000_000 + place * 30 * DAY) for place in range(months)))
    labels = [
        float(each.attributes["x"])
        for each in shapes.parse(svg).walk()
        if each.attributes.get("text-anchor") == "middle" and each.attributes.get("data-role") == "tick"
    ]
    gaps = [round(after - before) for before, after in pairwise(labels)]
    assert max(gaps) - min(gaps) <= 1
