"""The page "Write your own pipeline", followed word for word in an empty folder."""

import os
import re
from pathlib import Path

import own_pipeline
import tour

from orchestrator import prompts


def test_the_page_prints_what_it_says_and_its_files_make_a_pipeline(tmp_path: Path) -> None:
    page = own_pipeline.PAGE.read_text()
    outputs = own_pipeline.outputs(page, tmp_path, os.environ)  # noqa: TID251  the hermetic one
    assert tour.masked(tour.written(page, outputs)) == tour.masked(page)
    assert (tmp_path / "team/prompts/minutes-ask.md.j2").is_file()


def test_the_page_writes_its_files_and_compares_its_outputs() -> None:
    told = list(own_pipeline.told(own_pipeline.PAGE.read_text()))
    files = [step.split("\n")[0] for step in told if isinstance(step, str)]
    printed = [step for step in told if isinstance(step, tour.Command) and step.printed]
    assert len(files) == 6
    assert files[0] == "cat > jobs/templates/minutes/pipeline.yaml <<'END_OF_THE_FILE'"
    assert len(printed) > 15


def test_the_page_shows_what_it_promises() -> None:
    page = own_pipeline.PAGE.read_text()
    for shown in ("unknown key", "halted", "- ask    skipped", "agree approved", "no mistakes found"):
        assert shown in page
    assert "Traceback" not in page


def test_the_filters_of_the_page_are_there_and_none_of_ours_is_missing() -> None:
    used = re.findall(r"^\| `(\w+) \\\| (\w+)([^`]*)` \|", own_pipeline.PAGE.read_text(), re.MULTILINE)
    for value, name, rest in used:
        template = f"{{{{ {value} | {name}{rest} }}}}"
        assert prompts.faults(template, "p", names=("text", "value", "path")) == ()
    ours = {"fence", "section", "sections", "points", "paragraphs", "rows", "tojson"}
    assert {name for _, name, _ in used} == ours
