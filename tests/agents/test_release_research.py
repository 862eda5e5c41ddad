"""The historian: what commits say, in whichever convention, and how they belong together."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from release_cases import (
    ADA,
    BASE,
    BOB,
    BOT,
    DAY,
    HISTORY,
    Told,
    change_of,
    fault,
    history,
    made,
    name,
    record_of,
    researched,
)

from orchestrator.agents.builtin.release_notes.kinds import Kind
from orchestrator.agents.builtin.release_notes.names import release_named
from orchestrator.agents.builtin.release_notes.record import breaking_of, read_record
from orchestrator.documents import yaml


@pytest.mark.parametrize(
    ("subject", "kind", "scope", "title"),
    [
        ("feat: read the tide", "feature", None, "Read the tide"),
        ("fix(parser): keep the last line", "fix", "parser", "Keep the last line"),
        ("perf(core)!: read once", "performance", "core", "Read once"),
        ("docs: say how", "documentation", None, "Say how"),
        ("chore(deps): bump a from 1 to 2", "dependencies", "deps", "Bump a from 1 to 2"),
        ("chore(release): 1.2.3", "release", "release", "1.2.3"),
        ("refactor(a, b, c): one of three", "maintenance", "a, b …", "One of three"),
        ("✨ feat: a star", "feature", None, "A star"),
        (":bug: fix: a bug", "fix", None, "A bug"),
        ("[FIX] the hour", "fix", None, "The hour"),
        ("sched/core: Add a clock", "feature", "sched/core", "Add a clock"),
        ("completion(fish): add a line end", "feature", "completion(fish)", "Add a line end"),
        ("Add a harbour", "feature", None, "Add a harbour"),
        ("Fixes the hour", "fix", None, "Fixes the hour"),
        ("Remove support for BSD", "removal", None, "Remove support for BSD"),
        ("Deprecate `old()`", "deprecation", None, "Deprecate `old()`"),
        ("Fix a typo", "documentation", None, "Fix a typo"),
        ("Add tests for the clock", "maintenance", None, "Add tests for the clock"),
        ("Bump actions/checkout from 3 to 4", "dependencies", None, "Bump actions/checkout from 3 to 4"),
        ("Make it twice as fast: faster reads", "performance", None, "Make it twice as fast: faster reads"),
        ("Mend CVE-2026-1234", "security", None, "Mend CVE-2026-1234"),
        ("v4.6.0", "release", None, "v4.6.0"),
        ("Release version 8.2.0", "release", None, "Release version 8.2.0"),
        ("Merge branch 'stable'", "merge", None, "Merge branch 'stable'"),
        ("The sea is calm", "other", None, "The sea is calm"),
        ("pip install works", "other", None, "Pip install works"),
        ("--quiet is quiet", "other", None, "--quiet is quiet"),
    ],
)
def test_a_subject_says_its_kind_scope_and_title(subject: str, kind: str, scope: str | None, title: str) -> None:
    change = change_of(subject)
    assert (change.kind.value, change.scope, change.told) == (kind, scope, title)
    assert change.subject == subject


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        (("docs/guide.rst", "CHANGES.md"), Kind.DOCUMENTATION),
        (("tests/test_a.py", ".github/workflows/ci.yml"), Kind.MAINTENANCE),
        (("requirements/dev.txt",), Kind.DEPENDENCIES),
        (("src/app.py", "docs/guide.rst"), Kind.OTHER),
    ],
)
def test_what_a_commit_touches_says_what_its_words_do_not(files: tuple[str, ...], kind: Kind) -> None:
    assert change_of(Told("All of it anew", files=files)).kind is kind


@pytest.mark.parametrize(
    ("subject", "body", "note"),
    [
        ("feat!: drop it", "", "Drop it"),
        ("feat(api)!: drop it", "", "Drop it"),
        (
            "feat: one parser",
            "BREAKING CHANGE: it returns a list,\nand no iterator.\n\nCloses #3",
            "it returns a list, and no iterator.",
        ),
        ("feat: one parser", "Why.\n\nBREAKING-CHANGE: it was 1.", "it was 1."),
        ("feat: one parser", "BREAKING CHANGES\n\nnew `getTags` export", "new `getTags` export"),
        ("feat: one parser", "BREAKING CHANGE: one\nBREAKING CHANGE: two", "one; two"),
        ("Need GNU make", "Breaking: BSD make is gone.", "BSD make is gone."),
        ("Count from 0", "Backwards incompatible: it began at 1.", "it began at 1."),
        ("[breaking] Count from 0", "", "Count from 0"),
        ("Breaking: count from 0", "", "Count from 0"),
        ("Count from 0 (breaking change)", "", "Count from 0"),
        ("💥 count from 0", "", "Count from 0"),
        ("api!: drop it", "", "Drop it"),
        ("packages/core!: drop it", "", "Drop it"),
        ("net: ipv6!: drop it", "", "Drop it"),
        ("i18n!:drop it", "", "Drop it"),
        ("feat!(api): drop it", "", "Drop it"),
        ("feat(api)!:drop it", "", "Drop it"),
        ("[feat]!: drop it", "", "Drop it"),
        ("✨ feat!: drop it", "", "Drop it"),
        ("feat: one parser - BREAKING CHANGE", "", "One parser - BREAKING CHANGE"),
        ("feat: BREAKING CHANGE: drop it", "", "Drop it"),
        ("feat(api): breaking: drop it", "", "Drop it"),
        ("feat (api)!: drop it", "", "Drop it"),
        ("feat !: drop it", "", "Drop it"),
        ("feat(api)! : drop it", "", "Drop it"),
        ("✨!: drop it", "", "Drop it"),
        (":sparkles:(api)!: drop it", "", "Drop it"),
        ("feat: one parser", "BREAKING_CHANGE: it was 1.", "it was 1."),
        ("feat: one parser", "## BREAKING CHANGES\n\n- one\n- two", "one; two"),
        ("A squash (#4)", "* feat (api)!: count from 0\n* fix: a typo", "count from 0"),
        ("feat!: drop it", "* feat!: drop it\n* fix: a typo", "Drop it"),
        ("feat!: drop it", "BREAKING CHANGE: none", "Drop it"),
        ("One parser", "- [x] Breaking change (as opposed to a fix)", "One parser"),
        ("A squash (#4)", "* feat!: count from 0\n* fix: a typo", "count from 0"),
        ("A squash (#4)", "* feat!: count from 0\n* fix!: a typo\n\nBREAKING CHANGE: one", "count from 0; a typo; one"),
        ("A list (#4)", "BREAKING CHANGES:\n\n- one\n- two\n- three\n- four\n- five", "one; two; three; four; five"),
        ("A heading (#4)", "## Breaking changes\n\n<!-- what? -->\n\nOne.\n\n- two\n\n## Tests\n\nNone.", "One.; two"),
    ],
)
def test_every_way_to_say_breaking_is_heard(subject: str, body: str, note: str) -> None:
    assert change_of(Told(subject, body)).breaking == note


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("feat: one parser", "BREAKING CHANGE: none"),
        ("feat: one parser", "This is no breaking change."),
        ("feat: one parser", "## Breaking changes\n\nThere are no breaking changes.\n\n## Tests\n\nMany."),
        ("feat: one parser", "- [ ] Breaking change"),
        ("fix: read BREAKING CHANGE as a heading", ""),
        ("fix: keep a commit if there is BREAKING CHANGE", ""),
        ("Say hello! world: x", ""),
        ("Attention !: x", ""),
        ("feat (api): drop it", ""),
        ('Revert "drop it (breaking)"', ""),
        ("Fix a non-breaking space", ""),
        ("Avoid a backwards incompatible change", ""),
        ("docs: what a\nbreaking change is", "breaking changes affect the version"),
    ],
)
def test_what_speaks_of_breaking_does_not_break(subject: str, body: str) -> None:
    assert change_of(Told(subject, body)).breaking is None


@pytest.mark.parametrize(
    ("subject", "scope", "kind"),
    [
        ("api!: drop it", "api", Kind.REMOVAL),
        ("feat!(api): drop it", "api", Kind.FEATURE),
        ("feat (api) !: drop it", "api", Kind.FEATURE),
        ("✨(api)!: drop it", "api", Kind.REMOVAL),
        ("✨ !: drop it", None, Kind.REMOVAL),
        ("net: ipv6!: drop it", "net: ipv6", Kind.REMOVAL),
        ("completion(fish)!: drop it", "completion(fish)", Kind.REMOVAL),
    ],
)
def test_a_bang_leaves_scope_and_kind_as_they_are(subject: str, scope: str | None, kind: Kind) -> None:
    change = change_of(subject)
    assert (change.scope, change.kind, change.told) == (scope, kind, "Drop it")


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("feat!: https://example.com/" + "y" * 300, "https://example.com/" + "y" * 278 + " …"),
        ("feat(" + "s" * 900 + ")!: drop it", "Drop it"),
        ("feat(" + "one, " * 100 + ")!: drop it", "Drop it"),
        ("feat: " + "so " * 150 + "(breaking)", "So " + "so " * 98 + "…"),
    ],
)
def test_what_a_long_subject_says_is_read_before_it_is_cut(subject: str, title: str) -> None:
    change = change_of(subject)
    assert (change.kind, change.told, change.breaking) == (Kind.FEATURE, title, title)
    assert len(change.subject) <= 300


def test_of_very_many_notes_it_is_said_how_many_more_there_are() -> None:
    note = change_of(Told("A squash", "\n".join(f"BREAKING CHANGE: {n} {'is gone ' * 20}" for n in range(30)))).breaking
    assert note is not None
    assert len(note) < 2_500
    assert re.fullmatch(r".*; 13 is gone .*; and 16 more", note)


@pytest.mark.parametrize(
    ("subject", "body", "pull", "title"),
    [
        ("Add a clock (#12)", "", 12, "Add a clock"),
        ("Add a clock (!12)", "", 12, "Add a clock"),
        ("Add a clock (#3) (#12)", "", 12, "Add a clock"),
        ("Merge pull request #12 from ada/clock", "Add a clock\n\nMore.", 12, "Add a clock"),
        ("Merge pull request #12 from ada/a-clock", "", 12, "A clock"),
        ("Merge branch 'clock' into 'main'", "Add a clock\n\nSee merge request tide/tide!12", 12, "Add a clock"),
        ("Merged in clock (pull request #12)", "Add a clock", 12, "Add a clock"),
        ("Merged PR 12: Add a clock", "", 12, "Add a clock"),
    ],
)
def test_a_pull_request_gives_its_number_and_its_title(subject: str, body: str, pull: int, title: str) -> None:
    change = change_of("The first", Told(subject, body, parents=(name(0), name(0))))
    assert (change.pr, change.told, change.kind is Kind.MERGE) == (pull, title, False)


def test_a_merged_pull_request_stands_for_its_commits_and_names_who_wrote_them() -> None:
    commits = (
        Told("Begin"),
        Told("Write it", by=BOB, parents=(name(0),)),
        Told("Test it", by=BOB, files=("tests/a.py",)),
        Told("Merge pull request #7 from bob/it", "Add it", parents=(name(0), name(2))),
    )
    record = record_of(*commits)
    assert [(change.told, change.part_of and change.part_of == name(3)) for change in record.commits] == [
        ("Begin", None), ("Write it", True), ("Test it", True), ("Add it", None),
    ]  # fmt: skip
    assert record.commits[3].by == ("Bob Harris",)
    assert record.totals.changes == 2


def test_a_branch_on_which_pull_requests_were_merged_is_told_by_them() -> None:
    record = record_of(
        Told("Begin"),
        Told("Fix one (#1)", parents=(name(0),)),
        Told("Fix two (#2)"),
        Told("Merge stable into main (#9)", parents=(name(0), name(2))),
    )
    assert [(change.kind.value, change.part_of) for change in record.commits[1:]] == [
        ("fix", None), ("fix", None), ("merge", None),
    ]  # fmt: skip


def test_a_change_picked_over_to_another_branch_is_one() -> None:
    record = record_of("Fix one (#1)", "Fix one (#1)")
    assert record.commits[1].part_of == name(0)
    assert record.totals.changes == 1


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ('Revert "Add a clock"', f"This reverts commit {name(0)}."),
        ('Revert "Add a clock"', f"This reverts commit {name(0)[:9]}."),
        ('Revert "Add a clock (#5)" (#6)', "Reverts tide/tide#5"),
        ('Revert "Add a clock"', ""),
        ("revert: Add a clock", ""),
    ],
)
def test_a_change_and_its_revert_undo_one_another(subject: str, body: str) -> None:
    made_, undone = record_of("Add a clock (#5)", Told(subject, body)).commits
    assert (made_.reverted_by, undone.reverts) == (name(1), name(0))
    assert record_of("Add a clock (#5)", Told(subject, body)).totals.changes == 0


@pytest.mark.parametrize(
    ("first", "second", "revert", "undone"),
    [
        ("fix(ui): drop it", "feat(api)!: drop it", "revert(ui): drop it", 0),
        ("fix(ui): drop it", "feat(api)!: drop it", "revert(ui): fix: drop it", 0),
        ("fix(ui): drop it", "feat(api)!: drop it", 'Revert "fix(ui): drop it"', 0),
        ("fix: drop it", "feat!: drop it", "revert: fix: drop it (#4)", 0),
        ("Drop it", "feat!: drop it", 'Revert "Drop it"', 0),
        ("feat: drop it", "feat: drop it", "revert: drop it", 1),
        ("fix(ui): drop it", "feat(api)!: drop it", "revert: drop it", None),
        ("feat(api)!: drop it", "fix(ui): drop it", "revert: drop it", None),
        ("feat: drop it", "feat!: drop it", "revert: drop it", None),
        ("fix(ui): keep it", "feat(api)!: drop it", "revert(ui): drop it", None),
        ("fix(ui): keep it", "feat!: drop it", "revert(ui): drop it", None),
        ("fix: keep it", "feat!: drop it", "revert: fix: drop it", None),
    ],
)
def test_of_several_changes_in_the_same_words_the_one_of_that_scope_and_type_is_undone(
    first: str, second: str, revert: str, undone: int | None
) -> None:
    commits = record_of(first, second, revert).commits
    told = name(undone) if undone is not None else None
    assert [each.hash for each in commits if each.reverted_by] == [each for each in [told] if each]
    assert commits[2].reverts == told


@pytest.mark.parametrize(
    ("body", "undone"),
    [
        ("This reverts commits {0} and {1}.", (0, 1)),
        ("This reverts commits {0}, {1} and {2}.", (0, 1, 2)),
        ("This reverts commits {0}, {1}, and\n{2}.", (0, 1, 2)),
        ("This reverts commit {0} and commit {1}.", (0, 1)),
        ("This reverts commit {0} (feat: one) and reverts commit {1} (feat: two).", (0, 1)),
        ("This reverts both commits `{0}` and `{1}`.", (0, 1)),
        ("This reverts commits:\n- {0}\n- {1}\n\nMore.", (0, 1)),
        ("This reverts commit {0}.\nThis reverts commit {2}.", (0, 2)),
        ("This reverts commit {0}, reversing\nchanges made to {1}.", (0,)),
        ("This reverts commit {0}, which {1} needed.", (0,)),
        ("This reverts commit {0}.\n\n{1} is kept.", (0,)),
        ("This reverts commits {0}..{2}.", ()),
    ],
)
def test_every_commit_that_a_revert_names_is_undone(body: str, undone: tuple[int, ...]) -> None:
    said = body.format(name(0), name(1)[:9], name(2))
    commits = record_of("feat: one", "feat: two", "feat: three", Told("Revert what was done", said)).commits
    assert [place for place, each in enumerate(commits) if each.reverted_by] == list(undone)


@pytest.mark.parametrize("piece", ["and ", "\n", "(", "`", "- ", "commit ", "This reverts commit "])
def test_a_long_hostile_list_of_reverts_is_read(piece: str) -> None:
    body = f"This reverts commit {name(0)}" + piece * (20_000 // len(piece))
    assert record_of("feat: one", Told('Revert "feat: one"', body)).commits[0].reverted_by == name(1)


def test_a_reverted_revert_leaves_the_change_in() -> None:
    first, second, third = record_of(
        "Add a clock",
        Told('Revert "Add a clock"', f"This reverts commit {name(0)}."),
        Told('Revert "Revert "Add a clock""', f"This reverts commit {name(1)}."),
    ).commits
    assert (first.is_cancelled, second.is_cancelled, third.is_cancelled) == (False, True, True)


def test_a_revert_of_what_came_before_the_range_is_a_change() -> None:
    change = change_of(Told('Revert "An old thing"', f"This reverts commit {'a' * 40}."))
    assert (change.kind, change.is_cancelled) == (Kind.REVERT, False)


def test_a_breaking_change_that_was_undone_breaks_nothing() -> None:
    record = record_of("feat!: a clock", Told('Revert "feat!: a clock"', f"This reverts commit {name(0)}."))
    assert (record.totals.breaking, breaking_of(record.commits)) == (0, ())


def test_what_reverts_and_does_it_another_way_undoes_nothing() -> None:
    body = f"This reverts commit {name(0)} and does it another way.\n\nBREAKING CHANGE: TOKEN_FILE is not read"
    record = record_of("feat!: tokens by file", Told("feat!: tokens by environment", body), "fix: it")
    first, second, _ = record.commits
    assert (first.is_cancelled, second.is_cancelled, second.reverts) == (False, False, name(0))
    assert breaking_of(record.commits) == (first, second)
    assert (record.totals.changes, record.totals.cancelled) == (3, 0)


def test_a_revert_that_breaks_by_itself_is_told_and_what_it_undoes_is_not() -> None:
    body = f"This reverts commit {name(0)}.\n\nBREAKING CHANGE: TOKEN_FILE is not read"
    record = record_of("feat: tokens by file", Told('Revert "feat: tokens by file"', body))
    first, second = record.commits
    assert (first.is_cancelled, second.is_cancelled) == (True, False)
    assert breaking_of(record.commits) == (second,)


def test_a_part_of_a_breaking_pull_request_is_told_where_that_does_not_say_what_it_breaks() -> None:
    commits = (
        Told("Begin"),
        Told("feat!: drop A", parents=(name(0),)),
        Told("feat!: rename B to C"),
        Told("feat: more", "BREAKING CHANGE: A"),
        Told("Merge pull request #7 from bob/it", "feat!: drop A", parents=(name(0), name(3))),
    )
    record = record_of(*commits)
    assert [change.told for change in breaking_of(record.commits)] == ["Rename B to C", "Drop A"]
    assert record.totals.breaking == 2


def test_a_word_within_a_word_does_not_say_what_breaks() -> None:
    commits = (
        Told("Begin"),
        Told("feat!: drop A", parents=(name(0),)),
        Told("Merge pull request #7 from bob/it", "feat!: drop API", parents=(name(0), name(1))),
    )
    assert [change.told for change in breaking_of(record_of(*commits).commits)] == ["Drop A", "Drop API"]


def test_a_double_that_says_more_of_what_breaks_is_told_too() -> None:
    record = record_of(
        "feat!: drop A (#5)", Told("feat!: drop A (#5)", "BREAKING CHANGE: B goes too"), "feat!: drop A (#5)"
    )
    assert [(change.hash, change.breaking) for change in breaking_of(record.commits)] == [
        (name(0), "Drop A"), (name(1), "B goes too"),
    ]  # fmt: skip


def test_people_are_counted_by_name_new_ones_once_and_bots_apart() -> None:
    record = record_of(
        Told("Add one", "Co-authored-by: Bob Harris <bob@example.com>", new=(BOB[1],)),
        Told("Add two", by=("Bob Harris", "BOB@example.com")),
        Told("Bump a from 1 to 2", by=BOT, new=(BOT[1],)),
        Told("Add three", by=("", "carl@example.com"), new=("carl@example.com",)),
    )
    assert [(one.name, one.commits, one.is_first, one.first) for one in record.people] == [
        ("Bob Harris", 2, True, name(0)[:7]),
        ("Ada Lovelace", 1, False, None),
        ("carl", 1, True, name(3)[:7]),
        ("dependabot[bot]", 1, False, None),
    ]
    assert (record.totals.authors, record.totals.first_time, record.totals.bots) == (3, 2, 1)


def test_a_new_person_is_named_by_work_that_stands() -> None:
    undone = Told('Revert "Add one"', f"This reverts commit {name(0)}.")
    one = record_of(Told("Add one", by=BOB, new=(BOB[1],)), undone, Told("Add two (#7)", by=BOB)).people[0]
    assert (one.name, one.commits, one.is_first, one.first, one.pr) == ("Bob Harris", 2, True, name(2)[:7], 7)
    alone = record_of(Told("Add one (#6)", by=BOB, new=(BOB[1],)), undone)
    bob = next(each for each in alone.people if each.name == "Bob Harris")
    assert (bob.is_first, bob.first, bob.pr) == (True, None, None)
    assert alone.totals.first_time == 1


def test_who_has_an_old_address_too_is_not_new() -> None:
    record = record_of(
        Told("Add one", by=("Bob", "bob@new.example.com"), new=("bob@new.example.com",)),
        Told("Add two", by=("Bob", "bob@old.example.com")),
    )
    assert record.people[0].is_first is False


def test_figures_add_up() -> None:
    record = record_of(
        "feat: one",
        "feat: two",
        Told("fix: three", files=("a/b.py", "c.py")),
        Told("Merge branch 'x'", parents=(name(2), BASE)),
    )
    totals = record.totals
    assert (totals.commits, totals.merges, totals.commits_without_merges, totals.changes) == (4, 1, 3, 3)
    assert (totals.file_changes, totals.files, totals.folders, totals.days) == (4, 3, 3, 4)
    assert [(group.title, group.changes) for group in record.groups] == [("Features", 2), ("Fixes", 1)]
    assert sum(stretch.commits for stretch in record.bins) == 3
    assert [(folder.name, folder.commits) for folder in record.folders] == [("src", 2), ("(root)", 1), ("a", 1)]


@pytest.mark.parametrize(
    ("dates", "unit", "bars"),
    [
        ((0,), "hour", 1),
        ((0, 3_600 * 5), "hour", 6),
        ((0, 10 * DAY), "day", 11),
        ((0, 100 * DAY), "week", 15),
        ((0, 1_000 * DAY), "month", 33),
        ((0, 3_650 * DAY), "quarter", 40),
        ((0, 20_000 * DAY), "year", 55),
        ((-62_135_596_800, 10**12), "year", 64),
    ],
)
def test_a_bar_is_a_stretch_that_fits_the_span(dates: tuple[int, ...], unit: str, bars: int) -> None:
    record = record_of(*(Told("Add", date=1_767_258_000 + date) for date in dates))
    assert (record.scale.unit, len(record.bins)) == (unit, bars)
    assert sum(stretch.commits for stretch in record.bins) == len(dates)
    assert record.scale.ticks[-1] >= max(stretch.commits for stretch in record.bins)


@pytest.mark.parametrize(
    ("tag", "release"),
    [
        ("v1.2.0", "1.2.0"),
        ("8.2.0rc1", "8.2.0rc1"),
        ("core-v1.2.0-beta.1", "1.2.0-beta.1"),
        ("@scope/name@2.0.0", "2.0.0"),
        ("v7", "7"),
        ("spring", "spring"),
        ("HEAD", None),
        ("main", None),
        ("3f2a91c", None),
        ("v1.0~3", None),
        (None, None),
        ("v1." + "1a" * 60, "v1." + "1a" * 28 + "1"),
    ],
)
def test_a_tag_names_a_release_and_a_branch_does_not(tag: str | None, release: str | None) -> None:
    assert release_named(tag) == release


def test_the_brief_names_the_version_and_what_is_left_out() -> None:
    record = record_of("docs: a page", "fix: a bug", brief="version: 3.0\nleave out: docs, nonsense\n")
    assert record.release == "3.0"
    assert [(group.title, group.listed, group.more) for group in record.groups] == [
        ("Fixes", 1, 0),
        ("Documentation", 0, 1),
    ]


def test_the_param_project_names_it() -> None:
    files = {"brief.md": b"", HISTORY: history([Told("Add one")])}
    record = read_record(made("research", files, params={"project": "Moon"})["commits.yaml"].decode())
    assert record.repository == "Moon"


# --- the file --------------------------------------------------------------------------------------------------------


def test_the_record_is_strict_yaml_with_a_commit_on_each_line() -> None:
    text = researched('Add "quotes", \\ and: colons # too', "fix: Ωmega 中文 🎉")["commits.yaml"].decode()
    loaded = yaml.load(text, "commits.yaml")
    assert isinstance(loaded, dict)
    lines = [json.loads(line[4:]) for line in text.split("commits:\n")[-1].splitlines()]
    assert loaded["commits"] == lines
    assert [line["subject"] for line in lines] == ['Add "quotes", \\ and: colons # too', "fix: Ωmega 中文 🎉"]


def test_a_record_that_a_person_wrote_out_is_read_all_the_same() -> None:
    text = researched("Add one", "fix: two")["commits.yaml"].decode()
    first, _, second = text.split("commits:\n")[-1].partition("\n")
    block = "\n".join(
        f"{'  - ' if not place else '    '}{key}: {json.dumps(value)}"
        for place, (key, value) in enumerate(json.loads(first[4:]).items())
    )
    assert read_record(text.replace(first, block)) == read_record(text)
    assert second


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version: 1", "version: 2", "commits.yaml: version: Input should be less than or equal to 1"),
        ('"kind": "feature"', '"kind": "wonder"', "commits.yaml:36: kind: "),
        ('"kind": "feature", ', "", "commits.yaml:36: kind: Field required"),
        ("repository: tide", "repository: [", "commits.yaml:4:5: not YAML"),
    ],
)
def test_a_broken_record_is_told_with_its_place(old: str, new: str, said: str) -> None:
    files = researched("Add one")
    text = files["commits.yaml"].decode()
    place = next(n for n, line in enumerate(text.split("\n"), start=1) if '"subject"' in line)
    broken = text.replace(old, new, 1) if '"kind"' not in old else new.join(text.rsplit(old, 1))
    assert fault("draft", {**files, "commits.yaml": broken.encode()}).startswith(said.replace(":36:", f":{place}:"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "sources/history.jsonl:1: Invalid JSON"),
        (b"{}", "sources/history.jsonl:1: version: Field required"),
        (history([Told("Add")], commits=2), "sources/history.jsonl:1: it says 2 commits, and 1 follow"),
        (history([Told("Add")], to="short"), "sources/history.jsonl:1: to: "),
        (history([Told("Add", hash="c" * 40)] * 2), "sources/history.jsonl:3: the commit ccccccc stands twice"),
        (history([Told("Add")]).replace(b'"subject"', b'"object"'), "sources/history.jsonl:2: subject: Field required"),
    ],
)
def test_a_broken_history_is_told_with_its_place(content: bytes, said: str) -> None:
    assert fault("research", {"brief.md": b"", HISTORY: content}).startswith(said)


def test_no_history_says_what_is_lacking() -> None:
    assert fault("research", {"brief.md": b""}).startswith("sources/history.jsonl: the step does not read it")


def test_no_address_and_no_secret_is_handed_on() -> None:
    key = "AKIA" + "ABCDEFGH" * 2
    files = researched(
        Told(
            "Thank carl@example.com for it",
            "Signed-off-by: x <y@example.com>",
            by=("eve@example.com", "eve@example.com"),
        ),
        f"Leak {key} here",
    )
    told = (files["commits.yaml"] + files["research.md"]).decode()
    assert "@example" not in told
    assert "AKIA" not in told
    assert "Thank carl (at …) for it" in told


def test_what_nobody_sees_is_taken_out_of_subjects_and_names() -> None:
    change = change_of(Told("Add\u202e a\u200b clock\x1b[31m\x00", by=("E\u2066ve\n", "eve@example.com")))
    assert (change.subject, change.author) == ("Add a clock[31m", "Eve")


@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=200)), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_messages_make_a_record_that_is_read_again(messages: list[tuple[str, str]]) -> None:
    commits = [Told(subject, body) for subject, body in messages]
    files = researched(*commits)
    record = read_record(files["commits.yaml"].decode())
    assert [change.hash for change in record.commits] == [name(place) for place in range(len(commits))]
    assert record.totals.commits == len(commits)
    assert "# Research: tide 1.1" in files["research.md"].decode()


def test_the_page_for_people_tells_what_the_record_holds() -> None:
    files = researched(
        Told("feat!: drop the old clock (#3)", by=BOB, new=(BOB[1],)), "Drop support for python 3.7", "The sea is calm"
    )
    page = files["research.md"].decode()
    assert f"## Breaking changes\n\n- Drop the old clock (`{name(0)[:7]}`, #3) by Bob Harris\n" in page
    assert f"## What may break\n\n- Drop support for python 3.7 (`{name(1)[:7]}`) by Ada Lovelace\n" in page
    assert f"## Not classified\n\n- The sea is calm (`{name(2)[:7]}`) by Ada Lovelace\n" in page
    assert f"| Bob Harris | 1 | `{name(0)[:7]}` |" in page
    assert ADA[1] not in page
