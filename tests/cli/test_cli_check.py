"""`check`: a gate on a folder of files, with no job and no repository; told to people, and to other programs."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest
from calling import Called, call, on_terminal, process

GATE = """\
gate:
  - words: {min: 3}
  - must_not_contain: [perfect]
"""
FIRST = """\
a.md:3: major: must_not_contain: 'perfect' must not stand here
  hint: say it otherwise
docs/b.md: major: words: the text has 2 words; at least 3 are wanted
  hint: front matter, code and link targets do not count
"""


@pytest.fixture
def files(folder: Path) -> Path:
    """Return a folder with two texts and a gate, and no repository."""
    (folder / "docs").mkdir()
    (folder / "gate.yaml").write_text(GATE)
    (folder / "a.md").write_text("# A mug\n\nIt is perfect.\n")
    (folder / "docs/b.md").write_text("Two words\n")
    (folder / "good.md").write_text("Three words here.\n")
    return folder


def test_what_passes_says_so_and_exits_0(files: Path) -> None:
    assert call(files, "check", "good.md", "--gate", "gate.yaml") == Called(0, "", "2 checks: 2 passed; no findings\n")


def test_findings_are_told_with_place_severity_check_and_what_to_do(files: Path) -> None:
    called = call(files, "check", "a.md", "docs", "--gate", "gate.yaml")
    assert called.code == 1
    assert called.out == "\n".join([*FIRST.splitlines()[2:], *FIRST.splitlines()[:2], ""])
    assert called.err == "2 checks: 2 failed; 2 findings\n"


def test_a_remark_fails_nothing(files: Path) -> None:
    (files / "gate.yaml").write_text("gate: [words: {min: 9, severity: minor}]\n")
    called = call(files, "check", "good.md", "--gate", "gate.yaml")
    assert (called.code, called.err) == (0, "1 check: 1 passed; 1 finding\n")
    assert called.out.startswith("good.md: minor: words: the text has 3 words; at least 9 are wanted\n")


def test_a_check_that_could_not_run_is_neither_passed_nor_failed_and_exits_1(files: Path) -> None:
    (files / "gate.yaml").write_text("gate: [words: 1, changed: {max_percent: 9}, words: 9]\n")
    called = call(files, "check", "good.md", "--gate", "gate.yaml")
    assert called.code == 1
    assert called.out.splitlines()[0].startswith("error: changed: the check could not run: ")
    assert called.err == "3 checks: 1 passed, 1 failed, 1 could not run; 2 findings\n"


def test_an_error_alone_exits_1_too(files: Path) -> None:
    (files / "gate.yaml").write_text("gate: [changed: {max_percent: 9}]\n")
    called = call(files, "check", "good.md", "--gate", "gate.yaml")
    assert (called.code, called.err) == (1, "1 check: 1 could not run; 1 finding\n")


def test_a_check_used_twice_is_told_apart(files: Path) -> None:
    (files / "gate.yaml").write_text("gate: [words: 1, words: 9]\n")
    assert call(files, "check", "good.md", "--gate", "gate.yaml").out.startswith("good.md: major: words-2: the text")


def test_other_files_of_the_root_are_there_for_the_checks(files: Path) -> None:
    (files / "notes").mkdir()
    (files / "notes/n.md").write_text("We sold 40 mugs.\n")
    (files / "good.md").write_text("We sold 40 mugs, not 41.\n")
    (files / "gate.yaml").write_text("gate: [grounded: {in: notes/}]\n")
    called = call(files, "check", "good.md", "--gate", "gate.yaml")
    assert called.code == 1
    assert called.out.startswith("good.md:1: critical: grounded: the figure '41' stands in no source\n")
    assert called.err == "1 check: 1 failed; 1 finding\n"


def test_paths_are_seen_from_the_root_wherever_one_stands(files: Path) -> None:
    seen = call(files, "check", "docs/b.md", "--gate", "gate.yaml").out
    assert seen.startswith("docs/b.md: major")
    assert call(files / "docs", "check", "b.md", "--gate", "../gate.yaml", "--root", "..").out == seen
    assert call(files / "docs", "check", str(files / "docs/b.md"), "--gate", "../gate.yaml", "--root", "..").out == seen


# --- forms -----------------------------------------------------------------------------------------------------------


def test_json_is_an_array_of_checks(files: Path) -> None:
    called = call(files, "check", "a.md", "--gate", "gate.yaml", "--json")
    assert (called.code, called.err) == (1, "")
    assert json.loads(called.out) == [
        {"check": "words", "verdict": "pass", "findings": []},
        {
            "check": "must_not_contain",
            "verdict": "fail",
            "findings": [
                {
                    "severity": "major",
                    "rule": None,
                    "file": "a.md",
                    "line": 3,
                    "message": "'perfect' must not stand here",
                    "suggestion": "say it otherwise",
                }
            ],
        },
    ]
    assert call(files, "check", "a.md", "--gate", "gate.yaml", "--format", "json") == called
    assert call(files, "check", "a.md", "--gate", "gate.yaml", "--format", "json", "--json") == called


def test_sarif_names_the_rules_of_the_gate_and_where_it_failed(files: Path) -> None:
    called = call(files, "check", "a.md", "--gate", "gate.yaml", "--format", "sarif")
    (run,) = json.loads(called.out)["runs"]
    assert (called.code, called.err) == (1, "")
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["words", "must_not_contain"]
    assert run["tool"]["driver"]["rules"][0]["shortDescription"]["text"].startswith("A text has at least")
    assert [result["ruleId"] for result in run["results"]] == ["must_not_contain"]


def test_junit_counts_what_failed(files: Path) -> None:
    called = call(files, "check", "a.md", "docs", "--gate", "gate.yaml", "--format", "junit")
    suite = ElementTree.fromstring(called.out).find("testsuite")
    assert (called.code, called.err) == (1, "")
    assert suite is not None
    assert suite.attrib == {"name": "gate.yaml", "tests": "4", "failures": "2", "errors": "0", "skipped": "0"}


def test_github_gets_its_commands(files: Path) -> None:
    called = call(files, "check", "a.md", "--gate", "gate.yaml", "--format", "github")
    command = "::error file=a.md,line=3,title=must_not_contain::'perfect' must not stand here%0Asay it otherwise\n"
    assert called == Called(1, command, "")
    assert call(files, "check", "good.md", "--gate", "gate.yaml", "--format", "github") == Called(0, "", "")


def test_a_form_may_go_to_a_file_and_people_still_read_the_text(files: Path) -> None:
    asked = ("check", "a.md", "docs", "--gate", "gate.yaml")
    plain = call(files, *asked)
    for form in ("json", "sarif", "junit", "github"):
        printed = call(files, *asked, "--format", form).out
        assert call(files, *asked, "--format", form, "--output", "report") == plain
        assert (files / "report").read_text() == printed
    assert call(files, *asked, "--output", "report") == plain
    assert (files / "report").read_text() == plain.out + plain.err


def test_at_most_so_many_findings_are_shown_the_worst_and_the_rest_counted(files: Path) -> None:
    (files / "gate.yaml").write_text(
        "gate: [words: {min: 9, severity: minor}, must_not_contain: {phrases: [perfect], severity: critical}]\n"
    )
    called = call(files, "check", "a.md", "--gate", "gate.yaml", "--most", "1")
    assert called.out.startswith("a.md:3: critical: must_not_contain: ")
    assert called.err == "the worst 1 are shown; --most 2 shows all\n2 checks: 1 passed, 1 failed; 2 findings\n"
    assert call(files, "check", "a.md", "--gate", "gate.yaml", "--most", "2").err == (
        "2 checks: 1 passed, 1 failed; 2 findings\n"
    )


def test_fifty_are_shown_unless_said(files: Path) -> None:
    (files / "gate.yaml").write_text(f"gate: [sections: {[f'T{n}' for n in range(51)]}]\n")
    called = call(files, "check", "a.md", "--gate", "gate.yaml")
    assert called.out.count("a.md: major: ") == 50
    assert called.err.startswith("the worst 50 are shown; --most 51 shows all\n")


def test_on_a_terminal_it_is_coloured_and_wrapped_and_begins_with_the_place(files: Path) -> None:
    seen = on_terminal(files, "check", "a.md", "--gate", "gate.yaml").out
    assert "\x1b[1ma.md:3\x1b[0m: \x1b[33mmajor:\x1b[0m must_not_contain: 'perfect' must not stand here\n" in seen
    unstyled = on_terminal(files, "check", "docs", "--gate", "gate.yaml", more={"NO_COLOR": "1"}).out
    assert max(map(len, unstyled.splitlines())) <= 80
    assert "\x1b" not in unstyled


# --- bad calls and bad files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--gate", "gate.yaml"], "error: missing argument 'FILE...'\nhint: orchestrator check --help\n"),
        (["a.md"], "error: missing option '--gate'\nhint: orchestrator check --help\n"),
        (
            ["a.md", "--gate", "gate.yaml", "--most", "0"],
            "error: invalid value for '--most': 0 is not in the range x>=1\nhint: orchestrator check --help\n",
        ),
        (
            ["a.md", "--gate", "gate.yaml", "--json", "--format", "junit"],
            None,
        ),
        (
            ["a.md", "--gate", "gate.yaml", "--root", "docs"],
            None,
        ),
    ],
)  # fmt: skip
def test_a_call_that_is_off_exits_2(files: Path, args: list[str], said: str | None) -> None:
    called = call(files, "check", *args)
    assert (called.code, called.out) == (2, "")
    assert said is None or called.err == said


def test_a_root_that_is_no_folder_and_forms_that_exclude_each_other_are_told(files: Path) -> None:
    assert call(files, "check", "a.md", "--gate", "gate.yaml", "--root", "a.md").err == (
        f"error: --root: there is no folder {files}/a.md\nhint: name the folder that paths are seen from\n"
    )
    assert call(files, "check", "a.md", "--gate", "gate.yaml", "--root", "docs").err == (
        f"error: 'a.md' is not below the folder {files}/docs\nhint: --root FOLDER says what paths are seen from\n"
    )
    assert json.loads(call(files, "check", "a.md", "--gate", "gate.yaml", "--json", "--format", "sarif").err) == {
        "error": {
            "code": "usage",
            "message": "--json and --format sarif are two forms",
            "place": None,
            "hint": "give one of them",
        }
    }


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        (
            "gate: [wrods: 3]\n",
            'error: gate.yaml:1:8: gate[0]: unknown check wrods\nhint: did you mean "words"?\n',
        ),
        (
            "gate:\n  - words: {min: few}\n",
            "error: gate.yaml:2:18: gate[0].words.min: must be a whole number, not 'few'\n",
        ),
    ],
)  # fmt: skip
def test_a_wrong_gate_file_is_told_at_its_place_and_judges_nothing(files: Path, gate: str, said: str) -> None:
    (files / "gate.yaml").write_text(gate)
    assert call(files, "check", "a.md", "--gate", "gate.yaml") == Called(1, "", said)


@pytest.mark.parametrize(
    ("gate", "why"),
    [("no.yaml", "no such file or directory"), ("docs", "is a directory"), ("a.md/x", "not a directory")],
)
def test_a_gate_file_that_cannot_be_read_is_told(files: Path, gate: str, why: str) -> None:
    assert call(files, "check", "a.md", "--gate", gate) == Called(
        1, "", f"error: {gate}: the gate file cannot be read: {why}\nhint: --gate names a file `gate: [ … ]`\n"
    )


def test_a_gate_file_without_an_end_is_read_so_far_and_refused(files: Path) -> None:
    called = call(files, "check", "a.md", "--gate", "/dev/zero")
    assert called == Called(1, "", "error: /dev/zero: larger than 1,000,000 bytes\nhint: split the file\n")


def test_a_report_that_cannot_be_written_is_told(files: Path) -> None:
    called = call(files, "check", "a.md", "--gate", "gate.yaml", "--output", "nowhere/report")
    assert called == Called(
        1,
        "",
        "error: nowhere/report: the report cannot be written: no such file or directory\n"
        "hint: --output names a file in a folder that can be written\n",
    )


def test_a_file_that_is_not_there_is_told_and_nothing_judged(files: Path) -> None:
    assert call(files, "check", "a.md", "nothing.md", "--gate", "gate.yaml") == Called(
        1, "", "error: nothing.md: the file is not there\nhint: name another, or write it\n"
    )


def test_what_is_not_judged_below_a_folder_is_told_beside_the_data(files: Path) -> None:
    os.mkfifo(files / "docs/pipe.md")
    (files / "docs/out.md").symlink_to("/etc/passwd")
    (files / "gate.yaml").write_text("gate: [words: 1]\n")
    assert call(files, "check", "docs", "--gate", "gate.yaml") == Called(
        0,
        "",
        "docs/out.md: not judged: it leads out of the folder\n"
        "docs/pipe.md: not judged: it is no ordinary file\n"
        "1 check: 1 passed; no findings\n",
    )


def test_a_pipe_is_refused_and_not_waited_for(files: Path) -> None:
    os.mkfifo(files / "pipe.md")
    called = process(files, "check", "pipe.md", "--gate", "gate.yaml")
    assert (called.code, called.err.splitlines()[0]) == (1, "error: pipe.md: the file is no ordinary file")


def test_a_file_of_50_mb_is_a_finding(files: Path) -> None:
    with (files / "large.md").open("wb") as file:
        file.truncate(50_000_000)
    called = call(files, "check", "large.md", "--gate", "gate.yaml")
    assert called.code == 1
    assert called.out.count("large.md: critical: ") == 2
    assert "the file has more than 5 MB\n" in called.out


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
def test_names_and_texts_that_steer_a_terminal_do_not(files: Path, form: str) -> None:
    name = "C:\\a\x1b[31m\u202eb\nc.md"
    (files / name).write_text("It is \u202eperfect\u202c\x1b]0;title\x07\n")
    (files / "gate.yaml").write_text('gate: [must_contain: ["\u202e\x85[31mred"]]\n')
    called = call(files, "check", name, "--gate", "gate.yaml", "--format", form)
    assert called.code == 1
    assert [letter for letter in called.out if not letter.isprintable() and letter != "\n"] == []


def test_a_name_that_is_no_text_is_an_error_and_no_bug(files: Path) -> None:
    os.close(os.open(os.fsencode(files) + b"/caf\xe9.md", os.O_CREAT))
    called = call(files, "check", os.fsdecode(b"caf\xe9.md"), "--gate", "gate.yaml")
    assert called.code == 1
    assert "the file has a name that is no UTF-8\n" in called.err


def test_a_folder_that_looks_like_a_repository_is_not_asked(files: Path) -> None:
    (files / ".git").write_text("gitdir: /nowhere\n")
    assert call(files, "check", ".", "--gate", "gate.yaml").err == "2 checks: 2 failed; 2 findings\n"
