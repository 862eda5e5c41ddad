"""Help: it begins with examples, costs nothing to ask for, and is the documentation."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from calling import call, environ, job, process

from orchestrator.cli.group import Command
from orchestrator.cli.reference import commands, reference
from orchestrator.cli.sections import COMMANDS, SECTIONS

DOCS = Path(__file__).parents[2] / "docs" / "commands.md"
FOUND = tuple(commands())
HEAVY = ("git", "pydantic", "ruamel", "jinja2", "PIL", "resvg_py")


def test_the_commands_stand_in_the_sections_of_the_design() -> None:
    assert {section: " ".join(names) for section, names in SECTIONS.items()} == {
        "start": "init new add demo",
        "move": "run advance retry rerun keep cancel",
        "look": "status next show log diff cost graph",
        "decide": "approve reject reopen edit",
        "go back": "rewind fork restore",
        "prove": "lint",
        "keep house": "checkout doctor schema",
    }


@pytest.mark.parametrize("asked", [["--help"], ["--version"], ["nonsense"]])
def test_help_imports_no_command_and_nothing_heavy(asked: list[str]) -> None:
    program = (
        "import sys\n"
        "from orchestrator.cli import entry\n"
        f"entry.run(['orchestrator', *{asked!r}], {{}})\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = ran.stdout.splitlines()[-1]
    assert [name for name in HEAVY if repr(name) in loaded] == []


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
