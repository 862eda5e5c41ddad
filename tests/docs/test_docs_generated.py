"""What the pages take from the code is what the code gives. `python tests/docs/rewrite.py` writes it anew."""

import os
from pathlib import Path

import key_tables
import pytest
import run_picture
import samples
import state_diagram
import tour
from pages import rewrite
from pydantic import BaseModel

from orchestrator.model.pipeline import StepKind


def test_the_state_diagrams_are_those_of_the_machine() -> None:
    page = state_diagram.PAGE.read_text()
    assert state_diagram.written(page) == page


def test_the_diagrams_know_every_way_out_of_an_open_question() -> None:
    found = state_diagram.arrows()[StepKind.APPROVE]
    assert {arrow.after for arrow in found if arrow.before == "waiting"} == {"waiting", "rejected", "approved"}


def test_the_key_tables_are_those_of_the_models() -> None:
    page = key_tables.PAGE.read_text()
    assert key_tables.written(page) == page


@pytest.mark.parametrize("model", key_tables.WORDS, ids=lambda model: model.__name__)
def test_every_key_has_words_and_no_words_lack_their_key(model: type[BaseModel]) -> None:
    described = {key for key, field in key_tables.keys(model).items() if field.get("description")}
    assert set(key_tables.WORDS[model]) == set(key_tables.keys(model)) - described


def test_the_picture_and_the_samples_are_those_of_a_real_run(tmp_path: Path) -> None:
    picture = run_picture.record(tmp_path, os.environ)  # noqa: TID251  the hermetic one
    assert run_picture.told(picture) == run_picture.told(run_picture.PAGE.read_text())
    page = samples.PAGE.read_text()
    found = samples.samples(tmp_path / "orchestrator-demo")
    assert tour.masked(samples.written(page, found)) == tour.masked(page)


def test_a_block_that_a_page_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="no block <!-- generated: nothing -->"):
        rewrite("# A page\n", "nothing", "text")


def test_lines_that_a_terminal_wrote_anew_count_once() -> None:
    assert run_picture.lines("\r\x1b[2Kdraft 00:01\r\x1b[2Kdraft 00:02\r\x1b[2Kdone\r\n") == ["done"]
    assert list(run_picture.pieces("a \x1b[32mb\x1b[0m")) == [
        run_picture.Piece(0, "a "),
        run_picture.Piece(2, "b", "#56d364"),
    ]
