"""Help: it begins with examples, costs nothing to ask for, and is the documentation."""

import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from calling import call, environ, job, process, waiting

from orchestrator.cli.group import Command
from orchestrator.cli.reference import commands, reference
from orchestrator.cli.sections import COMMANDS, SECTIONS

DOCS = Path(__file__).parents[2] / "docs" / "commands.md"
FOUND = tuple(commands())
HEAVY = frozenset({"git", "pydantic", "ruamel", "jinja2", "rich", "markdown_it", "PIL", "resvg_py"})
# Their options name values that the models know.
MODELLED = ("cost", "schema")


def test_the_commands_stand_in_the_sections_of_the_design() -> None:
    assert {section: " ".join(names) for section, names in SECTIONS.items()} == {
        "start": "init new add demo",
        "move": "run advance retry rerun keep cancel",
        "look": "status next show log diff cost route prompt graph",
        "decide": "approve reject reopen waive edit",
        "go back": "rewind fork restore",
        "prove": "verify check lint",
        "keep house": "checkout import doctor schema",
    }


def imported(where: Path, *args: str, more: Mapping[str, str] | None = None) -> set[str]:
    """Return every module that a call of the program imports, as a process of its own."""
    argv = [sys.executable, "-X", "importtime", "-m", "orchestrator", *args]
    ran = subprocess.run(
        argv, cwd=where, env={**environ(), **(more or {})}, capture_output=True, text=True, check=False
    )
    lines = [line for line in ran.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines[1:]}


def heavy(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules} & HEAVY


@pytest.mark.parametrize("asked", [["--help"], ["--version"], ["-C", ".", "--help"]])
def test_help_imports_the_command_line_and_click_and_nothing_else_of_ours_or_heavy(
    tmp_path: Path, asked: list[str]
) -> None:
    found = imported(tmp_path, *asked)
    assert {name for name in found if name.partition(".")[0] == "orchestrator"} == {
        "orchestrator",
        *(f"orchestrator.cli{room}" for room in ("", ".entry", ".group", ".root", ".sections")),
    }
    assert heavy(found) == set()
    assert found.isdisjoint(["dataclasses", "json", "pathlib", "subprocess", "traceback", "unicodedata"])


def test_the_measure_of_imports_sees_what_is_imported(folder: Path) -> None:
    job(folder)
    assert heavy(imported(folder, "status", "j")) >= {"pydantic", "ruamel"}


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in MODELLED])
def test_help_of_a_command_imports_nothing_heavy(tmp_path: Path, name: str) -> None:
    assert heavy(imported(tmp_path, name, "--help")) == set()


def test_a_mistyped_command_imports_nothing_heavy(tmp_path: Path) -> None:
    assert heavy(imported(tmp_path, "stauts")) == set()


def test_completion_of_commands_and_of_jobs_imports_nothing_heavy(folder: Path) -> None:
    job(folder, "harbour-mug")
    for words in ("orchestrator re", "orchestrator show h"):
        asked = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")), "_ORCHESTRATOR_COMPLETE": "bash_complete"}
        assert heavy(imported(folder, more=asked)) == set()


def test_the_list_of_jobs_imports_nothing_heavy_neither_at_first_nor_from_its_cache(folder: Path) -> None:
    waiting(folder)
    assert [heavy(imported(folder, "status")) for _ in ("first", "from the cache")] == [set(), set()]


@pytest.mark.parametrize(("name", "found"), FOUND)
def test_every_command_has_help_that_begins_with_an_example_and_fits_80_columns(
    tmp_path: Path, name: str, found: Command
) -> None:
    called = call(tmp_path, name, "--help")
    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("Examples:\n")
    assert max(map(len, called.out.splitlines())) <= 80
    assert found.help
    assert any(f"orchestrator {name}" in line for line, _ in found.examples)


@pytest.mark.parametrize(("name", "found"), FOUND)
def test_every_example_calls_a_command_that_is_there_with_options_that_it_has(name: str, found: Command) -> None:
    known = {option for parameter in found.params for option in parameter.opts}
    for line, _ in found.examples:
        words = shlex.split(line)
        if "orchestrator" not in words:
            assert words[0] == "git"
            continue
        after = words[words.index("orchestrator") + 1 :]
        assert after[0] == name
        assert [word for word in after if word.startswith("-") and word != "-" and word not in known] == []


def test_the_line_in_the_table_is_short_enough_for_the_list() -> None:
    assert [name for name, listed in COMMANDS.items() if len(listed.line) > 62 or listed.line.endswith(".")] == []


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    """Mend it with `python -m orchestrator.cli.reference > docs/commands.md`."""
    assert DOCS.read_text("utf-8") == reference()


def test_help_says_the_same_under_either_name(tmp_path: Path) -> None:
    assert call(tmp_path, "-h") == call(tmp_path, "--help")


def test_no_command_at_all_gets_the_help_and_exits_2(tmp_path: Path) -> None:
    called = process(tmp_path)
    assert (called.code, called.out) == (2, "")
    assert called.err == call(tmp_path, "--help").out


def test_an_unknown_command_gets_the_nearest_one(tmp_path: Path) -> None:
    called = call(tmp_path, "stauts")
    assert (called.code, called.out) == (2, "")
    assert called.err == "error: there is no command 'stauts'; did you mean \"status\"?\nhint: orchestrator --help\n"


def test_completion_offers_commands_from_the_table_and_jobs_and_steps_from_the_repository(folder: Path) -> None:
    job(folder, "harbour-mug")

    def complete(*words: str) -> list[str]:
        asked = {"COMP_WORDS": " ".join(["orchestrator", *words]), "COMP_CWORD": str(len(words))}
        ran = subprocess.run(
            [sys.executable, "-m", "orchestrator"],
            cwd=folder,
            env={**environ(), **asked, "_ORCHESTRATOR_COMPLETE": "bash_complete"},
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout.split()

    assert complete("re") == [
        "plain,retry",
        "plain,rerun",
        "plain,reject",
        "plain,reopen",
        "plain,rewind",
        "plain,restore",
    ]
    assert complete("show", "h") == ["plain,harbour-mug"]
    assert complete("rerun", "harbour-mug", "w") == ["plain,write"]
    assert complete("rerun", "nosuch", "w") == []
