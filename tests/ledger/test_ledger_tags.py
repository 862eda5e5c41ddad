"""Which tag a range of another repository begins at, and which one names its end, where several would do."""

from pathlib import Path

import pytest
from ledger_bench import NOW, hermetic, run

from orchestrator.ledger.foreign import ForeignRepository

Tagged = list[tuple[str, ...]]
"""The tags of one commit after the other."""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@example.com\n")
    return hermetic(tmp_path)


def tagged(tmp_path: Path, environ: dict[str, str], commits: Tagged) -> ForeignRepository:
    folder = tmp_path / "r"
    run(tmp_path, environ, "init", "-q", "-b", "main", "r")
    for number, tags in enumerate(commits):
        run(folder, environ, "commit", "-q", "--allow-empty", "-m", str(number))
        for tag in tags:
            run(folder, environ, "tag", tag)
    return ForeignRepository.open(str(folder), here=Path("/"), environ=environ, clock=lambda: NOW)


@pytest.mark.parametrize(
    ("commits", "said", "text"),
    [
        ([("v1.0.0", "1234567"), ("1.0",)], "1.0", "v1.0.0..1.0"),
        ([("v1.0.0", "1.0"), ("1.10",)], "1.10", "1.0..1.10"),
        ([("v1.0.0", "1.0"), ("v1.10",)], "v1.10", "v1.0.0..v1.10"),
        ([("v0.9", "1234567"), ("1.0", "v1.0.0")], "1.0", "v0.9..1.0"),
        ([("v1.0.0",), ("1234567",), ("2.0",)], "2.0", "v1.0.0..2.0"),
        ([("v1.0.0", "nightly-7000000", "12ab34f"), ()], "", "v1.0.0..HEAD"),
        ([("v1.0.0", "v1.0.0rc3"), ("v1.1",)], "v1.1", "v1.0.0..v1.1"),
        ([("v1", "v1.0", "v1.0.0"), ("v1.1",)], "v1.1", "v1.0.0..v1.1"),
        ([("core-v1.0", "docs-v9", "v3"), ("docs-v10",)], "docs-v10", "docs-v9..docs-v10"),
        ([("core-v1.0", "docs-v9", "v3"), ("docs",)], "docs", "v3..docs"),
        ([("v0.9",), ("v1.0rc1",), ("1.0",)], "1.0", "v0.9..1.0"),
        ([("v8.2",), ("v8.20",)], "v8.20", "v8.2..v8.20"),
        ([("build-1234567",), ("v1",), ("build-1234568",)], "build-1234568", "build-1234567..build-1234568"),
        ([("2024-01-31", "latest"), ("2024-02-28",)], "2024-02-28", "2024-01-31..2024-02-28"),
        ([("stable", "edge"), ()], "", "stable..HEAD"),
    ],
)
def test_a_release_begins_at_the_tag_of_its_series_that_looks_like_a_version(
    tmp_path: Path, environ: dict[str, str], commits: Tagged, said: str, text: str
) -> None:
    assert tagged(tmp_path, environ, commits).resolve(said).text == text


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        (("v1.0.0", "zebra2", "1234567"), "v1.0.0"),
        (("1.1", "latest"), "1.1"),
        (("v2.0.0rc1", "v2.0.0"), "v2.0.0"),
        (("build-1234567", "stable"), "build-1234567"),
        (("stable",), "stable"),
        ((), None),
    ],
)
def test_the_end_of_a_range_is_called_by_the_tag_that_looks_most_like_a_version(
    tmp_path: Path, environ: dict[str, str], tags: tuple[str, ...], name: str | None
) -> None:
    assert tagged(tmp_path, environ, [("v0",), tags]).resolve("HEAD").last_name == name
