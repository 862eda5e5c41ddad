"""The program on a real terminal: questions, colours, the line that is written anew, an editor."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from calling import call, git, job, let_go_at_the_end_of, on_terminal, waiting, workspace, written

COLOR = re.compile(r"\x1b\[[0-9;]*m")


def bare(text: str) -> str:
    return COLOR.sub("", text)


def test_a_yes_approves_and_anything_else_does_not(folder: Path) -> None:
    waiting(folder)
    before = git(folder, "for-each-ref")
    no = on_terminal(folder, "approve", "j", typed="\n")
    assert no.code == 1
    assert "Approve j: approve? [y/N]: " in no.out
    assert no.out.endswith("not approved; nothing was changed\n")
    assert git(folder, "for-each-ref") == before
    yes = on_terminal(folder, "approve", "j", typed="y\n")
    assert yes.code == 0
    assert bare(yes.out).endswith(
        "<id>  j: approve approved\nit has not been published to shop\nnext: orchestrator run j\n"
    )


def test_a_run_shows_a_line_while_it_works_and_takes_it_away(folder: Path) -> None:
    waiting(folder)
    assert call(folder, "approve", "j", "--yes").code == 0
    said = on_terminal(folder, "run", "j")
    assert said.code == 0
    assert "\r\x1b[2Kpublish · publish · 00:00 · $0.000" in said.out
    assert "\x1b[32m✓\x1b[0m publish  published\n" in said.out
    shown = [text.rsplit("\x1b[2K", 1)[-1] for text in said.out.split("\n")]
    assert [bare(text) for text in shown] == [
        "✓ publish  published",
        "",
        "j  A note  done, 1 entry, spent $0.00",
        "every step is done",
        "look: published/",
        "look: orchestrator show j",
        "",
    ]


def test_no_color_means_no_escapes(folder: Path) -> None:
    job(folder)
    assert "\x1b[" in on_terminal(folder, "status", "j").out
    assert "\x1b" not in on_terminal(folder, "status", "j", more={"NO_COLOR": "1"}).out
    assert "\x1b" not in on_terminal(folder, "run", "nosuch", more={"NO_COLOR": "1"}).out


def test_a_long_sentence_is_wrapped_on_a_terminal_and_not_in_a_pipe(folder: Path) -> None:
    job(folder)
    written(folder, "one\n")
    call(folder, "run", "j")
    on, off = on_terminal(folder, "status", "j").out, call(folder, "status", "j").out
    assert max(len(bare(text)) for text in on.splitlines()) <= 80
    assert max(map(len, off.splitlines())) > 80
    assert bare(on).split() == off.split()


def test_what_an_agent_wrote_is_shown_harmless_and_piped_as_it_is(folder: Path) -> None:
    job(folder)
    written(folder, "two \x1b]52;c;eA==\x07words\u202e\n")
    assert on_terminal(folder, "show", "j", "text.md").out == "two words\n"
    assert call(folder, "show", "j", "text.md").out == "two \x1b]52;c;eA==\x07words\u202e\n"


def test_a_binary_file_is_not_thrown_at_a_terminal(folder: Path, tmp_path: Path) -> None:
    job(folder)
    (tmp_path / "b.bin").write_bytes(b"\0\1\2")
    assert call(folder, "add", "j", str(tmp_path / "b.bin")).code == 0
    assert on_terminal(folder, "show", "j", "sources/b.bin").out == "binary, 3 bytes; send it to a file with >\n"


def editor(tmp_path: Path, script: str) -> dict[str, str]:
    """Return the environment in which a shell script is the editor; it gets the file as $1."""
    path = tmp_path / "editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return {"VISUAL": str(path), "EDITOR": "false", "TMPDIR": str(tmp_path)}


def test_edit_opens_the_editor_on_a_copy_with_the_files_name_and_commits_what_it_left(
    folder: Path, tmp_path: Path
) -> None:
    job(folder)
    more = editor(tmp_path, 'basename "$1" >> "$1"')
    said = on_terminal(folder, "edit", "j", "brief.md", more=more)
    assert said.code == 0
    assert call(folder, "show", "j", "brief.md").out == "Two words, please.\nbrief.md\n"
    assert list(tmp_path.glob("orchestrator-*")) == []


def test_what_was_written_in_an_editor_is_never_lost(folder: Path, tmp_path: Path) -> None:
    job(folder)
    said = on_terminal(folder, "edit", "j", "pipeline.yaml", more=editor(tmp_path, 'echo "steps: [" > "$1"'))
    assert said.code == 1
    (kept,) = tmp_path.glob("orchestrator-j-*/pipeline.yaml")
    assert kept.read_text() == "steps: [\n"
    flat = " ".join(bare(said.out).split())
    assert f"hint: your version is kept: orchestrator edit j pipeline.yaml --from {kept}" in flat


def test_an_editor_that_fails_commits_nothing(folder: Path, tmp_path: Path) -> None:
    job(folder)
    before = git(folder, "rev-parse", "job/j")
    said = on_terminal(folder, "edit", "j", "brief.md", more=editor(tmp_path, "exit 3"))
    assert said.code == 1
    assert "ended with 3; nothing was committed" in " ".join(said.out.split())
    assert git(folder, "rev-parse", "job/j") == before


def test_an_interrupt_exits_130_and_leaves_everything_as_it_was(folder: Path, tmp_path: Path) -> None:
    job(folder)
    before = git(folder, "for-each-ref")
    brief = tmp_path / "brief.md"
    os.mkfifo(brief)
    argv = [sys.executable, "-m", "orchestrator", "new", "note", "k", "--brief", str(brief)]
    running = subprocess.Popen(argv, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    let_go_at_the_end_of(running, brief)
    with brief.open("wb"):  # opens when the program has begun to read
        running.send_signal(signal.SIGINT)
        out, err = running.communicate()
    assert (running.returncode, out, err.strip()) == (130, b"", b"interrupted")
    assert git(folder, "for-each-ref") == before


def test_the_demo_runs_a_whole_job_and_says_where_to_look(folder: Path) -> None:
    said = call(folder, "demo", "shop")
    assert said.code == 0
    assert [text.split()[:3] for text in said.err.splitlines() if text.startswith("✓")] == [
        ["✓", "research", "passed"],
        ["✓", "draft", "passed"],
        ["✓", "design", "passed"],
        ["✓", "validate", "passed"],
        ["✓", "polish", "passed"],
        ["✓", "revalidate", "passed"],
        ["✓", "approve", "approved"],
        ["✓", "publish", "published"],
    ]
    assert said.err.endswith(
        "every step is done\n"
        "\n"
        "the page:    shop/published/index.html\n"
        "the commits: git -C shop log --stat job/mug\n"
        "go on:       cd shop && orchestrator status mug\n"
    )
    assert (folder / "shop/published/index.html").is_file()
    again = call(folder, "demo", "shop")
    assert (again.code, again.err) == (1, "error: shop holds an earlier demo\nhint: orchestrator demo --fresh shop\n")
    (folder / "other").mkdir()
    (folder / "other" / "mine.txt").write_text("mine")
    theirs = call(folder, "demo", "--fresh", "other")
    assert theirs.err == "error: other is there already, and is no demo\nhint: orchestrator demo OTHER-FOLDER\n"
    assert (folder / "other" / "mine.txt").read_text() == "mine"


def test_init_makes_a_workspace_once_and_leaves_the_checkout_clean(folder: Path) -> None:
    first = call(folder, "init")
    assert first.code == 0
    assert first.err.endswith("next: orchestrator new product-listing mug\n")
    assert call(folder, "lint").err == "no mistakes found\n"
    assert call(folder, "init").err.startswith("this is a workspace already\n")
    assert git(folder, "status", "--porcelain") == ""


def test_a_template_can_be_drawn(folder: Path, tmp_path: Path) -> None:
    workspace(folder)
    assert call(folder, "graph", "note").out.startswith("flowchart LR\n")
    said = call(folder, "graph", "note", "--svg", str(tmp_path / "note.svg"))
    assert said.err == f"wrote {tmp_path / 'note.svg'}\n"
    assert (tmp_path / "note.svg").read_text().startswith("<svg ")
