from pathlib import Path

import pytest

from orchestrator.errors import WorkspaceError
from orchestrator.model.settings import Publisher
from orchestrator.publishers import find, kinds
from orchestrator.publishers.directory import Directory
from orchestrator.publishers.site import Site

PLUG_IN = """
class Wire:
    idempotency = "none"
    is_event = True
    def __init__(self, settings, root):
        self.settings, self.root = settings, root
"""

NO_NAME = r"String should match pattern '^[A-Za-z0-9][A-Za-z0-9_-]*\.md$'"


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = tmp_path / "acme-1.0.dist-info"
    metadata.mkdir()
    (tmp_path / "acme_wire.py").write_text(PLUG_IN)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    entries = "[orchestrator.publishers]\nwire = acme_wire:Wire\nbroken = acme_wire:Nothing\n"
    (metadata / "entry_points.txt").write_text(entries)
    monkeypatch.syspath_prepend(tmp_path)


def said(problem: pytest.ExceptionInfo[WorkspaceError]) -> str:
    return str(problem.value)


def test_a_directory_is_built_in() -> None:
    assert "directory" in kinds()


def test_a_relative_path_is_relative_to_the_main_worktree(tmp_path: Path) -> None:
    found = find(Publisher.model_validate({"kind": "directory", "path": "published/"}), root=tmp_path)
    assert found == Directory(path=tmp_path / "published", said="published", site=Site())


def test_the_settings_name_the_site_and_its_changelog(tmp_path: Path) -> None:
    keys = {"kind": "directory", "path": "releases", "title": "Releases", "lang": "de", "changelog": "CHANGELOG.md"}
    site = Site(title="Releases", lang="de", changelog="CHANGELOG.md")
    found = find(Publisher.model_validate(keys), root=tmp_path)
    assert found == Directory(path=tmp_path / "releases", said="releases", site=site, changelog="CHANGELOG.md")


def test_an_absolute_path_needs_no_worktree(tmp_path: Path) -> None:
    settings = {"kind": "directory", "path": str(tmp_path), "site": False, "requires": "owner"}
    found = find(Publisher.model_validate(settings), root=None)
    assert found == Directory(path=tmp_path, said=str(tmp_path), site=None)


def test_a_relative_path_in_a_bare_repository_is_an_error() -> None:
    with pytest.raises(WorkspaceError) as problem:
        find(Publisher.model_validate({"kind": "directory", "path": "published"}), root=None)
    assert said(problem) == (
        "orchestrator.yaml: the publisher's path 'published' is relative, and a bare repository has no worktree "
        "to begin at\nhint: give an absolute `path`"
    )


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({}, "path: Field required"),
        ({"path": ""}, "path: String should have at least 1 character"),
        ({"path": 3}, "path: Input should be a valid string"),
        ({"path": "p", "site": "yes"}, "site: Input should be a valid boolean"),
        ({"path": "p", "sites": True}, "sites: Extra inputs are not permitted"),
        ({"path": "p", "changelog": "../CHANGES.md"}, f"changelog: {NO_NAME}"),
        ({"path": "p", "changelog": "a/b.md"}, f"changelog: {NO_NAME}"),
        ({"path": "p", "changelog": "index.html"}, f"changelog: {NO_NAME}"),
        ({"path": "p", "changelog": ".hidden.md"}, f"changelog: {NO_NAME}"),
        ({"path": "p", "changelog": ""}, f"changelog: {NO_NAME}"),
    ],
)
def test_settings_that_are_off_are_named(tmp_path: Path, keys: dict[str, object], message: str) -> None:
    with pytest.raises(WorkspaceError) as problem:
        find(Publisher.model_validate({"kind": "directory", **keys}), root=tmp_path)
    assert said(problem) == (
        f"orchestrator.yaml: a publisher of the kind directory: {message}\n"
        "hint: it takes path (a folder), site (true or false), title, lang, changelog (a name), requires"
    )


def test_an_unknown_kind_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as problem:
        find(Publisher(kind="pigeon"), root=tmp_path)
    assert said(problem) == (
        "orchestrator.yaml: there is no publisher of the kind 'pigeon'\n"
        f"hint: the kinds known here: {', '.join(kinds())}"
    )


@pytest.mark.usefixtures("plug_in")
def test_a_plug_in_is_found_by_its_name(tmp_path: Path) -> None:
    found = find(Publisher(kind="wire"), root=tmp_path)
    assert type(found).__name__ == "Wire"
    assert {"directory", "wire"} <= set(kinds())


@pytest.mark.usefixtures("plug_in")
def test_a_plug_in_that_does_not_load_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="the publisher 'broken' does not load from acme_wire:Nothing"):
        find(Publisher(kind="broken"), root=tmp_path)
