"""Of what kind a change is: nothing that users would call new, or mended, falls out of the CHANGELOG."""

import pytest
from release_cases import ADA, BOT, Told, change_of, made, name, record_of, researched

from orchestrator.agents.builtin.release_notes.kinds import Kind

SHIPPED = ("tide/clock.py", "tests/test_clock.py")
TOLD = (*SHIPPED, "CHANGES.rst")


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Add --jobs option to autoupdate", Kind.FEATURE),
        ("Use blobless clone for autoupdate", Kind.CHANGE),
        ("Perform autoupdate without a lock", Kind.CHANGE),
        ("Update hooks when their file changes", Kind.CHANGE),
        ("Upgrade to tide-tables 2026", Kind.CHANGE),
        ("Bump the smallest tide that is shown", Kind.CHANGE),
        ("Version flag prints the system's too", Kind.OTHER),
        ("Release the lock early", Kind.OTHER),
        ("Set version from the environment", Kind.CHANGE),
        ("Allow comments in the tables", Kind.FEATURE),
        ("Add support for comments", Kind.FEATURE),
        ("Add `--docs` and `--changelog`", Kind.FEATURE),
        ("Fix --readme for two harbours", Kind.FIX),
        ("Add a test runner", Kind.FEATURE),
        ("Fix colours in the test runner", Kind.FIX),
        ("Improve formatting of tables", Kind.CHANGE),
        ("Fix the coverage report", Kind.FIX),
        ("Address deprecation warning in `rmtree()`", Kind.FIX),
        ("3.13 removed the simpler api", Kind.OTHER),
        ("Also remove the old table", Kind.REMOVAL),
        ("Finally deprecate `old()`", Kind.DEPRECATION),
    ],
)
def test_what_changes_what_ships_is_told_to_users(subject: str, kind: Kind) -> None:
    assert change_of(Told(subject, files=SHIPPED)).kind is kind


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("pre-commit autoupdate", Kind.DEPENDENCIES),
        ("[pre-commit.ci] pre-commit autoupdate", Kind.DEPENDENCIES),
        ("Update dev dependencies", Kind.DEPENDENCIES),
        ("Bump flask from 2 to 3", Kind.DEPENDENCIES),
        ("Release version 8.2.0", Kind.RELEASE),
        ("Release tide-tables 5.0.0", Kind.RELEASE),
        ("Release v2", Kind.RELEASE),
        ("Release a new version", Kind.RELEASE),
        ("Bump version", Kind.RELEASE),
        ("Update version to 1.2", Kind.RELEASE),
        ("Version bump for the next one", Kind.RELEASE),
        ("Start version 8.2.0", Kind.RELEASE),
        ("Back to development", Kind.RELEASE),
        ("Add missing backticks in `clock()` docs", Kind.DOCUMENTATION),
        ("Add docs for the clock", Kind.DOCUMENTATION),
        ("Add a documentation example for it", Kind.DOCUMENTATION),
        ("Add comments", Kind.DOCUMENTATION),
        ("Correct some typos", Kind.DOCUMENTATION),
        ("Add a few missing tests for the clock", Kind.MAINTENANCE),
        ("Add test coverage", Kind.MAINTENANCE),
        ("Fix tests on Windows", Kind.MAINTENANCE),
        ("Fix mypy findings", Kind.MAINTENANCE),
        ("Minimal fix to CI", Kind.MAINTENANCE),
        ("Use ruff", Kind.MAINTENANCE),
        ("Apply formatting", Kind.MAINTENANCE),
    ],
)
def test_what_is_not_for_users_is_known_by_its_words(subject: str, kind: Kind) -> None:
    assert change_of(Told(subject, files=SHIPPED)).kind is kind


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Correct typing of `clock()`", Kind.FIX),
        ("Refactor the clock", Kind.CHANGE),
        ("Document what `clock()` returns", Kind.CHANGE),
        ("Update hooks", Kind.CHANGE),
    ],
)
def test_what_a_project_tells_its_own_users_is_told(subject: str, kind: Kind) -> None:
    assert change_of(Told(subject, files=TOLD)).kind is kind
    assert change_of(Told(subject, files=("tide/clock.py", "changelog.d/7.feature"))).kind is kind
    assert change_of(Told(subject, files=("tests/test_clock.py", "CHANGES.rst"))).kind is not kind


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("src/tide/docs/pages.py", Kind.FEATURE),
        ("newsletter.py", Kind.FEATURE),
        ("changes.py", Kind.FEATURE),
        ("docs/conf.py", Kind.DOCUMENTATION),
        ("CHANGES", Kind.DOCUMENTATION),
        ("LICENSE-MIT", Kind.DOCUMENTATION),
        ("pre-commit.yaml", Kind.FEATURE),
    ],
)
def test_a_program_is_no_documentation_whatever_its_path(file: str, kind: Kind) -> None:
    assert change_of(Told("Add a search", files=(file,))).kind is kind


@pytest.mark.parametrize(
    ("subject", "by", "kind"),
    [
        ("fix(deps): keep to click 8", ADA, Kind.FIX),
        ("feat(deps): take click 9", BOT, Kind.FEATURE),
        ("fix(deps): update dependency click to v9", BOT, Kind.DEPENDENCIES),
        ("build(deps): bump click", ADA, Kind.DEPENDENCIES),
        ("Add a harbour", ("sailor[bot]", "1+sailor[bot]@users.noreply.example.com"), Kind.FEATURE),
        ("Pin click", BOT, Kind.DEPENDENCIES),
    ],
)
def test_a_type_that_is_for_users_and_a_bots_own_work_are_told(subject: str, by: tuple[str, str], kind: Kind) -> None:
    assert change_of(Told(subject, files=SHIPPED, by=by)).kind is kind


def _pull(title: str, *subjects: str) -> Kind:
    parts = [Told(subject, parents=(name(place - 1),) if place else None) for place, subject in enumerate(subjects)]
    last = name(len(parts) - 1)
    merge = Told("Merge pull request #5 from ann/x", title, parents=("b" * 40, last))
    return record_of(*parts, merge).commits[-1].kind


def test_a_merged_change_is_a_revert_only_where_it_says_so_itself() -> None:
    random = "Revert random changes made by a tool."
    assert _pull("Break up the page", "Fix the clock", random) is Kind.FIX
    assert _pull("Break up the page", random) is Kind.OTHER
    assert _pull('Revert "Break up the page"', "Fix the clock") is Kind.REVERT


def test_a_sum_counts_what_its_heading_lists_and_breaks_are_counted_beside_it() -> None:
    files = researched("feat!: one", "feat: two", "feat!: three", "fix: four", "perf!: five")
    files |= made("draft", files)
    notes = files["notes.md"].decode()
    assert 'description: "5 changes by 1 person: 3 breaking changes, 1 feature and 1 fix."\n' in notes
    assert " It brings 1 feature and 1 fix. Beside that, 3 changes break what users may rely on;" in notes
    record = record_of("feat!: one", "feat: two", "feat!: three")
    assert [(group.changes, group.breaking, group.listed, group.more) for group in record.groups] == [(1, 2, 1, 0)]
    files |= made("design", files)
    assert b"findings: []" in made("validate", files)["review.yaml"]
