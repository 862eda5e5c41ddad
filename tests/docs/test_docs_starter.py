"""What the starter's settings show as comments holds, word for word, once it is none any more; and what pages show."""

import re
from pathlib import Path

import pytest
import tour
from pages import DOCS, ROOT

from orchestrator.cli import entry
from orchestrator.documents.models import parse
from orchestrator.documents.yaml import load
from orchestrator.model.settings import Budget, Command, McpServer, Provider, Routing, Sandboxed, Settings, Transcripts

TEXT = (ROOT / "orchestrator.yaml").read_text()
SHOWN = [
    (page.name, block)
    for page in (ROOT / "README.md", DOCS / "routing.md", DOCS / "run.md", DOCS / "formats.md")
    for block in re.findall(r"^```yaml\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)
]

_EXAMPLE = re.compile(r"( *)# ((?: *(?:- )?\w+:(?: |$)).*)")


def uncommented(text: str) -> str:
    """Return the settings with every example in force; one that stands below the line of its key takes its place."""
    found: list[str] = []
    for line in text.split("\n"):
        example = _EXAMPLE.fullmatch(line)
        if example and found and found[-1].startswith(f"{example[1]}{example[2].partition(':')[0]}:"):
            found.pop()
        found.append(example[1] + example[2] if example else line)
    return "\n".join(found)


def test_every_example_of_the_settings_holds_once_it_is_uncommented() -> None:
    found = parse(uncommented(TEXT), "orchestrator.yaml", Settings)
    assert [model.name for model in found.models] == [
        "builtin",
        "anthropic:claude-haiku-4-5",
        "openai:gpt-5.2",
        "shed:llama3.3",
    ]
    assert found.models[3].base_url == "https://models.example.com/v1"
    assert list(found.providers) == ["openai", "shed"]
    assert found.providers["openai"] == Provider(
        key="SHOP_OPENAI_KEY", concurrent=8, requests_per_minute=500, tokens_per_minute=200_000
    )
    assert found.routing == Routing(by="accepted")
    assert found.budget == Budget(call=0.5, step=1, job=2, day=20, workspace=500)
    assert (set(found.approvers), "lessons" in found.publishers) == ({"owner", "team"}, True)
    assert found.commands == {
        "claude": Command(
            argv=("claude", "-p", "--bare"),
            profile="claude",
            env=("ANTHROPIC_API_KEY",),
            network=("api.anthropic.com:443",),
        )
    }
    assert (found.sandbox, found.transcripts) == (Sandboxed.REQUIRED, Transcripts.NONE)
    assert found.mcp == {
        "scales": McpServer(argv=("python3", "/srv/tools/scales.py"), env=("SCALES_TOKEN",), tools=("weigh",))
    }


def test_what_is_left_out_is_what_the_comments_say() -> None:
    found = parse(TEXT, "orchestrator.yaml", Settings)
    assert (found.sandbox, found.transcripts, found.routing) == (Sandboxed.PREFERRED, Transcripts.KEEP, Routing())
    assert (found.providers, found.commands, found.mcp) == ({}, {}, {})


@pytest.mark.parametrize(("page", "block"), SHOWN)
def test_settings_that_a_page_shows_are_settings(page: str, block: str) -> None:
    said = load(block, page)
    assert isinstance(said, dict)
    Settings.model_validate({"version": 1, **said})


def test_a_workspace_with_all_the_examples_lints_clean(tmp_path: Path) -> None:
    environ = {**tour.ENVIRON, "HOME": str(tmp_path)}
    (tmp_path / ".gitconfig").write_text(tour.IDENTITY)
    assert entry.run(["orchestrator", "-C", str(tmp_path), "init", "shop"], environ) == 0
    (tmp_path / "shop/orchestrator.yaml").write_text(uncommented(TEXT))
    assert entry.run(["orchestrator", "-C", str(tmp_path / "shop"), "lint"], environ) == 0
