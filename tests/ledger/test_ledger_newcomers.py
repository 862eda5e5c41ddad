"""Who is new in a range of another repository: known by an address, or by a name, from before."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from ledger_bench import NOW, hermetic, run

from orchestrator.ledger.foreign import ForeignRepository

ADA = "Ada Lovelace <ada@example.com>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "r"
    made.mkdir()
    run(made, environ(tmp_path), "init", "-q", "-b", "main")
    return made


def environ(home: Path) -> dict[str, str]:
    return hermetic(home, GIT_COMMITTER_NAME="Ada", GIT_COMMITTER_EMAIL="ada@example.com")


def saved(folder: Path, author: str, message: str = "x") -> None:
    run(folder, environ(folder.parent), "commit", "-q", "--allow-empty", f"--author={author}", "-m", message)


def released(folder: Path) -> None:
    run(folder, environ(folder.parent), "tag", "v1")


def newcomers(folder: Path, environ: Mapping[str, str]) -> list[tuple[str, ...]]:
    repository = ForeignRepository.open(str(folder), here=Path("/"), environ=environ, clock=lambda: NOW)
    return [landed.new_people for landed in repository.history(repository.resolve("v1..HEAD")).landed]


@pytest.mark.parametrize(
    ("before", "after", "is_new"),
    [
        ("Ada Lovelace", "Ada Lovelace", False),
        ("Ada Lovelace", "ada  LOVELACE", False),
        ("John T. Wodder II", "John T Wodder II", False),
        ("Zoë Ångström", "Zoe\u0308 A\u030angstro\u0308m", False),
        ("Ada Lovelace", "Ada L", True),
        ("Ada Lovelace", "Lovelace Ada", True),
        ("root", "root", True),
        ("ci[bot]", "ci[bot]", True),
        ("root .", "root .", True),
    ],
)
def test_who_has_the_name_of_somebody_from_before_is_not_new(
    folder: Path, before: str, after: str, is_new: bool
) -> None:
    saved(folder, f"{before} <old@example.com>")
    released(folder)
    saved(folder, f"{after} <new@example.com>")
    assert newcomers(folder, environ(folder.parent)) == [("new@example.com",) if is_new else ()]


def test_a_co_author_is_known_by_name_too(folder: Path) -> None:
    saved(folder, ADA, "One\n\nCo-authored-by: Grace Hopper <grace@example.com>")
    released(folder)
    saved(folder, ADA, "Two\n\nCo-authored-by: Grace Hopper <hopper@example.com>\nCo-authored-by: Li <li@example.com>")
    assert newcomers(folder, environ(folder.parent)) == [("li@example.com",)]


def test_an_address_is_known_wherever_in_the_range_a_known_name_has_it(folder: Path) -> None:
    saved(folder, ADA)
    released(folder)
    saved(folder, "lovelace <al@example.com>")
    saved(folder, "Ada Lovelace <al@example.com>")
    assert newcomers(folder, environ(folder.parent)) == [(), ()]


def test_a_second_address_of_somebody_new_is_new_too(folder: Path) -> None:
    saved(folder, ADA)
    released(folder)
    saved(folder, "Grace Hopper <grace@example.com>")
    saved(folder, "Grace Hopper <hopper@example.com>")
    saved(folder, "Grace Hopper <grace@example.com>")
    assert newcomers(folder, environ(folder.parent)) == [("grace@example.com",), ("hopper@example.com",), ()]


def test_how_many_there_were_before_counts_addresses_before_the_range_alone(folder: Path) -> None:
    saved(folder, ADA)
    released(folder)
    saved(folder, "Ada Lovelace <al@example.com>")
    opened = ForeignRepository.open(str(folder), here=Path("/"), environ=environ(folder.parent), clock=lambda: NOW)
    assert opened.history(opened.resolve("v1..HEAD")).people_before == 1
