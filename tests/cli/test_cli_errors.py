"""What is wrong is told with what to do, on stderr, with the exit code of its kind; and nothing is written."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from calling import FILES, Called, call, environ, git, job, process, workspace

from orchestrator.cli import failing


def test_no_repository_no_commits_and_no_workspace_are_told_apart(folder: Path) -> None:
    said = call(folder, "status")
    assert (said.code, said.out) == (1, "")
    assert said.err == f"error: {folder} is not in a git repository\nhint: git init, then orchestrator init\n"
    git(folder, "init", "-q")
    said = call(folder, "status")
    assert said == Called(
        1, "", "error: the repository has no commits yet\nhint: run `orchestrator init`, or commit once\n"
    )
    git(folder, "commit", "-q", "--allow-empty", "-m", "one")
    assert call(folder, "new", "note", "j") == Called(
        1,
        "",
        "error: there is no orchestrator.yaml on the base branch, so this is no workspace yet\n"
        "hint: orchestrator init\n",
    )


BAD_CALLS = {
    "an unknown job": (["run", "nosuch"], "error: there is no job 'nosuch'\nhint: jobs: j\n"),
    "which job": (["log"], "error: which job?\nhint: jobs: j\n"),
    "a bad job id": (
        ["new", "note", "Bad_Name"],
        "error: 'Bad_Name' is no job id: lower-case letters, digits and '-', at most 63, "
        "beginning with a letter or digit\n"
        "hint: for example: blue-mug\n",
    ),
    "an unknown template": (
        ["new", "nots", "k"],
        "error: there is no template 'nots' on the base branch\nhint: templates: note\n",
    ),
    "a param without a value": (
        ["new", "note", "k", "--set", "x"],
        "error: --set 'x' sets nothing\nhint: --set key=value\n",
    ),
    "an unknown option": (
        ["status", "--jsn"],
        "error: no such option '--jsn'. Did you mean '--json'?\nhint: orchestrator status --help\n",
    ),
    "a missing argument": (["new"], "error: missing argument 'TEMPLATE'\nhint: orchestrator new --help\n"),
    "an unknown step": (
        ["show", "j", "wrte"],
        "error: j has no step and no file 'wrte'\nhint: did you mean \"write\"?\n",
    ),
    "which step": (
        ["rerun", "j"],
        "error: which step of j?\nhint: orchestrator rerun j STEP, one of write, approve, publish\n",
    ),
    "an unknown entry": (
        ["rewind", "j", "nine"],
        "error: j has no entry 'nine'\nhint: a number from 1 to 1, a commit id of orchestrator log j\n",
    ),
    "which entry": (
        ["rewind", "j"],
        "error: to which entry?\nhint: orchestrator log j, then orchestrator rewind j NUMBER\n",
    ),
    "a path outside": (
        ["edit", "j", "../x", "--from", "-"],
        "error: '../x' must be a plain relative path, with no empty part, '.' or '..'\n"
        "hint: FILE is relative to the folder of the job: orchestrator edit j brief.md\n",
    ),
    "nobody to edit": (
        ["edit", "j", "brief.md"],
        "error: there is no terminal to edit on\nhint: orchestrator edit j brief.md --from FILE\n",
    ),
    "jobs and all": (["run", "j", "--all"], "error: name jobs, or say --all\nhint: orchestrator run --all\n"),
    "nothing to draw": (
        ["graph", "nots"],
        "error: there is no job and no template 'nots'\nhint: did you mean \"note\"?\n",
    ),
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_a_call_that_is_off_exits_2_with_a_hint_and_writes_nothing(folder: Path, name: str) -> None:
    job(folder)
    args, said = BAD_CALLS[name]
    before = git(folder, "for-each-ref")
    assert call(folder, *args) == Called(2, "", said)
    assert git(folder, "for-each-ref") == before


BAD_FILES = {
    "not there": ("nosuch.md", "error: {name} is not there\nhint: looked in {folder}\n"),
    "a folder": ("sub", "error: {name} is a folder, and a file is needed\nhint: name one of the files in {name}\n"),
    "too large": (
        "large.csv",
        "error: {name} has 6 MB, and a file may have 5 MB\nhint: cut it to the part that the job needs\n",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_brief_that_cannot_be_read_makes_no_job(folder: Path, tmp_path: Path, name: str) -> None:
    workspace(folder)
    (tmp_path / "sub").mkdir()
    (tmp_path / "large.csv").write_bytes(b"1," * 3_000_000)
    file, said = BAD_FILES[name]
    path = str(tmp_path / file)
    assert call(folder, "new", "note", "k", "--brief", path) == Called(2, "", said.format(name=path, folder=folder))
    assert git(folder, "for-each-ref", "refs/heads/job") == ""


def test_sources_with_one_name_and_empty_folders_are_refused(folder: Path, tmp_path: Path) -> None:
    job(folder)
    for part in ("a", "b", "empty"):
        (tmp_path / part).mkdir()
    for part in ("a", "b"):
        (tmp_path / part / "notes.md").write_text(part)
    both = call(folder, "add", "j", str(tmp_path / "a"), str(tmp_path / "b"))
    assert both == Called(2, "", "error: two sources are called 'notes.md'\nhint: rename one of them\n")
    none = call(folder, "add", "j", str(tmp_path / "empty"))
    hint = "hidden files do not count; name a file, or fill the folder"
    assert none == Called(2, "", f"error: the folder {tmp_path / 'empty'} has no files\nhint: {hint}\n")


def test_a_state_that_forbids_a_word_is_a_refusal(folder: Path) -> None:
    job(folder)
    assert call(folder, "approve", "j", "--yes") == Called(
        1, "", "error: nothing in j waits for an approval\nhint: orchestrator status j\n"
    )
    assert call(folder, "new", "note", "j").code == 1


def test_every_mistake_of_a_file_is_told_at_its_place(folder: Path) -> None:
    broken = FILES["jobs/templates/note/pipeline.yaml"].replace("writes:", "wrtes:").replace("to: shop", "to: shp")
    workspace(folder, {**FILES, "jobs/templates/note/pipeline.yaml": broken})
    said = call(folder, "new", "note", "j")
    assert (said.code, said.out) == (1, "")
    lines = said.err.splitlines()
    assert lines[0] == "error: jobs/templates/note/pipeline.yaml:6:5: steps.write.wrtes: unknown key"
    assert lines[1] == 'hint: did you mean "writes"?'
    assert git(folder, "for-each-ref", "refs/heads/job") == ""
    assert call(folder, "lint").code == 1


def test_a_broken_job_file_is_not_committed_by_edit(folder: Path, tmp_path: Path) -> None:
    job(folder)
    (tmp_path / "pipeline.yaml").write_text("version: 1\nsteps: [")
    before = git(folder, "rev-parse", "job/j")
    said = call(folder, "edit", "j", "pipeline.yaml", "--from", str(tmp_path / "pipeline.yaml"))
    assert said.code == 1
    assert said.err.startswith("error: jobs/j/pipeline.yaml:3:1: not YAML")
    assert git(folder, "rev-parse", "job/j") == before


def test_a_job_whose_files_are_broken_hides_none_of_the_others_in_status(folder: Path, tmp_path: Path) -> None:
    job(folder)
    assert call(folder, "new", "note", "k").code == 0
    git(folder, "worktree", "add", "-q", str(tmp_path / "k"), "job/k")
    (tmp_path / "k/jobs/k/state.yaml").write_text("schema: 1\nseq: [\n")
    git(tmp_path / "k", "commit", "-qam", "break it")
    said = call(folder, "status")
    assert said.code == 0
    assert [text.split()[:2] for text in said.out.splitlines()[1:]] == [["j", "waiting"], ["k", "broken"]]
    assert "jobs/k/state.yaml:" in said.out


def test_an_error_with_json_is_one_document_on_stderr(folder: Path) -> None:
    job(folder)
    said = call(folder, "log", "nosuch", "--json")
    assert (said.code, said.out) == (2, "")
    assert json.loads(said.err) == {
        "error": {"code": "usage", "message": "there is no job 'nosuch'", "place": None, "hint": "jobs: j"}
    }
    off = call(folder, "log", "--nosuch", "--json")
    assert json.loads(off.err)["error"]["code"] == "usage"


def test_a_folder_that_is_not_there_cannot_be_gone_to(folder: Path) -> None:
    said = call(folder, "-C", "nosuch", "status")
    assert said == Called(
        2, "", f"error: cannot change to {folder / 'nosuch'}: there is no such folder\nhint: orchestrator --help\n"
    )


def test_a_bug_ends_in_a_report_that_names_no_value_of_the_environment(folder: Path) -> None:
    """A World that lacks what it should have is a bug: here a state of the process that no input can bring about."""
    program = (
        "import sys\n"
        "from orchestrator.cli import entry, sections\n"
        "sections.COMMANDS['next'] = sections.Listed('nosuch', '')\n"
        "sys.exit(entry.run(['orchestrator', 'next', 'j'], {'SECRET_TOKEN': 'hunter2'}))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**environ(), "SECRET_TOKEN": "hunter2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (70, "")
    lines = ran.stderr.splitlines()
    assert lines[0].startswith("error: this is a bug in git-orchestrator.")
    assert lines[2].startswith("git-orchestrator 0.1.0, Python 3.")
    assert lines[3] == "$ orchestrator next j"
    assert lines[4] == "Traceback (most recent call last):"
    assert "hunter2" not in ran.stderr


def test_a_reader_who_goes_away_is_no_error(folder: Path) -> None:
    job(folder)
    argv = [sys.executable, "-m", "orchestrator", "schema", "--json"]
    running = subprocess.Popen(argv, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait() == failing.BROKEN_PIPE


def test_a_full_disk_is_told_as_what_it_is(folder: Path) -> None:
    job(folder)
    with Path("/dev/full").open("wb") as full:
        argv = [sys.executable, "-m", "orchestrator", "show", "j", "brief.md"]
        ran = subprocess.run(argv, cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (
        1,
        "error: no space left on device\n"
        "hint: make room on that disk; then run it again: what was committed before stands\n",
    )


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        (
            errno.EACCES,
            "it may not be read or written: let yourself (ls -ld says who may), or work in a clone of your own",
        ),
        (errno.EROFS, "nothing can be written there: mount it to be written, or work in a clone elsewhere"),
        (errno.EMFILE, "too many files are open: ulimit -n says how many may be"),
    ],
)
def test_what_the_system_refuses_is_told_with_its_place_and_what_to_do(folder: Path, fault: int, hint: str) -> None:
    program = f"""
