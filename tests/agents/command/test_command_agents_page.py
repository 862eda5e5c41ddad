"""docs/command-agents.md says of the profiles what the code has, and its examples are settings, agents and code.

`python tests/agents/command/test_command_agents_page.py` writes the table anew.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from command_cases import request
from ruamel.yaml import YAML

from orchestrator.agents.callable import CallableBackend
from orchestrator.agents.command.profiles import PROFILES
from orchestrator.agents.command.table import table
from orchestrator.agents.interface import Answer
from orchestrator.model.agent import AgentExtras, BackendKind
from orchestrator.model.settings import Settings

PAGE = Path(__file__).parents[3] / "docs" / "command-agents.md"
BLOCK = re.compile(r"(<!-- generated: profiles -->\n).*?(<!-- end -->)", re.DOTALL)
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def written(page: str) -> str:
    return BLOCK.sub(lambda found: f"{found[1]}\n{table()}\n\n{found[2]}", page)


def blocks(language: str) -> list[str]:
    return [text for kind, text in FENCED.findall(PAGE.read_text()) if kind == language]


def loaded(text: str) -> Mapping[str, object]:
    found: Mapping[str, object] = YAML(typ="safe").load(text)
    return found


def test_the_table_of_profiles_is_that_of_the_code() -> None:
    assert PAGE.read_text() == written(PAGE.read_text())


def test_the_examples_are_settings_and_an_agents_keys() -> None:
    examples = [loaded(text) for text in blocks("yaml")]
    settings = [Settings.model_validate({"version": 1, **each}) for each in examples if "x-orchestrator" not in each]
    agents = [AgentExtras.model_validate(each["x-orchestrator"]) for each in examples if "x-orchestrator" in each]
    assert [each.backend for each in agents] == [BackendKind.COMMAND]
    named = {name: command.profile for said in settings for name, command in said.commands.items()}
    assert named == {name: name for name in PROFILES if name not in ("script", "text")} | {
        "upper": "text",
        "tidy": None,
    }


def test_the_callable_of_the_page_does_its_work() -> None:
    scope: dict[str, object] = {}
    exec(compile(blocks("python")[0], "page", "exec"), scope)
    tidy = scope["tidy"]
    assert callable(tidy)
    found = CallableBackend("tidy", lambda _: tidy).run(request(files={"listing.md": b"# Mug  \n"}))
    assert isinstance(found, Answer)
    assert found.files == {"listing.md": b"# Mug\n"}


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
