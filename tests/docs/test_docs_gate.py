"""The project's own gate passes its README and docs, and each of its checks finds the fault that is planted for it."""

import io
import json
import shutil
import textwrap
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from pages import ROOT
from ruamel.yaml import YAML

from orchestrator.cli import entry

GATE = ".ci/docs-gate.yaml"
PAGE, OTHER = "docs/extend.md", "docs/add-a-check.md"
NOT_COPIED = shutil.ignore_patterns(".*venv*", ".git", ".*cache", "__pycache__", ".hypothesis", "demo", "tests")
SHORT = """\
# A page

This page about the orchestrator has a heading and a paragraph, and the paragraph has words enough to tell which
language it might be written in, though hardly enough words to be worth anybody's attention.
"""
GERMAN = """\
Diesen Absatz schrieb jemand in einer anderen Sprache, und wer ihn liest, merkt das sofort. Auch die Prüfung soll
es merken, denn er steht zwischen englischen Sätzen und bleibt lang genug, damit man die Sprache sicher erkennen
kann. Mehr sagt er nicht.
"""
TEXT = (ROOT / OTHER).read_text()
COPIED = "\n- ".join(TEXT.split("\n- ")[:3]).split("## What to know")[1].strip()
COPIED_LINE = TEXT[: TEXT.index(COPIED)].count("\n") + 1


@dataclass(frozen=True)
class Planted:
    """A fault put behind the end of a page, and what must be said of it; `{n}` is its line."""

    check: str
    text: str
    said: str
    page: str = PAGE

    def put(self, root: Path) -> int:
        """Write the fault and return its line."""
        file = root / self.page
        before = file.read_text() + "\n" if file.exists() else ""
        file.write_text(f"{before}{self.text.strip()}\n")
        return before.count("\n") + 1


FAULTS = (
    Planted(
        "plain_text",
        "A word \u202eturned\u202c round.",
        "{n}: critical: bidi: U+202E (right-to-left override) lets the text be read in another order than it is stored",
    ),
    Planted(
        "not_empty",
        SHORT,
        ": major: the text has 35 words beyond front matter, headings and code; at least 40 are wanted",
        page="docs/new.md",
    ),
    Planted("placeholder", "TODO: say more.", "{n}: major: todo: 'TODO' is left to be done"),
    Planted(
        "markdown",
        "#### Too deep\n\nSome words.",
        "{n}: major: heading-order: the heading 'Too deep' is of level 4, under one of level 2",
    ),
    Planted(
        "links",
        "[Look there](nothing.md).",
        "{n}: major: 'nothing.md' leads to no file: 'docs/nothing.md' is not there,"
        " or not among the step's reads or gate_reads",
    ),
    Planted(
        "must_not_contain",
        "To see it, click here.",
        r"{n}: major: 'click here' must not stand here: it matches the pattern '(?i)\\bclick here\\b'",
    ),
    Planted("spelling", "It is recieved by nobody.", "{n}: major: 'recieved' is misspelt"),
    Planted(
        "readability",
        textwrap.fill(f"It is a {'very, ' * 47}long line."),
        "{n}: major: sentence: a sentence of 52 words; at most 50 are wanted: "
        "'It is a very, very, very, very, very, very, very, very, v...'",
    ),
    Planted(
        "language",
        GERMAN,
        "{n}: major: paragraph: the paragraph is in German (confidence 1.00); English is wanted",
    ),
    Planted(
        "duplicates",
        COPIED,
        f"{{n}}: major: 69 words in a row stand elsewhere as well, from {OTHER}:{COPIED_LINE} on: "
        "'settings are a pydantic model describe every field'",
    ),
    Planted(
        "secrets",
        f"The key is {'AKIA' + 'Q7RZ5TM2WX4KJ6PD'}.",
        "{n}: critical: aws-key: what looks like an AWS access key id of 20 characters stands here",
    ),
    Planted("personal_data", "Ask jane.roe@firm.org.", "{n}: major: email: a mail address stands here"),
    Planted(
        "svg",
        "<svg>",
        "{n}: critical: well-formed: the root element is not <svg> of the namespace http://www.w3.org/2000/svg",
        page="docs/new.svg",
    ),
)


def judged(root: Path, *files: str) -> dict[str, list[str]]:
    """Return check → its findings, of the checks that did not pass without a word."""
    out = io.StringIO()
    with redirect_stdout(out):
        entry.run(["orchestrator", "-C", str(root), "check", *files, "--gate", GATE, "--json"], {})
    told = json.loads(out.getvalue())
    return {
        each["check"]: [str(each["verdict"]), *map(_line, each["findings"])]
        for each in told
        if each["findings"] or each["verdict"] != "pass"
    }


def _line(finding: dict[str, str | int | None]) -> str:
    rule = f"{finding['rule']}: " if finding["rule"] else ""
    place = ":".join(str(part) for part in (finding["file"], finding["line"]) if part is not None)
    return f"{place}: {finding['severity']}: {rule}{finding['message']}"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project, without what it makes."""
    made = tmp_path_factory.mktemp("project") / "copy"
    shutil.copytree(ROOT, made, ignore=NOT_COPIED)
    return made


def test_the_readme_and_the_docs_pass_and_nothing_is_remarked(copy: Path) -> None:
    assert judged(copy, "README.md", "docs") == {}


def test_each_check_of_the_gate_has_a_fault() -> None:
    gate = YAML(typ="safe").load(ROOT / GATE)["gate"]
    checks = [use if isinstance(use, str) else next(iter(use)) for use in gate]
    assert sorted(checks) == sorted({fault.check for fault in FAULTS})


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.check)
def test_a_planted_fault_is_found_by_its_check_and_by_no_other(copy: Path, fault: Planted) -> None:
    file = copy / fault.page
    before = file.read_bytes() if file.exists() else None
    line = fault.put(copy)
    try:
        found = judged(copy, OTHER, PAGE, "docs/run.svg", fault.page)
    finally:
        file.unlink()
        if before is not None:
            file.write_bytes(before)
    place = "" if fault.said.startswith(":") else ":"
    assert found == {fault.check: ["fail", f"{fault.page}{place}{fault.said.format(n=line)}"]}
