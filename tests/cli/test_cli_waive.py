"""`waive`: a person's word on one finding, from the id that is shown to the page that goes out."""

from pathlib import Path

from calling import Called, call, git, job, written


def failing(folder: Path) -> str:
    """Return the id of the finding at which the job's one step fails: a text of one word."""
    job(folder)
    written(folder, "one\n")
    call(folder, "run", "j")
    line = next(
        line for line in call(folder, "show", "j", "write").out.splitlines() if "at least 2" in line and "[" in line
    )
    return line.rpartition("[")[2].rstrip("]")


def test_a_waived_finding_lets_the_job_go_on(folder: Path) -> None:
    name = failing(folder)
    assert len(name) == 8
    assert call(folder, "waive", "j", name, "-m", "one word is enough") == Called(
        0,
        "",
        "<id>  j: write waive\na person waived what write failed by\nnext: orchestrator run j\n",
    )
    assert call(folder, "run", "j").code == 3
    assert "waived text.md: the text has 1 word; at least 2 are wanted (by ada@example.com: one word is enough)" in (
        call(folder, "show", "j", "write").out
    )
    body = git(folder, "log", "-1", "--format=%b", "--grep=write waive", "job/j")
    assert body.startswith("ada@example.com said waive: one word is enough.\n\n- words: text.md: the text has 1 word;")


def test_what_is_about_to_be_approved_says_what_was_waived(folder: Path) -> None:
    name = failing(folder)
    call(folder, "waive", "j", name, "-m", "meant")
    call(folder, "run", "j")
    assert "waived text.md: the text has 1 word" in call(folder, "approve", "j").err


def test_a_finding_that_is_not_there_is_told_with_those_that_are(folder: Path) -> None:
    failing(folder)
    assert call(folder, "waive", "j", "ffff", "-m", "why") == Called(
        1, "", "error: j has no finding 'ffff'\nhint: findings: <id>\n"
    )


def test_a_word_without_a_reason_is_no_word(folder: Path) -> None:
    name = failing(folder)
    assert call(folder, "waive", "j", name).code == 2
    assert call(folder, "waive", "j", name, "-m", "").code == 2
