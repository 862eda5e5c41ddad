"""The template release-notes from a repository's history to a published page, and once more where no repository is.

`python tests/starter/test_release_notes.py` writes the golden notes anew, where a change is meant; read them in review.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import histories
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from release_cases import Told, history

from orchestrator import gates
from orchestrator.agents.admission import admit
from orchestrator.agents.builtin import Builtin
from orchestrator.agents.builtin.release_notes.record import breaking_of, read_record
from orchestrator.agents.interface import Answer, Request
from orchestrator.cli import entry
from orchestrator.documents.agents import parse_agent
from orchestrator.documents.models import parse
from orchestrator.gates import Material
from orchestrator.model.action import Route
from orchestrator.model.finding import ReviewFile, Severity, Verdict
from orchestrator.model.patterns import matches, matches_any
from orchestrator.model.pipeline import Pipeline, Step, StepKind

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "jobs/templates/release-notes"
GOLDEN = Path(__file__).parent / "prefixes-notes.md"

Files = dict[str, bytes]


def git(where: Path, *args: str) -> str:
    ran = subprocess.run(["git", *args], cwd=where, capture_output=True, text=True, check=True)
    return ran.stdout.strip("\n")


def orchestrator(where: Path, *args: str) -> int:
    """Call the program and return its exit code."""
    return entry.run(["orchestrator", "-C", str(where), *args], dict(os.environ))  # noqa: TID251  the hermetic one


def shown(where: Path, job: str, path: str) -> str:
    return git(where, "show", f"job/{job}:jobs/{job}/{path}") + "\n"


def released(folder: Path, kind: str, asked: str) -> tuple[Path, Path]:
    """Make a history, a workspace beside it, and in it a job `r1` that is run to its end."""
    folder.mkdir(exist_ok=True)
    history = histories.make(folder, kind)
    place = folder / "workspace"
    place.mkdir()
    assert orchestrator(place, "init") == 0
    params = ("--set", f"repo=../{history.name}", "--set", f"range={asked}")
    assert orchestrator(place, "new", "release-notes", "r1", *params) == 0
    assert orchestrator(place, "run", "r1") == 0
    return history, place


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("prefixes", "v1.0.0..v2.0.0"), ("merges", "1.0..1.1"), ("years", "v4.0.0..v5.0.0"), ("prefixes", "")],
)
def test_notes_name_commits_of_the_range_alone_and_every_break(tmp_path: Path, kind: str, asked: str) -> None:
    history, place = released(tmp_path, kind, asked)
    first, _, last = (asked or "v2.0.0..HEAD").partition("..")
    ids = git(history, "rev-list", f"{first}..{last}").split("\n")
    record = read_record(shown(place, "r1", "commits.yaml"))
    assert sorted(change.hash for change in record.commits) == sorted(ids)
    for page in ("notes.md", "changelog.md"):
        text = shown(place, "r1", page)
        named = re.findall(r"`([0-9a-f]{7,40})`", text)
        assert all(any(each.startswith(hash_) for each in ids) for hash_ in named)
        assert [change.subject for change in breaking_of(record.commits) if f"`{change.short}`" not in text] == []
    assert (place / "published-releases/r1/index.html").is_file()
    assert (place / "published-releases/CHANGELOG.md").read_text().startswith("# Changelog\n")


def test_the_job_runs_anew_where_the_repository_is_not(tmp_path: Path) -> None:
    history, place = released(tmp_path / "here", "merges", "1.0..1.1")
    shutil.rmtree(history)
    there = tmp_path / "there"
    git(tmp_path, "clone", "-q", str(place), str(there))
    git(there, "branch", "-q", "job/r1", "origin/job/r1")
    assert orchestrator(there, "rerun", "r1", "research") == 0
    assert orchestrator(there, "run", "r1") == 0
    assert shown(there, "r1", "notes.md") == shown(place, "r1", "notes.md")


def test_the_notes_of_a_made_history_are_these(tmp_path: Path) -> None:
    _, place = released(tmp_path, "prefixes", "v1.0.0..v2.0.0")
    assert shown(place, "r1", "notes.md") == GOLDEN.read_text()


def test_a_person_who_edits_the_notes_is_judged_by_the_record(tmp_path: Path) -> None:
    _, place = released(tmp_path, "prefixes", "v1.0.0..v2.0.0")
    git(place, "switch", "-q", "job/r1")
    notes = place / "jobs/r1/notes.md"
    notes.write_text(notes.read_text().replace("## Features", "It is 4321 times as fast.\n\n## Features"))
    git(place, "commit", "-qam", "Boast")
    git(place, "switch", "-q", "main")
    assert orchestrator(place, "run", "r1") == 3


# --- the steps without an engine -------------------------------------------------------------------------------------


def pipeline() -> Pipeline:
    return parse((TEMPLATE / "pipeline.yaml").read_text(), "pipeline.yaml", Pipeline)


def run_step(name: str, step: Step, files: Mapping[str, bytes]) -> Answer:
    agent = parse_agent((ROOT / f"agents/{step.agent}.md").read_text(), f"{step.agent}.md")
    reads = {path: content for path, content in files.items() if matches_any(step.reads, path)}
    answer = Builtin().run(Request("r1", "Notes", name, 1, agent, "", Route("builtin", "free"), step.writes, reads))
    assert isinstance(answer, Answer), answer
    return answer


def judged(step: Step, files: Mapping[str, bytes], made: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    before = {path: files[path] for path in made if path in files and matches_any(step.reads, path)}
    results = gates.judge(step.gate, Material({**files, **made}, tuple(made), before))
    return {result.name: tuple(map(str, result.findings)) for result in results if result.verdict is not Verdict.PASS}


def walk(files: Files) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Run the agents' steps one after the other, adding to `files`; yield what a gate has against one."""
    for name, step in pipeline().steps.items():
        if step.kind is not StepKind.AGENT:
            continue
        admitted = admit(run_step(name, step, files).files, step.writes, matches)
        assert admitted.refused == ()
        assert set(admitted.files) == set(step.writes)
        yield from ((name, check, said) for check, said in judged(step, files, admitted.files).items())
        files.update(admitted.files)