import os, sys
from orchestrator.cli import failing
try:
    raise OSError({fault}, os.strerror({fault}), "/shop/.git/orchestrator")
except OSError as refused:
    sys.exit(failing.told(refused, ["orchestrator"], os.environ))
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=folder, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (
        1,
        f"error: /shop/.git/orchestrator: {os.strerror(fault).lower()}\n"
        f"hint: {hint}; then run it again: what was committed before stands\n",
    )


def test_text_of_agents_cannot_steer_the_terminal_that_shows_an_error(folder: Path) -> None:
    job(folder)
    said = process(folder, "show", "j", "\x1b]52;c;eA==\x07\x1b[31mx")
    assert "\x1b" not in said.err
    assert said.code == 2


def test_doctor_names_what_is_wrong_and_exits_1_where_it_is_an_error(folder: Path) -> None:
    job(folder)
    assert call(folder, "doctor").code == 0
    git(folder, "rm", "-q", "orchestrator.yaml")
    git(folder, "commit", "-qm", "lose the settings")
    said = call(folder, "doctor")
    assert said.code == 1
    lines = said.out.splitlines()
    assert "ok       you are Ada Lovelace <ada@example.com>" in lines
    at = lines.index("error    there is no orchestrator.yaml on the base branch, so this is no workspace yet")
    assert lines[at + 1] == "         hint: orchestrator init"
