"""docs/check.md prints what the program prints, and its recipes call the program as it can be called."""

import os
import re
import shlex
from pathlib import Path

import pytest
import tour
from pages import DOCS
from ruamel.yaml import YAML

PAGE = DOCS / "check.md"
TEXT = PAGE.read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
RECIPES = [
    call.strip(" '")
    for kind, body in BLOCKS
    if kind in ("yaml", "groovy", "bash")
    for call in re.findall(r"orchestrator check[^\n]*", body)
]


def ran(told: list[tour.Command], folder: Path) -> list[str]:
    """Return what each command printed in a folder."""
    return tour.run(told, folder, os.environ)  # noqa: TID251  the hermetic one


def test_the_page_prints_what_the_commands_print(tmp_path: Path) -> None:
    """Mend it with `PAGE.write_text(tour.written(TEXT, outputs))`."""
    told = list(tour.commands(tour.tour(TEXT)))
    outputs = ran(told, tmp_path)
    assert len(outputs) == len(told)
    assert tour.written(TEXT, outputs) == TEXT


def test_the_page_has_a_recipe_for_each_place_that_it_names() -> None:
    assert len(RECIPES) == 6


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_fails_on_a_fault_and_passes_without_it(tmp_path: Path, recipe: str) -> None:
    call = f'{recipe}{" docs/care.md" if recipe.endswith("--") else ""}; echo "exit code $?"'
    texts = next(tour.commands(tour.tour(TEXT))).text
    mend = "printf 'A mug that is made for the dishwasher, for the oven and for clumsy hands.' > docs/care.md"
    outputs = ran([tour.Command(text, None) for text in (texts, call, mend, call)], tmp_path)
    assert [output.splitlines()[-1] for output in outputs[1::2]] == ["exit code 1", "exit code 0"]


def test_the_recipes_name_the_files_that_the_commands_write() -> None:
    written = {shlex.split(recipe)[-1] for recipe in RECIPES if "--output" in recipe}
    assert written == {"gate.sarif", "gate.xml"}
    assert all(len(re.findall(re.escape(name), TEXT)) > 1 for name in written)


def test_the_recipes_in_yaml_are_yaml() -> None:
    found = [YAML(typ="safe").load(body) for kind, body in BLOCKS if kind == "yaml"]
    assert [type(each).__name__ for each in found] == ["dict", "list", "dict", "dict"]
