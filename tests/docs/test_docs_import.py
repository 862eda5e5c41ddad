"""docs/import.md prints what the program prints."""

import os
from pathlib import Path

import tour
from pages import DOCS

PAGE = DOCS / "import.md"
TEXT = PAGE.read_text()


def test_the_page_prints_what_the_commands_print(tmp_path: Path) -> None:
    told = list(tour.commands(tour.tour(TEXT)))
    outputs = tour.run(told, tmp_path, os.environ)  # noqa: TID251  the hermetic one
    assert len(outputs) == len(told)
    assert tour.masked(tour.written(TEXT, outputs)) == tour.masked(TEXT)
