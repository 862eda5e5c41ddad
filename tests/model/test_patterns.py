import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.model.patterns import is_literal, matches, matches_any

PATHS = (
    "brief.md",
    "sources/notes.md",
    "sources/2026/sales.csv",
    "sources/2026/q1/sales.csv",
    "src/a.py",
    "src/deep/b.py",
    "src/deep/er/b.py",
    "notes[1].md",
    ".hidden/x.md",
    "sourcesnot/x.md",
)


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("brief.md", {"brief.md"}),
        ("sources/", {"sources/notes.md", "sources/2026/sales.csv", "sources/2026/q1/sales.csv"}),
        ("sources", set()),
        ("*.md", {"brief.md", "notes[1].md"}),
        ("**/*.md", {"brief.md", "sources/notes.md", "notes[1].md", ".hidden/x.md", "sourcesnot/x.md"}),
        ("src/**", {"src/a.py", "src/deep/b.py", "src/deep/er/b.py"}),
        ("src/**/b.py", {"src/deep/b.py", "src/deep/er/b.py"}),
        ("src/*/", {"src/deep/b.py", "src/deep/er/b.py"}),
        ("sources/????/*.csv", {"sources/2026/sales.csv"}),
        ("**", set(PATHS)),
        ("notes[1].md", {"notes[1].md"}),
        ("/**", set()),
    ],
)
def test_a_pattern_names_these_paths_and_no_others(pattern: str, named: set[str]) -> None:
    assert {path for path in PATHS if matches(pattern, path)} == named


def test_a_leading_slash_is_the_workspace_and_must_stand_on_both_sides() -> None:
    assert matches("/memory/style.md", "/memory/style.md")
    assert matches("/memory/*.md", "/memory/style.md")
    assert matches("/src/", "/src/a/b.py")
    assert not matches("memory/style.md", "/memory/style.md")
    assert not matches("/memory/style.md", "memory/style.md")
    assert not matches("**", "/memory/style.md")


def test_a_folder_is_not_in_itself() -> None:
    assert not matches("sources/", "sources")
    assert not matches("sources/**", "sources")
    assert not matches("sources/", "sources/")


def test_literal_patterns_are_known() -> None:
    assert [is_literal(pattern) for pattern in ("a/b.md", "a/", "a/*", "a?")] == [True, False, False, False]


def test_any_of_several_patterns_is_enough() -> None:
    assert matches_any(("brief.md", "sources/"), "sources/notes.md")
    assert not matches_any((), "sources/notes.md")


def test_git_names_the_same_paths(tmp_path: Path) -> None:
    for path in PATHS:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "."], check=True)
    globs = ("*.md", "**/*.md", "src/**", "src/**/b.py", "src/**/er/b.py", "sources/????/*.csv", "**/q1/**", "s*/*.md")
    assert {glob: _ours(glob) for glob in globs} == {glob: _of_git(tmp_path, glob) for glob in globs}


def _ours(glob: str) -> set[str]:
    return {path for path in PATHS if matches(glob, path)}


def _of_git(root: Path, glob: str) -> set[str]:
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", f":(glob){glob}"], check=True, capture_output=True, text=True
    )
    return set(filter(None, listed.stdout.split("\0")))


@given(st.text("ab/*?", max_size=30), st.text("ab/", max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_pattern_answers_for_any_path(pattern: str, path: str) -> None:
    assert matches(pattern, path) in (True, False)


def test_stars_upon_stars_stay_quick() -> None:
    assert not matches("a*" * 60 + "b", "a" * 4000)
    assert not matches("**/" * 60 + "b", "a/" * 400 + "a")