HOSTILE = [
    "<script>alert(1)</script> & </text><image href='http://evil.example/x.png'/>",
    "![x](http://evil.example) [y](javascript:z) ](a) `unclosed ``and` more",
    '"It is said that" this "is not closed and goes on',
    "“Nine words that nobody ever said in this range” „and these ones too“",
    "# a heading | with | bars --- and - a rule ***",
    "See README.md:12 and [notes.md:3], docs/a.md#L4-L9, and sources/x.csv, line 99",
    "1. 2. 3) 12 % of $5, +3 −4, 1,200.50 and 1.200,50, 2026-02-31, 12:30, IP67, 0x1F, 1e9, v1.2.3-rc.1",
    "abcdef1 deadbeef 1234567 cafebabe12345 #1 !2 GH-3 (#4)(#5) (#6)",
    "\u202egnp.exe\u202c \u200b\ufeff\x1b[31m \x00 zero",
    "---\ntitle: other\n---",
    "a" * 5_000,
    "{{ '{{' }} {% raw %} ${x} %s",
    "feat(`a|b`, <i>)!: **x** __y__ ~~z~~ \\[q\\] \\` \\\\",
    'Revert "Revert "Revert "x"""',
    "Merge pull request #12 from a/b",
    "Merge branch 'x' into y",
    "by Ada Lovelace (`1234567`, #9) by Bob",
    "Ωмега 中文 🎉 العربية e\u0301",
]
NAMES = [
    "Ada",
    "E*v*e [x](y)",
    "<b>Bob</b>",
    "a and b, c",
    "12 Monkeys",
    "dependabot[bot]",
    '"Q" “R”',
    "`x`",
    "",
    "李",
]


def _commits(subjects: list[tuple[str, str, str, int]]) -> bytes:
    told = [
        Told(subject, body, by=(name, f"{place % 4}@example.com"), date=date)
        for place, (subject, body, name, date) in enumerate(subjects)
    ]
    return history(told)


def _worst(files: Files) -> list[str]:
    review = parse(files["recheck.yaml"], "recheck.yaml", ReviewFile)
    return [found.message for found in review.findings if found.severity in (Severity.MAJOR, Severity.CRITICAL)]


two = st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=2).map(" ".join)
subject = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=120), two)


@given(
    st.lists(
        st.tuples(
            subject,
            st.one_of(st.just(""), subject.map("BREAKING CHANGE: {}".format), subject),
            st.sampled_from(NAMES),
            st.integers(-(10**9), 4 * 10**9),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=12, deadline=None)
def test_whatever_strangers_write_every_gate_passes_at_once(commits: list[tuple[str, str, str, int]]) -> None:
    files: Files = {"brief.md": (TEMPLATE / "brief.md").read_bytes(), "sources/history.jsonl": _commits(commits)}
    assert list(walk(files)) == []
    assert _worst(files) == []


def test_a_release_of_one_long_subject_passes_every_gate() -> None:
    told = [(f"{HOSTILE[6]} {HOSTILE[0]}", "", "Ada", 0)]
    files: Files = {"brief.md": b"", "sources/history.jsonl": _commits(told)}
    assert list(walk(files)) == []
    assert _worst(files) == []


def test_every_hostile_line_at_once_passes_every_gate() -> None:
    told = [(line, line, NAMES[place % len(NAMES)], 1_700_000_000 + place) for place, line in enumerate(HOSTILE)]
    files: Files = {"brief.md": b"", "sources/history.jsonl": _commits(told)}
    assert list(walk(files)) == []
    page = files["notes.md"].decode()
    assert "<script>" not in re.sub(r"`[^`\n]*`", "", page).replace("\\<", "")
    assert "\u202e" not in page


def main() -> None:
    """Write the golden notes anew, in an environment of its own."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / ".gitconfig").write_text("[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n")
        os.environ.update(HOME=folder, GIT_CONFIG_NOSYSTEM="1")  # noqa: TID251  a program of its own
        _, place = released(home / "made", "prefixes", "v1.0.0..v2.0.0")
        GOLDEN.write_text(shown(place, "r1", "notes.md"))


if __name__ == "__main__":
    main()
