"""The smallest template: laid down whole or not at all, right as it stands, and done when it is run."""

from pathlib import Path

import pytest
from places import SETTINGS, git

from orchestrator.engine import lint
from orchestrator.engine.scratch import lay_down, scratch_files
from orchestrator.errors import OrchestratorError, RefusedError, UsageError, WorkspaceError

FILES = (
    "jobs/templates/minutes/job.yaml",
    "jobs/templates/minutes/pipeline.yaml",
    "jobs/templates/minutes/brief.md",
    "agents/minutes-writer.md",
    "prompts/minutes-draft.md.j2",
)


def every_file(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


def laid(root: Path, name: str = "minutes") -> tuple[str, ...]:
    return lay_down(root, name, ("product-listing",))


def refused(root: Path, name: str = "minutes") -> OrchestratorError:
    before = every_file(root)
    with pytest.raises(OrchestratorError) as caught:
        laid(root, name)
    assert every_file(root) == before
    return caught.value


def test_five_files_are_a_template(folder: Path) -> None:
    assert laid(folder) == FILES
    assert {path for path in every_file(folder) if (folder / path).is_file()} == set(FILES)
    assert {path: (folder / path).read_text() for path in FILES} == scratch_files("minutes")


def test_it_lints_clean() -> None:
    texts = {path: text.encode() for path, text in scratch_files("minutes").items() if lint.is_judged(path)}
    assert lint.judge({**texts, "orchestrator.yaml": SETTINGS.encode()}, scratch_files("minutes")) == ()


def test_no_word_of_the_sample_is_left_where_the_name_should_be() -> None:
    assert [path for path, text in scratch_files("minutes").items() if "NAME" in path + text] == []


def test_what_comments_offer_is_right_too() -> None:
    files = scratch_files("minutes")
    path = "jobs/templates/minutes/pipeline.yaml"
    wanted = [line for line in files[path].split("\n") if line.startswith("  # ") and "away" not in line]
    offered = files[path] + "\n".join(line.replace("  # ", "  ", 1) for line in wanted) + "\n"
    texts = {name: text.encode() for name, text in {**files, path: offered}.items() if lint.is_judged(name)}
    settings = SETTINGS.replace("shop:", "storefront:").encode()
    assert len(wanted) == 4
    assert lint.judge({**texts, "orchestrator.yaml": settings}, files) == ()


@pytest.mark.parametrize("name", ["", "Minutes", "../x", "a/b", "templates", "con", "a" * 41, "9lives", "a\n"])
def test_a_name_that_is_none_is_refused(folder: Path, name: str) -> None:
    assert isinstance(refused(folder, name), UsageError)


def test_a_name_that_the_base_has_is_refused(folder: Path) -> None:
    assert str(refused(folder, "product-listing")) == (
        "there is a template product-listing on the base branch already\nhint: choose another name"
    )


@pytest.mark.parametrize("path", FILES)
def test_a_file_in_the_way_is_left_as_it_is_and_nothing_is_written(folder: Path, path: str) -> None:
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_text("mine")
    error = refused(folder)
    assert isinstance(error, RefusedError)
    assert str(error) == f"{path}: this stands here already\nhint: choose another name, or move it"
    assert (folder / path).read_text() == "mine"


def test_a_link_that_leads_nowhere_is_in_the_way_too(folder: Path) -> None:
    (folder / "agents").mkdir()
    (folder / "agents/minutes-writer.md").symlink_to(folder / "nowhere")
    assert isinstance(refused(folder), RefusedError)


def test_where_a_folder_cannot_be_made_nothing_is_left_behind(folder: Path) -> None:
    (folder / "prompts").write_text("a file where a folder should be")
    error = refused(folder)
    assert isinstance(error, WorkspaceError)
    assert str(error) == "prompts cannot be written: File exists\nhint: nothing was changed"


def test_other_files_of_a_folder_stay(folder: Path) -> None:
    (folder / "agents").mkdir()
    (folder / "agents/writer.md").write_text("mine")
    laid(folder)
    laid(folder, "other")
    assert (folder / "agents/writer.md").read_text() == "mine"


@pytest.fixture
def committed(folder: Path) -> Path:
    """Return a repository with a commit."""
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "begin")
    return folder


def test_nothing_is_committed_or_staged(committed: Path) -> None:
    laid(committed)
    assert git(committed, "status", "--porcelain").split("\n") == ["?? agents/", "?? jobs/", "?? prompts/"]
