"""A release of another repository: when it came out, and what the project is called. Held against real git."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from ledger_bench import NOW, hermetic, run

from orchestrator.ledger.foreign import ForeignRepository, History

WRITTEN, COMMITTED, TAGGED = 1_745_713_571, 1_746_915_505, 1_746_915_512
WEST, EAST = "-0700", "+0930"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "repo"
    made.mkdir()
    run(made, environ(made), "init", "-q", "-b", "main")
    saved(made, "One", date=WRITTEN - 1_000)
    run(made, environ(made, COMMITTED - 1_000, EAST), "tag", "v1")
    return made


def environ(folder: Path, date: int = COMMITTED, zone: str = WEST) -> Mapping[str, str]:
    who = {f"GIT_{role}_{part}": "ada@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    return hermetic(folder.parent, GIT_COMMITTER_DATE=f"{date} {zone}", **who)


def saved(folder: Path, message: str, files: Mapping[str, str] | None = None, *, date: int = COMMITTED) -> None:
    """Commit what was written two weeks before."""
    for path, text in (files or {}).items():
        (folder / path).write_text(text)
    run(folder, environ(folder), "add", ".")
    more = ("--allow-empty", f"--date={WRITTEN} +0200", "-m", message)
    run(folder, environ(folder, date, EAST if date != COMMITTED else WEST), "commit", "-q", *more)


def read(folder: Path, asked: str) -> History:
    repository = ForeignRepository.open(str(folder), here=Path("/"), environ=environ(folder), clock=lambda: NOW)
    return repository.history(repository.resolve(asked))


def test_a_release_is_of_the_day_of_its_tag(folder: Path) -> None:
    saved(folder, "Two")
    run(folder, environ(folder, TAGGED, EAST), "tag", "-a", "-m", "Release", "v2")
    run(folder, environ(folder, TAGGED + 5_000), "tag", "-a", "-m", "Another", "v2.1", "v1")
    history = read(folder, "v1..v2")
    assert (history.until, history.until_zone) == (TAGGED, 570)


def test_a_tag_that_is_but_a_name_and_a_branch_are_of_the_day_of_their_commit(folder: Path) -> None:
    saved(folder, "Two")
    history = read(folder, "v1..main")
    assert (history.since, history.since_zone) == (WRITTEN - 1_000, 570)
    assert (history.until, history.until_zone) == (COMMITTED, -420)
    run(folder, environ(folder), "tag", "v2")
    assert read(folder, "v1..v2").until == COMMITTED


def test_a_tag_of_a_tag_has_its_own_day(folder: Path) -> None:
    saved(folder, "Two")
    run(folder, environ(folder, TAGGED), "tag", "-a", "-m", "Release", "v2")
    run(folder, environ(folder, TAGGED + 60), "tag", "-a", "-m", "Again", "latest", "v2")
    assert read(folder, "v1..latest").until == TAGGED + 60


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"pyproject.toml": '[project]\nname = "tide"\n'}, "tide"),
        ({"pyproject.toml": '[tool.poetry]\nname = "tide"\n'}, "tide"),
        ({"pyproject.toml": "[tool.ruff]\n", "setup.cfg": "[metadata]\nversion = 1\nname = tide\n"}, "tide"),
        ({"setup.cfg": "[flake8]\nname = no\n"}, "repo"),
        ({"package.json": '{"name": "@sea/tide", "private": true}'}, "@sea/tide"),
        ({"package.json": '{"name": "monorepo"}', "Cargo.toml": '[package]\nname = "tide"\n'}, "tide"),
        ({"package.json": '{"name": "monorepo"}'}, "monorepo"),
        ({"package.json": '{"name": 7}'}, "repo"),
        ({"package.json": "[" * 100_000}, "repo"),
        ({"pyproject.toml": "[project\n"}, "repo"),
        ({"pyproject.toml": '[project]\nname = "tide"\n' + "#" * 300_000}, "repo"),
        ({"pyproject.toml": '[project]\nname = "\\u202e \\u0007"\n'}, "repo"),
        ({}, "repo"),
    ],
)
def test_a_project_is_called_as_it_says_at_the_release_before_its_folder(
    folder: Path, files: dict[str, str], name: str
) -> None:
    saved(folder, "Two", files)
    run(folder, environ(folder), "tag", "v2")
    saved(folder, "Three", {"pyproject.toml": '[project]\nname = "another"\n'})
    assert read(folder, "v1..v2").repository == name


def test_the_address_of_the_origin_goes_before_all_unless_it_says_nothing(folder: Path) -> None:
    saved(folder, "Two", {"pyproject.toml": '[project]\nname = "tide-core"\n'})
    run(folder, environ(folder), "config", "remote.origin.url", "https://example.com/sea/tide.git")
    assert read(folder, "v1..main").repository == "tide"
    run(folder, environ(folder), "config", "remote.origin.url", "/srv/mirrors/sea/repo")
    assert read(folder, "v1..main").repository == "tide-core"
