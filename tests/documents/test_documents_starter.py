"""The files that `init` lays down, held against lint and against the schemas that their editors are given."""

from pathlib import Path

import pytest
from test_documents_schema import fits

from orchestrator import gates
from orchestrator.documents.schema import schema
from orchestrator.documents.yaml import load

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "jobs" / "templates"

KINDS = {"pipeline.yaml": "pipeline", "job.yaml": "job"}
FILES = [path for path in sorted(TEMPLATES.rglob("*.yaml")) if path.name in KINDS]
AGENTS = sorted((ROOT / "agents").glob("*.md"))


def test_there_is_a_starter() -> None:
    assert len(FILES) >= 2
    assert len(AGENTS) >= 5


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_starter_file_fits_its_schema(path: Path) -> None:
    found = schema(KINDS[path.name], {name: gates.schema(name) for name in gates.names()})
    assert fits(load(path.read_bytes(), path.name), found, found)


def test_the_starters_settings_fit_their_schema() -> None:
    found = schema("settings")
    assert fits(load((ROOT / "orchestrator.yaml").read_bytes(), "orchestrator.yaml"), found, found)


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.name)
def test_a_starter_agent_fits_its_schema(path: Path) -> None:
    found = schema("agent")
    front_matter = path.read_text(encoding="utf-8").split("---\n")[1]
    assert fits(load(front_matter, path.name), found, found)
