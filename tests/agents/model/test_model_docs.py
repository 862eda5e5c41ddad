"""docs/models.md: its settings can be read, and the keys that it names are those that are looked for."""

import re
from pathlib import Path

import pytest

from orchestrator.agents.model.clients import access, kind_of
from orchestrator.documents.yaml import load
from orchestrator.errors import WorkspaceError
from orchestrator.model.settings import Model, Settings

PAGE = (Path(__file__).parents[3] / "docs" / "models.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
KEYS = re.findall(r"^\| `(\w+)` \| `pip install 'git-orchestrator\[\w+\]'` \| `(\w+_API_KEY)`", PAGE, re.MULTILINE)


@pytest.mark.parametrize("block", BLOCKS)
def test_the_settings_on_the_page_are_settings(block: str) -> None:
    said = load(block, "docs/models.md")
    assert isinstance(said, dict)
    Settings.model_validate({"version": 1, **said})


@pytest.mark.parametrize(("provider", "name"), KEYS)
def test_the_keys_on_the_page_are_looked_for(provider: str, name: str) -> None:
    asked: list[str] = []
    with pytest.raises(WorkspaceError):
        access(kind_of(provider, None), None, Model(name=f"{provider}:m"), lambda key: asked.append(key))
    assert asked[0] == name


def test_the_page_names_settings_and_keys() -> None:
    assert (len(BLOCKS), [provider for provider, _ in KEYS]) == (3, ["openai", "anthropic", "google", "mistral"])
